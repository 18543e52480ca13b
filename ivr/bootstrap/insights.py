"""What counts calls, on its own, for commands and for the service."""

import hashlib
import hmac
from collections.abc import Callable

from ivr.clock import Clock
from ivr.config import Settings
from ivr.dialogue.wording import Wording
from ivr.handoff.opening_hours import load_hours
from ivr.insights.sql_tally import SqlTally
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


def open_tally(settings: Settings) -> SqlTally:
    """Return what is counted of the calls, for `ivr insights`."""
    zone = load_hours(settings.nlu_data_dir).zone
    return SqlTally(open_engine(settings.database_url, PATIENT_MS), zone, number_key(settings))


def open_synthetic_records(settings: Settings, clock: Clock) -> tuple[CallRecords, Wording]:
    """Return the records on a clock of the caller's, and the wording, for `ivr demo`."""
    database = open_engine(settings.database_url, PATIENT_MS)
    wording = Wording.load(settings.nlu_data_dir, settings.company_name)
    return SqlCallRecords(database, Feed(), clock), wording
