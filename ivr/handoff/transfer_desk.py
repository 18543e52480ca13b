"""Carries a warm transfer through: what to do when an agent, the caller or the clock moves it."""

import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ivr import log
from ivr.clock import Clock
from ivr.conversation.actions import Outcome
from ivr.conversation.prompt import Prompt
from ivr.handoff.briefing import BriefingWords, brief, spoken_s
from ivr.handoff.case import Case
from ivr.handoff.routing import Agent, next_agent
from ivr.handoff.steering import Steering
from ivr.handoff.transfer import TERMINAL, TransferEvent, TransferState, after
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, TransferRow
from ivr.telephony.switchboard import Switchboard, SwitchboardFailed
from ivr.telephony.webhook_forms import CallStatus

RING_GRACE_S = 7  # the network adds about 5 s to a ring time, and its report needs a moment
ANSWER_GRACE_S = 8  # an answered leg whose webhook is still on its way
REQUESTED_GRACE_S = 5  # asking the next agent takes milliseconds; this is a request a crash left behind
NO_KEY_S = 20  # silence after the briefing; the leg's own TwiML gives up earlier
DIALERS = 8

S = TransferState
E = TransferEvent
_log = log.get("handoff.desk")


class CallerPlace(StrEnum):
    """Where the caller's leg belongs."""

    QUEUE = "queue"
    CONFERENCE = "conference"
    LEFT_ALONE = "left_alone"
    NO_AGENT = "no_agent"
    NOWHERE = "nowhere"


_PLACES = {
    S.REQUESTED: CallerPlace.QUEUE,
    S.DIALING: CallerPlace.QUEUE,
    S.BRIEFING: CallerPlace.QUEUE,
    S.BRIDGED: CallerPlace.CONFERENCE,
    S.AGENT_LOST: CallerPlace.LEFT_ALONE,
    S.GIVEN_UP: CallerPlace.NO_AGENT,
    S.ENDED: CallerPlace.NOWHERE,
    S.ABANDONED: CallerPlace.NOWHERE,
}


class AgentHears(StrEnum):
    """What an agent's leg is told."""

    BRIEFING = "briefing"
    JOIN = "join"
    CALLER_GONE = "caller_gone"
    TAKEN = "taken"


@dataclass(frozen=True)
class Callback:
    """A promise to call back. Without a number the caller has to call again with the case number."""

    case_number: str
    is_number_known: bool


def room(transfer_id: str) -> str:
    """Return the name of the queue and of the conference of a transfer."""
    return f"handoff-{transfer_id}"


