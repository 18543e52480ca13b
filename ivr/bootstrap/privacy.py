"""The privacy office: who empties the records, where the ledger of erasings lies, what clears at night."""

from sqlalchemy import Engine

from ivr.bootstrap.adapters import make_shelf
from ivr.clock import Clock, SystemClock
from ivr.config import Settings
from ivr.handoff.opening_hours import load_policy
from ivr.privacy.backup import Backup
from ivr.privacy.call_keys import CallKeys
from ivr.privacy.command import PrivacyOffice
from ivr.privacy.eraser import Eraser
from ivr.privacy.ledger import ErasureLedger
from ivr.privacy.retention import RecordingStays, Retention, load_periods
from ivr.privacy.sql_clearing_records import SqlClearingRecords
from ivr.privacy.sql_privacy_records import SqlPrivacyRecords
from ivr.records.database import open_engine
from ivr.trust.listening import Listening
from ivr.trust.sql_tape_records import SqlTapeRecords

COMMAND_TIMEOUT_MS = 30_000  # nobody waits on the phone


def open_privacy_office(settings: Settings) -> PrivacyOffice:
    """Return the office for a command, on a database connection of its own."""
    return make_privacy_office(
        settings, open_engine(settings.database_url, COMMAND_TIMEOUT_MS), SystemClock()
    )


def make_privacy_office(settings: Settings, database: Engine, clock: Clock) -> PrivacyOffice:
    """Return the office over a database."""
    records = SqlPrivacyRecords(database, clock)
    shelf = make_shelf(settings, clock)

    def delete_recording(recording_sid: str | None, call_id: str) -> None:
        known = [recording_sid] if recording_sid is not None else shelf.recordings_of(call_id)
        if known is None:
            raise RecordingStays(call_id)
        for sid in known:
            shelf.delete_recording(sid)
            if not shelf.is_gone(sid):
                raise RecordingStays(sid)
            records.visited(sid, call_id, "retention", "deleted")
        records.recording_gone(recording_sid, call_id, clock.now())

    ledger = ErasureLedger(settings.erasure_ledger or settings.data_dir / "privacy" / "erased.jsonl")
    retention = Retention(
        SqlClearingRecords(database, clock),
        load_periods(settings.nlu_data_dir),
        load_policy(settings.nlu_data_dir).hours.zone,
        clock,
        delete_recording,
    )
    keys = CallKeys(ledger.path.with_name("keys.db"))
    eraser = Eraser(records, shelf, ledger, keys, settings.data_dir, clock)
    backup = Backup(database, keys, clock)
    return PrivacyOffice(records, eraser, retention, shelf.read_recording, clock, backup)


def make_listening(settings: Settings, database: Engine, clock: Clock) -> Listening:
    """Return who may hear recordings."""
    office = SqlPrivacyRecords(database, clock)
    return Listening(SqlTapeRecords(database), office.visited, make_shelf(settings, clock).read_recording)


def open_tickets(database: Engine, clock: Clock) -> SqlPrivacyRecords:
    """Return where callers' requests about their data are kept."""
    return SqlPrivacyRecords(database, clock)
