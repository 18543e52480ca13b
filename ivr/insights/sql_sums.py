"""How the rows of figure_sums are written: added to, replaced by the day, and added up to months."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from sqlalchemy import Connection, delete, select, tuple_

from ivr.insights.additions import DAY, MONTH, Amounts, SumKey, add_to, listed, without_zeros
from ivr.insights.bulk import put_rows
from ivr.records.insight_tables import figure_sums

KEYS_AT_ONCE = 500
_KEY = [figure_sums.c[name] for name in SumKey._fields]
_IS_ONE_OF = tuple_(*_KEY)


def read(amounts: str) -> Amounts:
    """Return a row's amounts."""
    found: Amounts = json.loads(amounts)
    return found


def add_sums(connection: Connection, sums: Mapping[SumKey, Amounts]) -> None:
    """Add amounts, some of them below zero, to the rows; a row that comes to nothing goes."""
    for keys in _some(sums, KEYS_AT_ONCE):
        stored = connection.execute(select(*_KEY, figure_sums.c.amounts).where(_IS_ONE_OF.in_(keys)))
        before = {SumKey(*row[:-1]): read(row[-1]) for row in stored}
        after: dict[SumKey, Amounts] = {}
        for key in keys:
            after[key] = before.get(key, {})
            add_to(after[key], listed(sums[key]))
        kept = {key: left for key, amounts in after.items() if (left := without_zeros(amounts))}
        put_rows(connection, figure_sums, list(_rows(kept)))
        gone = [key for key in before if key not in kept]
        if gone:
            connection.execute(delete(figure_sums).where(_IS_ONE_OF.in_(gone)))


def replace_day(connection: Connection, day: str, sums: Mapping[SumKey, Amounts]) -> None:
    """Put a day's sums in the place of those that are there."""
    _replace(connection, DAY, day, sums)


def add_up_month(connection: Connection, month: str) -> None:
    """Put the sums of a month's days in the place of the month's."""
    table = figure_sums.c
    of_month = (table.span == DAY, table.period.between(f"{month}-01", f"{month}-31"))
    found: dict[SumKey, Amounts] = {}
    for row in connection.execute(select(*_KEY, table.amounts).where(*of_month)):
        key = SumKey(*row[:-1])._replace(span=MONTH, period=month)
        add_to(found.setdefault(key, {}), listed(read(row[-1])))
    _replace(connection, MONTH, month, found)


def _replace(connection: Connection, span: str, period: str, sums: Mapping[SumKey, Amounts]) -> None:
    table = figure_sums.c
    connection.execute(delete(figure_sums).where(table.span == span, table.period == period))
    for keys in _some(sums, KEYS_AT_ONCE):
        put_rows(connection, figure_sums, list(_rows({key: sums[key] for key in keys})))


def _rows(sums: Mapping[SumKey, Amounts]) -> Iterator[dict[str, object]]:
    for key, amounts in sums.items():
        # Sorted: the same sums are the same text, whatever way they came about.
        yield {**key._asdict(), "amounts": json.dumps(amounts, sort_keys=True, separators=(",", ":"))}


def _some(keys: Iterable[SumKey], most: int) -> Iterator[Sequence[SumKey]]:
    left = iter(keys)
    while some := list(islice(left, most)):
        yield some
