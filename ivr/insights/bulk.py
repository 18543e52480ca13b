"""How many rows are written at once: what one statement a row would take minutes for on PostgreSQL."""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    column,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

MOST_NAMED = 1_000  # ids in one statement


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; the driver for PostgreSQL would send them one by one."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_from_given(table, rows))
    else:
        connection.execute(insert(table), list(rows))


def put_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or put them in the place of those with their keys."""
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    is_postgresql = connection.dialect.name == "postgresql"
    one = _from_given(table, rows) if is_postgresql else sqlite.insert(table)
    others = {name: one.excluded[name] for name in rows[0] if name not in key}
    putting = one.on_conflict_do_update(index_elements=key, set_=others)
    connection.execute(putting) if is_postgresql else connection.execute(putting, list(rows))


def only_one_counts(connection: Connection, table: Table) -> None:
    """Keep other processes from changing the table until the transaction ends; reading goes on.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def _from_given(table: Table, rows: Sequence[Mapping[str, Any]]) -> postgresql.Insert:
    names = list(rows[0])
    given = literal(_as_json(rows)).op("::")(text("json"))
    found = func.json_populate_recordset(text(f"NULL::{table.name}"), given).alias("given")
    columns: list[ColumnElement[Any]] = [column(name) for name in names]
    return postgresql.insert(table).from_select(names, select(*columns).select_from(found))


def set_by_value(
    connection: Connection, key: Column[Any], changed: Column[Any], values: Iterable[tuple[str, Hashable]]
) -> None:
    """Set a column of the rows with these keys; rows that get the same value share a statement."""
    by_value: dict[Hashable, list[str]] = {}
    for name, value in values:
        by_value.setdefault(value, []).append(name)
    for value, names in by_value.items():
        for start in range(0, len(names), MOST_NAMED):
            is_meant = key.in_(names[start : start + MOST_NAMED])
            connection.execute(update(key.table).where(is_meant).values({changed: value}))


def _as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps([dict(row) for row in rows], default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not written in bulk")
