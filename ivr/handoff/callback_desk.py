"""Calls people back through the service: the agent first, with the briefing, then the caller, then both."""

import threading
import uuid
from concurrent.futures import Executor
from enum import StrEnum
from typing import Any

from ivr import log
from ivr.clock import Clock
from ivr.handoff.callback_day import NumberToday
from ivr.handoff.callback_try import ENDS, OPEN, TryEvent, TryState, after
from ivr.handoff.desk_records import DeskRecords
from ivr.handoff.dialable import may_be_called
from ivr.handoff.follow_up_records import CallbackTry, FollowUpRecords
from ivr.handoff.opening_hours import ServicePolicy
from ivr.handoff.roster import Roster
from ivr.handoff.steering import Steering
from ivr.handoff.transfer import TransferState
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, CallRow, RecordsUnavailable
from ivr.telephony.switchboard import Switchboard, SwitchboardFailed
from ivr.telephony.webhook_forms import CallStatus

CALLER_RINGS_S = 30
STANDS_TOO_LONG_S = 60.0  # then the network is asked; longer than a ring, its grace and a briefing
UNPLACED_S = 20.0  # a leg that was really placed reports within a second or two

S = TryState
E = TryEvent
_log = log.get("handoff.callbacks")


class CallbackAnswer(StrEnum):
    """What came of asking for a callback to be made."""

    RINGING = "ringing"  # the agent's phone rings
    GONE = "gone"  # the case is closed, unknown, or has no number
    NO_TRIES_LEFT = "no_tries_left"
    NOT_NOW = "not_now"  # outside the hours in which people may be called
    NOT_ALLOWED = "not_allowed"  # a number that costs, or in another country than the policy's
    NOT_TODAY = "not_today"  # the number was called today, for another case
    TAKEN = "taken"  # somebody else calls them now
    AGENT_BUSY = "agent_busy"


