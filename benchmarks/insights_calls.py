"""A year of made-up calls in a database of their own: their events, as calls leave them, and what is counted.

One in ten is made and counted; the others are copies with other numbers and in other languages, whose sums
are added up the way counting would.
"""

import csv
import io
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Engine, delete, insert, select

from ivr.insights.additions import ALL, Amounts, SumKey, add_to, listed
from ivr.insights.sql_sums import add_sums
from ivr.records.database import beginning
from ivr.records.insight_tables import figure_sums, unmet_words
from ivr.records.kinds import Kind
from ivr.records.models import call_events, call_summaries, calls, event_streams

DAYS = 365
RELEASE_DAYS = 21  # then a new one comes; one call in ten is still with the one before
WRITTEN_AT_ONCE = 2_000
INTENTS = (
    "order_status", "track_delivery", "change_order", "cancel_order", "return_item", "return_status",
    "invoice", "balance", "opening_hours", "locations", "stock", "complaint", "payment_problem",
    "change_details", "delete_my_data", "emergency",
)  # fmt: skip
SHARES = (20, 14, 6, 5, 9, 6, 7, 3, 6, 4, 6, 6, 4, 3, 0.5, 0.02)
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
LAST_DAY = datetime(2026, 10, 20, tzinfo=UTC)  # so that neither end of a year is a month's
Event = tuple[str, float, dict[str, Any]]


def fill(engine: Engine, count: int) -> None:
    """Write calls with their events, nothing counted."""
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
        intent = chance.choices(INTENTS, SHARES)[0]
        batch.append((f"CA{number:032x}", at, events_of(chance, language, intent, at)))
        if len(batch) == WRITTEN_AT_ONCE:
            write(engine, batch)
            batch = []
    write(engine, batch)


def write(engine: Engine, batch: list[tuple[str, datetime, list[Event]]]) -> None:
    """Write calls: their ids, when they began, their events."""
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


def events_of(chance: random.Random, language: str, intent: str, began: datetime) -> list[Event]:
    """Return what a call leaves: kind, seconds since it began, facts."""
    return list(_told(chance, language, intent, release_at(began, chance.random() < 0.1)))


def release_at(moment: datetime, is_behind: bool = False) -> str:
    """Return the release that serves then, or the one before."""
    return f"r{(moment.date().toordinal() // RELEASE_DAYS) - is_behind}"


def _told(chance: random.Random, language: str, intent: str, release: str) -> Iterator[Event]:
    at = 0.0
    yield Kind.CALL_STARTED, at, {"caller_known": True, "release": release}
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


def copy_all(engine: Engine) -> None:
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
    is_period = figure_sums.c.period
    with beginning(engine) as connection:
        periods = list(connection.execute(select(is_period).distinct()).scalars())
    for period in periods:
        with beginning(engine, is_writing=True) as connection:
            of_period = select(figure_sums).where(is_period == period)
            sums: dict[SumKey, Amounts] = {}
            for row in connection.execute(of_period).all():
                key, amounts = SumKey(*row[:-1]), listed(json.loads(row[-1]))
                for k in range(COPIES + 1):
                    language = key.language if key.language == ALL else _turned(k)[key.language]
                    add_to(sums.setdefault(key._replace(language=language), {}), amounts)
            connection.execute(delete(figure_sums).where(is_period == period))
            add_sums(connection, sums)


def _turned(k: int) -> dict[str, str]:
    return {language: LANGUAGES[(number + k) % len(LANGUAGES)] for number, language in enumerate(LANGUAGES)}


def _in_language(chosen: str, k: int) -> str:
    cases = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in _turned(k).items())
    return chosen.replace(NEXT_LANGUAGE, f"CASE language {cases} END AS language")
