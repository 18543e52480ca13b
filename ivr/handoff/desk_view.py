"""What the desk shows: rows and events of the records in, what an agent reads out. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ivr.handoff import desk_words as words
from ivr.handoff.briefing_quote import heard_words
from ivr.handoff.case import read_case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.follow_up_records import CallbackTry
from ivr.handoff.presence import Presence, was_set_away
from ivr.handoff.transfer import TransferState
from ivr.records.store import AgentRow, TransferRow

S = TransferState
LANGUAGES = {
    "en": "English",
    "sv": "Swedish",
    "nb": "Norwegian",
    "da": "Danish",
    "fi": "Finnish",
    "de": "German",
}


class Stage(StrEnum):
    """How far the agent's own call is."""

    RINGING = "ringing"
    BRIEFING = "briefing"
    TALKING = "talking"
    OVER = "over"


@dataclass(frozen=True)
class WaitingLine:
    """A caller who waits for a person. `since` is when they asked."""

    transfer_id: str
    reason: str
    doing: str
    language: str
    since: datetime
    is_urgent: bool
    is_mine: bool


@dataclass(frozen=True)
class AgentLine:
    """An agent, what they are doing, and since when. `state` is for the lamp's colour."""

    name: str
    state: str  # "free", "ringing", "talking", "wrap_up" or "away"
    doing: str
    since: datetime


@dataclass(frozen=True)
class CallbackLine:
    """A promise to call back."""

    case_number: str
    number: str | None
    reason: str
    briefing: tuple[str, ...]
    since: datetime
    tries: int
    most_tries: int
    message: str | None = None  # what the caller left to be read
    doing: str | None = None  # who is calling them back now
    also: tuple[str, ...] = ()  # other cases of this number: it is called once for all


@dataclass(frozen=True)
class Card:
    """One agent's call: who, what, done, why, and what to do next."""

    transfer_id: str
    call_id: str
    stage: Stage
    headline: str
    since: datetime
    who: str
    number: str | None
    is_verified: bool
    language: str
    reason: str
    is_urgent: bool
    wanted: str | None
    order_number: str | None
    order_status: str | None
    tried: tuple[str, ...]
    next_steps: tuple[str, ...]
    briefing: tuple[str, ...]
    may_call_back: bool  # the caller's line is gone, and there is a number to call

    @property
    def is_incoming(self) -> bool:
        """Say whether the agent has still to decide."""
        return self.stage in {Stage.RINGING, Stage.BRIEFING}


_STAGES = {S.DIALING: Stage.RINGING, S.BRIEFING: Stage.BRIEFING, S.BRIDGED: Stage.TALKING}
_HEADLINES = {
    S.DIALING: "Your phone is ringing",
    S.BRIEFING: "A caller for you",
    S.BRIDGED: "You are talking",
    S.AGENT_LOST: "Your line dropped",
    S.GIVEN_UP: "Your line dropped; a callback is booked",
    S.MESSAGE: "The caller leaves a message",
    S.RETURNED: "Back with the assistant",
    S.ABANDONED: "The caller hung up",
    S.ENDED: "The call is over",
}
_LAMPS = {S.DIALING: ("ringing", "Phone is ringing"), S.BRIEFING: ("ringing", "Hears the briefing")}
_PRESENCES = {
    Presence.AVAILABLE: ("free", "Available"),
    Presence.AWAY: ("away", "Away"),
    Presence.WRAP_UP: ("wrap_up", "Finishing up"),
    Presence.WRITING: ("wrap_up", "Writing notes"),
}


def waiting_line(row: TransferRow, since: datetime, mine: str) -> WaitingLine:
    """Return the line of a transfer nobody has joined yet, for the agent `mine`."""
    doing = words.WAITING[S(row.state)].format(agent=row.agent or "An agent")
    if row.agent == mine:
        doing = "Your phone is ringing" if row.state == S.DIALING else "You hear the briefing"
    return WaitingLine(
        transfer_id=row.transfer_id,
        reason=words.reason(row.reason),
        doing=doing,
        language=language(row),
        since=since,
        is_urgent=row.reason == EscalationReason.EMERGENCY,
        is_mine=row.agent == mine,
    )


