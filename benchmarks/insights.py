"""How long the insights pages take over a million stored calls, and how soon a new call is on them.

Fills a database of its own with made-up calls (their events, as a call leaves them) and counts them. One in
ten is made and counted; the others are copies, with other numbers and languages, whose sums are added up the
way counting would (`--check` counts all anew and compares). Then it asks for every page as browsers do.
Run: `python -m benchmarks.insights [--calls 1000000] [--database URL] [--check]`.
"""

import argparse
import csv
import io
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, delete, func, insert, select

from benchmarks.report import machine, save, spread, table
from ivr.insights import report
from ivr.insights.additions import ALL, Amounts, SumKey, add_to, listed
from ivr.insights.sql_sums import add_sums
from ivr.insights.sql_tally import SqlTally
from ivr.insights.tally import Scope
from ivr.insights.value import Assumptions
from ivr.records.database import beginning, open_engine, upgrade
from ivr.records.insight_tables import figure_sums, unmet_words
from ivr.records.kinds import Kind
from ivr.records.models import call_events, call_summaries, calls, event_streams

DAYS = 365
ASKED_EACH = 20
WRITTEN_AT_ONCE = 2_000
INTENTS = ("order_status", "track_delivery", "return_item", "invoice", "opening_hours", "complaint", "stock")
LANGUAGES = ("en", "sv", "nb", "fi")
NEXT_LANGUAGE = "<next language>"
MADE_ID = 34  # letters
SAID = (
    "do you sell gift cards for the summer house",
    "can I have the parcel wrapped as a gift",
    "is the coffee machine loud when it grinds",
    "I would like to work for you this winter",
    "the chair I bought has a broken leg",
    "who cleans the windows of your store",
)
CALLERS = 60_000
COPIES = 9
LAST_DAY = datetime(2026, 10, 31, tzinfo=UTC)
NOW = LAST_DAY + timedelta(hours=20)
Event = tuple[str, float, dict[str, Any]]


