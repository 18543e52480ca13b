"""The rows about recordings in the database: what allowed each, who may hear it."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update

from ivr.records.database import beginning
from ivr.records.trust_tables import DROPPED, call_recordings
from ivr.trust.trust_records import Recorded

SHOWN = 100


class SqlTapeRecords:
    """Implements `TapeRows` and `Recordings`. Safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(
        self, call_id: str, purpose: str, by: str, version: str, heard_at: datetime, at: datetime
    ) -> None:
        """Store that a recording for a purpose is about to start, and what allows it."""
        row = {"recording_id": uuid.uuid4().hex, "call_id": call_id, "purpose": purpose, "agreed_by": by}
        proof = {"notice_version": version, "notice_ended_at": heard_at, "started_at": at}
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(insert(call_recordings).values(**row, **proof))

    def started(self, call_id: str, recording_sid: str) -> None:
        """Store the network's name of the call's recording."""
        nameless = call_recordings.c.recording_sid.is_(None)
        self._change(call_id, nameless, recording_sid=recording_sid)

    def running(self, call_id: str) -> str | None:
        """Return the network's name of the recording that has not ended, None when there is none."""
        wanted = select(call_recordings.c.recording_sid).where(
            call_recordings.c.call_id == call_id,
            call_recordings.c.ended_at.is_(None),
            call_recordings.c.recording_sid.is_not(None),
        )
        with beginning(self._engine) as connection:
            return connection.execute(wanted).scalar()

    def ended(self, call_id: str, at: datetime, is_dropped: bool) -> None:
        """Store that recording is over; one that is dropped serves no purpose any more."""
        dropped = {"purpose": DROPPED} if is_dropped else {}
        self._change(call_id, call_recordings.c.ended_at.is_(None), ended_at=at, **dropped)

    def gone(self, recording_sid: str, at: datetime) -> None:
        """Store that a recording is deleted and was looked for in vain."""
        is_it = call_recordings.c.recording_sid == recording_sid
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(update(call_recordings).where(is_it).values(deleted_at=at))

    def agreed(self, purpose: str, call_ids: Collection[str] | None = None) -> Sequence[Recorded]:
        """Return recordings that may be heard for a purpose, the newest first; of these calls or all."""
        wanted = (
            select(call_recordings)
            .where(
                call_recordings.c.purpose == purpose,
                call_recordings.c.recording_sid.is_not(None),
                call_recordings.c.deleted_at.is_(None),
            )
            .order_by(call_recordings.c.started_at.desc())
            .limit(SHOWN)
        )
        if call_ids is not None:
            wanted = wanted.where(call_recordings.c.call_id.in_(call_ids))
        with beginning(self._engine) as connection:
            return [
                Recorded(
                    row.recording_sid, row.call_id, row.purpose, row.agreed_by, row.notice_version,
                    row.notice_ended_at, row.started_at, row.ended_at,
                )
                for row in connection.execute(wanted)
            ]  # fmt: skip

    def _change(self, call_id: str, which: Any, **changes: Any) -> None:
        of_call = (call_recordings.c.call_id == call_id) & which
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(update(call_recordings).where(of_call).values(**changes))
