"""Which whole numbers one call adds to its day; every figure on every page is made of these. Pure."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from ivr.insights.call_summary import CallSummary
from ivr.insights.fates import Fate

# Upper edges of classes, in milliseconds; the last class is open.
ANSWER_CLASSES_MS = (*range(100, 2000, 100), *range(2000, 5001, 500))
WAIT_CLASSES_MS = tuple(1000 * s for s in (5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200))
CONFIDENCE_CLASSES = tuple(range(50, 1001, 50))  # permille
OPEN_CLASS = "more"
SLOW_ANSWER_MS = 1_500  # to the first audio: a caller begins to wonder whether the line is dead
UNSURE_PERMILLE = 500
COMPLAINT = "complaint"
# What is counted by hour too; for the rest days are enough.
BY_HOUR = frozenset(
    {
        "calls", "turns", "turns_squared", "calls_with_keys", "calls_with_barge_in", "tried_bot",
        "called_again", "ratings", "rating_sum", "rating_squares", "survey_answers", "survey_solved", "fate",
        "annoyed", "complaints", "no_matches", "answers", "slow_answers", "heard", "unsure",
    }
)  # fmt: skip
OF_THE_WAY = frozenset({"edge", "stay_ms", "stays", "left_at"})
HOUR_DIGITS = 2


class Part(StrEnum):
    """Sums that pages ask for together are kept together."""

    MAIN = "main"
    WAY = "way"
    HOURS = "hours"  # its measures begin with the hour: "09 calls"


class Slice(NamedTuple):
    """By what figures can be told apart. `day` is the company's own, as YYYY-MM-DD."""

    day: str
    intent: str
    language: str
    release: str
    is_synthetic: bool


class Subject(NamedTuple):
    """What is counted: a measure, and which of its kinds ("" where it has none)."""

    measure: str
    key: str = ""


def counts_of(summary: CallSummary, fate: Fate | None, called_again: bool, hour: int) -> Counter[Subject]:
    """Return what the call adds. A call that lives adds only itself; `hour` is the company's, 0 to 23."""
    counted: Counter[Subject] = Counter()
    for measure, amount in _amounts(summary, called_again):
        if amount:
            counted[Subject(measure)] += amount
    counted[Subject("hour", f"{hour:02}")] += 1
    if fate is None:
        counted[Subject("alive")] += 1
    else:
        counted[Subject("fate", fate)] += 1
    counted.update(_kinds(summary, fate))
    for stay in summary.way:
        counted[Subject("stay_ms", stay.step)] += stay.ms
        counted[Subject("stays", stay.step)] += 1
    return counted


def by_hour(counted: Counter[Subject], hour: int) -> Iterator[tuple[Subject, int]]:
    """Yield those of a call's counts that are kept by hour, under the names they have there."""
    for subject, amount in counted.items():
        if subject.measure in BY_HOUR:
            yield Subject(f"{hour:0{HOUR_DIGITS}} {subject.measure}", subject.key), amount


def part_of(measure: str) -> Part:
    """Return which part a measure of whole days is kept in."""
    return Part.WAY if measure in OF_THE_WAY else Part.MAIN


def _amounts(summary: CallSummary, called_again: bool) -> Iterator[tuple[str, int]]:
    yield "calls", 1
    yield "annoyed", int(summary.is_annoyed)
    yield "complaints", int(summary.intent == COMPLAINT)
    yield "no_matches", sum(kind == "no_match" for _, kind in summary.failed_at)
    yield "answers", len(summary.answer_ms)
    yield "slow_answers", sum(answer > SLOW_ANSWER_MS for answer in summary.answer_ms)
    yield "heard", len(summary.confidence_permille)
    yield "unsure", sum(confidence < UNSURE_PERMILLE for confidence in summary.confidence_permille)
    yield "turns", summary.turns
    yield "turns_squared", summary.turns**2
    yield "barge_ins", summary.barge_ins
    yield "key_turns", summary.key_turns
    yield "calls_with_keys", int(summary.key_turns > 0)
    yield "calls_with_barge_in", int(summary.barge_ins > 0)
    yield "tried_bot", int(summary.tried_bot)
    yield "called_again", int(called_again)
    yield "escalated", int(summary.is_escalated)
    yield "reached_person", int(summary.is_escalated and summary.has_reached_person)
    yield "failed_once", int(summary.failures > 0)
    yield "total_ms", summary.total_ms
    yield "bot_ms", summary.bot_ms
    yield "person_ms", summary.person_ms
    yield "wait_ms", summary.wait_ms or 0
    yield "waited", int(summary.wait_ms is not None)
    yield "without_disclosure", int(summary.outcome is not None and not summary.disclosure_complete)
    yield "survey_answers", int(summary.said_solved is not None)
    yield "survey_solved", int(summary.said_solved is True)
    yield "ratings", int(summary.rating is not None)
    yield "rating_sum", summary.rating or 0
    yield "rating_squares", (summary.rating or 0) ** 2


def _kinds(summary: CallSummary, fate: Fate | None) -> Iterator[Subject]:
    if summary.rating is not None:
        yield Subject("rating", str(summary.rating))
    if summary.escalation_reason:
        yield Subject("escalation", summary.escalation_reason)
    if summary.risk:
        yield Subject("risk", summary.risk)
    for step, kind in summary.failed_at:
        yield Subject("failure", f"{step}:{kind}")
    for system, is_known in summary.systems:
        yield Subject("system", f"{system}:{'found' if is_known else 'not_found'}")
    for answer in summary.answer_ms:
        yield Subject("answer_class", class_of(answer, ANSWER_CLASSES_MS))
    for confidence in summary.confidence_permille:
        yield Subject("confidence_class", class_of(confidence, CONFIDENCE_CLASSES))
    if summary.wait_ms is not None:
        yield Subject("wait_class", class_of(summary.wait_ms, WAIT_CLASSES_MS))
    stops = [stay.step for stay in summary.way]
    for start, end in zip(stops, [*stops[1:], str(fate or "alive")], strict=True):
        yield Subject("edge", f"{start}>{end}")
    if fate is Fate.GAVE_UP:
        yield Subject("left_at", stops[-1])


def class_of(value: int, edges: tuple[int, ...]) -> str:
    """Return the name of the value's class: its upper edge, five digits wide so that names sort."""
    for edge in edges:
        if value <= edge:
            return f"{edge:07}"
    return OPEN_CLASS