def main() -> int:
    """Fill, count, ask, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument(
        "--database", help="an empty database, or one filled before; a file of its own by default"
    )
    parser.add_argument("--check", action="store_true", help="count everything anew and compare")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ivr-insights-") as folder:
        url = given.database or f"sqlite:///{folder}/ivr.db"
        upgrade(url)
        engine = open_engine(url, 3_600_000)
        result = {"machine": machine(), "calls": given.calls, "database": url.partition(":")[0]}
        result |= _measure(engine, given.calls)
        if given.check:
            result["recomputed_is_identical"] = _is_identical(engine)
        save(f"insights_{result['database']}", result)
    return 0 if all(row["p95"] <= 1.0 for row in result["pages"]) and result["new_call_s"] <= 5 else 1


def _measure(engine: Engine, count: int) -> dict[str, Any]:
    tally = _tally(engine)
    began = time.perf_counter()
    if not _has_calls(engine):
        _fill(engine, max(1, count // (COPIES + 1)))
        filled = time.perf_counter()
        print(f"filled in {filled - began:.0f} s", file=sys.stderr)
        tally.rebuild(NOW)
        print(f"counted in {time.perf_counter() - filled:.0f} s", file=sys.stderr)
        _copy_all(engine)
        print(f"copied after {time.perf_counter() - began:.0f} s", file=sys.stderr)
    pages = []
    for name, scope in _scopes().items():
        for page, ask in _pages(tally, scope).items():
            seconds = [_timed(ask) for _ in range(ASKED_EACH)]
            pages.append({"page": f"{page}, {name}", **spread(seconds)})
    _write(
        engine,
        [
            (
                f"newest {time.time_ns()}",
                LAST_DAY + timedelta(hours=12),
                _events(random.Random(1), "sv", "stock"),
            )
        ],
    )
    new_call_s = _timed(lambda: tally.catch_up(NOW))
    print(table(("page", "n", "p50 s", "p95 s"), [(p["page"], p["n"], p["p50"], p["p95"]) for p in pages]))
    print(f"a new call is counted in {new_call_s:.2f} s, after at most 2 s of waiting for its turn")
    return {
        "stored": _rows(engine),
        "pages": pages,
        "new_call_s": round(new_call_s + 2.0, 2),
    }


def _has_calls(engine: Engine) -> bool:
    with beginning(engine) as connection:
        return connection.execute(select(calls.c.call_id).limit(1)).first() is not None


def _is_identical(engine: Engine) -> bool:
    """Count every call anew and compare each sum."""
    before = _all_sums(engine)
    _tally(engine).rebuild(NOW)
    return before == _all_sums(engine)


def _all_sums(engine: Engine) -> set[tuple[Any, ...]]:
    with beginning(engine) as connection:
        return {tuple(row) for row in connection.execute(select(figure_sums))}


def _tally(engine: Engine) -> SqlTally:
    return SqlTally(engine, ZoneInfo("Europe/Stockholm"), str)


def _rows(engine: Engine) -> dict[str, int]:
    tables = (calls, call_events, call_summaries, figure_sums, unmet_words)
    with beginning(engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        }


def _copy_all(engine: Engine) -> None:
    """Add COPIES of every call, with another number and in another language, and their sums."""
    own = {"call_id": "call_id || '-{k}'", "event_id": "'{k}-' || event_id", "language": NEXT_LANGUAGE}
    own |= {"caller": "'+{k}' || substr(caller, 3)", "caller_key": "'+{k}' || substr(caller_key, 3)"}
    for k in range(1, COPIES + 1):
        with beginning(engine, is_writing=True) as connection:
            for table in (calls, event_streams, call_events, call_summaries, unmet_words):
                names = [column.name for column in table.columns]
                chosen = ", ".join(own.get(name, name).format(k=k) for name in names)
                from_made = f"FROM {table.name} WHERE length(call_id) = {MADE_ID}"
                turned = _in_language(chosen, k)
                connection.exec_driver_sql(
                    f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {turned} {from_made}"
                )
    _multiply_sums(engine)


def _multiply_sums(engine: Engine) -> None:
    """Replace the sums by those of the calls and their copies: what adding up ten times would give."""
    with beginning(engine) as connection:
        made = {SumKey(*row[:-1]): json.loads(row[-1]) for row in connection.execute(select(figure_sums))}
    sums: dict[SumKey, Amounts] = {}
    for key, amounts in made.items():
        for k in range(COPIES + 1):
            language = key.language if key.language == ALL else _turned(k)[key.language]
            add_to(sums.setdefault(key._replace(language=language), {}), listed(amounts))
    with beginning(engine, is_writing=True) as connection:
        connection.execute(delete(figure_sums))
    keys = list(sums)
    for start in range(0, len(keys), WRITTEN_AT_ONCE):
        with beginning(engine, is_writing=True) as connection:
            add_sums(connection, {key: sums[key] for key in keys[start : start + WRITTEN_AT_ONCE]})


def _turned(k: int) -> dict[str, str]:
    return {language: LANGUAGES[(number + k) % len(LANGUAGES)] for number, language in enumerate(LANGUAGES)}


def _in_language(chosen: str, k: int) -> str:
    cases = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in _turned(k).items())
    return chosen.replace(NEXT_LANGUAGE, f"CASE language {cases} END AS language")


def _scopes() -> dict[str, Scope]:
    last = LAST_DAY.date()
    return {
        "four weeks": Scope((last - timedelta(days=27)).isoformat(), last.isoformat()),
        "four weeks, one matter": Scope(
            (last - timedelta(days=27)).isoformat(), last.isoformat(), intent="invoice"
        ),
        "a year": Scope((last - timedelta(days=364)).isoformat(), last.isoformat()),
    }


def _pages(tally: SqlTally, scope: Scope) -> dict[str, Callable[[], object]]:
    """Return what each page asks for, choices of its form and all."""
    given = Assumptions()
    asked: dict[str, Callable[[], object]] = {
        "overview": lambda: report.overview(tally, scope),
        "heart by matter": lambda: report.heart_by(tally, scope, "intent"),
        "heart by hour": lambda: report.heart_by(tally, scope, "hour"),
        "friction": lambda: report.friction(tally, scope, {}, given),
        "flow": lambda: report.way(tally, scope),
        "value": lambda: report.value_page(tally, scope, given),
        "calls": lambda: tally.calls(scope, fate="gave_up"),
        "calls by step": lambda: tally.calls(scope, step="waiting"),
    }
    return {name: partial(_with_choices, tally, scope, ask) for name, ask in asked.items()}


def _with_choices(tally: SqlTally, scope: Scope, ask: Callable[[], object]) -> None:
    report.choices(tally, scope)
    ask()


def _timed(what: Any) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def _fill(engine: Engine, count: int) -> None:
    chance = random.Random(20261031)
    batch = []
    for number in range(count):
        at = (
            LAST_DAY
            - timedelta(days=chance.randrange(DAYS))
            + timedelta(seconds=chance.randrange(7, 21) * 3600)
        )
        at += timedelta(seconds=chance.randrange(3600))
        language = chance.choices(LANGUAGES, (6, 3, 1, 1))[0]
        batch.append((f"CA{number:032x}", at, _events(chance, language, chance.choice(INTENTS))))
        if len(batch) == WRITTEN_AT_ONCE:
            _write(engine, batch)
            batch = []
    _write(engine, batch)


def _write(engine: Engine, batch: list[tuple[str, datetime, list[Event]]]) -> None:
    if not batch:
        return
    written = {
        calls: [
            {
                "call_id": call_id,
                "caller": f"+467{crc32(call_id.encode()) % CALLERS:08}",
                "language": events[1][2]["language"],
                "started_at": at,
            }
            for call_id, at, events in batch
        ],
        event_streams: [
            {"call_id": call_id, "last_seq": len(events), "counted_seq": 0} for call_id, _, events in batch
        ],
        call_events: [
            {
                "call_id": call_id,
                "seq": seq,
                "event_id": f"{call_id[-20:]}{seq}",
                "kind": kind,
                "facts": facts,
            }
            | {"at": at + timedelta(seconds=after_s)}
            for call_id, at, events in batch
            for seq, (kind, after_s, facts) in enumerate(events, 1)
        ],
    }
    with beginning(engine, is_writing=True) as connection:
        for table, rows in written.items():
            if engine.dialect.name == "postgresql":
                _copy(connection, table.name, rows)
            else:
                connection.execute(insert(table), rows)


def _copy(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    """Write rows as PostgreSQL takes them fastest; the driver sends an INSERT row by row."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    for row in rows:
        plain = (json.dumps(value) if isinstance(value, dict) else value for value in row.values())
        writer.writerow(plain)
    lines.seek(0)
    columns = ", ".join(rows[0])
    cursor: Any = connection.connection.cursor()
    cursor.execute(f"COPY {table} ({columns}) FROM STDIN WITH CSV", stream=lines)


