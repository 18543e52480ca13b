"""Records that live in memory and keep every promise of the port; can be told to fail."""

import itertools
import threading
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ivr.clock import Clock
from ivr.records.facts import storable
from ivr.records.feed import Feed
from ivr.records.store import AgentRow, CallEvent, CallRow, RecordsUnavailable, TransferRow
from tests.fakes.steered_clock import SteeredClock

LIVE = {"requested", "dialing", "briefing"}
BUSY = {"dialing", "briefing", "bridged"}
CHANGEABLE = {"agent", "agent_call_id", "tried", "case_number", "briefing"}


def counted_case_numbers() -> Callable[[], str]:
    """Return a draw that counts up from 730001: six digits, predictable in tests."""
    numbers = itertools.count(730_001)
    return lambda: str(next(numbers))


class MemoryCallRecords:
    """Implements `ReplayableRecords`. Set `is_down` to make every method raise RecordsUnavailable."""

    def __init__(
        self, feed: Feed | None = None, clock: Clock | None = None, draw: Callable[[], str] | None = None
    ) -> None:
        self.is_down = False
        self._feed = feed or Feed()
        self._clock = clock or SteeredClock()
        self._draw = draw or counted_case_numbers()
        self._lock = threading.RLock()
        self._calls: dict[str, CallRow] = {}
        self._events: dict[str, list[CallEvent]] = {}
        self._seq_of: dict[str, int] = {}
        self._transfers: dict[str, TransferRow] = {}
        self._agents: dict[str, AgentRow] = {}
        self._callbacks: dict[str, dict[str, Any]] = {}
        self._answers: dict[str, tuple[datetime, str]] = {}

    def open_call(self, call_id: str, caller: str | None, called: str | None, language: str) -> bool:
        """Store a new call; False when it is known already."""
        with self._answering():
            if call_id in self._calls:
                return False
            self._calls[call_id] = CallRow(
                call_id, caller, called, language, self._clock.now(), ended_at=None, outcome=None
            )
            return True

    def call(self, call_id: str) -> CallRow | None:
        """Return the call, or None."""
        with self._answering():
            return self._calls.get(call_id)

    def append(self, call_id: str, kind: str, **facts: Any) -> int:
        """Append one event, publish it, and return its seq."""
        at = self._clock.now()
        seq = self.append_at(call_id, kind, facts, at, uuid.uuid4().hex)
        self.publish(CallEvent(call_id, seq, at, str(kind), storable(facts)))
        return seq

    def append_at(
        self, call_id: str, kind: str, facts: Mapping[str, Any], at: datetime, event_id: str
    ) -> int:
        """Append an event that happened at `at`, once per `event_id`, without publishing it."""
        stored = storable(facts)
        with self._answering():
            if event_id in self._seq_of:
                return self._seq_of[event_id]
            stream = self._events.setdefault(call_id, [])
            stream.append(CallEvent(call_id, len(stream) + 1, at, str(kind), stored))
            self._seq_of[event_id] = len(stream)
            return len(stream)

    def publish(self, event: CallEvent) -> None:
        """Hand an event to those who listen to its call, without storing it."""
        self._feed.publish(event)

    def events(self, call_id: str, after_seq: int = 0) -> list[CallEvent]:
        """Return the call's events in order."""
        with self._answering():
            return [event for event in self._events.get(call_id, []) if event.seq > after_seq]

    def close_call(self, call_id: str, outcome: str) -> bool:
        """Set the terminal outcome once."""
        return self.close_call_at(call_id, outcome, self._clock.now())

    def close_call_at(self, call_id: str, outcome: str, at: datetime) -> bool:
        """Set the terminal outcome of a call that ended at `at`, once."""
        with self._answering():
            call = self._calls.get(call_id)
            if call is None or call.outcome is not None:
                return False
            self._calls[call_id] = replace(call, outcome=str(outcome), ended_at=at)
            return True

    def open_transfer(
        self, transfer_id: str, call_id: str, reason: str, case: Mapping[str, Any], briefing: Sequence[str]
    ) -> bool:
        """Store a transfer in state "requested"; False when the call already has a live one."""
        with self._answering():
            if transfer_id in self._transfers or self._has_live(call_id):
                return False
            self._transfers[transfer_id] = TransferRow(
                transfer_id=transfer_id,
                call_id=call_id,
                state="requested",
                reason=str(reason),
                case=storable(case),
                briefing=tuple(briefing),
                agent=None,
                agent_call_id=None,
                tried=(),
                state_since=self._clock.now(),
                case_number=None,
            )
            return True

    def transfer(self, transfer_id: str) -> TransferRow | None:
        """Return the transfer, or None."""
        with self._answering():
            return self._transfers.get(transfer_id)

    def transfer_of(self, call_id: str) -> TransferRow | None:
        """Return the call's newest transfer, or None."""
        with self._answering():
            mine = [row for row in self._transfers.values() if row.call_id == call_id]
            return mine[-1] if mine else None

    def move_transfer(self, transfer_id: str, from_state: str, to_state: str, **changes: Any) -> bool:
        """Compare-and-set the state; False when it is no longer `from_state`."""
        if unknown := changes.keys() - CHANGEABLE:
            raise TypeError(f"move_transfer cannot change {', '.join(sorted(unknown))}")
        changes |= {name: tuple(changes[name]) for name in ("tried", "briefing") if name in changes}
        with self._answering():
            row = self._transfers.get(transfer_id)
            if row is None or row.state != from_state:
                return False
            if to_state in LIVE and self._has_live(row.call_id, other_than=transfer_id):
                return False
            if to_state != from_state:
                changes |= {"state": str(to_state), "state_since": self._clock.now()}
            self._transfers[transfer_id] = replace(row, **changes)
            return True

    def live_transfers(self) -> list[TransferRow]:
        """Return transfers in state requested, dialing or briefing, the oldest request first."""
        with self._answering():
            return [row for row in self._transfers.values() if row.state in LIVE]

    def transfers_in(self, states: Collection[str]) -> list[TransferRow]:
        """Return the transfers in these states, the oldest request first."""
        with self._answering():
            return [row for row in self._transfers.values() if row.state in set(states)]

    def unsettled_transfers(self, states: Collection[str], before: datetime) -> list[TransferRow]:
        """Return transfers that stand in these states since before a moment, of calls without an outcome."""
        with self._answering():
            is_open = {call_id for call_id, call in self._calls.items() if call.outcome is None}
            rows = self.transfers_in(states)
            return [row for row in rows if row.call_id in is_open and row.state_since < before]

    def busy_agents(self) -> set[str]:
        """Return names of agents who are ringing, being briefed or joined to a caller."""
        with self._answering():
            return {row.agent for row in self._transfers.values() if row.state in BUSY and row.agent}

    def enlist_agents(self, agents: Sequence[tuple[str, str]]) -> None:
        """Make these (name, number) the agents, in this order."""
        with self._answering():
            known, now = self._agents, self._clock.now()
            self._agents = {
                name: replace(known[name], number=number)
                if name in known
                else AgentRow(name, number, "available", now, missed=0)
                for name, number in agents
            }

    def agents(self) -> list[AgentRow]:
        """Return the agents in their order."""
        with self._answering():
            return list(self._agents.values())

    def set_presence(self, name: str, presence: str, missed: int = 0) -> bool:
        """Set an agent's presence and calls missed in a row; False for a name nobody has."""
        with self._answering():
            agent = self._agents.get(name)
            if agent is None:
                return False
            since = agent.since if agent.presence == presence else self._clock.now()
            self._agents[name] = replace(agent, presence=str(presence), missed=missed, since=since)
            return True

    def book_callback(self, call_id: str, number: str | None, reason: str, briefing: Sequence[str]) -> str:
        """Store a callback and return its case number; once per call."""
        with self._answering():
            if call_id in self._callbacks:
                return str(self._callbacks[call_id]["case_number"])
            taken = {callback["case_number"] for callback in self._callbacks.values()}
            case_number = next(drawn for drawn in iter(self._draw, None) if drawn not in taken)
            self._callbacks[call_id] = {
                "case_number": case_number,
                "call_id": call_id,
                "number": number,
                "reason": reason,
                "briefing": list(briefing),
                "booked_at": self._clock.now(),
                "is_open": True,
                "tries": 0,
                "most_tries": 3,
                "from_hour": 8,
                "to_hour": 20,
            }
            return case_number

    def callbacks(self) -> list[Mapping[str, Any]]:
        """Return open callbacks, oldest first."""
        with self._answering():
            return [callback for callback in self._callbacks.values() if callback["is_open"]]

    def callbacks_to(self, number: str) -> list[Mapping[str, Any]]:
        """Return open and closed callbacks to a number, oldest first."""
        with self._answering():
            return [callback for callback in self._callbacks.values() if callback["number"] == number]

    def drop_callback(self, case_number: str) -> str | None:
        """Take a callback off the worklist and return its call's id, None when it is not there."""
        for call_id, callback in self._callbacks.items():
            if callback["case_number"] == case_number and callback["is_open"]:
                callback["is_open"] = False
                return call_id
        return None

    def note_callback_try(self, case_number: str) -> int | None:
        """Count a try to call back and return the how-manieth it is; None when there is none left."""
        with self._answering():
            for callback in self._callbacks.values():
                if callback["case_number"] == case_number and callback["tries"] < callback["most_tries"]:
                    callback["tries"] += 1
                    return int(callback["tries"])
            return None

    def remember_answer(self, request_key: str, body: str) -> None:
        """Keep a webhook's answer for 24 h; the first one stays."""
        with self._answering():
            if self.remembered_answer(request_key) is None:
                self._answers[request_key] = (self._clock.now(), body)

    def remembered_answer(self, request_key: str) -> str | None:
        """Return the stored answer to a repeated request, or None."""
        with self._answering():
            answered_at, body = self._answers.get(request_key, (None, None))
            if answered_at is None or answered_at <= self._clock.now() - timedelta(hours=24):
                return None
            return body

    def is_ready(self) -> bool:
        """Say whether the records answer."""
        return not self.is_down

    def _has_live(self, call_id: str, other_than: str | None = None) -> bool:
        return any(
            row.call_id == call_id and row.state in LIVE and row.transfer_id != other_than
            for row in self._transfers.values()
        )

    def _answering(self) -> threading.RLock:
        if self.is_down:
            raise RecordsUnavailable("told to fail")
        return self._lock
