"""Whether the bot goes on, offers a person or fetches one: points added up, hard rules first. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from ivr.handoff.escalation.policy import Adjustment, Policy, SignalRule
from ivr.handoff.escalation.reasons import EscalationReason as R
from ivr.handoff.escalation.signals import (
    EarlierContact,
    Found,
    Happened,
    Signal,
    Situation,
    TurnSeen,
    about_same_case,
    find_signals,
)

S = Signal
REASON_OF: Mapping[Signal, R] = {
    S.ASKED_FOR_PERSON: R.ASKED_FOR_PERSON,
    S.FRUSTRATED_WITH_BOT: R.FRUSTRATED,
    S.UPSET_ABOUT_MATTER: R.UPSET,
    S.SAID_ANGRILY: R.FRUSTRATED,
    S.COMPLAINT: R.COMPLAINT,
    S.LEGAL_THREAT: R.LEGAL_THREAT,
    S.SAFETY: R.SAFETY,
    S.MONEY_LOST: R.MONEY_LOST,
    S.VULNERABLE: R.VULNERABLE,
    S.BEREAVEMENT: R.BEREAVEMENT,
    S.COMPLEX: R.COMPLEX,
    S.DEADLINE: R.DEADLINE,
    S.CORRECTION: R.KEPT_REPEATING,
    S.PRESSED_ZERO: R.PRESSED_ZERO,
    S.REPEATED_REQUEST: R.KEPT_REPEATING,
    S.NOT_UNDERSTOOD: R.NOT_UNDERSTOOD,
    S.NO_INPUT: R.NO_INPUT,
    S.BARGE_IN: R.FRUSTRATED,
    S.SEVERAL_PROBLEMS: R.COMPLEX,
    S.RESERVED_TOPIC: R.TOPIC_RESERVED,
    S.VALUE_AT_STAKE: R.VALUE_AT_STAKE,
    S.CALLED_BEFORE: R.CALLED_BEFORE,
    S.HEARING_GOT_WORSE: R.NOT_UNDERSTOOD,
}
# What the words of an intent that fetches a person must be read as, and how surely at least; any sign of ANY.
ANY = frozenset(REASON_OF)
BELIEVED_FROM: Mapping[str, tuple[frozenset[Signal], float]] = {
    "speak_to_person": (frozenset({S.ASKED_FOR_PERSON}), 0.3),  # not who declines a person, or speaks of one
    "frustrated": (frozenset({S.FRUSTRATED_WITH_BOT}), 0.5),
    "emergency": (ANY, 0.2),
}
_UPSET = {S.UPSET_ABOUT_MATTER, S.BEREAVEMENT, S.VULNERABLE, S.SAFETY}
_ANNOYED = {S.FRUSTRATED_WITH_BOT, S.SAID_ANGRILY, S.REPEATED_REQUEST, S.BARGE_IN}
SURE = 0.5


class Step(StrEnum):
    """What the policy wants after a turn."""

    GO_ON = "go_on"
    OFFER_PERSON = "offer_person"
    FETCH_PERSON = "fetch_person"


class Mood(StrEnum):
    """How the caller's words read, in neutral terms; never how they sound."""

    CALM = "calm"
    ANNOYED_WITH_BOT = "annoyed_with_bot"
    UPSET = "upset"


@dataclass(frozen=True)
class Counted:
    """A signal as it went into the sum, with its evidence."""

    signal: Signal
    strength: float
    turn: int
    words: str
    points: float


@dataclass(frozen=True)
class Decision:
    """The step after a turn and the arithmetic behind it; `rule` names the signal that decided alone."""

    step: Step
    reason: R | None
    points: float
    threshold: float
    counted: tuple[Counted, ...]
    policy_version: str
    adjusted_by: tuple[str, ...] = ()
    rule: Signal | None = None
    mood: Mood = Mood.CALM

    def plain(self) -> dict[str, Any]:
        """Return it ready for JSON, for the record."""
        parts = asdict(self)
        parts["counted"] = [
            {**asdict(one), "strength": round(one.strength, 3), "points": round(one.points, 2)}
            for one in self.counted
        ]
        parts["points"], parts["threshold"] = round(self.points, 2), round(self.threshold, 2)
        return parts | {"adjusted_by": list(self.adjusted_by)}

    def plain_why(self) -> dict[str, Any]:
        """Return signals, weights and policy version, for the `escalated` event."""
        parts = self.plain()
        kept = ("points", "threshold", "counted", "policy_version", "adjusted_by", "rule", "mood")
        return {name: parts[name] for name in kept}


class WordReader(Protocol):
    """Reads from a caller's words what they mean for the escalation."""

    version: str

    def read(self, words: str) -> Mapping[str, float]:
        """Return the calibrated probability (0..1) of each label. Any thread, about a millisecond."""
        ...


