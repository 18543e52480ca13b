"""Reads what has been counted: sums by day and by month, lists of calls, words without answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, select, union_all

from ivr.insights.additions import ALL, DAY, MONTH, MONTH_LETTERS, Amounts
from ivr.insights.call_summary import CallSummary
from ivr.insights.counts import HOUR_DIGITS, Part, part_of
from ivr.insights.sql_sums import read
from ivr.insights.tally import CallOnList, HourOfRelease, QuotedCall, Scope
from ivr.records.database import beginning
from ivr.records.insight_tables import figure_sums, unmet_words
from ivr.records.models import call_summaries

READ_AT_ONCE = 500
LOOKED_THROUGH = 40  # days at once, for a list of calls
SPLITS = {"day", "intent", "language", "release"}
Sums = Mapping[str, Mapping[str, int]]


class SqlFigures:
    """The asking half of `Tally`. Safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def amounts(self, measures: Sequence[str], scope: Scope) -> Sums:
        """Return the sums of each measure by key."""
        found: dict[str, dict[str, int]] = {measure: {} for measure in measures}
        for part, wanted in _by_part(measures).items():
            for _, amounts in self._read(None, part, scope):
                for measure in wanted:
                    _add(found[measure], amounts.get(measure))
        return found

    def split(self, measure: str, by: str, scope: Scope) -> Sums:
        """Return a measure's sums by key for each value of a column. Raises ValueError for another column."""
        return {value: sums[measure] for value, sums in self.splits([measure], by, scope).items()}

    def splits(self, measures: Sequence[str], by: str, scope: Scope) -> Mapping[str, Sums]:
        """Return the sums of measures by key for each value of a column. Raises ValueError."""
        if by not in SPLITS:
            raise ValueError(f"figures are split by {', '.join(sorted(SPLITS))}")
        found: dict[str, dict[str, dict[str, int]]] = {}
        for part, wanted in _by_part(measures).items():
            for value, amounts in self._read(by, part, scope):
                for measure in wanted:
                    if measure in amounts:
                        of_value = found.setdefault(value, {name: {} for name in measures})
                        _add(of_value[measure], amounts[measure])
        return dict(sorted(found.items()))

    def by_hour(self, measures: Sequence[str], scope: Scope) -> Mapping[str, Sums]:
        """Return the sums by key for each hour of the day."""
        found: dict[str, dict[str, dict[str, int]]] = {}
        for _, amounts in self._read(None, Part.HOURS, scope):
            for hour, measure, keys in _told_by_hour(amounts, measures):
                of_hour = found.setdefault(hour, {name: {} for name in measures})
                _add(of_hour[measure], keys)
        return dict(sorted(found.items()))

    def hours(self, measures: Sequence[str], days: Sequence[str]) -> Mapping[HourOfRelease, Sums]:
        """Return the sums of real calls in each hour of these days, by release."""
        table = figure_sums.c
        wanted = select(table.period, table.release, table.amounts).where(
            table.part == Part.HOURS, table.span == DAY, table.is_synthetic.is_(False), table.period.in_(days)
        )
        wanted = wanted.where(table.intent == ALL, table.language == ALL, table.release != ALL)
        found: dict[HourOfRelease, dict[str, dict[str, int]]] = {}
        with beginning(self._engine) as connection:
            for day, release, amounts in connection.execute(wanted):
                for hour, measure, keys in _told_by_hour(read(amounts), measures):
                    found.setdefault(HourOfRelease(day, hour, release), {})[measure] = dict(keys)
        return found

    def quotes(self, scope: Scope, limit: int) -> Sequence[QuotedCall]:
        """Return the newest words that met no answer, redacted as they are stored."""
        table = unmet_words.c
        wanted = _narrowed(table, select(unmet_words, call_summaries.c.fate), scope)
        wanted = wanted.join(call_summaries, call_summaries.c.call_id == table.call_id)
        # A caller may change the language: words in one are found in calls that began in another.
        days = self._days_with(replace(scope, language=None))
        found = self._from_days(wanted.order_by(table.day.desc()), table.day, days, limit)
        return [
            QuotedCall(row.call_id, row.day, row.language, row.intent, row.step, row.why, row.text, row.fate)
            for row in found
        ]

    def calls(
        self, scope: Scope, fate: str | None = None, step: str | None = None, limit: int = 50
    ) -> Sequence[CallOnList]:
        """Return the newest calls of the scope."""
        own = call_summaries.c
        wanted = _narrowed(own, select(own.call_id), scope)
        if fate:
            wanted = wanted.where(own.fate == fate)
        if step:
            wanted = wanted.where(own.steps.contains(f"|{step}|", autoescape=True))
        wanted = wanted.order_by(own.day.desc(), own.started_at.desc())
        found = self._from_days(wanted, own.day, self._days_with(scope, fate, step), limit)
        with beginning(self._engine) as connection:
            return _listed(connection, [row.call_id for row in found])

    def _from_days(
        self, wanted: Select[Any], day: ColumnElement[str], days: list[tuple[str, int]], limit: int
    ) -> list[Any]:
        """Return the first rows of these days: as few days at once as may hold enough of them."""
        found: list[Any] = []
        with beginning(self._engine) as connection:
            while days and len(found) < limit:
                some = _enough(days, limit - len(found))
                of_these = wanted.where(day.in_([name for name, _ in days[:some]]))
                found += connection.execute(of_these.limit(limit - len(found)))
                days = days[some:]
        return found

    def _days_with(
        self, scope: Scope, fate: str | None = None, step: str | None = None
    ) -> list[tuple[str, int]]:
        """Return the days that have such calls, the newest first, and how many at most: the sums know."""
        measures = ["calls", *(["fate"] if fate else []), *(["stays"] if step else [])]
        by_day = self.splits(measures, "day", scope)
        found = []
        for day, sums in by_day.items():
            most = sum(sums["calls"].values())
            if fate:
                most = min(most, sums["fate"].get(fate, 0))
            if step:
                most = min(most, sums["stays"].get(step, 0))
            if most:
                found.append((day, most))
        return sorted(found, reverse=True)

    def _read(self, by: str | None, part: Part, scope: Scope) -> Iterator[tuple[str, Amounts]]:
        """Yield each row that the scope adds up, with its value in column `by`.

        Whole months are read as such, so a value may come many times; split by day only days are read.
        """
        table = figure_sums.c
        column = table.period if by in (None, "day") else table[by]
        wanted = select(column, table.amounts).where(
            table.part == part, table.is_synthetic.is_(scope.is_synthetic)
        )
        for name in ("intent", "language", "release"):
            chosen = getattr(scope, name)
            if name == by and chosen is None:
                wanted = wanted.where(table[name] != ALL)
            else:
                wanted = wanted.where(table[name] == (ALL if chosen is None else chosen))
        # One range each: SQLite looks through the whole part for ranges joined by OR.
        ranges = [wanted.where(is_within) for is_within in _within(scope, by != "day")]
        with beginning(self._engine) as connection:
            found = connection.execute(union_all(*ranges)).all()
        for value, amounts in found:
            yield value, read(amounts)


