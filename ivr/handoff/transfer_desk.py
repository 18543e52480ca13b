"""Carries a warm transfer through: what to do when the bot, an agent, the caller or the clock moves it."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from ivr import log
from ivr.clock import Clock
from ivr.conversation.actions import Outcome
from ivr.conversation.prompt import Prompt
from ivr.handoff.agent_search import AgentSearch
from ivr.handoff.briefing import BriefingWords, spoken_s
from ivr.handoff.briefing_desk import BriefingDesk
from ivr.handoff.carried_case import carry_over
from ivr.handoff.case import Case, read_case
from ivr.handoff.elsewhere import Elsewhere, OwnRouting, Routing
from ivr.handoff.instead import InsteadOfWaiting
from ivr.handoff.ledger import TransferLedger
from ivr.handoff.opening_hours import ALWAYS_OPEN, OpeningHours
from ivr.handoff.opening_words import opening_aloud
from ivr.handoff.places import FAREWELLS, OUTCOME_OF_HANGING_UP, PLACES, AgentHears, CallerPlace
from ivr.handoff.roster import Roster
from ivr.handoff.routing import Agent
from ivr.handoff.steering import Steering
from ivr.handoff.transfer import GOODBYE_HANG_UP_S, GOODBYE_TALK_S, TransferEvent, TransferState
from ivr.handoff.waiting_room import WaitingRoom
from ivr.handoff.watch import TransferWatch
from ivr.records.store import CallRecords, RecordsUnavailable, TransferRow
from ivr.telephony.switchboard import Switchboard

DIALERS = 8
SETTLE_EVERY_S = 15.0

S = TransferState
E = TransferEvent
_log = log.get("handoff.desk")


class TransferDesk:
    """Moves transfers. Safe from any thread; the record is written before anything is done.

    Reports of an agent's leg carry the attempt they belong to (see TransferLedger); late ones are
    harmless. Phoning agents happens on `executor`, so that `request` and the webhooks return at once.
    `sweep` is to be called about once a second.
    """

    def __init__(
        self,
        records: CallRecords,
        switchboard: Switchboard,
        wording: BriefingWords,
        agents: Sequence[Agent],
        clock: Clock,
        ring_s: int,
        executor: Executor | None = None,
        hours: OpeningHours = ALWAYS_OPEN,
        routing: Routing | None = None,
        briefings: BriefingDesk | None = None,
    ) -> None:
        self.briefings = briefings or BriefingDesk(wording)
        self._clock = clock
        self._hours = hours
        self._executor = executor or ThreadPoolExecutor(DIALERS, thread_name_prefix="transfer-desk")
        self._steering = Steering(switchboard)
        self.roster = Roster(records, agents, clock)
        self._ledger = TransferLedger(records, self.roster, clock)
        self.waiting = WaitingRoom(records, self._ledger, self.roster)
        self.instead = InsteadOfWaiting(
            self._ledger, self.waiting, lambda row: self._soon(self._let_agent_go, row)
        )
        self._settle_next_s = 0.0
        self._elsewhere = Elsewhere(records, routing or OwnRouting())
        self._search = AgentSearch(self._ledger, switchboard, self._steering, ring_s, hours, self._elsewhere)
        self._watch = TransferWatch(self._ledger, self.roster, self._steering, ring_s)

    # The bot

    def request(self, case: Case) -> str:
        """Ask for a person: store the transfer, start phoning, and return its id. Returns quickly."""
        earlier = self._ledger.row_of(case.call_id)
        if earlier is not None and earlier.state == S.RETURNED:
            case = carry_over(read_case(earlier.case), case)
        case = self.briefings.taken(case)
        transfer_id = self._ledger.open(case, self.briefings.at_once(case))
        self._soon(self._search.ask_next, transfer_id)
        self._soon(self._settle_briefing, transfer_id)
        return transfer_id

    def assign(self, transfer_id: str, agent: str) -> bool:
        """Let a chosen agent's phone ring for a caller nobody has answered yet; False when it cannot be."""
        reserved = self._ledger.reserve_for(transfer_id, agent)
        if reserved is not None:
            self._soon(self._search.ask_chosen, *reserved)
        return reserved is not None

    # The agent's leg

    def agent_leg_reported(
        self, transfer_id: str, attempt: int, leg: str, is_over: bool, is_missed: bool = False
    ) -> None:
        """Take a status report of an agent's leg; `is_missed` when it rang and nobody answered."""
        if is_over:
            self.agent_leg_ended(transfer_id, attempt, is_missed)
        elif not self._ledger.note_leg(transfer_id, attempt, leg):
            self._soon(self._steering.end, leg)

    def agent_answered(self, transfer_id: str, attempt: int, leg: str) -> AgentHears:
        """Note that an agent picked up and say what the agent hears."""
        self._ledger.happened(transfer_id, E.AGENT_ANSWERED, attempt, agent_call_id=leg)
        return self._hears(transfer_id, attempt)

    def agent_asked_again(self, transfer_id: str, attempt: int) -> AgentHears:
        """Give the agent more time and say what the agent hears."""
        self._ledger.start_age_anew(transfer_id)
        return self._hears(transfer_id, attempt)

    def agent_wants_detail(self, transfer_id: str, attempt: int) -> AgentHears:
        """Give the agent time to hear everything that is known, and say what the agent hears."""
        row = self._ledger.row(transfer_id)
        if row is not None and attempt == len(row.tried):
            self._ledger.grant(row, spoken_s([prompt.text for prompt in self.detail(transfer_id)]))
        return self._hears(transfer_id, attempt)

    def agent_accepted(self, transfer_id: str, attempt: int, leg: str) -> AgentHears:
        """Give the caller to this agent, and to no other, and say what the agent hears."""
        taken = self._ledger.happened(transfer_id, E.AGENT_ACCEPTED, attempt, agent_call_id=leg)
        if taken is not None and not self._steering.send(taken.call_id, f"/voice/join/{transfer_id}"):
            self._ledger.happened(transfer_id, E.CALLER_HUNG_UP)
            self._ledger.close_call(taken.call_id, Outcome.CALLER_HUNG_UP)
        return self._hears(transfer_id, attempt)

    def agent_declined(self, transfer_id: str, attempt: int) -> None:
        """Ask the next agent, because this one said no."""
        if self._ledger.happened(transfer_id, E.AGENT_DECLINED, attempt) is not None:
            self._soon(self._search.ask_next, transfer_id)

    def agent_silent(self, transfer_id: str, attempt: int) -> None:
        """Ask the next agent, because this leg was answered and no key came: perhaps a voicemail."""
        before = self._ledger.happened(transfer_id, E.KEY_TIMED_OUT, attempt)
        if before is not None:
            self.roster.call_missed(before.agent)
            self._soon(self._search.ask_next, transfer_id)

    def agent_leg_ended(self, transfer_id: str, attempt: int, is_missed: bool = False) -> None:
        """Ask the next agent, or tell a caller who was already joined that the agent is gone."""
        before = self._ledger.happened(transfer_id, E.AGENT_DROPPED, attempt)
        if before is None:
            return
        if is_missed and before.state == S.DIALING:
            self.roster.call_missed(before.agent)
        if before.state == S.BRIDGED:
            self._soon(self._look_after_left_caller, before, self._stands_s(before) < GOODBYE_TALK_S)
        else:
            self._soon(self._search.ask_next, transfer_id)

    def briefing(self, transfer_id: str) -> list[Prompt]:
        """Return what the agent is told about the caller."""
        row = self._ledger.row(transfer_id)
        return [] if row is None else self.briefings.aloud(row)

    def detail(self, transfer_id: str) -> list[Prompt]:
        """Return what the briefing left out, for an agent who asks for more."""
        row = self._ledger.row(transfer_id)
        return [] if row is None else self.briefings.more(row)

    def was_agent_set_away(self, transfer_id: str) -> bool:
        """Say whether the agent now asked was set away for missed calls and has not been told yet."""
        row = self._ledger.row(transfer_id)
        return row is not None and self.roster.is_to_be_told_of_missed_calls(row.agent)

    def _settle_briefing(self, transfer_id: str) -> None:
        row = self._ledger.row(transfer_id)
        if row is not None:
            self._ledger.settle_briefing(transfer_id, self.briefings.settled(row))

    # The caller's leg

    def whereabouts(self, call_id: str) -> tuple[CallerPlace, str]:
        """Say where a caller belongs who asks now, and the transfer's id ("" with none)."""
        self._search.note_off_stream(call_id)  # before the look: giving up sees this, or is seen here
        row = self._ledger.row_of(call_id)
        if row is None:
            return CallerPlace.NOWHERE, ""
        return PLACES[TransferState(row.state)], row.transfer_id

    def task(self, transfer_id: str) -> tuple[str, str] | None:
        """Return (workflow, task as JSON) for a caller whom a contact centre looks after; None for ours."""
        row, workflow = self._ledger.row(transfer_id), self._elsewhere.routing.workflow_sid
        if row is None or workflow is None or not self._elsewhere.has(row):
            return None
        return workflow, self._elsewhere.routing.task(row)

    def contact_centre_left(self, call_id: str, has_talked: bool, why: str) -> None:
        """Note that the contact centre let go of a caller. Who has not talked is looked after by us."""
        row = self._ledger.row_of(call_id)
        if row is None or row.state != S.REQUESTED or not self._elsewhere.has(row):
            return
        if not has_talked:
            self._elsewhere.failed(row, why)
            self._soon(self._search.ask_next, row.transfer_id)
        elif self._ledger.happened(row.transfer_id, E.SERVED_ELSEWHERE) is not None:
            self._ledger.close_call(call_id, Outcome.CONNECTED_TO_PERSON)

    def attempt(self, transfer_id: str) -> int:
        """Return the how-manieth agent is asked or talks; 0 before the first."""
        row = self._ledger.row(transfer_id)
        return 0 if row is None else len(row.tried)

    def caller_left_alone(self, call_id: str, attempt: int) -> None:
        """Note that this agent's room closed while the caller is still on the line: the agent is gone."""
        row = self._ledger.row_of(call_id)
        if row is None or row.state != S.BRIDGED:
            return
        before = self._ledger.happened(row.transfer_id, E.AGENT_DROPPED, attempt)
        if before is None or before.state != S.BRIDGED:
            return
        if self._stands_s(before) < GOODBYE_TALK_S:
            self._ask_another(before)
        self._soon(self._let_agent_go, before)

    def caller_stayed(self, call_id: str) -> None:
        """Ask another agent once the caller had time to hang up on the last one. Harmless twice and late."""
        row = self._ledger.row_of(call_id)
        if row is not None and row.state == S.AGENT_LOST and self._stands_s(row) >= GOODBYE_HANG_UP_S:
            self._ask_another(row)

    def caller_hung_up(self, call_id: str) -> None:
        """End the transfer and let the agent go. Harmless twice, late, and without a transfer."""
        self._search.forget(call_id)
        row = self._ledger.row_of(call_id)
        before = None if row is None else self._ledger.happened(row.transfer_id, E.CALLER_HUNG_UP)
        if before is None:
            return
        self._soon(self._let_agent_go, before)
        self._ledger.close_call(call_id, OUTCOME_OF_HANGING_UP.get(S(before.state), Outcome.CALLER_HUNG_UP))

    def caller_done(self, call_id: str) -> None:
        """Note that a caller whom the agent has left wants nobody else. Harmless twice and late."""
        row = self._ledger.row_of(call_id)
        if row is not None and self._ledger.happened(row.transfer_id, E.CALLER_DONE) is not None:
            self._ledger.close_call(call_id, Outcome.CONNECTED_TO_PERSON)

    def caller_considers(self, call_id: str) -> None:
        """Give a caller whom the agent has left more time: they are being asked something."""
        row = self._ledger.row_of(call_id)
        if row is not None and row.state == S.AGENT_LOST:
            self._ledger.start_age_anew(row.transfer_id)

    def send_back(self, transfer_id: str, agent: str) -> bool:
        """Give the caller this agent talks to back to the bot; False when the agent has them no more."""
        row = self._ledger.row(transfer_id)
        if row is None or row.agent != agent:
            return False
        if self._ledger.happened(transfer_id, E.SENT_BACK, len(row.tried)) is None:
            return False
        if not self._steering.send(row.call_id, f"/voice/back/{transfer_id}"):
            self._ledger.close_call(row.call_id, Outcome.CONNECTED_TO_PERSON)
        return True

    def when_open(self, language: str = "en") -> str | None:
        """Return in words when people answer next; None while they do, or when nobody knows."""
        now, hours = self._clock.now(), self._hours.of(language)
        opens = None if hours.is_open(now) else hours.next_opening(now)
        return None if opens is None else opening_aloud(opens, now, language)

    # The clock

    def sweep(self) -> None:
        """Ask whoever has come free; mend what a lost webhook, a lost request or a crash left behind."""
        self._steering.try_again()
        try:
            self.roster.bring_back()
            self._settle_now_and_then()
            for row in self._ledger.askable():
                self._soon(self._search.ask_next, row.transfer_id)
            for row in self._watch.overdue():
                self._soon(self._mend, row)
        except RecordsUnavailable as problem:
            _log.warning("sweep_left_out", why=str(problem))

    def _settle_now_and_then(self) -> None:
        if self._clock.monotonic() >= self._settle_next_s:
            self._settle_next_s = self._clock.monotonic() + SETTLE_EVERY_S
            self._ledger.settle()

    def _mend(self, row: TransferRow) -> None:
        try:
            if self._watch.is_caller_gone(row):
                self.caller_hung_up(row.call_id)
            elif row.state == S.BRIDGED:
                if self._watch.is_agent_gone(row):
                    self.agent_leg_ended(row.transfer_id, len(row.tried))
            elif row.state == S.AGENT_LOST:
                self._ask_another(row)
                self._steering.send(row.call_id, f"/voice/agent-left/{row.transfer_id}")
            elif row.state in {S.DIALING, S.BRIEFING}:
                self._watch.take_from_agent(row)
                self._search.ask_next(row.transfer_id)
        finally:
            self._watch.done(row)

    def _stands_s(self, row: TransferRow) -> float:
        return (self._clock.now() - row.state_since).total_seconds()

    def _ask_another(self, row: TransferRow) -> None:
        if self._ledger.happened(row.transfer_id, E.CALLER_STAYED) is not None:
            self._soon(self._search.ask_next, row.transfer_id)

    def _look_after_left_caller(self, row: TransferRow, is_cut_off: bool) -> None:
        if self._steering.is_gone(row.call_id):
            self.caller_hung_up(row.call_id)
            return
        if is_cut_off and self._ledger.happened(row.transfer_id, E.CALLER_STAYED) is not None:
            self._search.ask_next(row.transfer_id)
        place, _ = self.whereabouts(row.call_id)
        if place is CallerPlace.NO_AGENT:
            return  # told so by the search
        if not self._steering.send(row.call_id, f"/voice/agent-left/{row.transfer_id}"):
            self.caller_hung_up(row.call_id)

    def _let_agent_go(self, row: TransferRow) -> None:
        """Stop an agent's phone ringing, or tell an agent who answered that the caller is gone."""
        if row.agent_call_id is None:
            return
        if row.state == S.DIALING:
            self._steering.end(row.agent_call_id)
        elif row.state in {S.BRIEFING, S.BRIDGED}:
            self._steering.send(row.agent_call_id, f"/voice/agent/{row.transfer_id}/caller-gone")

    def farewell(self, transfer_id: str) -> AgentHears:
        """Say what an agent hears whose caller is no longer there to talk to."""
        row = self._ledger.row(transfer_id)
        if row is None or row.state in {S.BRIDGED, S.ENDED, S.ABANDONED}:
            return AgentHears.CALLER_GONE
        return FAREWELLS.get(S(row.state), AgentHears.LINE_LOST)

    def _hears(self, transfer_id: str, attempt: int) -> AgentHears:
        row = self._ledger.row(transfer_id)
        if row is None or row.state in {S.ABANDONED, S.ENDED}:
            return AgentHears.CALLER_GONE
        if row.state in FAREWELLS:
            return FAREWELLS[S(row.state)]
        if attempt == len(row.tried) and row.state == S.BRIEFING:
            return AgentHears.BRIEFING
        if attempt == len(row.tried) and row.state == S.BRIDGED:
            return AgentHears.JOIN
        return AgentHears.TAKEN

    def _soon(self, work: Callable[..., Any], *parts: Any) -> None:
        self._executor.submit(work, *parts).add_done_callback(_report)


def _report(done: Future[Any]) -> None:
    problem = done.exception()
    if problem is not None:
        _log.error("transfer_work_failed", problem=type(problem).__name__, exc_info=problem)
