"""What calls add to the sums of days and months, and what a change takes away again. Pure.

Sums of whole numbers do not depend on the order: added call by call they are what counting anew gives.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ivr.insights.call_summary import CallSummary, read_summary
from ivr.insights.counts import Part, Slice, Subject, by_hour, counts_of, part_of
from ivr.insights.fates import Fate, fate_of

ALL = "*"  # instead of a matter, language or release: all of them together
DAY, MONTH = "day", "month"
MONTH_LETTERS = 7  # of YYYY-MM

Amounts = dict[str, dict[str, int]]


class SumKey(NamedTuple):
    """Which row of figure_sums; named and ordered as its key is."""

    part: str
    span: str
    is_synthetic: bool
    period: str
    intent: str
    language: str
    release: str


class Additions:
    """Amounts to add. Rows are those of call_summaries."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._counted: dict[tuple[Slice, Part], Counter[Subject]] = {}

    def add(self, row: Mapping[str, Any]) -> Fate | None:
        """Add what a call comes to; return its fate."""
        return self._count(row, 1)

    def take_away(self, row: Mapping[str, Any]) -> None:
        """Take away what a call came to before it changed."""
        self._count(row, -1)

    def sums(self, spans: tuple[str, ...] = (DAY, MONTH)) -> dict[SumKey, Amounts]:
        """Return what is to be added to each row of figure_sums; rows and amounts of zero are left out."""
        found: dict[SumKey, Amounts] = {}
        for (slice_, part), counted in self._counted.items():
            changed = [(subject, amount) for subject, amount in counted.items() if amount]
            for key in _rows_of(slice_, part, spans) if changed else ():
                add_to(found.setdefault(key, {}), changed)
        return {key: kept for key, amounts in found.items() if (kept := without_zeros(amounts))}

    def _count(self, row: Mapping[str, Any], sign: int) -> Fate | None:
        fate = fate_of_row(row)
        hour = row["started_at"].astimezone(self._zone).hour
        counted = counts_of(read_summary(row["summary"]), fate, row["called_again"], hour)
        slice_ = Slice(row["day"], row["intent"], row["language"], row["release"], row["is_synthetic"])
        for subject, amount in counted.items():
            self._of(slice_, part_of(subject.measure))[subject] += sign * amount
        of_hour = self._of(slice_, Part.HOURS)
        for subject, amount in by_hour(counted, hour):
            of_hour[subject] += sign * amount
        return fate

    def _of(self, slice_: Slice, part: Part) -> Counter[Subject]:
        return self._counted.setdefault((slice_, part), Counter())


def _rows_of(slice_: Slice, part: Part, spans: tuple[str, ...]) -> Iterator[SumKey]:
    """Yield every row a slice is part of: its own, and those of all matters, languages or releases."""
    dimensions = ((name, ALL) for name in (slice_.intent, slice_.language, slice_.release))
    for names in product(*dimensions):
        for span in spans:
            period = slice_.day if span == DAY else slice_.day[:MONTH_LETTERS]
            yield SumKey(part, span, slice_.is_synthetic, period, *names)


def add_to(amounts: Amounts, added: list[tuple[Subject, int]]) -> None:
    """Add each amount to its place."""
    for (measure, key), amount in added:
        of_measure = amounts.setdefault(measure, {})
        of_measure[key] = of_measure.get(key, 0) + amount


def listed(amounts: Mapping[str, Mapping[str, int]]) -> list[tuple[Subject, int]]:
    """Return the amounts one by one."""
    return [
        (Subject(measure, key), amount) for measure, keys in amounts.items() for key, amount in keys.items()
    ]


def without_zeros(amounts: Amounts) -> Amounts:
    """Return the amounts that are not zero."""
    left = {
        measure: {key: amount for key, amount in keys.items() if amount} for measure, keys in amounts.items()
    }
    return {measure: keys for measure, keys in left.items() if keys}


def fate_of_row(row: Mapping[str, Any]) -> Fate | None:
    """Return the fate of a row of call_summaries."""
    return fate_of_call(read_summary(row["summary"]), row["called_again"], row["is_settled"])


def fate_of_call(summary: CallSummary, called_again: bool, is_settled: bool) -> Fate | None:
    """Return the call's fate; None while it lives."""
    return fate_of(
        summary.outcome,
        is_escalated=summary.is_escalated,
        has_reached_person=summary.has_reached_person,
        has_answer=summary.has_answer,
        failures=summary.failures,
        is_frustrated=summary.is_frustrated,
        said_solved=summary.said_solved,
        called_again=called_again,
        is_settled=is_settled,
    )
