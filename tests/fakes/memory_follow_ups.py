"""Follow-ups in an SQLite database that lives as long as the test, beside records in memory."""

from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool

from ivr.clock import Clock
from ivr.handoff.follow_up_records import Message
from ivr.records.models import metadata
from ivr.records.sql_follow_up_records import SqlFollowUpRecords


class MemoryFollowUps(SqlFollowUpRecords):
    """Implements `FollowUpRecords`: the real statements, but nothing on disk."""

    def __init__(self, clock: Clock) -> None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})

        @event.listens_for(engine, "connect")
        def _autocommit(connection: Any, _: Any) -> None:
            connection.isolation_level = None

        metadata.create_all(engine)
        super().__init__(engine, clock)

    def all_messages(self) -> list[Message]:
        """Return every message, whatever became of its case."""
        from ivr.records.models import messages

        return self._messages(messages.c.case_number.is_not(None))
