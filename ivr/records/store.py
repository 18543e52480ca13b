"""The port to the database: what happened in a call, who owns a transfer, whom to call back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class CallEvent:
    """One thing that happened in a call. `seq` counts from 1 per call without gaps."""

    call_id: str
    seq: int
    at: datetime  # UTC
    kind: str  # a value of ivr.records.kinds.Kind
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class CallRow:
    """One call as it stands. `outcome` is None while it lives and never changes once set."""

    call_id: str
    caller: str | None  # E.164, None when withheld
    called: str | None
    language: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None


@dataclass(frozen=True)
class TransferRow:
    """One warm transfer as it stands.

    `state` is a value of handoff.transfer.TransferState. `case` and `briefing` are JSON-ready.
    `tried` are the agents already asked, by name; `agent` the one now ringing or joined.
    """

    transfer_id: str
    call_id: str
    state: str
    reason: str
    case: Mapping[str, Any]
    briefing: Sequence[str]
    agent: str | None
    agent_call_id: str | None
    tried: tuple[str, ...]
    state_since: datetime
    case_number: str | None


@dataclass(frozen=True)
class AgentRow:
    """One agent as they stand. `presence` is a value of handoff.presence.Presence, `since` when it began.

    `missed` counts the calls missed in a row.
    """

    name: str
    number: str  # E.164
    presence: str
    since: datetime
    missed: int


class RecordsUnavailable(Exception):
    """The database did not answer in time, or could not be reached. What was asked may have happened."""


class RecordRefused(Exception):
    """The database will never take this value: too long, or not storable as text."""


class CallRecords(Protocol):
    """Everything that must outlive the process.

    Every method is safe from any thread and raises RecordsUnavailable when the database fails.
    """

    def open_call(self, call_id: str, caller: str | None, called: str | None, language: str) -> bool:
        """Store a new call; False when it is known already (a repeated webhook)."""
        ...

    def call(self, call_id: str) -> CallRow | None:
        """Return the call, or None."""
        ...

    def append(self, call_id: str, kind: str, **facts: Any) -> int:
        """Append one event to the call's stream, publish it, and return its seq.

        A call that was never opened has a stream too: a late or lost webhook leaves its trace.
        Raises FactsNotStorable when the facts are not JSON-ready; nothing is stored then.
        """
        ...

    def events(self, call_id: str, after_seq: int = 0) -> list[CallEvent]:
        """Return the call's events in order."""
        ...

    def close_call(self, call_id: str, outcome: str) -> bool:
        """Set the terminal outcome once; False when the call has one already."""
        ...

    def open_transfer(
        self, transfer_id: str, call_id: str, reason: str, case: Mapping[str, Any], briefing: Sequence[str]
    ) -> bool:
        """Store a transfer in state "requested".

        False when the call already has a live one (requested, dialing or briefing), or when the
        transfer is known already.
        """
        ...

    def transfer(self, transfer_id: str) -> TransferRow | None:
        """Return the transfer, or None."""
        ...

    def transfer_of(self, call_id: str) -> TransferRow | None:
        """Return the call's newest transfer, or None."""
        ...

    def move_transfer(self, transfer_id: str, from_state: str, to_state: str, **changes: Any) -> bool:
        """Compare-and-set the state in one statement; False when it is no longer `from_state`.

        `changes` may set agent, agent_call_id, tried, case_number; TypeError for anything else.
        Exactly one of two racing calls gets True. `state_since` starts anew only when the state is another.
        """
        ...

    def live_transfers(self) -> list[TransferRow]:
        """Return transfers in state requested, dialing or briefing, the oldest request first."""
        ...

    def transfers_in(self, states: Collection[str]) -> list[TransferRow]:
        """Return the transfers in these states, the oldest request first."""
        ...

    def unsettled_transfers(self, states: Collection[str], before: datetime) -> list[TransferRow]:
        """Return transfers that stand in these states since before a moment, of calls without an outcome."""
        ...

    def busy_agents(self) -> set[str]:
        """Return names of agents who are ringing, being briefed or joined to a caller."""
        ...

    def enlist_agents(self, agents: Sequence[tuple[str, str]]) -> None:
        """Make these (name, number) the agents, in this order.

        New ones are available from now, known ones keep their presence, all others are forgotten.
        """
        ...

    def agents(self) -> list[AgentRow]:
        """Return the agents in their order."""
        ...

    def set_presence(self, name: str, presence: str, missed: int = 0) -> bool:
        """Set an agent's presence and calls missed in a row; False for a name nobody has.

        `since` starts anew only when the presence is another.
        """
        ...

    def book_callback(self, call_id: str, number: str | None, reason: str, briefing: Sequence[str]) -> str:
        """Store a callback and return its case number (six digits, unique); once per call."""
        ...

    def callbacks(self) -> list[Mapping[str, Any]]:
        """Return open callbacks, oldest first.

        Keys: case_number, call_id, number, reason, briefing (list of str), booked_at (UTC), is_open, tries,
        most_tries, from_hour and to_hour (the caller's local time; called at or after from, before to).
        """
        ...

    def callbacks_to(self, number: str) -> list[Mapping[str, Any]]:
        """Return callbacks to a number (E.164), open and closed, oldest first; keys as in `callbacks`."""
        ...

    def note_callback_try(self, case_number: str) -> int | None:
        """Count a try to call back before it is made and return the how-manieth it is.

        None when the callback is closed or unknown, or when all tries are used up.
        """
        ...

    def remember_answer(self, request_key: str, body: str) -> None:
        """Keep a webhook's answer for 24 h so that a repeated request gets the same one.

        The first answer stays. Two handlers that ran at once both read it back before they answer.
        """
        ...

    def remembered_answer(self, request_key: str) -> str | None:
        """Return the stored answer to a repeated request, or None."""
        ...

    def is_ready(self) -> bool:
        """Say whether the database answers."""
        ...


class ReplayableRecords(CallRecords, Protocol):
    """Records that take in what was kept elsewhere while they could not be reached."""

    def append_at(
        self, call_id: str, kind: str, facts: Mapping[str, Any], at: datetime, event_id: str
    ) -> int:
        """Append an event that happened at `at` without publishing it; return its seq.

        `event_id` makes it safe to repeat: an event that is stored already keeps its seq.
        """
        ...

    def close_call_at(self, call_id: str, outcome: str, at: datetime) -> bool:
        """Set the terminal outcome of a call that ended at `at`, once."""
        ...

    def publish(self, event: CallEvent) -> None:
        """Hand an event to those who listen to its call, without storing it."""
        ...
