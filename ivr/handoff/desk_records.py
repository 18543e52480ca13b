"""The port to what only the desk asks of the records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.handoff.service_level import PersonRequest
from ivr.records.store import TransferRow


@dataclass(frozen=True)
class EarlierCall:
    """A call this caller made before. `reason` is why it went to a person, None when it did not."""

    call_id: str
    started_at: datetime
    outcome: str | None
    reason: str | None
    agent: str | None
    disposition: str | None = None
    notes: str = ""


@dataclass(frozen=True)
class WrapUp:
    """What an agent wrote about a call; a draft until it is finished."""

    transfer_id: str
    call_id: str
    agent: str
    disposition: str | None
    notes: str
    is_finished: bool


@dataclass(frozen=True)
class SwitchThrow:
    """How a switch for the whole house stands, and who threw it when."""

    is_on: bool
    thrown_by: str
    thrown_at: datetime


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

    def wrap_up(self, transfer_id: str) -> WrapUp | None:
        """Return what is written about a transfer's call, or None."""
        ...

    def write_wrap_up(self, wrap_up: WrapUp) -> bool:
        """Store a draft or the finished notes; False when finished ones are there already."""
        ...

    def unfinished(self, ended_after: datetime) -> Sequence[TransferRow]:
        """Return talks that ended after a moment and have no finished notes yet, the oldest first.

        Their agent is who wrote the draft, where there is one: the caller may be with somebody else by now.
        """
        ...

    def requests_since(self, moment: datetime) -> Sequence[PersonRequest]:
        """Return how everybody fared who asked for a person since a moment, the oldest request first."""
        ...

    def throw_switch(self, name: str, is_on: bool, by: str) -> None:
        """Store that somebody threw a switch for the whole house."""
        ...

    def switch(self, name: str) -> SwitchThrow | None:
        """Return how a switch stands; None when nobody ever threw it, which is off."""
        ...

    def close_callback(self, case_number: str) -> str | None:
        """Close an open callback once and return its call's id; None when it is not open."""
        ...

    def reopen_callback(self, case_number: str) -> str | None:
        """Open a closed callback again and return its call's id; None when it is not closed."""
        ...
