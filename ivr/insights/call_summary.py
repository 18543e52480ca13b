"""What one call comes down to: its events in, a handful of whole numbers and names out. Pure.

Every figure on the insights pages is a sum over these, and these are computed from nothing but the record
stream, so figures made anew come out the same to the last digit. Times are whole milliseconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.records.kinds import Kind
from ivr.records.store import CallEvent

GREETING = "greeting"
ANSWERED_STEP = "anything_else"  # the dialogue asks it once a matter is dealt with
SMALL_TALK = frozenset(
    {"greet", "affirm", "deny", "repeat", "thanks", "goodbye", "inform_number", "enter_digits", "unclear"}
    | {"nlu_fallback", "slower", "help", "start_over", "change_language", "are_you_a_robot"}
    | {"out_of_scope"}  # what follows it is the matter
)
REACHED_OUTCOMES = frozenset({"connected_to_person", "callback_booked", "message_taken"})
BAD_MOODS = frozenset({"annoyed_with_bot", "upset"})
MOST_STEPS = 12  # of a call's way; what comes after is left out of the picture, not out of the figures
NOTHING_ASKED = "none"


@dataclass(frozen=True)
class Stay:
    """A stop on the call's way and how long the caller was there."""

    step: str
    ms: int


@dataclass(frozen=True)
class CallSummary:
    """One call in whole numbers. `intent` is the first matter the caller brought, "none" without one."""

    call_id: str
    started_at: datetime
    language: str
    release: str
    is_synthetic: bool
    intent: str
    outcome: str | None
    ended_at: datetime | None
    is_escalated: bool
    escalation_reason: str | None
    has_reached_person: bool
    has_answer: bool
    failures: int
    is_frustrated: bool
    is_annoyed: bool  # told in words: the mood at the escalation, or said so on the way
    said_solved: bool | None
    rating: int | None
    order_number: str | None
    disclosure_complete: bool
    tried_bot: bool
    turns: int
    barge_ins: int
    key_turns: int
    total_ms: int
    bot_ms: int
    wait_ms: int | None
    person_ms: int
    way: tuple[Stay, ...]
    failed_at: tuple[tuple[str, str], ...]  # (step, "no_input" | "no_match")
    systems: tuple[tuple[str, bool], ...]  # (system asked, did it know)
    answer_ms: tuple[int, ...]  # time to first audio of each turn
    confidence_permille: tuple[int, ...]  # asr_confidence of each utterance
    risk: str | None  # "emergency", "legal", ...: what the policy reserves for people


def summarise(events: Sequence[CallEvent], language: str) -> CallSummary:
    """Return what the call's events come down to. They may come in any order and stop anywhere.

    `language` is the call's own, for calls that never spoke. Raises ValueError without events.
    """
    if not events:
        raise ValueError("a call without events has no summary")
    reading = _Reading(sorted(events, key=lambda event: event.seq), language)
    return reading.summary()


