"""Where events go while the database is away: to a local journal, from which they follow later in order."""

import threading
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr import log
from ivr.clock import Clock
from ivr.records.facts import storable
from ivr.records.journal import Journal, Record
from ivr.records.store import (
    AgentRow,
    CallEvent,
    CallRow,
    RecordRefused,
    RecordsUnavailable,
    ReplayableRecords,
    TransferRow,
)

RETRY_EVERY_S = 1.0
CALLS_REMEMBERED = 10_000
Clean = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]  # call_id, facts: the facts that may be stored

_log = log.get("records")


def as_it_is(call_id: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep everything."""
    return facts


class JournaledRecords:
    """Implements `CallRecords` over others; `append` and `close_call` go on while those are unavailable.

    From the first failure on, both write to a journal at once, without asking the database again, so that
    a call does not wait for it every time. A thread of its own tries every `retry_every_s` to replay the
    journal; with None only `replay` does. Journals that a dead process left in the folder are taken over.
    `clean` takes out of facts and cases what must not be kept, before anything is stored.
    Seqs handed out meanwhile continue those known here; the database gives the same ones as long as only
    this process writes to the call. Every other method raises RecordsUnavailable as before.
    """

    def __init__(
        self,
        inner: ReplayableRecords,
        folder: Path,
        clock: Clock,
        retry_every_s: float | None = RETRY_EVERY_S,
        clean: Clean = as_it_is,
    ) -> None:
        self._inner = inner
        self._folder = folder
        self._clock = clock
        self._retry_every_s = retry_every_s
        self._clean = clean
        self._lock = threading.RLock()  # guards everything below; never held while the database is asked
        self._journal: Journal | None = None
        self._last_seq: dict[str, int] = {}
        self._closed: dict[str, bool] = {}
        self._is_replayer_running = False
        self._replaying = threading.Lock()  # one replay at a time
        self._left_behind = list(Journal.left_behind(folder))
        if self._left_behind and not self.replay():
            self._start_replayer()

    @property
    def is_journaling(self) -> bool:
        """Say whether events go to the journal now."""
        return self._journal is not None

    def append(self, call_id: str, kind: str, **facts: Any) -> int:
        """Append one event, to the journal when it must be; publish it, and return its seq.

        Raises OSError when neither the database nor the disk takes it.
        """
        at = self._clock.now()
        event_id = uuid.uuid4().hex
        stored = storable(self._clean(call_id, facts))
        seq = self._append_now(call_id, kind, stored, at, event_id)
        if seq is None:
            event = {"event_id": event_id, "kind": str(kind), "facts": stored}
            seq = self._write(call_id, at, event)
        self._inner.publish(CallEvent(call_id, seq, at, str(kind), stored))
        return seq

    def close_call(self, call_id: str, outcome: str) -> bool:
        """Set the terminal outcome once, in the journal when it must be.

        While the database is away, True means that this process had not closed the call before; an outcome
        that the database knows already stays.
        """
        at = self._clock.now()
        if not self.is_journaling:
            try:
                is_first = self._inner.close_call_at(call_id, outcome, at)
            except RecordsUnavailable as problem:
                self._begin(problem)
            else:
                with self._lock:
                    _remember(self._closed, call_id, is_first)
                return is_first
        with self._lock:
            if call_id in self._closed:
                return False
            self._write(call_id, at, {"outcome": str(outcome)})
            _remember(self._closed, call_id, True)
            return True

    def replay(self) -> bool:
        """Hand the journals to the database in order; True when none is left. Any thread."""
        with self._replaying:
            while self._left_behind:
                if not self._replay_left_behind(self._left_behind[0]):
                    return False
                del self._left_behind[0]
            return self._replay_own()

    # Everything else is asked of the database itself

    def open_call(self, call_id: str, caller: str | None, called: str | None, language: str) -> bool:
        """Store a new call; False when it is known already."""
        return self._inner.open_call(call_id, caller, called, language)

    def call(self, call_id: str) -> CallRow | None:
        """Return the call, or None."""
        return self._inner.call(call_id)

    def events(self, call_id: str, after_seq: int = 0) -> list[CallEvent]:
        """Return the call's events in order; those in the journal are not among them yet."""
        return self._inner.events(call_id, after_seq)

    def open_transfer(
        self, transfer_id: str, call_id: str, reason: str, case: Mapping[str, Any], briefing: Sequence[str]
    ) -> bool:
        """Store a transfer in state "requested"; False when the call already has a live one."""
        return self._inner.open_transfer(transfer_id, call_id, reason, self._clean(call_id, case), briefing)

    def transfer(self, transfer_id: str) -> TransferRow | None:
        """Return the transfer, or None."""
        return self._inner.transfer(transfer_id)

    def transfer_of(self, call_id: str) -> TransferRow | None:
        """Return the call's newest transfer, or None."""
        return self._inner.transfer_of(call_id)

    def move_transfer(self, transfer_id: str, from_state: str, to_state: str, **changes: Any) -> bool:
        """Compare-and-set the state; False when it is no longer `from_state`."""
        return self._inner.move_transfer(transfer_id, from_state, to_state, **changes)

    def live_transfers(self) -> list[TransferRow]:
        """Return transfers in state requested, dialing or briefing, the oldest request first."""
        return self._inner.live_transfers()

    def transfers_in(self, states: Collection[str]) -> list[TransferRow]:
        """Return the transfers in these states, the oldest request first."""
        return self._inner.transfers_in(states)

    def unsettled_transfers(self, states: Collection[str], before: datetime) -> list[TransferRow]:
        """Return transfers that stand in these states since before a moment, of calls without an outcome."""
        return self._inner.unsettled_transfers(states, before)

    def busy_agents(self) -> set[str]:
        """Return names of agents who are ringing, being briefed or joined to a caller."""
        return self._inner.busy_agents()

    def enlist_agents(self, agents: Sequence[tuple[str, str]]) -> None:
        """Make these (name, number) the agents, in this order."""
        self._inner.enlist_agents(agents)

    def agents(self) -> list[AgentRow]:
        """Return the agents in their order."""
        return self._inner.agents()

    def set_presence(self, name: str, presence: str, missed: int = 0) -> bool:
        """Set an agent's presence and calls missed in a row; False for a name nobody has."""
        return self._inner.set_presence(name, presence, missed)

    def book_callback(self, call_id: str, number: str | None, reason: str, briefing: Sequence[str]) -> str:
        """Store a callback and return its case number; once per call."""
        return self._inner.book_callback(call_id, number, reason, briefing)

    def callbacks(self) -> list[Mapping[str, Any]]:
        """Return open callbacks, oldest first."""
        return self._inner.callbacks()

    def callbacks_to(self, number: str) -> list[Mapping[str, Any]]:
        """Return open and closed callbacks to a number, oldest first."""
        return self._inner.callbacks_to(number)

    def note_callback_try(self, case_number: str) -> int | None:
        """Count a try to call back and return the how-manieth it is; None when there is none left."""
        return self._inner.note_callback_try(case_number)

    def remember_answer(self, request_key: str, body: str) -> None:
        """Keep a webhook's answer for 24 h; the first one stays."""
        self._inner.remember_answer(request_key, body)

    def remembered_answer(self, request_key: str) -> str | None:
        """Return the stored answer to a repeated request, or None."""
        return self._inner.remembered_answer(request_key)

    def is_ready(self) -> bool:
        """Say whether the database answers."""
        return self._inner.is_ready()

    # Writing

    def _append_now(
        self, call_id: str, kind: str, facts: Mapping[str, Any], at: datetime, event_id: str
    ) -> int | None:
        if self.is_journaling:
            return None
        try:
            seq = self._inner.append_at(call_id, kind, facts, at, event_id)
        except RecordsUnavailable as problem:
            self._begin(problem)
            return None
        with self._lock:
            _remember(self._last_seq, call_id, max(seq, self._last_seq.get(call_id, 0)))
        return seq

    def _begin(self, problem: RecordsUnavailable) -> None:
        with self._lock:
            if self._journal is not None:
                return
            self._journal = Journal.begin(self._folder)
        _log.error("records_unavailable", why=str(problem), then="events go to the journal")
        self._start_replayer()

    def _write(self, call_id: str, at: datetime, what: Record) -> int:
        with self._lock:
            if self._journal is None:  # replayed to the end a moment ago
                self._journal = Journal.begin(self._folder)
            self._journal.write({"call_id": call_id, "at": at.isoformat(), **what})
            seq = self._last_seq.get(call_id, 0)
            if "event_id" in what:
                seq += 1
                _remember(self._last_seq, call_id, seq)
        self._start_replayer()
        return seq

    # Replaying

    def _replay_left_behind(self, journal: Journal) -> bool:
        page = journal.read()
        if not self._hand_over(page.records):
            return False
        self._report(len(page.records), page.damaged)
        journal.remove()
        return True

    def _replay_own(self) -> bool:
        start, count, damaged = 0, 0, 0
        while True:
            with self._lock:
                if self._journal is None:
                    return True
                page = self._journal.read(start)
                if not page.records and page.end == self._journal.size():
                    self._journal.remove()
                    self._journal = None
                    self._report(count, damaged + page.damaged)
                    return True
            if not self._hand_over(page.records):
                return False
            start, count, damaged = page.end, count + len(page.records), damaged + page.damaged

    def _hand_over(self, records: Sequence[Record]) -> bool:
        for record in records:
            try:
                self._store(record)
            except RecordsUnavailable:
                return False
            except RecordRefused as refused:
                _log.error("journaled_record_refused", call_id=record["call_id"], why=str(refused))
        return True

    def _store(self, record: Record) -> None:
        at = datetime.fromisoformat(record["at"])
        if "outcome" in record:
            self._inner.close_call_at(record["call_id"], record["outcome"], at)
            return
        self._inner.append_at(record["call_id"], record["kind"], record["facts"], at, record["event_id"])

    def _report(self, count: int, damaged: int) -> None:
        _log.warning("journal_replayed", records=count, damaged=damaged)

    def _start_replayer(self) -> None:
        if self._retry_every_s is None:
            return
        with self._lock:
            if self._is_replayer_running:
                return
            self._is_replayer_running = True
        threading.Thread(target=self._replay_until_done, name="journal-replay", daemon=True).start()

    def _replay_until_done(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(self._retry_every_s)
            is_done = self.replay()
            with self._lock:
                if is_done and self._journal is None:
                    self._is_replayer_running = False
                    return


def _remember(of_calls: dict[str, Any], call_id: str, what: Any) -> None:
    of_calls.pop(call_id, None)
    of_calls[call_id] = what
    if len(of_calls) > CALLS_REMEMBERED:  # forget the call that was quiet longest
        del of_calls[next(iter(of_calls))]