def agent_line(agent: AgentRow, busy_with: TransferRow | None) -> AgentLine:
    """Return the line of an agent who is busy with a transfer or none."""
    if busy_with is not None:
        state, doing = _LAMPS.get(S(busy_with.state), ("talking", "Talking to a caller"))
        return AgentLine(agent.name, state, doing, busy_with.state_since)
    state, doing = _PRESENCES[Presence(agent.presence)]
    if was_set_away(agent):
        doing = f"Away, missed {agent.missed} calls"
    return AgentLine(agent.name, state, doing, agent.since)


def callback_line(
    row: Mapping[str, Any],
    message: str | None = None,
    now_made: CallbackTry | None = None,
    also: Sequence[str] = (),
) -> CallbackLine:
    """Return an open callback with its caller's message, the try under way and the number's other cases."""
    return CallbackLine(
        case_number=row["case_number"],
        number=row["number"],
        reason=words.reason(row["reason"]),
        briefing=tuple(row["briefing"]),
        since=row["booked_at"],
        tries=row["tries"],
        most_tries=row["most_tries"],
        message=message,
        doing=words.CALLING_BACK.get(now_made.state, "").format(agent=now_made.agent) if now_made else None,
        also=tuple(also),
    )


def card(row: TransferRow) -> Card:
    """Return the card of the agent who rings, is briefed, is joined to the caller, or was until just now."""
    case, state = row.case, S(row.state)
    status = case.get("order_status")
    return Card(
        transfer_id=row.transfer_id,
        call_id=row.call_id,
        stage=_STAGES.get(state, Stage.OVER),
        headline=_HEADLINES[state],
        since=row.state_since,
        who=case.get("caller_name") or "Unknown caller",
        number=case.get("caller_number"),
        is_verified=bool(case.get("is_verified")),
        language=language(row),
        reason=words.reason(row.reason),
        is_urgent=row.reason == EscalationReason.EMERGENCY,
        wanted=heard_words(read_case(case)) if "reason" in case else None,
        order_number=case.get("order_number"),
        order_status=words.ORDER_STATUSES.get(status, words.plain(status)) if status else None,
        tried=_tried(case.get("tried", ())),
        next_steps=next_steps(row.reason, case),
        briefing=tuple(row.briefing),
        may_call_back=state in {S.ENDED, S.ABANDONED} and case.get("caller_number") is not None,
    )


def next_steps(reason: str, case: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what to do: first by the reason, then to check the caller, then by order and matter."""
    steps = [words.NEXT_STEPS[EscalationReason(reason)]] if reason in set(EscalationReason) else []
    order_number, is_verified = case.get("order_number"), bool(case.get("is_verified"))
    is_check_said = reason in {EscalationReason.VERIFICATION_FAILED, EscalationReason.EMERGENCY}
    if order_number and not is_verified and not is_check_said:
        steps.append(words.READ_NOTHING_YET)
    by_order = words.STEPS_BY_ORDER_STATUS.get(str(case.get("order_status")))
    by_matter = words.STEPS_BY_INTENT.get(str(case.get("intent")))
    if reason != EscalationReason.EMERGENCY:
        steps += [step for step in (by_order or by_matter,) if step]
    return tuple(steps)


def busy_by_agent(rows: Iterable[TransferRow]) -> dict[str, TransferRow]:
    """Return for each agent the transfer they are ringing for, being briefed for or joined to."""
    return {row.agent: row for row in rows if row.agent and S(row.state) in _STAGES}


def own_transfer(rows: Sequence[TransferRow], me: AgentLine | None) -> TransferRow | None:
    """Return the transfer the agent's card is about: the one in hand, else the newest that just ended.

    `rows` are the newest last. An ended one goes when the agent has since become free for the next.
    """
    if me is None:
        return None
    mine = [row for row in rows if row.agent == me.name]
    in_hand = [row for row in mine if S(row.state) in _STAGES]
    if in_hand:
        return in_hand[-1]
    if not mine:
        return None
    newest = mine[-1]
    has_moved_on = me.state == "free" and me.since > newest.state_since
    return None if has_moved_on else newest


def language(row: TransferRow) -> str:
    """Return the caller's language in words."""
    code = str(row.case.get("language", ""))
    return LANGUAGES.get(code, code.upper())


def _tried(deeds: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words.TRIED[deed] for deed in deeds if deed in words.TRIED))