class CallbackDesk:
    """Makes callbacks. Safe from any thread; every step is written before it is done.

    `sweep` is to be called about once a second.
    """

    def __init__(
        self,
        records: CallRecords,
        follow_ups: FollowUpRecords,
        desk_records: DeskRecords,
        switchboard: Switchboard,
        roster: Roster,
        policy: ServicePolicy,
        executor: Executor,
        clock: Clock,
        ring_s: int,
    ) -> None:
        self._records = records
        self._follow_ups = follow_ups
        self._desk_records = desk_records
        self._switchboard = switchboard
        self._steering = Steering(switchboard)
        self._roster = roster
        self._policy = policy
        self._executor = executor
        self._clock = clock
        self._ring_s = ring_s
        self.today = NumberToday(records, follow_ups, policy.hours.zone, clock)
        self._opening = threading.Lock()  # held while a try is looked for and opened

    # The desk

    def dial(self, case_number: str, agent: str) -> CallbackAnswer:
        """Ring this agent, brief them, then ring the caller, which counts as a try. Returns at once."""
        found = self._case(case_number)
        if found is None or found["number"] is None:
            return CallbackAnswer.GONE
        problem = self._problem(found)
        if problem is not None:
            return problem
        known = next((one for one in self._roster.agents() if one.name == agent), None)
        if known is None or agent in self._records.busy_agents() or agent in self.busy_agents():
            return CallbackAnswer.AGENT_BUSY
        try_id = uuid.uuid4().hex
        with self._opening:  # two cases of one number do not begin at once
            if self.today.is_being_called(found):
                return CallbackAnswer.TAKEN
            if not self._follow_ups.open_try(try_id, case_number, found["call_id"], agent, S.AGENT_RINGS):
                return CallbackAnswer.TAKEN
        self._executor.submit(self._ring_agent, try_id, known.number)
        return CallbackAnswer.RINGING

    def call_back_now(self, call_id: str, agent: str, leg: str) -> str | None:
        """Begin a try for an agent who is on the line already; return its id, None when that cannot be.

        For a caller whose line dropped: the case goes onto the worklist first.
        """
        row, call = self._records.transfer_of(call_id), self._records.call(call_id)
        if row is None or call is None or call.caller is None:
            return None
        number = self._records.book_callback(call_id, call.caller, row.reason, row.briefing)
        found = self._case(number)
        if found is None or self._problem(found) is not None:
            return None
        try_id = uuid.uuid4().hex
        if not self._follow_ups.open_try(try_id, number, call_id, agent, S.AGENT_BRIEFED):
            return None
        self._records.append(call_id, Kind.CALLBACK_BOOKED, case_number=number)
        self._follow_ups.move_try(try_id, S.AGENT_BRIEFED, S.AGENT_BRIEFED, agent_call_id=leg)
        return try_id

    def call_dropped(self, transfer_id: str, agent: str) -> CallbackAnswer:
        """Call the caller back who hung up on this agent, or while this agent's phone rang, from the desk.

        The case goes onto the worklist first: it stays there when the call cannot be made now.
        """
        row = self._records.transfer(transfer_id)
        call = None if row is None else self._records.call(row.call_id)
        if row is None or call is None or call.caller is None or row.agent != agent:
            return CallbackAnswer.GONE
        if row.state not in {TransferState.ENDED, TransferState.ABANDONED}:
            return CallbackAnswer.GONE
        case_number = self._records.book_callback(call.call_id, call.caller, row.reason, row.briefing)
        if not any(event.kind == Kind.CALLBACK_BOOKED for event in self._records.events(call.call_id)):
            self._records.append(call.call_id, Kind.CALLBACK_BOOKED, case_number=case_number)
        return self.dial(case_number, agent)

    def busy_agents(self) -> set[str]:
        """Return the names of agents who are making a callback."""
        return {one.agent for one in self._follow_ups.tries_in(OPEN)}

    def is_for_tomorrow(self, case_number: str) -> bool:
        """Say whether this case's number was called for another case today, so that it is called tomorrow."""
        found = self._case(case_number)
        return found is not None and self._was_called_for_another(found)

    def asked_in(self, try_id: str) -> CallRow | None:
        """Return the call in which this callback was asked for; None for an unknown try."""
        found = self._follow_ups.callback_try(try_id)
        return None if found is None else self._records.call(found.call_id)

    def state(self, try_id: str) -> TryState | None:
        """Return how a try stands; None for an unknown one."""
        found = self._follow_ups.callback_try(try_id)
        return None if found is None else S(found.state)

    def briefing(self, try_id: str) -> list[str]:
        """Return what the agent is told, sentence by sentence."""
        found = self._follow_ups.callback_try(try_id)
        case = None if found is None else self._case(found.case_number)
        return [] if case is None else list(case["briefing"])

    # What the legs report

    def agent_answered(self, try_id: str, leg: str) -> TryState | None:
        """Note that the agent picked up; return how the try stands now."""
        self._happened(try_id, E.AGENT_ANSWERED, agent_call_id=leg)
        return self.state(try_id)

    def agent_accepted(self, try_id: str, leg: str) -> TryState | None:
        """Count a try and ring the caller; return how the try stands now. Harmless twice."""
        before = self._happened(try_id, E.AGENT_ACCEPTED, agent_call_id=leg)
        if before is not None:
            self._roster.showed_up(before.agent)
            self._executor.submit(self._ring_caller, try_id, before.case_number)
        return self.state(try_id)

    def agent_refused(self, try_id: str) -> None:
        """Note that the agent does not want to make this call."""
        self._happened(try_id, E.AGENT_REFUSED)

    def caller_answered(self, try_id: str, leg: str) -> TryState | None:
        """Note that somebody or something answered; return how the try stands now."""
        self._happened(try_id, E.CALLER_ANSWERED, caller_call_id=leg)
        return self.state(try_id)

    def caller_confirmed(self, try_id: str) -> TryState | None:
        """Note that the caller pressed the key that no voicemail presses."""
        self._happened(try_id, E.CALLER_CONFIRMED)
        return self.state(try_id)

    def caller_silent(self, try_id: str) -> None:
        """Note that no key came."""
        self._happened(try_id, E.CALLER_UNREACHED)

    def leg_reported(self, try_id: str, is_agent: bool, leg: str, status: CallStatus | None) -> None:
        """Take a status report of one of the two legs."""
        if status is None or not status.is_over:
            self._note_leg(try_id, is_agent, leg)
        elif is_agent:
            self._happened(try_id, E.AGENT_GONE)
        else:
            event = {CallStatus.BUSY: E.CALLER_ENGAGED, CallStatus.FAILED: E.DIALING_FAILED}
            self._happened(try_id, event.get(status, E.CALLER_GONE))

    def leg_left(self, try_id: str, is_agent: bool) -> None:
        """Note that the room closed: the leg that is asked what comes next was left by the other one."""
        self._happened(try_id, E.CALLER_GONE if is_agent else E.AGENT_GONE)

    # The clock

    def sweep(self) -> None:
        """Mend what a lost webhook, a lost answer or a crash left behind."""
        self._steering.try_again()
        try:
            for one in self._follow_ups.tries_in(OPEN):
                stands_s = (self._clock.now() - one.since).total_seconds()
                is_unplaced = self._leg_of(one) is None and stands_s > UNPLACED_S
                if is_unplaced or stands_s > STANDS_TOO_LONG_S:
                    self._executor.submit(self._mend, one)
        except RecordsUnavailable as problem:
            _log.warning("callbacks_left_out", why=str(problem))

    def _mend(self, one: CallbackTry) -> None:
        leg = self._leg_of(one)
        if leg is None:
            self._happened(one.try_id, E.AGENT_GONE if one.state == S.AGENT_BRIEFED else E.DIALING_FAILED)
        elif one.agent_call_id is not None and self._steering.is_gone(one.agent_call_id):
            self._happened(one.try_id, E.AGENT_GONE)
        elif one.caller_call_id is not None and self._steering.is_gone(one.caller_call_id):
            self._happened(one.try_id, E.CALLER_GONE)

    def _leg_of(self, one: CallbackTry) -> str | None:
        is_agents_turn = one.state in {S.AGENT_RINGS, S.AGENT_BRIEFED}
        return one.agent_call_id if is_agents_turn else one.caller_call_id

    # The network

    def _ring_agent(self, try_id: str, number: str) -> None:
        self._place(try_id, number, "agent", self._ring_s)

    def _ring_caller(self, try_id: str, case_number: str) -> None:
        found = self._case(case_number)
        # Counted before it is made: a crash in between costs a try, and never makes one too many.
        if found is None or found["number"] is None or self._was_called_for_another(found):
            self._happened(try_id, E.DIALING_FAILED)
            return
        if self._records.note_callback_try(case_number) is None:
            self._happened(try_id, E.DIALING_FAILED)
            return
        self._place(try_id, found["number"], "caller", CALLER_RINGS_S)

    def _place(self, try_id: str, number: str, who: str, ring_s: int) -> None:
        base = f"/voice/callback/{try_id}/{who}"
        try:
            placed = self._switchboard.dial(number, base, f"{base}-status", ring_s)
        except SwitchboardFailed as failed:
            _log.warning("callback_not_dialed", try_id=try_id, who=who, why=str(failed))
            if not failed.is_outcome_unknown:  # else the phone may ring: its reports or the sweep decide
                self._happened(try_id, E.DIALING_FAILED)
            return
        if not self._note_leg(try_id, who == "agent", placed.call_id):
            self._steering.end(placed.call_id)

    def _note_leg(self, try_id: str, is_agent: bool, leg: str) -> bool:
        """Keep a leg's SID; False when the try is over, so that the leg is not wanted any more."""
        one = self._follow_ups.callback_try(try_id)
        if one is None or one.state in ENDS:
            return False
        legs = {"agent_call_id" if is_agent else "caller_call_id": leg}
        return self._follow_ups.move_try(try_id, one.state, one.state, **legs) or self._note_leg(
            try_id, is_agent, leg
        )

    # The record

    def _happened(self, try_id: str, event: TryEvent, **legs: str) -> CallbackTry | None:
        """Move the try and return it as it was before; None when the event changes nothing."""
        one = self._follow_ups.callback_try(try_id)
        target = None if one is None else after(S(one.state), event)
        if one is None or target is None:
            return None
        if not self._follow_ups.move_try(try_id, one.state, target, **legs):
            return self._happened(try_id, event, **legs)  # another report was faster: look again
        if target in ENDS:
            self._finish(one, target)
        return one

    def _finish(self, before: CallbackTry, how: TryState) -> None:
        facts = {"case_number": before.case_number, "try_id": before.try_id, "agent": before.agent}
        self._records.append(before.call_id, Kind.CALLBACK_TRIED, **facts, state=how)
        if how is S.AGENT_MISSED:
            self._roster.call_missed(before.agent)
        elif how is S.TALKED:
            self._roster.call_over(before.agent)
        case = self._case(before.case_number)
        is_done = how is S.TALKED
        is_last = case is not None and case["tries"] >= case["most_tries"]
        if is_done or is_last:
            self._close(before, case, "done" if is_done else "failed")
        self._executor.submit(self._let_go, before.try_id)

    def _close(self, one: CallbackTry, case: Any, outcome: str) -> None:
        """Close the case, and with it every other one of the same number: it is called once."""
        if case is None:
            return
        rows = self._records.callbacks_to(case["number"]) if case["number"] else [case]
        for row in (row for row in rows if row["is_open"]):
            if self._desk_records.close_callback(row["case_number"]) is not None:
                closed = {"case_number": row["case_number"], "outcome": outcome, "agent": one.agent}
                self._records.append(row["call_id"], Kind.CALLBACK_CLOSED, **closed)

    def _let_go(self, try_id: str) -> None:
        """Tell whoever is still on the line how it ended."""
        one = self._follow_ups.callback_try(try_id)
        if one is None or one.state == S.TALKED:
            return  # the room closed on both
        for leg, who in ((one.agent_call_id, "agent"), (one.caller_call_id, "caller")):
            if leg is not None and not self._steering.is_gone(leg):
                self._steering.send(leg, f"/voice/callback/{try_id}/{who}-over")
                if self._steering.status(leg) in {CallStatus.QUEUED, CallStatus.RINGING}:
                    self._steering.end(leg)

    def _case(self, case_number: str) -> Any:
        return next((row for row in self._records.callbacks() if row["case_number"] == case_number), None)

    def _problem(self, case: Any) -> CallbackAnswer | None:
        if not may_be_called(case["number"], self._policy.callbacks.countries):
            return CallbackAnswer.NOT_ALLOWED
        if case["tries"] >= min(case["most_tries"], self._policy.callbacks.most_tries):
            return CallbackAnswer.NO_TRIES_LEFT
        local = self._clock.now().astimezone(self._policy.hours.zone)
        is_time = case["from_hour"] <= local.hour < case["to_hour"] and self._policy.callbacks.is_time(local)
        if not is_time:
            return CallbackAnswer.NOT_NOW
        return CallbackAnswer.NOT_TODAY if self._was_called_for_another(case) else None

    def _was_called_for_another(self, case: Any) -> bool:
        # Who talked to an agent until the line dropped is no stranger to this number: that one is rung again.
        row = self._records.transfer_of(case["call_id"])
        has_talked = row is not None and row.state == TransferState.ENDED
        return not has_talked and self.today.was_called_for_another(case)