class TransferDesk:
    """Moves transfers. Safe from any thread; the record is written before anything is done.

    An agent's leg is known by its attempt: the how-manieth agent it is. Reports of an earlier attempt
    are late and change nothing. Phoning agents happens on `executor`, so that `request` and the
    webhooks return at once; `sweep` is to be called about once a second.
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
    ) -> None:
        self._records = records
        self._switchboard = switchboard
        self._steering = Steering(switchboard)
        self._wording = wording
        self._agents = tuple(agents)
        self._clock = clock
        self._ring_s = ring_s
        self._executor = executor or ThreadPoolExecutor(DIALERS, thread_name_prefix="transfer-desk")
        self._lock = threading.RLock()  # held while a row is read and moved, never while phoning
        self._since: dict[str, tuple[tuple[str, int], float]] = {}
        self._off_stream: set[str] = set()  # callers whose leg has asked where to go
        self._under_watch: set[str] = set()

    # The bot

    def request(self, case: Case) -> str:
        """Ask for a person: store the transfer, start phoning, and return its id. Returns quickly."""
        briefing = [prompt.text for prompt in brief(case, self._wording)]
        transfer_id = uuid.uuid4().hex
        is_new = self._records.open_transfer(transfer_id, case.call_id, case.reason, _plain(case), briefing)
        if not is_new:
            known = self._records.transfer_of(case.call_id)
            if known is not None:
                return known.transfer_id
        self._note(case.call_id, transfer_id, S.REQUESTED, None)
        self._soon(self._ask_next, transfer_id)
        return transfer_id

    # The agent's leg

    def agent_answered(self, transfer_id: str, attempt: int, leg: str) -> AgentHears:
        """Note that an agent picked up and say what the agent hears."""
        self._happened(transfer_id, E.AGENT_ANSWERED, attempt, agent_call_id=leg)
        return self._hears(transfer_id, attempt)

    def agent_asked_again(self, transfer_id: str, attempt: int) -> AgentHears:
        """Give the agent more time and say what the agent hears."""
        with self._lock:
            self._since.pop(transfer_id, None)
        return self._hears(transfer_id, attempt)

    def agent_accepted(self, transfer_id: str, attempt: int, leg: str) -> AgentHears:
        """Give the caller to this agent, and to no other, and say what the agent hears."""
        taken = self._happened(transfer_id, E.AGENT_ACCEPTED, attempt, agent_call_id=leg)
        if taken is not None and not self._steering.send(taken.call_id, f"/voice/join/{transfer_id}"):
            self._happened(transfer_id, E.CALLER_HUNG_UP)
            self._close(taken.call_id, Outcome.CALLER_HUNG_UP)
        return self._hears(transfer_id, attempt)

    def agent_declined(self, transfer_id: str, attempt: int) -> None:
        """Ask the next agent, because this one said no."""
        if self._happened(transfer_id, E.AGENT_DECLINED, attempt) is not None:
            self._soon(self._ask_next, transfer_id)

    def agent_silent(self, transfer_id: str, attempt: int) -> None:
        """Ask the next agent, because this leg was answered and no key came: perhaps a voicemail."""
        if self._happened(transfer_id, E.KEY_TIMED_OUT, attempt) is not None:
            self._soon(self._ask_next, transfer_id)

    def agent_leg_ended(self, transfer_id: str, attempt: int) -> None:
        """Ask the next agent, or tell a caller who was already joined that the agent is gone."""
        before = self._happened(transfer_id, E.AGENT_DROPPED, attempt)
        if before is None:
            return
        if before.state != S.BRIDGED:
            self._soon(self._ask_next, transfer_id)
        elif not self._steering.send(before.call_id, f"/voice/agent-left/{transfer_id}"):
            self.caller_hung_up(before.call_id)

    def briefing(self, transfer_id: str) -> list[Prompt]:
        """Return what the agent is told about the caller."""
        row = self._records.transfer(transfer_id)
        if row is None:
            return []
        return [Prompt("briefing", sentence, row.case["language"]) for sentence in row.briefing]

    # The caller's leg

    def whereabouts(self, call_id: str) -> tuple[CallerPlace, str]:
        """Say where a caller belongs who asks now, and the transfer's id ("" with none)."""
        self._off_stream.add(call_id)  # before the look: giving up either sees this, or is seen here
        row = self._records.transfer_of(call_id)
        if row is None:
            return CallerPlace.NOWHERE, ""
        return _PLACES[TransferState(row.state)], row.transfer_id

    def caller_left_alone(self, call_id: str) -> None:
        """Note that the room closed while the caller is still on the line: the agent is gone."""
        row = self._records.transfer_of(call_id)
        if row is None or self._happened(row.transfer_id, E.AGENT_DROPPED) is None:
            return
        self._soon(self._let_agent_go, row)

    def caller_hung_up(self, call_id: str) -> None:
        """End the transfer and let the agent go. Harmless twice, late, and without a transfer."""
        self._off_stream.discard(call_id)
        row = self._records.transfer_of(call_id)
        before = None if row is None else self._happened(row.transfer_id, E.CALLER_HUNG_UP)
        if before is None:
            return
        self._soon(self._let_agent_go, before)
        has_talked = before.state in {S.BRIDGED, S.AGENT_LOST}
        self._close(call_id, Outcome.CONNECTED_TO_PERSON if has_talked else Outcome.CALLER_HUNG_UP)

    def promise_callback(self, call_id: str) -> Callback | None:
        """Return the callback of a caller nobody is left for; None when there is none to promise."""
        row = self._records.transfer_of(call_id)
        if row is None or row.state not in {S.AGENT_LOST, S.GIVEN_UP}:
            return None
        case_number = self._book(row)
        if self._happened(row.transfer_id, E.CALLBACK_PROMISED, case_number=case_number) is not None:
            self._close(call_id, Outcome.CALLBACK_BOOKED)
        return Callback(case_number, row.case["caller_number"] is not None)

    # The clock

    def sweep(self) -> None:
        """Mend what a lost webhook, a lost request or a crash left behind."""
        self._steering.retry()
        rows = self._records.live_transfers()
        with self._lock:
            self._since = {row.transfer_id: self._seen(row) for row in rows}
        for row in rows:
            if self._age_s(row) > self._patience_s(row):
                self._soon(self._mend, row)

    def _mend(self, row: TransferRow) -> None:
        with self._lock:
            if row.transfer_id in self._under_watch:
                return
            self._under_watch.add(row.transfer_id)
        try:
            self._reconcile(row)
        finally:
            self._under_watch.discard(row.transfer_id)

    def _reconcile(self, row: TransferRow) -> None:
        if _is_over(self._steering.status(row.call_id)):
            self.caller_hung_up(row.call_id)
            return
        if row.state == S.REQUESTED:
            self._ask_next(row.transfer_id)
            return
        status = self._steering.status(row.agent_call_id)
        is_ringing = row.state == S.DIALING
        is_webhook_due = self._age_s(row) <= self._patience_s(row) + ANSWER_GRACE_S
        if is_ringing and status == CallStatus.IN_PROGRESS and is_webhook_due:
            return
        event = E.RING_TIMED_OUT if is_ringing else E.KEY_TIMED_OUT
        before = self._happened(row.transfer_id, event, len(row.tried))
        if before is None:
            return
        if before.agent_call_id is not None and not _is_over(status):
            self._steering.end(before.agent_call_id)
        self._ask_next(row.transfer_id)

    def _patience_s(self, row: TransferRow) -> float:
        match row.state:
            case S.DIALING:
                return self._ring_s + RING_GRACE_S
            case S.BRIEFING:
                return spoken_s(row.briefing) + NO_KEY_S
        return REQUESTED_GRACE_S

    def _age_s(self, row: TransferRow) -> float:
        """Seconds this process has known the transfer to stand here; clocks that jump do not count."""
        with self._lock:
            _, since = self._since.setdefault(row.transfer_id, self._seen(row))
        return self._clock.monotonic() - since

    def _seen(self, row: TransferRow) -> tuple[tuple[str, int], float]:
        stand = (row.state, len(row.tried))
        known = self._since.get(row.transfer_id)
        return known if known is not None and known[0] == stand else (stand, self._clock.monotonic())

    # Finding an agent

    def _ask_next(self, transfer_id: str) -> None:
        with self._lock:  # choosing and reserving are one step: two transfers never ring one agent
            row = self._records.transfer(transfer_id)
            if row is None or row.state != S.REQUESTED:
                return
            agent = next_agent(self._agents, self._records.busy_agents(), row.tried)
            if agent is not None:
                tried = (*row.tried, agent.name)
                if self._happened(transfer_id, E.AGENT_DIALED, agent=agent.name, tried=tried) is None:
                    return
        if agent is None:
            self._give_up(row)
        else:
            self._dial(transfer_id, agent, len(tried))

    def _dial(self, transfer_id: str, agent: Agent, attempt: int) -> None:
        base = f"/voice/agent/{transfer_id}"
        try:
            placed = self._switchboard.dial(
                agent.number,
                f"{base}/briefing?attempt={attempt}&round=1",
                f"{base}/status?attempt={attempt}",
                self._ring_s,
            )
        except SwitchboardFailed as failed:
            _log.warning("agent_not_dialed", transfer_id=transfer_id, agent=agent.name, why=str(failed))
            if not failed.is_outcome_unknown:
                self.agent_leg_ended(transfer_id, attempt)
            # Otherwise the phone may ring: its webhooks or the sweep decide, a second call never.
            return
        self._note_leg(transfer_id, attempt, placed.call_id)

    def _note_leg(self, transfer_id: str, attempt: int, leg: str) -> None:
        with self._lock:
            row = self._records.transfer(transfer_id)
            is_wanted = row is not None and len(row.tried) == attempt and row.agent is not None
            is_wanted = is_wanted and row is not None and TransferState(row.state) not in TERMINAL
            if is_wanted and row is not None and row.agent_call_id is None:
                self._records.move_transfer(transfer_id, row.state, row.state, agent_call_id=leg)
        if not is_wanted:
            self._steering.end(leg)  # the caller or the clock was faster than the network's answer

    def _give_up(self, row: TransferRow) -> None:
        case_number = self._book(row)
        if self._happened(row.transfer_id, E.NO_AGENT_LEFT, case_number=case_number) is None:
            return
        self._close(row.call_id, Outcome.CALLBACK_BOOKED)
        # A caller still on the stream hears the bot out and then asks where to go.
        if row.call_id in self._off_stream:
            self._steering.send(row.call_id, f"/voice/no-agent/{row.transfer_id}")

    def _book(self, row: TransferRow) -> str:
        number = row.case["caller_number"]
        case_number = self._records.book_callback(row.call_id, number, row.reason, row.briefing)
        self._records.append(row.call_id, Kind.CALLBACK_BOOKED, case_number=case_number)
        return case_number

    def _let_agent_go(self, row: TransferRow) -> None:
        """Stop an agent's phone ringing, or tell an agent who answered that the caller is gone."""
        if row.agent_call_id is None:
            return
        if row.state == S.DIALING:
            self._steering.end(row.agent_call_id)
        elif row.state in {S.BRIEFING, S.BRIDGED}:
            self._steering.send(row.agent_call_id, f"/voice/agent/{row.transfer_id}/caller-gone")

    # The record

    def _happened(
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
            return row

    def _hears(self, transfer_id: str, attempt: int) -> AgentHears:
        row = self._records.transfer(transfer_id)
        if row is None or row.state in {S.ABANDONED, S.ENDED}:
            return AgentHears.CALLER_GONE
        if attempt == len(row.tried) and row.state == S.BRIEFING:
            return AgentHears.BRIEFING
        if attempt == len(row.tried) and row.state == S.BRIDGED:
            return AgentHears.JOIN
        return AgentHears.TAKEN

    def _note(self, call_id: str, transfer_id: str, state: TransferState, agent: str | None) -> None:
        self._records.append(call_id, Kind.TRANSFER_MOVED, transfer_id=transfer_id, state=state, agent=agent)
        _log.info("transfer_moved", call_id=call_id, transfer_id=transfer_id, state=state)

    def _close(self, call_id: str, outcome: Outcome) -> None:
        if self._records.close_call(call_id, outcome):
            self._records.append(call_id, Kind.CALL_ENDED, outcome=outcome, reason="transfer")

    def _soon(self, work: Callable[..., None], *parts: Any) -> None:
        self._executor.submit(work, *parts).add_done_callback(_report)


def _report(done: Future[None]) -> None:
    problem = done.exception()
    if problem is not None:
        _log.error("transfer_work_failed", problem=type(problem).__name__, exc_info=problem)


def _is_over(status: str | None) -> bool:
    return status in set(CallStatus) and CallStatus(status).is_over


def _plain(case: Case) -> dict[str, Any]:
    return asdict(case) | {"reason": str(case.reason), "tried": list(case.tried)}
