"""Backups in which every call is sealed with a key of its own: how they are written and read back."""

import base64
import gzip
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, Date, Engine, Table, func, insert, select, text

from ivr.clock import Clock
from ivr.errors import IvrError
from ivr.privacy.call_keys import CallKeys, seal, unseal
from ivr.privacy.ledger import fingerprint
from ivr.records.columns import UtcDateTime, metadata
from ivr.records.database import beginning
from ivr.records.models import calls, event_streams, webhook_answers
from ivr.records.studio_tables import inbox_decisions

FORMAT = 1
AT_ONCE = 200  # calls held in memory, and restored in one transaction
ROWS_AT_ONCE = 2000
_OF_CALLS = tuple(table for table in metadata.sorted_tables if "call_id" in table.c)
# Answers to the phone network are of no use after a day.
_OF_HOUSE = tuple(t for t in metadata.sorted_tables if "call_id" not in t.c and t is not webhook_answers)

Rows = Mapping[str, list[dict[str, Any]]]


class BackupUnusable(IvrError):
    """The file or the database is not fit for it; the message says why."""


class Backup:
    """Writes and reads backups of the whole database but answers to webhooks."""

    def __init__(self, engine: Engine, keys: CallKeys, clock: Clock) -> None:
        self._engine = engine
        self._keys = keys
        self._clock = clock

    def write(self, target: Path) -> Counter[str]:
        """Write a backup; return how many calls and other rows are in it. Raises BackupUnusable."""
        if target.exists():
            raise BackupUnusable(f"{target} is there already")
        counts: Counter[str] = Counter()
        unfinished = target.with_name(target.name + ".part")
        unfinished.touch(mode=0o600)
        with self._looking() as connection, gzip.open(unfinished, "wt", encoding="ascii") as file:
            head = {"format": FORMAT, "made_at": self._clock.now().isoformat()}
            file.write(json.dumps(head) + "\n")
            for call_ids in _in_pieces(_call_ids(connection), AT_ONCE):
                keys = self._keys.ensure(call_ids)
                for call_id, rows in _rows_of(connection, call_ids).items():
                    file.write(_line("call", fingerprint(call_id), keys[call_id], rows))
                    counts["calls"] += 1
            house = self._keys.house()
            for table in _OF_HOUSE:
                found = (_without_words(table, row) for row in connection.execute(select(table)))
                for piece in _in_pieces(found, ROWS_AT_ONCE):
                    file.write(_line("table", table.name, house, {table.name: piece}))
                    counts["other rows"] += len(piece)
        unfinished.replace(target)
        return counts

    def restore(self, source: Path) -> Counter[str]:
        """Read a backup into a database without calls; return how many came back and how many are erased.

        Raises BackupUnusable.
        """
        with beginning(self._engine) as connection:
            if connection.execute(select(func.count()).select_from(calls)).scalar_one():
                raise BackupUnusable(
                    "The database has calls already; restore into a new one (`ivr db upgrade`)."
                )
        counts: Counter[str] = Counter()
        known = self._keys.known()
        for lines in _in_pieces(_lines(source), AT_ONCE):
            opened = [_opened(line, known) for line in lines]
            counts["calls erased since"] += opened.count(None)
            counts["calls"] += sum(
                "call" in line for line, rows in zip(lines, opened, strict=True) if rows is not None
            )
            with beginning(self._engine, is_writing=True) as connection:
                for rows in filter(None, opened):
                    _insert(connection, rows)
        with beginning(self._engine, is_writing=True) as connection:
            _count_on(connection)
        return counts

    def _looking(self) -> Connection:
        """One moment for all tables, whatever calls go on."""
        is_sqlite = self._engine.dialect.name == "sqlite"
        engine = (
            self._engine if is_sqlite else self._engine.execution_options(isolation_level="REPEATABLE READ")
        )
        return engine.connect()


def _call_ids(connection: Connection) -> list[str]:
    """Calls, and those that left events without ever being opened."""
    of_both = select(calls.c.call_id).union(select(event_streams.c.call_id))
    return list(connection.execute(of_both).scalars())


def _rows_of(connection: Connection, call_ids: Collection[str]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    found: dict[str, dict[str, list[dict[str, Any]]]] = {call_id: {} for call_id in call_ids}
    for table in _OF_CALLS:
        for row in connection.execute(select(table).where(table.c.call_id.in_(call_ids))):
            found[row.call_id].setdefault(table.name, []).append(_plain(row))
    return found


def _without_words(table: Table, row: Any) -> dict[str, Any]:
    """Return a row of the house; designers' labels without the words of callers, who may be erased later."""
    return {**_plain(row), "sentences": []} if table is inbox_decisions else _plain(row)


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime | date) else value
        for name, value in row._mapping.items()
    }


def _line(kind: str, name: str, key: bytes, rows: Rows) -> str:
    content = gzip.compress(json.dumps(rows, ensure_ascii=False).encode(), compresslevel=6)
    return json.dumps({kind: name, "sealed": base64.b64encode(seal(key, name, content)).decode()}) + "\n"


def _lines(source: Path) -> Iterator[dict[str, str]]:
    try:
        with gzip.open(source, "rt", encoding="ascii") as file:
            head = json.loads(file.readline())
            if head.get("format") != FORMAT:
                raise BackupUnusable(f"{source} is no backup of this version")
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, ValueError, AttributeError) as broken:
        raise BackupUnusable(f"{source} cannot be read: {broken}") from broken


def _opened(line: Mapping[str, str], known: Mapping[str, bytes]) -> Rows | None:
    """Return the rows of a line; None for a call whose key was destroyed, or made anew after that."""
    name = line.get("call") or line["table"]
    key = known.get(line.get("call", "house"))
    try:
        content = unseal(key, name, base64.b64decode(line["sealed"])) if key is not None else None
    except InvalidTag:
        content = None
    if content is not None:
        rows: Rows = json.loads(gzip.decompress(content))
        return rows
    if "call" not in line:
        raise BackupUnusable("The house's key is not in the file of keys: this backup cannot be read.")
    return None


def _insert(connection: Connection, rows: Rows) -> None:
    for table in metadata.sorted_tables:
        if rows.get(table.name):
            connection.execute(insert(table), [_typed(table, row) for row in rows[table.name]])


def _typed(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table, name, value) for name, value in row.items() if name in table.c}


def _value(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _count_on(connection: Connection) -> None:
    """PostgreSQL's counters go on after the highest number that came back."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and connection.execute(select(func.count()).select_from(table)).scalar_one():
            found = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
            highest = f"(SELECT max({column.name}) FROM {table.name})"
            connection.execute(text(f"SELECT setval({found}, {highest})"))


def _in_pieces(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    piece: list[Any] = []
    for item in items:
        piece.append(item)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece
