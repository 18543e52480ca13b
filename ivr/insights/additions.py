"""What calls add to the sums of days and hours, and what a change takes away again. Pure.

Sums of whole numbers do not depend on the order: added call by call they are what counting anew gives.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from ivr.insights.call_summary import CallSummary, read_summary
from ivr.insights.counts import Slice, Subject, by_hour, counts_of
from ivr.insights.fates import Fate, fate_of

Rows = list[dict[str, Any]]
HourSlice = tuple[str, str, str, bool]  # day, hour, release, is_synthetic


class Additions:
    """Amounts to add, by day and by hour. Rows are those of call_summaries."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.days: set[str] = set()
        self._zone = zone
        self._by_day: Counter[tuple[Slice, Subject]] = Counter()
        self._by_hour: Counter[tuple[HourSlice, Subject]] = Counter()

    def add(self, row: Mapping[str, Any]) -> Fate | None:
        """Add what a call comes to; return its fate."""
        return self._count(row, 1)

    def take_away(self, row: Mapping[str, Any]) -> None:
        """Take away what a call came to before it changed."""
        self._count(row, -1)

    def rows(self) -> tuple[Rows, Rows]:
        """Return the rows of day_counts and of hour_counts; amounts of zero are left out."""
        days = [
            {**slice_._asdict(), "measure": subject.measure, "key": subject.key, "amount": amount}
            for (slice_, subject), amount in self._by_day.items()
            if amount
        ]
        hours = [
            {"day": day, "hour": hour, "release": release, "is_synthetic": is_synthetic}
            | {"measure": subject.measure, "key": subject.key, "amount": amount}
            for ((day, hour, release, is_synthetic), subject), amount in self._by_hour.items()
            if amount
        ]
        return days, hours

    def _count(self, row: Mapping[str, Any], sign: int) -> Fate | None:
        fate = fate_of_row(row)
        hour = row["started_at"].astimezone(self._zone).hour
        counted = counts_of(read_summary(row["summary"]), fate, row["called_again"], hour)
        slice_ = Slice(row["day"], row["intent"], row["language"], row["release"], row["is_synthetic"])
        for subject, amount in counted.items():
            self._by_day[slice_, subject] += sign * amount
        hour_slice = (row["day"], f"{hour:02}", row["release"], row["is_synthetic"])
        for subject, amount in by_hour(counted):
            self._by_hour[hour_slice, subject] += sign * amount
        self.days.add(row["day"])
        return fate


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
