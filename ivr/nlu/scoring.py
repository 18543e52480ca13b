"""How well sentences were understood, in figures. Pure: what was wanted and what was got in, scores out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.nlu.corpus import NOT_UNDERSTOOD, OUT_OF_SCOPE
from ivr.nlu.model_reader import Parsed

BINS = 10
IN_SCOPE_PRECISION = 0.95


@dataclass(frozen=True)
class Judged:
    """One sentence with the wanted intent and what the model made of it. `source` says where it came from."""

    sentence: str
    wanted: str
    parsed: Parsed
    source: str = ""

    @property
    def got(self) -> str:
        """Return what a call acts on: words that are not understood are one kind, however they got there."""
        return "unclear" if self.parsed.intent in NOT_UNDERSTOOD else self.parsed.intent

    @property
    def is_right(self) -> bool:
        """Say whether the intent is the wanted one."""
        return self.got == ("unclear" if self.wanted in NOT_UNDERSTOOD else self.wanted)


@dataclass(frozen=True)
class IntentScore:
    """One intent's share of right ones among those taken for it, and among those meant."""

    precision: float
    recall: float
    f1: float
    sentences: int


@dataclass(frozen=True)
class Bin:
    """Sentences of like confidence: the mean of it, and the share that was right."""

    confidence: float
    accuracy: float
    sentences: int


@dataclass(frozen=True)
class OutOfScope:
    """What is kept out at the lowest confidence at which 95 % of what is acted on is right.

    `recall` is the share of foreign sentences not acted on, `kept` the share of the others that are.
    """

    threshold: float
    recall: float
    kept: float
    precision: float
    sentences: int
    recall_as_shipped: float


@dataclass(frozen=True)
class Scores:
    """Results over one set. `asked_again` led to a reprompt, `wrong` were acted on as something else."""

    sentences: int
    accuracy: float
    asked_again: int
    wrong: int
    intents: Mapping[str, IntentScore]
    confusion: Mapping[str, Mapping[str, int]]
    calibration_error: float
    bins: Sequence[Bin]
    out_of_scope: OutOfScope | None


def score(judged: Sequence[Judged]) -> Scores:
    """Return every figure over a set that is not empty."""
    asked_again = sum(1 for one in judged if not one.is_right and one.got == "unclear")
    right = sum(one.is_right for one in judged)
    bins = _bins(judged)
    error = sum(abs(one.confidence - one.accuracy) * one.sentences for one in bins) / max(1, len(judged))
    return Scores(
        sentences=len(judged),
        accuracy=right / max(1, len(judged)),
        asked_again=asked_again,
        wrong=len(judged) - right - asked_again,
        intents=_intents(judged),
        confusion=_confusion(judged),
        calibration_error=error,
        bins=bins,
        out_of_scope=_out_of_scope(judged),
    )


def _wanted(one: Judged) -> str:
    return "unclear" if one.wanted in NOT_UNDERSTOOD else one.wanted


def _intents(judged: Sequence[Judged]) -> dict[str, IntentScore]:
    meant = Counter(map(_wanted, judged))
    taken = Counter(one.got for one in judged)
    hits = Counter(_wanted(one) for one in judged if one.is_right)
    scores = {}
    for intent in sorted(meant | taken):
        precision = hits[intent] / taken[intent] if taken[intent] else 0.0
        recall = hits[intent] / meant[intent] if meant[intent] else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        scores[intent] = IntentScore(precision, recall, f1, meant[intent])
    return scores


def _confusion(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = {}
    for one in judged:
        counted.setdefault(_wanted(one), Counter())[one.got] += 1
    return {wanted: dict(got) for wanted, got in sorted(counted.items())}


def _bins(judged: Sequence[Judged]) -> list[Bin]:
    """Compare the classifier's own confidence with how often its best guess is right (Guo et al. 2017)."""
    grouped: dict[int, list[Judged]] = {}
    for one in judged:
        grouped.setdefault(min(BINS - 1, int(one.parsed.intent_confidence * BINS)), []).append(one)
    found = []
    for _, group in sorted(grouped.items()):
        confidence = sum(one.parsed.intent_confidence for one in group) / len(group)
        accuracy = sum(one.parsed.best == one.wanted for one in group) / len(group)
        found.append(Bin(confidence, accuracy, len(group)))
    return found


def _out_of_scope(judged: Sequence[Judged]) -> OutOfScope | None:
    """Return None where the set holds no foreign sentence, or nothing else."""
    foreign = [one for one in judged if one.wanted in OUT_OF_SCOPE]
    own = [one for one in judged if one.wanted not in OUT_OF_SCOPE]
    if not foreign or not own:
        return None
    shipped = sum(one.got in OUT_OF_SCOPE for one in foreign) / len(foreign)
    acted = sorted(
        (one for one in judged if one.parsed.best not in OUT_OF_SCOPE),
        key=lambda one: one.parsed.intent_confidence,
        reverse=True,
    )
    best = (1.0, 0, 0, 1.0)  # threshold, foreign let in, own kept, precision
    right = let_in = kept = 0
    for count, one in enumerate(acted, 1):
        right += one.parsed.best == one.wanted
        let_in += one.wanted in OUT_OF_SCOPE
        kept += one.wanted not in OUT_OF_SCOPE
        if right / count >= IN_SCOPE_PRECISION:
            best = (one.parsed.intent_confidence, let_in, kept, right / count)
    threshold, let_in, kept, precision = best
    recall = 1 - let_in / len(foreign)
    return OutOfScope(threshold, recall, kept / len(own), precision, len(foreign), shipped)