def steps_of(summary: CallSummary) -> str:
    """Return the steps of the call's way as they are looked for."""
    return "|".join(("", *dict.fromkeys(stay.step for stay in summary.way), ""))


def _by_part(measures: Sequence[str]) -> dict[Part, list[str]]:
    found: dict[Part, list[str]] = {}
    for measure in measures:
        found.setdefault(part_of(measure), []).append(measure)
    return found


def _told_by_hour(amounts: Amounts, measures: Sequence[str]) -> Iterator[tuple[str, str, Mapping[str, int]]]:
    wanted = set(measures)
    for name, keys in amounts.items():
        hour, measure = name[:HOUR_DIGITS], name[HOUR_DIGITS + 1 :]
        if measure in wanted:
            yield hour, measure, keys


def _add(to: dict[str, int], keys: Mapping[str, int] | None) -> None:
    for key, amount in (keys or {}).items():
        to[key] = to.get(key, 0) + amount


def _within(scope: Scope, has_months: bool) -> list[ColumnElement[bool]]:
    """Return the ranges of rows that make up the scope's days: whole months, and the days around them."""
    table = figure_sums.c
    first = date.fromisoformat(scope.first_day)
    after = date.fromisoformat(scope.last_day) + timedelta(days=1)
    month = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    end = after.replace(day=1)  # of the month that is not whole
    if not has_months or month >= end:
        return [and_(table.span == DAY, table.period.between(scope.first_day, scope.last_day))]
    letters = slice(MONTH_LETTERS)
    return [
        and_(table.span == DAY, table.period >= scope.first_day, table.period < month.isoformat()),
        and_(
            table.span == MONTH,
            table.period >= month.isoformat()[letters],
            table.period < end.isoformat()[letters],
        ),
        and_(table.span == DAY, table.period >= end.isoformat(), table.period <= scope.last_day),
    ]


def _enough(days: Sequence[tuple[str, int]], limit: int) -> int:
    """Return how many of the days may hold so many calls."""
    total = 0
    for number, (_, most) in enumerate(days[:LOOKED_THROUGH], 1):
        total += most
        if total >= limit:
            return number
    return min(len(days), LOOKED_THROUGH)


def _listed(connection: Connection, call_ids: Sequence[str]) -> list[CallOnList]:
    """Return the calls in this order."""
    found = {}
    for start in range(0, len(call_ids), READ_AT_ONCE):
        is_meant = call_summaries.c.call_id.in_(call_ids[start : start + READ_AT_ONCE])
        for row in connection.execute(select(call_summaries).where(is_meant)):
            found[row.call_id] = CallOnList(
                row.call_id, row.started_at, row.intent, row.language, row.release, row.fate, row.summary
            )
    return [found[call_id] for call_id in call_ids if call_id in found]  # one may be erased meanwhile


def _narrowed(columns: Any, wanted: Select[Any], scope: Scope) -> Select[Any]:
    wanted = wanted.where(columns.is_synthetic.is_(scope.is_synthetic))
    for name in ("intent", "language", "release"):
        value = getattr(scope, name)
        if value is not None:
            wanted = wanted.where(columns[name] == value)
    return wanted
