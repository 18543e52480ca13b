"""What in a call speaks for a person: the signals of one turn, each with its evidence. Pure.

A turn is seen as words, what was understood of them, and counts. Nothing about how the caller sounds is
looked at, and nothing an agent says: inferring emotion from a voice is biometric emotion recognition.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.handoff.escalation.likeness import likeness

EVIDENCE_WORDS = 40
LOOK_BACK_TURNS = 8  # what was said longer ago is not a rephrasing any more
SHORTEST_REQUEST_WORDS = 3  # "yes", "the blue one": said twice in any good call
SHORTEST_INSISTING_WORDS = 2
HEARING_WINDOW = 3
HEARING_FELL_BY = 0.2
HEARING_IS_POOR = 0.55


class Signal(StrEnum):
    """Everything that is watched; the first group is read from the words by a trained classifier."""

    ASKED_FOR_PERSON = "asked_for_person"
    FRUSTRATED_WITH_BOT = "frustrated_with_bot"
    UPSET_ABOUT_MATTER = "upset_about_matter"
    SAID_ANGRILY = "said_angrily"
    COMPLAINT = "complaint"
    LEGAL_THREAT = "legal_threat"
    SAFETY = "safety"
    MONEY_LOST = "money_lost"
    VULNERABLE = "vulnerable"
    BEREAVEMENT = "bereavement"
    COMPLEX = "complex"
    DEADLINE = "deadline"
    CORRECTION = "correction"

    PRESSED_ZERO = "pressed_zero"
    REPEATED_REQUEST = "repeated_request"
    NOT_UNDERSTOOD = "not_understood"
    NO_INPUT = "no_input"
    BARGE_IN = "barge_in"
    SEVERAL_PROBLEMS = "several_problems"
    RESERVED_TOPIC = "reserved_topic"
    VALUE_AT_STAKE = "value_at_stake"
    CALLED_BEFORE = "called_before"
    HEARING_GOT_WORSE = "hearing_got_worse"


READ_FROM_WORDS = tuple(Signal)[: tuple(Signal).index(Signal.PRESSED_ZERO)]


class Happened(StrEnum):
    """What became of a turn."""

    UNDERSTOOD = "understood"
    NOT_UNDERSTOOD = "not_understood"
    NO_INPUT = "no_input"
    PRESSED_ZERO = "pressed_zero"


@dataclass(frozen=True)
class TurnSeen:
    """One turn, as the escalation sees it. There is no sound in it, by law and by test.

    `said` holds the classifier's calibrated probability for each label; `asr_confidence` is how sure
    speech recognition was of the words, None for keys and silence. `same_case` counts the earlier calls
    that are about the same case, as far as the case is known by this turn.
    """

    turn: int
    happened: Happened = Happened.UNDERSTOOD
    words: str = ""
    said: Mapping[str, float] = field(default_factory=dict)
    intent: str | None = None
    asr_confidence: float | None = None
    is_barge_in: bool = False
    same_case: int = 0


@dataclass(frozen=True)
class EarlierContact:
    """One call of the last 72 h that was not solved: the order and the matters it was about, where known."""

    order_number: str | None = None
    matters: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Situation:
    """What is known besides the call itself, when it begins.

    `earlier_contacts` counts the caller's other calls in the last 72 h, whatever about: agents are told.
    `waiting` are the callers in the queue now.
    """

    earlier_contacts: int = 0
    waiting: int = 0
    local_minute: int | None = None  # minutes after midnight where the people work
    is_staffed: bool = True


@dataclass(frozen=True)
class Found:
    """One signal with its evidence: how strong (0..1), in which turn, by which words."""

    signal: Signal
    strength: float
    turn: int
    words: str


@dataclass(frozen=True)
class Topics:
    """What the policy says about matters."""

    reserved_intents: frozenset[str] = frozenset()
    problem_intents: frozenset[str] = frozenset()
    valuable_from: float = float("inf")
    alike_from: float = 0.62


def about_same_case(earlier: Iterable[EarlierContact], matters: Set[str], order_number: str | None) -> int:
    """Return how many of the earlier calls are about this case: the same order, else the same matter.

    Two orders that are both known and differ are two cases, whatever the matter.
    """
    return sum(
        one.order_number == order_number if one.order_number and order_number else bool(one.matters & matters)
        for one in earlier
    )


def find_signals(now: TurnSeen, before: Sequence[TurnSeen], topics: Topics) -> list[Found]:
    """Return what the newest turn brings, in the order of `Signal`; `before` are the earlier turns."""
    strengths: dict[Signal, float] = {signal: now.said.get(signal.value, 0.0) for signal in READ_FROM_WORDS}
    strengths[Signal.PRESSED_ZERO] = float(now.happened is Happened.PRESSED_ZERO)
    strengths[Signal.NOT_UNDERSTOOD] = float(now.happened is Happened.NOT_UNDERSTOOD)
    strengths[Signal.NO_INPUT] = float(now.happened is Happened.NO_INPUT)
    strengths[Signal.REPEATED_REQUEST] = _repeated(now, before, topics.alike_from)
    strengths[Signal.BARGE_IN] = float(now.is_barge_in)
    strengths[Signal.SEVERAL_PROBLEMS] = float(_is_another_problem(now, before, topics.problem_intents))
    strengths[Signal.RESERVED_TOPIC] = float(now.intent in topics.reserved_intents)
    strengths[Signal.VALUE_AT_STAKE] = float(_value(now) >= topics.valuable_from)
    strengths[Signal.CALLED_BEFORE] = _called_before(now, before)
    strengths[Signal.HEARING_GOT_WORSE] = float(_has_hearing_got_worse(now, before))
    words = " ".join(now.words.split()[:EVIDENCE_WORDS])
    return [Found(signal, strengths[signal], now.turn, words) for signal in Signal if strengths[signal] > 0.0]


_SAID_IN_ANY_GOOD_CALL = frozenset({"thanks", "greet", "goodbye", "affirm", "deny", "inform_number"})


def _called_before(now: TurnSeen, before: Sequence[TurnSeen]) -> float:
    """Return how much it weighs in the turn in which it becomes known, or known otherwise."""
    is_known = before and before[-1].same_case == now.same_case
    return 0.0 if is_known else min(1.0, now.same_case / 3)


def _repeated(now: TurnSeen, before: Sequence[TurnSeen], alike_from: float) -> float:
    """Return how alike this is to an earlier request; saying digits or yes again is no repetition."""
    words = _content(now.words)
    if now.intent in _SAID_IN_ANY_GOOD_CALL:
        return 0.0
    if now.happened is Happened.NO_INPUT or len(words) < SHORTEST_INSISTING_WORDS:
        return 0.0
    likest = 0.0
    for earlier in before[-LOOK_BACK_TURNS:]:
        earlier_words = _content(earlier.words)
        if len(earlier_words) < SHORTEST_INSISTING_WORDS:
            continue
        if max(len(words), len(earlier_words)) < SHORTEST_REQUEST_WORDS:
            continue
        likest = max(likest, likeness(" ".join(words), " ".join(earlier_words)))
    return likest if likest >= alike_from else 0.0


_DIGITS_AND_ANSWERS = re.compile(
    r"[0-9]+|(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|double|triple|yes|no|yeah|okay|please|thanks"
    r"|noll|nolla|ett|en|två|tre|fyra|fem|sex|sju|åtta|nio|ja|nej|jo|tack|null|ein|to|fire|seks|syv|sju|åtte|ni"
    r"|nolla|yksi|kaksi|kolme|neljä|viisi|kuusi|seitsemän|kahdeksan|yhdeksän|kyllä|ei|joo|kiitos)"
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def _content(words: str) -> list[str]:
    return [word for word in _WORD.findall(words.casefold()) if not _DIGITS_AND_ANSWERS.fullmatch(word)]


def _is_another_problem(now: TurnSeen, before: Sequence[TurnSeen], problems: frozenset[str]) -> bool:
    named = {turn.intent for turn in before if turn.intent in problems}
    return now.intent in problems and now.intent not in named and bool(named)


_AMOUNT = re.compile(
    r"(?:[£$€]\s?(?P<before>[0-9][0-9 .,]*))|(?P<after>[0-9][0-9 .,]*)\s?"
    r"(?:kr|kronor|kroner|euros?|euroa|pounds?|dollars?|bucks|quid|sek|nok|eur|gbp|usd)\b",
    re.IGNORECASE,
)


def _value(turn: TurnSeen) -> float:
    """Return the largest amount of money that the caller names in figures; orders come without a value."""
    amounts = [0.0]
    for found in _AMOUNT.finditer(turn.words):
        digits = re.sub(r"[.,][0-9]{1,2}$", "", (found["before"] or found["after"]).strip(" .,"))
        amounts.append(float(re.sub(r"[^0-9]", "", digits)[:9] or 0))
    return max(amounts)


def _has_hearing_got_worse(now: TurnSeen, before: Sequence[TurnSeen]) -> bool:
    if now.asr_confidence is None:
        return False
    heard = [turn.asr_confidence for turn in before if turn.asr_confidence is not None]
    heard.append(now.asr_confidence)
    if len(heard) < 2 * HEARING_WINDOW or heard[-1] > HEARING_IS_POOR:
        return False
    first, last = sum(heard[:HEARING_WINDOW]), sum(heard[-HEARING_WINDOW:])
    return (first - last) / HEARING_WINDOW >= HEARING_FELL_BY