class _Reading:
    """One pass over a call's events."""

    def __init__(self, events: Sequence[CallEvent], language: str) -> None:
        self.events = events
        self.began = events[0].at
        self.language = language
        self.release = "unknown"
        self.is_synthetic = False
        self.intent = NOTHING_ASKED
        self.outcome: str | None = None
        self.ended_at: datetime | None = None
        self.reason: str | None = None
        self.escalated_at: datetime | None = None
        self.bridged_at: datetime | None = None
        self.wait_ms: int | None = None
        self.person_ms = 0
        self.has_reached = False
        self.has_answer = False
        self.failed_at: list[tuple[str, str]] = []
        self.failures = 0
        self.is_frustrated = self.is_annoyed = False
        self.said_solved: bool | None = None
        self.rating: int | None = None
        self.order_number: str | None = None
        self.disclosure_complete = False
        self.first_input: str | None = None
        self.turns = self.barge_ins = self.key_turns = 0
        self.way: list[tuple[str, datetime]] = [(GREETING, self.began)]
        self.systems: list[tuple[str, bool]] = []
        self.answer_ms: list[int] = []
        self.confidence: list[int] = []
        self.risk: str | None = None
        for event in events:
            self._read(event)

    def _read(self, event: CallEvent) -> None:
        facts = event.facts
        match event.kind:
            case Kind.CALL_STARTED:
                self.release = str(facts.get("release") or "unknown")
                self.is_synthetic = bool(facts.get("is_synthetic"))
            case Kind.DISCLOSURE_PLAYED:
                self.disclosure_complete |= bool(facts.get("is_complete"))
            case Kind.UTTERANCE_HEARD:
                self._utterance(facts)
            case Kind.KEYS_ENTERED:
                self.key_turns += 1
                self.first_input = self.first_input or f"keys:{facts.get('digits')}"
            case Kind.BARGE_IN:
                self.barge_ins += 1
            case Kind.NO_INPUT | Kind.NO_MATCH:
                self._failed(event)
            case Kind.TURN_ANSWERED:
                self._answered(event)
            case _:
                self._read_matter(event)

    def _read_matter(self, event: CallEvent) -> None:
        facts = event.facts
        match event.kind:
            case Kind.LOOKED_UP:
                self.systems.append((str(facts.get("system")), bool(facts.get("found"))))
                self.order_number = facts.get("order_number") or self.order_number
            case Kind.ESCALATED:
                self._escalated(event)
            case Kind.TRANSFER_MOVED:
                self._transfer_moved(event)
            case Kind.CALLBACK_BOOKED | Kind.MESSAGE_TAKEN:
                self.has_reached = True
            case Kind.SURVEY_ANSWERED:
                self._survey_answered(facts)
            case Kind.CALL_ENDED:
                self.outcome, self.ended_at = str(facts.get("outcome")), event.at

    def _utterance(self, facts: Any) -> None:
        self.first_input = self.first_input or "words"
        if facts.get("asr_confidence") is not None:
            self.confidence.append(round(1000 * float(facts["asr_confidence"])))

    def _failed(self, event: CallEvent) -> None:
        step = str(event.facts.get("step"))
        self.failed_at.append((step, event.kind))
        if self.escalated_at is None:
            self.failures += 1

    def _answered(self, event: CallEvent) -> None:
        self.turns += 1
        facts = event.facts
        intent = facts.get("intent")
        self.is_annoyed |= intent == "frustrated"
        if self.intent == NOTHING_ASKED and intent and intent not in SMALL_TALK:
            self.intent = str(intent)
            self._arrive(self.intent, event.at)
        seconds = (facts.get("timings") or {}).get("time_to_first_audio_s")
        if seconds is not None:
            self.answer_ms.append(round(1000 * float(seconds)))
        step = (facts.get("expects") or {}).get("step")
        if facts.get("verdict") == "answered" and step:
            self.has_answer |= step == ANSWERED_STEP
            self._arrive(str(step), event.at)

    def _survey_answered(self, facts: Mapping[str, Any]) -> None:
        if facts.get("question") == "solved":
            self.said_solved = bool(facts.get("value"))
        elif facts.get("question") == "rating":
            self.rating = int(facts["value"])

    def _escalated(self, event: CallEvent) -> None:
        if self.escalated_at is not None:
            return
        self.escalated_at = event.at
        self.reason = str(event.facts.get("reason"))
        self.is_frustrated = self.reason == "frustrated"
        self.is_annoyed |= self.is_frustrated or event.facts.get("mood") in BAD_MOODS
        if self.reason in {"emergency", "legal", "safety", "money_lost", "vulnerable", "bereavement"}:
            self.risk = self.reason
        self._arrive("waiting", event.at)

    def _transfer_moved(self, event: CallEvent) -> None:
        state = event.facts.get("state")
        if state == "bridged":
            self.has_reached = True
            self.bridged_at = event.at
            if self.wait_ms is None and self.escalated_at is not None:
                self.wait_ms = _ms(self.escalated_at, event.at)
            self._arrive("person", event.at)
        elif self.bridged_at is not None and state in {"agent_lost", "ended", "returned"}:
            self.person_ms += _ms(self.bridged_at, event.at)
            self.bridged_at = None

    def _arrive(self, step: str, at: datetime) -> None:
        if self.way[-1][0] != step and len(self.way) < MOST_STEPS:
            self.way.append((step, at))

    def summary(self) -> CallSummary:
        last = self.ended_at or self.events[-1].at
        if self.bridged_at is not None:
            self.person_ms += _ms(self.bridged_at, last)
        total = _ms(self.began, last)
        waited = self.wait_ms or 0
        leaves = [at for _, at in self.way[1:]] + [last]
        return CallSummary(
            call_id=self.events[0].call_id,
            started_at=self.began,
            language=self.language,
            release=self.release,
            is_synthetic=self.is_synthetic,
            intent=self.intent,
            outcome=self.outcome,
            ended_at=self.ended_at,
            is_escalated=self.escalated_at is not None,
            escalation_reason=self.reason,
            has_reached_person=self.has_reached or self.outcome in REACHED_OUTCOMES,
            has_answer=self.has_answer,
            failures=self.failures,
            is_frustrated=self.is_frustrated,
            is_annoyed=self.is_annoyed,
            said_solved=self.said_solved,
            rating=self.rating,
            order_number=self.order_number,
            disclosure_complete=self.disclosure_complete,
            tried_bot=self.first_input is not None and self.first_input != "keys:0",
            turns=self.turns,
            barge_ins=self.barge_ins,
            key_turns=self.key_turns,
            total_ms=total,
            bot_ms=max(0, total - waited - self.person_ms),
            wait_ms=self.wait_ms,
            person_ms=self.person_ms,
            way=tuple(Stay(step, _ms(at, left)) for (step, at), left in zip(self.way, leaves, strict=True)),
            failed_at=tuple(self.failed_at),
            systems=tuple(self.systems),
            answer_ms=tuple(self.answer_ms),
            confidence_permille=tuple(self.confidence),
            risk=self.risk,
        )


def _ms(since: datetime, until: datetime) -> int:
    """Return the time between, never below zero: a clock may have been set back in between."""
    return max(0, round((until - since).total_seconds() * 1000))


def plain(summary: CallSummary) -> dict[str, Any]:
    """Return the summary ready for JSON."""
    stored = dict(vars(summary))  # a million calls are written: `asdict` copies each value deeply
    stored["way"] = [{"step": stay.step, "ms": stay.ms} for stay in summary.way]
    for moment in ("started_at", "ended_at"):
        value = stored[moment]
        stored[moment] = None if value is None else value.isoformat()
    return stored


def read_summary(stored: Mapping[str, Any]) -> CallSummary:
    """Return the summary that `plain` made."""
    parts = dict(stored)
    ended_at = parts["ended_at"]
    return CallSummary(
        **parts
        | {
            "started_at": datetime.fromisoformat(parts["started_at"]),
            "ended_at": None if ended_at is None else datetime.fromisoformat(ended_at),
            "way": tuple(Stay(**stay) for stay in parts["way"]),
            "failed_at": tuple((step, kind) for step, kind in parts["failed_at"]),
            "systems": tuple((system, is_known) for system, is_known in parts["systems"]),
            "answer_ms": tuple(parts["answer_ms"]),
            "confidence_permille": tuple(parts["confidence_permille"]),
        }
    )
