"""Reads what has been counted: sums by day, by month and by hour, lists of calls, words without answers."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, and_, func, select

from ivr.insights.tally import CallOnList, HourOfRelease, QuotedCall, Scope
from ivr.records.database import beginning
from ivr.records.insight_tables import hour_counts, unmet_words
from ivr.records.models import call_summaries, day_counts, month_counts

READ_AT_ONCE = 500
MONTH = 7  # characters of YYYY-MM
SPLITS = {"day", "intent", "language", "release"}
Sums = Mapping[str, Mapping[str, int]]


class SqlFigures:
    """The asking half of `Tally`. Safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def amounts(self, measures: Sequence[str], scope: Scope) -> Sums:
        """Return the sums of each measure by key."""
        found: dict[str, dict[str, int]] = {measure: {} for measure in measures}
        for _, measure, key, amount in self._sums(None, measures, scope):
            found[measure][key] = found[measure].get(key, 0) + amount
        return found

    def split(self, measure: str, by: str, scope: Scope) -> Sums:
        """Return a measure's sums by key for each value of a column. Raises ValueError for another column."""
        return {value: sums[measure] for value, sums in self.splits([measure], by, scope).items()}

    def splits(self, measures: Sequence[str], by: str, scope: Scope) -> Mapping[str, Sums]:
        """Return the sums of measures by key for each value of a column. Raises ValueError."""
        if by not in SPLITS:
            raise ValueError(f"figures are split by {', '.join(sorted(SPLITS))}")
        return _grouped(self._sums(by, measures, scope), measures)

    def by_hour(self, measures: Sequence[str], scope: Scope) -> Mapping[str, Sums]:
        """Return the sums by key for each hour of the day. Raises ValueError for one matter or language."""
        if scope.intent is not None or scope.language is not None:
            raise ValueError("hours are counted for all matters and languages together")
        columns = (hour_counts.c.hour, hour_counts.c.measure, hour_counts.c.key)
        wanted = select(*columns, func.sum(hour_counts.c.amount)).where(
            hour_counts.c.measure.in_(measures),
            hour_counts.c.day.between(scope.first_day, scope.last_day),
        )
        wanted = _narrowed(hour_counts.c, wanted, scope).group_by(*columns)
        with beginning(self._engine) as connection:
            found = [(row[0], row[1], row[2], int(row[3])) for row in connection.execute(wanted)]
        return _grouped(found, measures)

    def hours(self, measures: Sequence[str], days: Sequence[str]) -> Mapping[HourOfRelease, Sums]:
        """Return the sums of real calls in each hour of these days, by release."""
        table = hour_counts.c
        columns = (table.day, table.hour, table.release, table.measure, table.key)
        wanted = select(*columns, table.amount).where(
            table.day.in_(days), table.measure.in_(measures), table.is_synthetic.is_(False)
        )
        found: dict[HourOfRelease, dict[str, dict[str, int]]] = {}
        with beginning(self._engine) as connection:
            for day, hour, release, measure, key, amount in connection.execute(wanted):
                sums = found.setdefault(HourOfRelease(day, hour, release), {})
                sums.setdefault(measure, {})[key] = int(amount)
        return found

    def quotes(self, scope: Scope, limit: int) -> Sequence[QuotedCall]:
        """Return the newest words that met no answer, redacted as they are stored."""
        table = unmet_words.c
        is_inside = table.day.between(scope.first_day, scope.last_day)
        wanted = _narrowed(table, select(unmet_words, call_summaries.c.fate).where(is_inside), scope)
        wanted = wanted.join(call_summaries, call_summaries.c.call_id == table.call_id)
        with beginning(self._engine) as connection:
            return [
                QuotedCall(
                    row.call_id, row.day, row.language, row.intent, row.step, row.why, row.text, row.fate
                )
                for row in connection.execute(wanted.order_by(table.day.desc()).limit(limit))
            ]

    def calls(
        self, scope: Scope, fate: str | None = None, step: str | None = None, limit: int = 50
    ) -> Sequence[CallOnList]:
        """Return the newest calls of the scope."""
        is_inside = call_summaries.c.day.between(scope.first_day, scope.last_day)
        wanted = _narrowed(call_summaries.c, select(call_summaries).where(is_inside), scope)
        if fate is not None:
            wanted = wanted.where(call_summaries.c.fate == fate)
        wanted = wanted.order_by(call_summaries.c.day.desc(), call_summaries.c.started_at.desc())
        found = []
        with beginning(self._engine) as connection:
            for row in connection.execute(wanted.execution_options(yield_per=READ_AT_ONCE)):
                if step is not None and all(stay["step"] != step for stay in row.summary["way"]):
                    continue
                found.append(
                    CallOnList(
                        row.call_id,
                        row.started_at,
                        row.intent,
                        row.language,
                        row.release,
                        row.fate,
                        row.summary,
                    )
                )
                if len(found) == limit:
                    break
        return found

    def _sums(self, by: str | None, measures: Sequence[str], scope: Scope) -> list[tuple[str, str, str, int]]:
        """Return (value, measure, key, amount); one may come twice, from months and from days."""
        with beginning(self._engine) as connection:
            months = [] if by == "day" else self._whole_months(connection, scope)
            of_months = month_counts.c.month.in_(months)
            of_days = and_(
                day_counts.c.day.between(scope.first_day, scope.last_day),
                func.substr(day_counts.c.day, 1, MONTH).not_in(months),
            )
            found: list[tuple[str, str, str, int]] = []
            parts = [(day_counts, of_days), *([(month_counts, of_months)] if months else [])]
            for table, is_within in parts:
                value = [] if by is None else [table.c[by]]
                columns = (*value, table.c.measure, table.c.key)
                wanted = select(*columns, func.sum(table.c.amount))
                wanted = wanted.where(table.c.measure.in_(measures), is_within)
                wanted = _narrowed(table.c, wanted, scope).group_by(*columns)
                for row in connection.execute(wanted):
                    found.append((row[0] if by else "", row[-3], row[-2], int(row[-1])))
        return found

    def _whole_months(self, connection: Connection, scope: Scope) -> list[str]:
        """Return the months that are summed up and lie in the scope from their first to their last day."""
        first = scope.first_day[:MONTH] if scope.first_day.endswith("-01") else f"{scope.first_day[:MONTH]}~"
        after = (date.fromisoformat(scope.last_day) + timedelta(days=1)).isoformat()[:MONTH]
        known = select(month_counts.c.month).where(month_counts.c.measure == "calls").distinct()
        is_inside = and_(month_counts.c.month >= first, month_counts.c.month < after)
        return list(connection.execute(known.where(is_inside)).scalars())


def _grouped(
    found: Sequence[tuple[str, str, str, int]], measures: Sequence[str]
) -> dict[str, dict[str, dict[str, int]]]:
    grouped: dict[str, dict[str, dict[str, int]]] = {}
    for value, measure, key, amount in found:
        of_value = grouped.setdefault(value, {name: {} for name in measures})
        of_value[measure][key] = of_value[measure].get(key, 0) + amount
    return dict(sorted(grouped.items()))


def _narrowed(columns: Any, wanted: Select[Any], scope: Scope) -> Select[Any]:
    wanted = wanted.where(columns.is_synthetic.is_(scope.is_synthetic))
    for name in ("intent", "language", "release"):
        value = getattr(scope, name)
        if value is not None:
            wanted = wanted.where(columns[name] == value)
    return wanted
