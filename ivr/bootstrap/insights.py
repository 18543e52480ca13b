"""What counts calls, on its own, for commands and for the service."""

import hashlib
import hmac
from collections.abc import Callable
from zoneinfo import ZoneInfo

from ivr.clock import Clock, SystemClock
from ivr.config import Settings
from ivr.dialogue.spoken.codes import LETTER
from ivr.dialogue.wording import Wording
from ivr.handoff.opening_hours import load_hours
from ivr.insights.addresses import read_addresses
from ivr.insights.alert_policy import load_alert_policy
from ivr.insights.command import InsightsDesk
from ivr.insights.courier import Courier, Send
from ivr.insights.figure_watch import FigureWatch
from ivr.insights.http_webhook import HttpWebhook
from ivr.insights.letters import alert_letter
from ivr.insights.notices import Notice, NoticeKind, Notices, Way
from ivr.insights.owners import load_owners
from ivr.insights.smtp_post import SmtpPost
from ivr.insights.sql_tally import SqlTally
from ivr.insights.tally import Tally
from ivr.insights.weekly import week_in_figures
from ivr.insights.weekly_letter import weekly_letter
from ivr.nlu.model_store import ModelStore
from ivr.records.database import open_engine
from ivr.records.feed import Feed
from ivr.records.sql_records import SqlCallRecords
from ivr.records.store import CallRecords

PATIENT_MS = 60_000  # a command may wait for a statement longer than a caller


def number_key(settings: Settings) -> Callable[[str], str]:
    """Return what turns a phone or order number into a key that only this service's token could tell."""
    secret = b"number keys:" + settings.twilio_auth_token.get_secret_value().encode()
    return lambda number: hmac.new(secret, number.encode(), hashlib.sha256).hexdigest()[:32]


def release_of(settings: Settings) -> Callable[[], str]:
    """Return what names the model that serves and the texts the service started with."""
    store = ModelStore(settings.data_dir)
    texts = hashlib.sha256()
    for pattern in ("policy.yml", "responses/*.yml", "knowledge/**/*.md"):
        for file in sorted(settings.nlu_data_dir.glob(pattern)):
            texts.update(file.read_bytes())
    return lambda: f"{store.live_version() or 'unversioned'} {texts.hexdigest()[:6]}"


def open_insights(settings: Settings) -> InsightsDesk:
    """Return what is counted of the calls and the way to send it, for `ivr insights`."""
    zone = load_hours(settings.nlu_data_dir).zone
    return InsightsDesk(
        SqlTally(open_engine(settings.database_url, PATIENT_MS), zone, number_key(settings)),
        load_owners(settings.nlu_data_dir),
        zone,
        settings.company_name,
        settings.currency,
        settings.public_url,
        make_post(settings, SystemClock()),
    )


def make_post(settings: Settings, clock: Clock) -> SmtpPost | None:
    """Return the way mails go; None without a mail server."""
    if settings.smtp_url is None:
        return None
    return SmtpPost(settings.smtp_url.get_secret_value(), settings.mail_from, settings.company_name, clock)


def make_figure_watch(settings: Settings, tally: Tally, notices: Notices, zone: ZoneInfo) -> FigureWatch:
    """Return what looks at the figures. Raises AlertsUnreadable."""
    ways = []
    if settings.smtp_url is not None and settings.alerts_to:
        ways.append(Way.EMAIL)
    if settings.alert_webhook_url is not None:
        ways.append(Way.WEBHOOK)
    is_report_wanted = settings.smtp_url is not None and bool(settings.weekly_report_to)
    policy = load_alert_policy(settings.nlu_data_dir)
    return FigureWatch(tally, notices, policy, zone, ways, is_report_wanted)


def make_courier(settings: Settings, tally: Tally, notices: Notices, clock: Clock) -> Courier:
    """Return what sends notices on the ways there are addresses for."""
    ways: dict[Way, Send] = {}
    post = make_post(settings, clock)
    owners = load_owners(settings.nlu_data_dir)
    if post is not None:

        def mail(notice: Notice) -> None:
            if notice.kind is NoticeKind.WEEKLY:
                week = week_in_figures(tally, owners, str(notice.facts["week"]), settings.currency)
                letter = weekly_letter(week, settings.company_name, settings.public_url)
                post.send(letter, read_addresses(settings.weekly_report_to), notice.key)
            else:
                letter = alert_letter(notice.facts, settings.company_name, settings.public_url)
                post.send(letter, read_addresses(settings.alerts_to), notice.key)

        ways[Way.EMAIL] = mail
    if settings.alert_webhook_url is not None and settings.alert_webhook_secret is not None:
        secret = settings.alert_webhook_secret.get_secret_value()
        ways[Way.WEBHOOK] = HttpWebhook(settings.alert_webhook_url, secret, clock)
    return Courier(notices, ways)


def open_synthetic_records(settings: Settings, clock: Clock) -> tuple[CallRecords, Wording]:
    """Return the records on a clock of the caller's, and the wording, for `ivr demo`."""
    database = open_engine(settings.database_url, PATIENT_MS)
    wording = Wording.load(
        settings.nlu_data_dir, settings.company_name, LETTER in settings.order_number_shape
    )
    return SqlCallRecords(database, Feed(), clock), wording
