"""How the database is opened, brought up to date, and what it refuses by itself."""

import sqlite3
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.exc import IntegrityError

from ivr.clock import SystemClock
from ivr.errors import SettingsInvalid
from ivr.records.database import STATEMENT_TIMEOUT_MS, beginning, open_engine, upgrade
from ivr.records.feed import Feed
from ivr.records.kinds import Kind
from ivr.records.models import metadata, transfers
from ivr.records.sql_records import SqlCallRecords, draw_case_number
from ivr.records.store import RecordsUnavailable
from tests.fakes.steered_clock import SteeredClock

RACES = 1000


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/a/folder/ivr.db"


@pytest.fixture
def engine(url: str) -> Engine:
    upgrade(url)
    return open_engine(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "not a database URL"),
        ("sqlite://", "no file"),
        ("sqlite:///:memory:", "no file"),
        ("mysql://localhost/ivr", "mysql is not supported"),
    ],
)
def test_a_wrong_address_is_refused_in_words(url: str, says: str) -> None:
    with pytest.raises(SettingsInvalid, match=says):
        open_engine(url)


def test_a_password_in_the_address_is_not_repeated() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        open_engine("oracle://ivr:secret@host/db")
    assert "secret" not in str(refused.value)


def test_postgresql_gets_a_driver() -> None:
    pytest.importorskip("pg8000", reason="the extra `postgres` is not installed")
    assert open_engine("postgresql://ivr@127.0.0.1/ivr").url.drivername == "postgresql+pg8000"


def test_the_schema_is_the_one_the_code_expects(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrading_twice_keeps_what_is_stored(url: str, engine: Engine) -> None:
    records = SqlCallRecords(engine, Feed(), SystemClock())
    records.append("CA1", Kind.CALL_STARTED, caller_known=True)
    upgrade(url)
    assert len(records.events("CA1")) == 1


def test_sqlite_is_set_up_for_many_threads(engine: Engine) -> None:
    def pragma(connection: Connection, name: str) -> object:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    with engine.connect() as connection:
        assert pragma(connection, "journal_mode") == "wal"
        assert pragma(connection, "foreign_keys") == 1
        assert pragma(connection, "busy_timeout") == STATEMENT_TIMEOUT_MS


@pytest.mark.parametrize("change", ["UPDATE call_events SET kind = 'x'", "UPDATE call_events SET seq = 9"])
def test_events_cannot_be_rewritten(engine: Engine, change: str) -> None:
    SqlCallRecords(engine, Feed(), SystemClock()).append("CA1", Kind.CALL_STARTED, caller_known=True)
    with pytest.raises(IntegrityError, match="append-only"), beginning(engine, is_writing=True) as connection:
        connection.execute(text(change))


def test_a_call_can_be_forgotten(engine: Engine) -> None:
    records = SqlCallRecords(engine, Feed(), SystemClock())
    records.append("CA1", Kind.CALL_STARTED, caller_known=True)
    with beginning(engine, is_writing=True) as connection:
        connection.execute(text("DELETE FROM event_streams WHERE call_id = 'CA1'"))
    assert records.events("CA1") == []


def test_without_tables_it_is_not_ready(url: str) -> None:
    records = SqlCallRecords(open_engine(url), Feed(), SystemClock())
    assert not records.is_ready()
    with pytest.raises(RecordsUnavailable):
        records.call("CA1")


def test_a_lock_is_not_waited_for_longer_than_the_limit(url: str) -> None:
    upgrade(url)
    records = SqlCallRecords(open_engine(url, statement_timeout_ms=100), Feed(), SystemClock())
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    clock = SystemClock()
    started_s = clock.monotonic()
    with pytest.raises(RecordsUnavailable):
        records.append("CA1", Kind.CALL_STARTED, caller_known=True)
    assert 0.05 < clock.monotonic() - started_s < 1.5
    assert records.events("CA1") == [], "reading goes on while somebody writes"
    other.execute("ROLLBACK")
    other.close()
    assert records.append("CA1", Kind.CALL_STARTED, caller_known=True) == 1


def test_errors_name_no_values(url: str) -> None:
    records = SqlCallRecords(open_engine(url), Feed(), SystemClock())
    with pytest.raises(RecordsUnavailable) as failed:
        records.open_call("CA1", "+46701234567", None, "en")
    assert "+46701234567" not in f"{failed.value!r} {failed.value.__cause__!s}"


def test_answers_of_yesterday_are_deleted(engine: Engine) -> None:
    clock = SteeredClock()
    records = SqlCallRecords(engine, Feed(), clock)
    records.remember_answer("yesterday", "<Response/>")
    clock.advance(23 * 3600)
    records.remember_answer("today", "<Response/>")
    clock.advance(3600)
    records.remember_answer("now", "<Response/>")
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT request_key FROM webhook_answers ORDER BY 1"))
        assert stored.scalars().all() == ["now", "today"]


def test_case_numbers_are_six_digits_and_follow_no_order() -> None:
    drawn = [draw_case_number() for _ in range(1000)]
    assert all(len(number) == 6 and number.isdecimal() and number[0] != "0" for number in drawn)
    assert len(set(drawn)) > 980
    assert sum(abs(int(a) - int(b)) == 1 for a, b in pairwise(drawn)) < 5


def test_thousands_of_races_have_one_winner_each(engine: Engine) -> None:
    """Fault table row 52: two agents accept at once."""
    records = SqlCallRecords(engine, Feed(), SystemClock())
    blank = {"state": "requested", "reason": "pressed_zero", "case": {}, "briefing": [], "tried": []}
    with beginning(engine, is_writing=True) as connection:
        requests = [
            {"transfer_id": f"T{nth}", "call_id": f"CA{nth}", "state_since": SystemClock().now(), **blank}
            for nth in range(RACES)
        ]
        connection.execute(insert(transfers), requests)
    winners: dict[str, list[bool]] = {}
    start = threading.Barrier(2)

    def accept(agent: str) -> None:
        start.wait(10)
        winners[agent] = [
            records.move_transfer(f"T{nth}", "requested", "bridged", agent=agent) for nth in range(RACES)
        ]

    agents = [threading.Thread(target=accept, args=(name,)) for name in ("Anna", "Bo")]
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join(60)
    assert all(anna != bo for anna, bo in zip(winners["Anna"], winners["Bo"], strict=True))
    for nth in range(0, RACES, 97):
        transfer = records.transfer(f"T{nth}")
        assert transfer is not None
        assert transfer.agent == ("Anna" if winners["Anna"][nth] else "Bo")
