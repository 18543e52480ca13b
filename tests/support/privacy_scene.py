"""Calls of people in a real database, and the office that finds, hands out and erases them."""

import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from ivr.insights.sql_tally import SqlTally
from ivr.privacy.backup import Backup
from ivr.privacy.call_keys import CallKeys
from ivr.privacy.command import PrivacyOffice
from ivr.privacy.eraser import Eraser
from ivr.privacy.ledger import ErasureLedger
from ivr.privacy.retention import Periods, RecordingStays, Retention
from ivr.privacy.sql_clearing_records import SqlClearingRecords
from ivr.privacy.sql_privacy_records import SqlPrivacyRecords
from ivr.records.database import open_engine, upgrade
from ivr.records.feed import Feed
from ivr.records.kinds import Kind
from ivr.records.models import texts, wrap_ups
from ivr.records.sql_records import SqlCallRecords
from tests.fakes.steered_clock import SteeredClock
from tests.fakes.told_shelf import ToldShelf

ANNA, BO = "+46701112233", "+46704445566"
ZONE = ZoneInfo("Europe/Stockholm")
SAID = "my parcel for the green bicycle"


@cache
def _empty_database() -> bytes:
    """Return a database as the migrations make it, triggers and all; made once, for it takes a second."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ivr.db"
        upgrade(f"sqlite:///{file}")
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.read_bytes()


class PrivacyScene:
    """One database file, one clock, one shelf of recordings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "ivr.db"
        self.clock = SteeredClock()
        self.shelf = ToldShelf()
        self.url = f"sqlite:///{self.file}"
        self.make_database()
        self.open()

    def make_database(self) -> None:
        """Make the database, with nothing in it."""
        self.file.write_bytes(_empty_database())

    def open(self) -> None:
        """Open the database as it lies there now."""
        self.engine = open_engine(self.url)
        self.records = SqlCallRecords(self.engine, Feed(), self.clock)
        self.privacy = SqlPrivacyRecords(self.engine, self.clock)
        self.clearing = SqlClearingRecords(self.engine, self.clock)
        self.tally = SqlTally(self.engine, ZONE, lambda number: f"key of {number}")
        ledger = ErasureLedger(self.folder / "elsewhere" / "erased.jsonl")
        self.keys = CallKeys(self.folder / "elsewhere" / "keys.db")
        self.backup = Backup(self.engine, self.keys, self.clock)
        self.eraser = Eraser(self.privacy, self.shelf, ledger, self.keys, self.folder, self.clock)
        self.retention = Retention(self.clearing, Periods(), ZONE, self.clock, self._delete)
        self.office = PrivacyOffice(
            self.privacy, self.eraser, self.retention, self.shelf.read_recording, self.clock, self.backup
        )

    def _delete(self, recording_sid: str | None, call_id: str) -> None:
        for sid in self.shelf.recordings_of(call_id) or () if recording_sid is None else [recording_sid]:
            self.shelf.delete_recording(sid)
            if not self.shelf.is_gone(sid):
                raise RecordingStays(sid)
        self.privacy.recording_gone(recording_sid, call_id, self.clock.now())

    def call(self, call_id: str, caller: str | None = ANNA, is_over: bool = True, **case: Any) -> None:
        """Put a call on record with words, a transfer, a callback, a text and notes."""
        self.records.open_call(call_id, caller, "+468", "en")
        self.records.append(call_id, Kind.CALL_STARTED, caller_known=True, release="r1")
        facts = {"text_version": "v", "language": "en", "is_complete": True}
        self.records.append(call_id, Kind.DISCLOSURE_PLAYED, **facts)
        self.records.append(call_id, Kind.UTTERANCE_HEARD, turn=1, text=SAID, asr_confidence=0.9)
        self.records.append(call_id, Kind.LOOKED_UP, system="orders", found=True, order_number="471192")
        known = {"wanted": SAID, "reason": "asked_for_person", **case}
        self.records.open_transfer(f"T{call_id}", call_id, "asked", known, [f"The caller said {SAID}"])
        with self.engine.begin() as connection:
            row = {"text_id": f"x{call_id}", "call_id": call_id, "number": caller or "", "body": SAID}
            connection.execute(insert(texts).values(**row, state="sent", since=self.clock.now()))
            notes = {"transfer_id": f"T{call_id}", "call_id": call_id, "agent": "Erik", "notes": SAID}
            connection.execute(insert(wrap_ups).values(**notes))
        if is_over:
            self.records.append(call_id, Kind.CALL_ENDED, outcome="solved_by_bot", step="request")
            self.records.close_call(call_id, "solved_by_bot")

    def bytes_of_the_database(self) -> bytes:
        """Return every byte of the database's files."""
        return b"".join(file.read_bytes() for file in sorted(self.folder.glob("ivr.db*")))
