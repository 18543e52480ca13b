"""Where every transfer stands: one place that reads, moves and notes it, one event at a time."""

import threading
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ivr import log
from ivr.clock import Clock
from ivr.conversation.actions import Outcome
from ivr.handoff.case import Case, plain
from ivr.handoff.roster import Roster
from ivr.handoff.transfer import TERMINAL, TransferEvent, TransferState, after
from ivr.handoff.waiting import RecentTalks
from ivr.records.kinds import Kind
from ivr.records.store import AgentRow, CallRecords, TransferRow

S = TransferState
E = TransferEvent
UNSETTLED_S = 5.0  # the outcome is written right behind the transfer's end, or never
_OUTCOMES = {
    S.ENDED: Outcome.CONNECTED_TO_PERSON,
    S.GIVEN_UP: Outcome.CALLBACK_BOOKED,
    S.ABANDONED: Outcome.CALLER_HUNG_UP,
}
_log = log.get("handoff.ledger")


class TransferLedger:
    """Moves transfers in the records. Safe from any thread; never waits for the phone network.

    An agent's leg is known by its attempt: the how-manieth agent it is. Events of another attempt than
    the newest are late and change nothing.
    """

    def __init__(self, records: CallRecords, roster: Roster, clock: Clock) -> None:
        self._records = records
        self._roster = roster
        self._clock = clock
        self._lock = threading.RLock()  # held while a row is read and moved
        self.recent = RecentTalks()
        self._since: dict[str, tuple[tuple[str, int], float]] = {}

    def open(self, case: Case, briefing: Sequence[str]) -> str:
        """Store a transfer and return its id; asking again returns the one there is.

        Only a caller whom an agent sent back to the bot gets another one. A caller who has hung up by now
        gets one that is abandoned at once: nobody is phoned.
        """
        with self._lock:
            known = self._records.transfer_of(case.call_id)
            if known is not None and known.state != S.RETURNED:
                return known.transfer_id
            transfer_id = uuid.uuid4().hex
            self._records.open_transfer(transfer_id, case.call_id, case.reason, plain(case), briefing)
            self._note(case.call_id, transfer_id, S.REQUESTED, None)
        call = self._records.call(case.call_id)
        if call is not None and call.outcome is not None:
            self.happened(transfer_id, E.CALLER_HUNG_UP)
        return transfer_id

    def row(self, transfer_id: str) -> TransferRow | None:
        """Return the transfer, or None."""
        return self._records.transfer(transfer_id)

    def row_of(self, call_id: str) -> TransferRow | None:
        """Return the call's newest transfer, or None."""
        return self._records.transfer_of(call_id)

    def unfinished(self) -> list[TransferRow]:
        """Return the transfers that have not ended, and forget the ages of all others."""
        rows = self._records.transfers_in(sorted(set(S) - TERMINAL))
        with self._lock:
            self._since = {row.transfer_id: self._seen(row) for row in rows}
        return rows

    def age_s(self, row: TransferRow) -> float:
        """Return for how many seconds this process has known the transfer to stand there."""
        with self._lock:
            self._since[row.transfer_id] = seen = self._seen(row)
        return self._clock.monotonic() - seen[1]

    def grant(self, row: TransferRow, seconds: float) -> None:
        """Let the transfer stand there for so much longer, counted from now."""
        with self._lock:
            stand, _ = self._seen(row)
            self._since[row.transfer_id] = (stand, self._clock.monotonic() + seconds)

    def start_age_anew(self, transfer_id: str) -> None:
        """Count the transfer's age from now."""
        with self._lock:
            self._since.pop(transfer_id, None)

    def happened(
        self, transfer_id: str, event: TransferEvent, attempt: int | None = None, **changes: Any
    ) -> TransferRow | None:
        """Move the transfer and return it as it was before; None when the event changes nothing."""
        with self._lock:
            row = self._records.transfer(transfer_id)
            if row is None or (attempt is not None and attempt != len(row.tried)):
                return None
            target = after(TransferState(row.state), event)
            if target is None:
                return None
            if target is S.REQUESTED:
                changes = {"agent": None, "agent_call_id": None}
            if not self._records.move_transfer(transfer_id, row.state, target, **changes):
                return None  # another process was faster; its event is the one that counts
            self._note(row.call_id, transfer_id, target, changes.get("agent", row.agent))
            self._time(transfer_id, target)
        if event in {E.AGENT_ACCEPTED, E.AGENT_DECLINED}:
            self._roster.showed_up(row.agent)
        if row.state == S.BRIDGED:
            self._roster.call_over(row.agent)
        return row

    def askable(self) -> list[TransferRow]:
        """Return the waiting transfers for which somebody is free, or nobody will ever be."""
        waiting = self._records.transfers_in([S.REQUESTED])
        if not waiting:
            return []
        chosen = self._roster.assign(waiting)
        return [r for r in waiting if r.transfer_id in chosen or not self._roster.is_waiting_worthwhile(r)]

    def reserve_next(self, transfer_id: str) -> tuple[TransferRow | None, AgentRow | None]:
        """Choose the next agent and mark their phone as ringing, in one step.

        Callers who wait longer go first. Returns (row, agent); (row, None) when nobody is left;
        (None, None) when nobody is wanted, or none is free yet.
        """
        with self._lock:  # two transfers never choose the same agent
            row = self._records.transfer(transfer_id)
            if row is None or row.state != S.REQUESTED:
                return None, None
            agent = self._roster.assign(self._records.transfers_in([S.REQUESTED])).get(transfer_id)
            if agent is None:
                return (None if self._roster.is_waiting_worthwhile(row) else row), None
            tried = (*row.tried, agent.name)
            if self.happened(transfer_id, E.AGENT_DIALED, agent=agent.name, tried=tried) is None:
                return None, None
            return self._records.transfer(transfer_id), agent

    def reserve_for(self, transfer_id: str, name: str) -> tuple[TransferRow, TransferRow, AgentRow] | None:
        """Give a caller whom no agent has answered yet to a chosen one, in one step.

        The agent may be away, or asked before, but not busy. Returns the transfer as it was before, as it is
        now, and the agent; None when it cannot be.
        """
        with self._lock:
            row = self._records.transfer(transfer_id)
            agent = next((one for one in self._roster.agents() if one.name == name), None)
            if row is None or agent is None or name in self._records.busy_agents():
                return None
            if row.state not in {S.REQUESTED, S.DIALING}:
                return None
            if row.state == S.DIALING:
                self.happened(transfer_id, E.AGENT_DROPPED, len(row.tried))
            tried = (*row.tried, name)
            if self.happened(transfer_id, E.AGENT_DIALED, agent=name, tried=tried) is None:
                return None
            now = self._records.transfer(transfer_id)
            return None if now is None else (row, now, agent)

    def note_leg(self, transfer_id: str, attempt: int, leg: str) -> bool:
        """Keep the SID of an agent's leg; False when that leg is no longer wanted."""
        with self._lock:
            row = self._records.transfer(transfer_id)
            if row is None or len(row.tried) != attempt or row.agent is None:
                return False
            if TransferState(row.state) in TERMINAL or row.agent_call_id not in {None, leg}:
                return False
            if row.agent_call_id is None:
                self._records.move_transfer(transfer_id, row.state, row.state, agent_call_id=leg)
            return True

    def settle_briefing(self, transfer_id: str, briefing: Sequence[str]) -> None:
        """Keep the briefing as it will be spoken, unless an agent hears it already."""
        with self._lock:
            row = self._records.transfer(transfer_id)
            if row is not None and row.state in {S.REQUESTED, S.DIALING}:
                self._records.move_transfer(transfer_id, row.state, row.state, briefing=briefing)

    def choose_callback(self, transfer_id: str, number: str) -> TransferRow | None:
        """Book the callback a waiting caller chose and end the transfer, in one step.

        Returns the transfer as it was before; None when the caller no longer waits.
        """
        with self._lock:  # an agent who accepts now comes before or after, never between
            row = self._records.transfer(transfer_id)
            if row is None or after(TransferState(row.state), E.CALLBACK_CHOSEN) is None:
                return None
            case_number = self.book_callback(row, number)
            return self.happened(transfer_id, E.CALLBACK_CHOSEN, case_number=case_number)

    def choose_message(self, transfer_id: str) -> TransferRow | None:
        """Give the caller a case number and let them leave a message, in one step.

        Returns the transfer as it was before; None when the caller no longer waits.
        """
        with self._lock:
            row = self._records.transfer(transfer_id)
            if row is None or after(TransferState(row.state), E.MESSAGE_CHOSEN) is None:
                return None
            case_number = self.book_callback(row, kind=Kind.MESSAGE_ASKED)
            return self.happened(transfer_id, E.MESSAGE_CHOSEN, case_number=case_number)

    def book_callback(
        self, row: TransferRow, number: str | None = None, kind: Kind = Kind.CALLBACK_BOOKED
    ) -> str:
        """Put the transfer's caller on the worklist and return the case number; once per call."""
        number = number or row.case["caller_number"]
        case_number = self._records.book_callback(row.call_id, number, row.reason, row.briefing)
        if row.case_number is None:
            self._records.append(row.call_id, kind, case_number=case_number)
        return case_number

    def close_call(self, call_id: str, outcome: Outcome) -> None:
        """Give the call its outcome, if it has none yet."""
        if self._records.close_call(call_id, outcome):
            self._records.append(call_id, Kind.CALL_ENDED, outcome=outcome, reason="transfer")

    def settle(self) -> None:
        """Give an outcome to calls whose transfer ended while the process that would have said so died."""
        before = self._clock.now() - timedelta(seconds=UNSETTLED_S)
        for row in self._records.unsettled_transfers(sorted(_OUTCOMES), before):
            outcome = _OUTCOMES[TransferState(row.state)]
            if row.state == S.GIVEN_UP and self._was_message(row):
                outcome = Outcome.MESSAGE_TAKEN
            self.close_call(row.call_id, outcome)

    def _was_message(self, row: TransferRow) -> bool:
        return any(event.kind == Kind.MESSAGE_ASKED for event in self._records.events(row.call_id))

    def _seen(self, row: TransferRow) -> tuple[tuple[str, int], float]:
        stand = (row.state, len(row.tried))
        known = self._since.get(row.transfer_id)
        return known if known is not None and known[0] == stand else (stand, self._clock.monotonic())

    def _time(self, transfer_id: str, target: TransferState) -> None:
        now_s = self._clock.monotonic()
        if target is S.DIALING:
            self.recent.asked(transfer_id, now_s)
        elif target is S.BRIDGED:
            self.recent.joined(transfer_id, now_s)
        elif target in TERMINAL | {S.AGENT_LOST}:
            self.recent.over(transfer_id, now_s)

    def _note(self, call_id: str, transfer_id: str, state: TransferState, agent: str | None) -> None:
        self._records.append(call_id, Kind.TRANSFER_MOVED, transfer_id=transfer_id, state=state, agent=agent)
        _log.info("transfer_moved", call_id=call_id, transfer_id=transfer_id, state=state)