@dataclass
class Watch:
    """Watches one call, turn by turn."""

    policy: Policy
    reader: WordReader
    language: str
    situation: Situation = field(default_factory=Situation)
    turns: list[TurnSeen] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    last: Decision | None = None
    earlier: Sequence[EarlierContact] = ()
    _ahead: tuple[str, Mapping[str, float]] | None = None  # words, and what was read in them

    def read_ahead(self, words: str) -> None:
        """Read words that will be judged, while something else is waited for."""
        self._ahead = words, self._read(words)

    def judge(
        self,
        turn: int,
        happened: Happened,
        words: str,
        intent: str | None,
        asr_confidence: float | None,
        is_barge_in: bool,
        is_doubted: bool = False,
        order_number: str | None = None,
    ) -> Decision:
        """Read a turn's words and take it. Words in doubt may ask for a person and mean nothing else.

        `order_number` is the order that the call is about by now.
        """
        said = self._read(words)
        if is_doubted:
            said = {label: sure for label, sure in said.items() if label == Signal.ASKED_FOR_PERSON}
            words = words if said else ""
        same_case = self.same_case(turn, intent, order_number)
        return self.take(
            TurnSeen(turn, happened, words, said, intent, asr_confidence, is_barge_in, same_case)
        )

    def _read(self, words: str) -> Mapping[str, float]:
        if self._ahead is not None and self._ahead[0] == words:
            return self._ahead[1]
        return self.reader.read(words) if words.strip() else {}

    def same_case(self, turn: int, intent: str | None, order_number: str | None) -> int:
        """Return how many earlier calls are about this case, by what is known of it in this turn."""
        matters = {one.intent for one in self.turns if one.intent} | ({intent} if intent else set())
        return about_same_case(self.earlier, matters, order_number)

    def contradicts(self, intent: str | None, words: str) -> bool:
        """Say whether words whose intent fetches a person are read as nothing of the kind.

        One classifier alone takes "smashing" for anger now and then, and a person declined for one asked for.
        """
        if intent is None or intent not in BELIEVED_FROM:
            return False
        signs, least = BELIEVED_FROM[intent]
        read = [sure for sign, sure in self._read(words).items() if sign in signs]
        return bool(read) and max(read) < least

    def is_person_asked_for(self, words: str) -> bool:
        """Say whether these words alone ask for a person."""
        rule = self.policy.signals.get(Signal.ASKED_FOR_PERSON)
        if rule is None:
            return False
        return self.reader.read(words).get(Signal.ASKED_FOR_PERSON, 0.0) >= rule.counts_from

    def facts(self, turn: int) -> dict[str, Any]:
        """Return the last decision for the record, with what it was made of."""
        assert self.last is not None
        return {
            "turn": turn,
            **self.last.plain(),
            "words_model": self.reader.version,
            "situation": asdict(self.situation),
            "same_case": self.turns[-1].same_case,
        }

    def take(self, turn: TurnSeen) -> Decision:
        """Take a turn and say what to do after it."""
        if self.turns and self.turns[-1].same_case != turn.same_case:  # known better now
            self.found = [one for one in self.found if one.signal is not S.CALLED_BEFORE]
        self.found += find_signals(turn, self.turns, self.policy.topics)
        self.turns.append(turn)
        self.last = decide(self.found, turn, self.policy, self.language, self.situation)
        return self.last


def decide(
    found: Sequence[Found], now: TurnSeen, policy: Policy, language: str, situation: Situation
) -> Decision:
    """Decide after a turn from everything found so far."""
    counted = _counted(found, now.turn, policy)
    points = sum(one.points for one in counted)
    adjustments = [one for one in policy.adjustments if one.when.holds(now.intent, language, situation)]
    threshold = policy.threshold + sum(one.threshold for one in adjustments)
    rule = _deciding_alone(found, now.turn, policy)
    step, reason = _step(points, threshold, counted, rule, policy.offer_from)
    return Decision(
        step,
        reason,
        points,
        threshold,
        counted,
        policy.version,
        tuple(_named(adjustments)),
        rule.signal if rule else None,
        mood_of(found, now.turn),
    )


def mood_of(found: Sequence[Found], turn: int) -> Mood:
    """Return the mood of a turn: the matter goes before the bot."""
    sure = {one.signal for one in found if one.strength >= SURE}
    if sure & _UPSET:
        return Mood.UPSET
    lately = {one.signal for one in found if one.strength >= SURE and turn - one.turn <= 1}
    return Mood.ANNOYED_WITH_BOT if lately & _ANNOYED else Mood.CALM


def _step(
    points: float, threshold: float, counted: tuple[Counted, ...], rule: Found | None, offer_from: float
) -> tuple[Step, R | None]:
    if rule is not None:
        return Step.FETCH_PERSON, REASON_OF[rule.signal]
    if not counted:
        return Step.GO_ON, None
    heaviest = REASON_OF[max(counted, key=lambda one: one.points).signal]
    if points >= threshold:
        return Step.FETCH_PERSON, heaviest
    return (Step.OFFER_PERSON, heaviest) if points >= offer_from else (Step.GO_ON, None)


def _counted(found: Sequence[Found], turn: int, policy: Policy) -> tuple[Counted, ...]:
    by_signal: dict[Signal, list[Counted]] = {}
    for one in found:
        rule = policy.signals.get(one.signal)
        if rule is None or one.strength < rule.counts_from or rule.points == 0:
            continue
        points = rule.points * one.strength * _remaining(rule, policy.fade, turn - one.turn)
        by_signal.setdefault(one.signal, []).append(
            Counted(one.signal, one.strength, one.turn, one.words, points)
        )
    kept: list[Counted] = []
    for signal, all_of_it in by_signal.items():
        heaviest_first = sorted(all_of_it, key=lambda one: (-one.points, -one.turn))
        kept += heaviest_first[: policy.signals[signal].most]
    return tuple(sorted(kept, key=lambda one: (one.turn, -one.points)))


def _remaining(rule: SignalRule, fade: float, age: int) -> float:
    return 1.0 if rule.lasts else fade ** max(age, 0)


def _deciding_alone(found: Sequence[Found], turn: int, policy: Policy) -> Found | None:
    """Return the first signal of this turn, in the order of `Signal`, that needs no sum."""
    for one in found:
        rule = policy.signals.get(one.signal)
        at_once_from = rule.at_once_from if rule else None
        if one.turn == turn and at_once_from is not None and one.strength >= at_once_from:
            return one
    return None


def _named(adjustments: Sequence[Adjustment]) -> list[str]:
    return [f"{one.threshold:+g}: {one.means}" for one in adjustments]
