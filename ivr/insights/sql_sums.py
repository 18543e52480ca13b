"""How the rows of figure_sums are written: added to, replaced by the day, and added up to months."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from operator import itemgetter

from sqlalchemy import Connection, bindparam, delete, select

from ivr.insights.additions import DAY, MONTH, Amounts, SumKey, add_to, listed, without_zeros
from ivr.insights.bulk import put_rows
from ivr.records.insight_tables import figure_sums

KEYS_AT_ONCE = 500
_KEY = [figure_sums.c[name] for name in SumKey._fields]
_DIMENSIONS = SumKey._fields[4:]
_ONE = delete(figure_sums).where(*(column == bindparam(f"its_{column.name}") for column in _KEY))


def read(amounts: str) -> Amounts:
    """Return a row's amounts."""
    found: Amounts = json.loads(amounts)
    return found


def add_sums(connection: Connection, sums: Mapping[SumKey, Amounts]) -> None:
    """Add amounts, some of them below zero, to the rows; a row that comes to nothing goes."""
    after: dict[SumKey, Amounts] = {}
    gone: list[SumKey] = []
    before = _stored(connection, sums)
    for key, amounts in sums.items():
        total = before.get(key, {})
        add_to(total, listed(amounts))
        left = without_zeros(total)
        if left:
            after[key] = left
        elif key in before:
            gone.append(key)
    _put(connection, after)
    if gone:
        connection.execute(
            _ONE, [{f"its_{name}": part for name, part in key._asdict().items()} for key in gone]
        )


def _stored(connection: Connection, wanted: Iterable[SumKey]) -> dict[SumKey, Amounts]:
    """Return the rows with these keys, those of one period with one statement: by its index, row by row."""
    found: dict[SumKey, Amounts] = {}
    of_period = itemgetter(*range(4))
    for period, keys in groupby(sorted(wanted), key=of_period):
        own = set(keys)
        is_near = [column == part for column, part in zip(_KEY, period, strict=False)]
        is_near += [figure_sums.c[name].in_({getattr(key, name) for key in own}) for name in _DIMENSIONS]
        for row in connection.execute(select(*_KEY, figure_sums.c.amounts).where(*is_near)):
            key = SumKey(*row[:-1])
            if key in own:
                found[key] = read(row[-1])
    return found


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
    _put(connection, sums)


def _put(connection: Connection, sums: Mapping[SumKey, Amounts]) -> None:
    left = iter(sums.items())
    while some := dict(islice(left, KEYS_AT_ONCE)):
        put_rows(connection, figure_sums, list(_rows(some)))


def _rows(sums: Mapping[SumKey, Amounts]) -> Iterator[dict[str, object]]:
    for key, amounts in sums.items():
        # Sorted: the same sums are the same text, whatever way they came about.
        yield {**key._asdict(), "amounts": json.dumps(amounts, sort_keys=True, separators=(",", ":"))}