def _events(chance: random.Random, language: str, intent: str) -> list[Event]:
    return list(_told(chance, language, intent))


def _told(chance: random.Random, language: str, intent: str) -> Iterator[Event]:
    at = 0.0
    yield Kind.CALL_STARTED, at, {"caller_known": True, "release": f"r{chance.choice((7, 7, 8))}"}
    yield Kind.DISCLOSURE_PLAYED, at + 3.3, {"text_version": "v1", "language": language, "is_complete": True}
    at = 6.0
    if chance.random() < 0.06:
        yield Kind.KEYS_ENTERED, at, {"turn": 1, "digits": "0"}
        yield from _passed_on(chance, at, "pressed_zero")
        return
    for turn in range(1, chance.randint(2, 5)):
        at += chance.uniform(3, 9)
        yield (
            Kind.UTTERANCE_HEARD,
            at,
            {"turn": turn, "text": chance.choice(SAID), "asr_confidence": round(chance.random(), 3)},
        )
        if chance.random() < 0.02:
            asked = {"turn": turn, "intent": "out_of_scope", "intent_confidence": 0.8, "verdict": "answered"}
            yield Kind.TURN_ANSWERED, at + 0.6, {**asked, "expects": {"step": "open_question"}}
            continue
        if chance.random() < 0.12:
            yield Kind.NO_MATCH, at, {"step": "order_number", "level": 1}
            continue
        step = "order_number" if turn == 1 else "anything_else"
        answer = {"turn": turn, "intent": intent, "intent_confidence": 0.9, "verdict": "answered"}
        timings = {"time_to_first_audio_s": round(chance.lognormvariate(-0.6, 0.35), 3)}
        yield Kind.TURN_ANSWERED, at + 0.6, {**answer, "expects": {"step": step}, "timings": timings}
        if step == "anything_else":
            yield Kind.LOOKED_UP, at + 0.4, {"system": "orders", "found": chance.random() < 0.9}
    if intent == "complaint" or chance.random() < 0.1:
        yield from _passed_on(chance, at, "frustrated" if chance.random() < 0.2 else "asked_for_person")
        return
    outcome = "solved_by_bot" if chance.random() < 0.85 else "caller_hung_up"
    if outcome == "solved_by_bot" and chance.random() < 0.2:
        for question, value in (("solved", int(chance.random() < 0.8)), ("rating", chance.randint(2, 5))):
            at += 3
            yield Kind.SURVEY_ANSWERED, at, {"question": question, "value": value, "way": "key"}
    yield Kind.CALL_ENDED, at + 4, {"outcome": outcome}


def _passed_on(chance: random.Random, at: float, reason: str) -> Iterator[Event]:
    yield Kind.ESCALATED, at, {"reason": reason}
    wait = chance.expovariate(1 / 25)
    if wait > 90:
        yield Kind.CALL_ENDED, at + 90, {"outcome": "caller_hung_up"}
        return
    yield Kind.TRANSFER_MOVED, at + wait, {"transfer_id": "t", "state": "bridged"}
    talk = chance.uniform(60, 400)
    yield Kind.TRANSFER_MOVED, at + wait + talk, {"transfer_id": "t", "state": "ended"}
    yield Kind.CALL_ENDED, at + wait + talk, {"outcome": "connected_to_person"}


if __name__ == "__main__":
    sys.exit(main())
