"""How a recording follows what the conversation decides: in order, row first, and gone when in doubt."""

import threading
from collections import deque
from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from datetime import datetime
from typing import Protocol

from ivr.clock import Clock
from ivr.conversation.actions import Tape, TapeOrder
from ivr.log import get
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, RecordsUnavailable
from ivr.telephony.tape_deck import CURRENT, TapeDeck, TapeFailed

log = get("recorder")


class Recorder(Protocol):
    """Records calls. Safe from any thread; never blocks."""

    def purposes_for(self, call_id: str) -> tuple[str, ...]:
        """Return what a caller is to be asked to agree to; nothing when this call was asked before."""
        ...

    def take(self, call_id: str, tape: Tape) -> None:
        """Have a step carried out after those before it."""
        ...


class NoRecorder:
    """Records nothing and asks nobody."""

    def purposes_for(self, call_id: str) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    def take(self, call_id: str, tape: Tape) -> None:
        """Do nothing."""


class TapeRows(Protocol):
    """The rows about recordings. Raises RecordsUnavailable."""

    def open(
        self, call_id: str, purpose: str, by: str, version: str, heard_at: datetime, at: datetime
    ) -> None:
        """Store that a recording for a purpose is about to start, and what allows it."""
        ...

    def started(self, call_id: str, recording_sid: str) -> None:
        """Store the network's name of the call's recording."""
        ...

    def running(self, call_id: str) -> str | None:
        """Return the network's name of the recording that has not ended, None when there is none."""
        ...

    def ended(self, call_id: str, at: datetime, is_dropped: bool) -> None:
        """Store that recording is over; one that is dropped serves no purpose any more."""
        ...

    def gone(self, recording_sid: str, at: datetime) -> None:
        """Store that a recording is deleted and was looked for in vain."""
        ...


class Shelf(Protocol):
    """Where the network keeps recordings."""

    def delete_recording(self, recording_sid: str) -> None:
        """Have a recording deleted."""
        ...

    def is_gone(self, recording_sid: str) -> bool:
        """Look for a recording; True only when the network says there is none."""
        ...


class CallRecorder:
    """Implements `Recorder`. Steps of one call are carried out one after the other on the executor.

    A step that fails leaves less recorded, never more: who cannot be paused is stopped and deleted.
    """

    def __init__(
        self,
        purposes: Collection[str],
        records: CallRecords,
        rows: TapeRows,
        deck: TapeDeck,
        shelf: Shelf,
        executor: Executor,
        clock: Clock,
    ) -> None:
        self._purposes = tuple(purposes)
        self._records, self._rows = records, rows
        self._deck, self._shelf = deck, shelf
        self._executor, self._clock = executor, clock
        self._waiting: dict[str, deque[Tape]] = {}
        self._lock = threading.Lock()

    def purposes_for(self, call_id: str) -> tuple[str, ...]:
        """Return what a caller is to be asked; a recording that another process left running is stopped."""
        if not self._purposes:
            return ()
        asked = Kind.RECORDING_NOTICE_PLAYED, Kind.RECORDING_ANSWERED
        if not any(event.kind in asked for event in self._records.events(call_id)):
            return self._purposes
        if self._rows.running(call_id) is not None:
            self.take(call_id, Tape(TapeOrder.STOP))
        return ()

    def take(self, call_id: str, tape: Tape) -> None:
        """Have a step carried out after those before it."""
        with self._lock:
            waiting = self._waiting.setdefault(call_id, deque())
            waiting.append(tape)
            if len(waiting) > 1:
                return
        self._executor.submit(self._work, call_id)

    def _work(self, call_id: str) -> None:
        while True:
            with self._lock:
                tape = self._waiting[call_id][0]
            self._carry_out(call_id, tape)
            with self._lock:
                self._waiting[call_id].popleft()
                if not self._waiting[call_id]:
                    del self._waiting[call_id]
                    return

    def _carry_out(self, call_id: str, tape: Tape) -> None:
        is_done = False
        try:
            is_done = self._start(call_id, tape.agreed) if tape.agreed else self._steer(call_id, tape.order)
        except (TapeFailed, RecordsUnavailable) as problem:
            log.error("tape_failed", call_id=call_id, step=tape.order, problem=type(problem).__name__)
            if tape.order in {TapeOrder.START, TapeOrder.PAUSE}:
                self._give_up(call_id)
        self._records.append(call_id, Kind.RECORDING_STEERED, order=tape.order, is_done=is_done)

    def _start(self, call_id: str, agreed: Sequence[tuple[str, str]]) -> bool:
        heard = {
            event.facts["purpose"]: event
            for event in self._records.events(call_id)
            if event.kind == Kind.RECORDING_NOTICE_PLAYED and event.facts["is_complete"]
        }
        if any(purpose not in heard for purpose, _ in agreed):
            log.error("no_proof_of_notice", call_id=call_id)
            return False
        now = self._clock.now()
        for purpose, by in agreed:
            notice = heard[purpose]
            self._rows.open(call_id, purpose, by, str(notice.facts["text_version"]), notice.at, now)
        self._rows.started(call_id, self._deck.start(call_id))
        return True

    def _steer(self, call_id: str, order: TapeOrder) -> bool:
        sid = self._rows.running(call_id)
        if sid is None:
            return False
        match order:
            case TapeOrder.PAUSE:
                return self._deck.pause(call_id, sid)
            case TapeOrder.RESUME:
                return self._deck.resume(call_id, sid)
            case TapeOrder.STOP:
                self._rows.ended(call_id, self._clock.now(), is_dropped=False)
                self._deck.stop(call_id, sid)
            case TapeOrder.DROP:
                self._drop(call_id, sid)
        return True

    def _drop(self, call_id: str, sid: str) -> None:
        # From here on it serves no purpose: what cannot be deleted now is deleted by the night's clearing.
        self._rows.ended(call_id, self._clock.now(), is_dropped=True)
        self._deck.stop(call_id, sid)
        self._shelf.delete_recording(sid)
        if self._shelf.is_gone(sid):
            self._rows.gone(sid, self._clock.now())

    def _give_up(self, call_id: str) -> None:
        """Leave nothing recorded of a call whose recording does not do as it is told."""
        try:
            self._drop(call_id, self._rows.running(call_id) or CURRENT)
        except (TapeFailed, RecordsUnavailable) as problem:
            log.error("tape_not_dropped", call_id=call_id, problem=type(problem).__name__)
