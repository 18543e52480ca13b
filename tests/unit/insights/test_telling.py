"""How people are told: written first, sent once, tried again, and never to a way that is not theirs."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from click.testing import CliRunner

from ivr.insights.alert_policy import load_alert_policy
from ivr.insights.command import insights_command
from ivr.insights.courier import Courier
from ivr.insights.figure_watch import FigureWatch
from ivr.insights.http_webhook import HttpWebhook
from ivr.insights.letters import alert_letter
from ivr.insights.notices import PAUSES, Notice, NoticeKind, NotSent, Way
from ivr.insights.smtp_post import SmtpPost
from ivr.records.kinds import Kind
from tests.fakes.mail_server import mail_server
from tests.fakes.steered_clock import SteeredClock
from tests.support.insights_scene import ANSWERED, InsightsScene

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"
ENDED = (Kind.CALL_ENDED, {"outcome": "solved_by_bot"})
ANNOYED = (Kind.ESCALATED, {"reason": "frustrated"})
FACTS = {
    "signal": "frustration",
    "release": "r1",
    "now": {"value": 0.3, "low": 0.2, "high": 0.42, "n": 60},
    "before": {"value": 0.05, "low": 0.03, "high": 0.08, "n": 480},
    "from": "2026-11-20 11:00",
    "until": "2026-11-20 14:00",
}


@pytest.fixture
def house(tmp_path: Path) -> InsightsScene:
    return InsightsScene(tmp_path)


def watch(house: InsightsScene, *ways: Way, is_report_wanted: bool = False) -> FigureWatch:
    zone = ZoneInfo("Europe/Stockholm")
    return FigureWatch(house.tally, house.notices, load_alert_policy(NLU_DATA), zone, ways, is_report_wanted)


def weeks_that_go_bad(house: InsightsScene) -> None:
    """Forty calm calls in an hour of a Monday, and a week later forty annoyed ones."""
    for week, kinds in enumerate(((ANSWERED,), (ANSWERED, ANNOYED))):
        began = house.clock.now()
        for number in range(40):
            house.call(f"{week}-{number}", *kinds, ENDED, caller=None)
        house.clock.advance((began + timedelta(days=7) - house.clock.now()).total_seconds())
    house.clock.jump(-timedelta(days=7).total_seconds() + 3600)
    house.catch_up()


def test_an_alert_is_written_once_and_not_again_within_its_hours(house: InsightsScene) -> None:
    weeks_that_go_bad(house)
    assert watch(house, Way.EMAIL).look(house.clock.now()) > 0
    told = house.notices.newest(NoticeKind.ALERT, 10)
    assert {(notice.way, notice.facts["signal"]) for notice in told} >= {
        (Way.PAGE, "frustration"), (Way.EMAIL, "frustration"),
    }  # fmt: skip
    assert watch(house, Way.EMAIL).look(house.clock.now()) == 0, "after a restart"
    house.clock.advance(3600)
    assert watch(house, Way.EMAIL).look(house.clock.now()) == 0, "an hour later"


def test_synthetic_calls_alert_nobody(house: InsightsScene) -> None:
    for number in range(60):
        house.records.open_call(f"SYN{number}", None, None, "en")
        house.records.append(f"SYN{number}", Kind.CALL_STARTED, is_synthetic=True, release="r1")
        house.records.append(f"SYN{number}", Kind.ESCALATED, reason="frustrated")
    house.clock.advance(3600)
    house.catch_up()
    assert watch(house).look(house.clock.now()) == 0


def test_the_weekly_report_is_written_on_monday_morning_once(house: InsightsScene) -> None:
    sunday = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    for hours, expected in ((0, 0), (7, 0), (8, 1), (9, 1), (24 + 8, 1)):
        watch(house, is_report_wanted=True).look(sunday + timedelta(hours=hours))
        assert len(house.notices.newest(NoticeKind.WEEKLY, 9)) == expected, hours
    assert house.notices.newest(NoticeKind.WEEKLY, 9)[0].facts == {"week": "2026-W47"}


def test_what_cannot_be_sent_is_tried_again_and_given_up_in_the_end(house: InsightsScene) -> None:
    tried: list[Notice] = []

    def broken(notice: Notice) -> None:
        tried.append(notice)
        raise NotSent("the server is away")

    house.notices.write("alert:x", NoticeKind.ALERT, FACTS, (Way.PAGE, Way.EMAIL), house.clock.now())
    courier = Courier(house.notices, {Way.EMAIL: broken})
    for pause in (timedelta(), *PAUSES):
        house.clock.advance(pause.total_seconds())
        assert courier.deliver(house.clock.now()) == 0
        assert courier.deliver(house.clock.now()) == 0, "not before the pause is over"
    house.clock.advance(timedelta(days=9).total_seconds())
    courier.deliver(house.clock.now())
    assert len(tried) == len(PAUSES) + 1
    (notice,) = [one for one in house.notices.newest(NoticeKind.ALERT, 9) if one.way is Way.EMAIL]
    assert notice.is_given_up
    assert notice.problem == "the server is away"


def test_a_sent_notice_is_not_sent_again(house: InsightsScene) -> None:
    sent: list[str] = []
    house.notices.write("alert:x", NoticeKind.ALERT, FACTS, (Way.EMAIL, Way.WEBHOOK), house.clock.now())
    assert not house.notices.write("alert:x", NoticeKind.ALERT, FACTS, (Way.EMAIL,), house.clock.now())
    courier = Courier(house.notices, {Way.EMAIL: lambda notice: sent.append(notice.key)})
    assert courier.deliver(house.clock.now()) == 1, "the webhook has no address"
    house.clock.advance(60)
    courier.deliver(house.clock.now())
    assert sent == ["alert:x"]


def test_a_mail_says_what_got_worse_in_text_and_html() -> None:
    with mail_server() as (url, mails):
        letter = alert_letter(FACTS, "Nordlys & <Co>", "https://bot.example.com")
        post = SmtpPost(url, "bot@example.com", "Nordlys & <Co>", SteeredClock())
        post.send(letter, ["a@b.se", "c@d.no"], "k")
    ((to, raw),) = mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert to == ["a@b.se", "c@d.no"]
    assert mail["Subject"] == "Nordlys & <Co>'s phone bot: Annoyed callers: 30 %, usually 5.0 %"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (text, html):
        assert "30 % of 60 (20 % to 42 %), usually 5.0 % of 480" in part
        assert "https://bot.example.com/insights" in part


def test_a_refused_address_is_told() -> None:
    with mail_server(refusal="550 unknown") as (url, mails):
        post = SmtpPost(url, "bot@example.com", "Nordlys", SteeredClock())
        with pytest.raises(NotSent, match="SMTPRecipientsRefused"):
            post.send(alert_letter(FACTS, "N", "http://x"), ["a@b.se"], "k")
    assert not mails


def test_a_mail_server_that_is_away_is_told() -> None:
    with pytest.raises(NotSent, match="ConnectionRefusedError"):
        SmtpPost("smtp://127.0.0.1:1", "b@c.se", "N", SteeredClock()).send(
            alert_letter(FACTS, "N", "http://x"), ["a@b.se"], "k"
        )


def webhook(status: int, seen: list[httpx.Request]) -> HttpWebhook:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status)

    transport = httpx.MockTransport(answer)
    return HttpWebhook(
        "https://hooks.example.com/x", "s" * 16, SteeredClock(), httpx.Client(transport=transport)
    )


def test_a_webhook_is_signed_over_time_and_body() -> None:
    seen: list[httpx.Request] = []
    notice = Notice("alert:x", Way.WEBHOOK, NoticeKind.ALERT, FACTS, SteeredClock().now())
    webhook(204, seen)(notice)
    (request,) = seen
    at, _, made = request.headers["X-Ivr-Signature"].removeprefix("t=").partition(",v1=")
    expected = hmac.new(b"s" * 16, f"{at}.".encode() + request.content, hashlib.sha256).hexdigest()
    assert made == expected
    assert json.loads(request.content)["key"] == "alert:x"
    with pytest.raises(NotSent, match="503"):
        webhook(503, seen)(notice)


def test_the_weekly_report_goes_out_as_mail_and_pdf(house: InsightsScene, tmp_path: Path) -> None:
    for number in range(8):
        house.solved_call(f"CA{number}", caller=f"+4670{number}")
        house.call(f"CB{number}", ANSWERED, ANNOYED, (Kind.CALL_ENDED, {"outcome": "caller_hung_up"}))
    asked = ["report", "--week", "2030-W10", "--to", "boss@example.com", "--folder", str(tmp_path)]
    with mail_server() as (url, mails):
        post = SmtpPost(url, "bot@example.com", "Nordlys", house.clock)
        result = CliRunner().invoke(insights_command(lambda: house.desk(post)), asked)
    assert result.exit_code == 0, result.output
    ((_, raw),) = mails
    mail = message_from_bytes(raw, policy=policy.default)
    (pdf,) = mail.iter_attachments()
    assert pdf.get_content() == (tmp_path / "calls-2030-W10.pdf").read_bytes()
    assert pdf.get_content().startswith(b"%PDF-")
    text = mail.get_body(("plain",)).get_content()
    assert "Order status" in text
    assert "Owner: Logistics" in text
    assert "+467" not in raw.decode()


@pytest.mark.parametrize("arguments", [["--week", "x", "--folder", "y"], ["--to", "no address"], []])
def test_a_report_that_makes_no_sense_is_refused(house: InsightsScene, arguments: list[str]) -> None:
    result = CliRunner().invoke(insights_command(house.desk), ["report", *arguments])
    assert result.exit_code == 2, result.output


def test_a_week_without_calls_says_so(house: InsightsScene, tmp_path: Path) -> None:
    asked = ["report", "--week", "2029-W10", "--folder", str(tmp_path)]
    assert CliRunner().invoke(insights_command(house.desk), asked).exit_code == 0
    assert "Nobody called this week" in (tmp_path / "calls-2029-W10.html").read_text()
