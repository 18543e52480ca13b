"""The port to what only the desk asks of the records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.records.store import TransferRow


@dataclass(frozen=True)
class EarlierCall:
    """A call this caller made before. `reason` is why it went to a person, None when it did not."""

    call_id: str
    started_at: datetime
    outcome: str | None
    reason: str | None
    agent: str | None


class DeskRecords(Protocol):
    """Safe from any thread; every method raises RecordsUnavailable when the database fails."""

    def with_agents(self, ended_after: datetime) -> Sequence[TransferRow]:
        """Return transfers that have an agent and are not over, or were over after a moment; newest last."""
        ...

    def requested_at(self, call_id: str) -> datetime | None:
        """Return when the call was first waiting for a person."""
        ...

    def earlier_calls(self, call_id: str, limit: int) -> Sequence[EarlierCall]:
        """Return calls the same number made before this one, newest first; none for a withheld number."""
        ...

    def close_callback(self, case_number: str) -> str | None:
        """Close an open callback once and return its call's id; None when it is not open."""
        ...

    def reopen_callback(self, case_number: str) -> str | None:
        """Open a closed callback again and return its call's id; None when it is not closed."""
        ...
