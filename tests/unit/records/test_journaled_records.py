"""Events while the database is away: none lost, none twice, in order (fault table rows 40 and 41)."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ivr.clock import SystemClock
from ivr.records.database import open_engine, upgrade
from ivr.records.feed import Feed
from ivr.records.journaled_records import JournaledRecords
from ivr.records.kinds import Kind
from ivr.records.sql_records import SqlCallRecords
from ivr.records.store import RecordRefused, RecordsUnavailable
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.steered_clock import SteeredClock


class ForgetfulRecords(MemoryCallRecords):
    """Stores an event and then does not say so, as a database that answers too late."""

    is_answer_lost = False
    asked = 0

    def append_at(
        self, call_id: str, kind: str, facts: Mapping[str, Any], at: datetime, event_id: str
    ) -> int:
        self.asked += 1
        seq = super().append_at(call_id, kind, facts, at, event_id)
        if self.is_answer_lost:
            raise RecordsUnavailable("the answer was lost")
        if "refuse" in facts:
            raise RecordRefused("too long")
        return seq


@pytest.fixture
def clock() -> SteeredClock:
    return SteeredClock()


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def inner(feed: Feed, clock: SteeredClock) -> ForgetfulRecords:
    return ForgetfulRecords(feed, clock)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def records(inner: ForgetfulRecords, folder: Path, clock: SteeredClock) -> JournaledRecords:
    return JournaledRecords(inner, folder, clock, retry_every_s=None)


def levels(inner: MemoryCallRecords, call_id: str = "CA1") -> list[int]:
    events = inner.events(call_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return [event.facts["level"] for event in events]


def say(records: JournaledRecords, level: int, call_id: str = "CA1") -> int:
    return records.append(call_id, Kind.NO_INPUT, step="request", level=level)


def test_a_healthy_database_needs_no_journal(
    records: JournaledRecords, inner: ForgetfulRecords, folder: Path
) -> None:
    assert [say(records, 0), say(records, 1)] == [1, 2]
    assert levels(inner) == [0, 1]
    assert not folder.exists()
    assert records.replay()


def test_events_go_on_and_follow_in_order_with_their_own_time(
    records: JournaledRecords, inner: ForgetfulRecords, clock: SteeredClock, folder: Path
) -> None:
    assert say(records, 0) == 1
    inner.is_down = True
    happened_at = []
    for level in (1, 2, 3):
        clock.advance(10)
        happened_at.append(clock.now())
        assert say(records, level) == level + 1
    assert say(records, 0, "CA2") == 1
    assert not records.replay()
    clock.advance(600)
    inner.is_down = False
    assert records.replay()
    assert levels(inner) == [0, 1, 2, 3]
    assert levels(inner, "CA2") == [0]
    assert [event.at for event in inner.events("CA1")[1:]] == happened_at
    assert list(folder.iterdir()) == []
    assert say(records, 4) == 5


def test_once_journaling_the_database_is_not_asked_until_the_replay(
    records: JournaledRecords, inner: ForgetfulRecords
) -> None:
    inner.is_answer_lost = True
    say(records, 0)
    assert inner.asked == 1
    inner.is_answer_lost = False
    say(records, 1)
    say(records, 2)
    assert inner.asked == 1, "an event must not overtake those in the journal, nor wait for the database"
    assert records.replay()
    assert levels(inner) == [0, 1, 2]


def test_an_event_stored_without_an_answer_is_not_stored_twice(
    records: JournaledRecords, inner: ForgetfulRecords
) -> None:
    inner.is_answer_lost = True
    for level in range(5):
        say(records, level)
    assert not records.replay()
    assert not records.replay()
    inner.is_answer_lost = False
    assert records.replay()
    assert levels(inner) == [0, 1, 2, 3, 4]


def test_listeners_hear_everything_once_and_at_once(
    records: JournaledRecords, inner: ForgetfulRecords, feed: Feed
) -> None:
    with feed.subscribe("CA1") as subscription:
        say(records, 0)
        inner.is_down = True
        say(records, 1)
        heard = [subscription.get(1), subscription.get(1)]
        assert [event.seq for event in heard if event] == [1, 2]
        inner.is_down = False
        records.replay()
        assert subscription.get(0.001) is None
    assert heard == inner.events("CA1")


def test_a_call_closed_while_away_gets_that_outcome_and_time(
    records: JournaledRecords, inner: ForgetfulRecords, clock: SteeredClock
) -> None:
    records.open_call("CA1", None, None, "en")
    inner.is_down = True
    closed_at = clock.now()
    assert records.close_call("CA1", "contained")
    assert not records.close_call("CA1", "dropped")
    clock.advance(60)
    inner.is_down = False
    records.replay()
    call = records.call("CA1")
    assert call is not None
    assert (call.outcome, call.ended_at) == ("contained", closed_at)
    assert not records.close_call("CA1", "dropped")


def test_an_outcome_the_database_has_stays(records: JournaledRecords, inner: ForgetfulRecords) -> None:
    records.open_call("CA1", None, None, "en")
    assert records.close_call("CA1", "contained")
    inner.is_down = True
    assert not records.close_call("CA1", "dropped")
    inner.is_down = False
    records.replay()
    call = records.call("CA1")
    assert call is not None
    assert call.outcome == "contained"


def test_a_restarted_service_takes_over_what_the_dead_one_left(
    inner: ForgetfulRecords, folder: Path, clock: SteeredClock
) -> None:
    dead = JournaledRecords(inner, folder, clock, retry_every_s=None)
    say(dead, 0)
    inner.is_down = True
    say(dead, 1)
    assert dead._journal is not None
    dead._journal.close()  # as the operating system does for a process that was killed
    while_down = JournaledRecords(inner, folder, clock, retry_every_s=None)
    say(while_down, 2)
    inner.is_down = False
    assert while_down.replay()
    assert levels(inner) == [0, 1, 2]
    assert list(folder.iterdir()) == []


def test_what_was_left_is_replayed_before_anything_new(
    inner: ForgetfulRecords, folder: Path, clock: SteeredClock
) -> None:
    dead = JournaledRecords(inner, folder, clock, retry_every_s=None)
    inner.is_down = True
    say(dead, 0)
    assert dead._journal is not None
    dead._journal.close()
    inner.is_down = False
    restarted = JournaledRecords(inner, folder, clock, retry_every_s=None)
    say(restarted, 1)
    assert levels(inner) == [0, 1]


def test_an_event_the_database_will_never_take_does_not_hold_up_the_rest(
    records: JournaledRecords, inner: ForgetfulRecords
) -> None:
    inner.is_down = True
    records.append("CA2", Kind.NO_INPUT, refuse=True)
    say(records, 0)
    inner.is_down = False
    assert records.replay()
    assert levels(inner) == [0]


def test_a_disk_that_takes_nothing_is_not_hidden(
    records: JournaledRecords, inner: ForgetfulRecords, folder: Path
) -> None:
    folder.write_text("a file where the folder should be")
    inner.is_down = True
    with pytest.raises(OSError, match="exists"):
        say(records, 0)


def test_writers_and_a_database_that_comes_and_goes(
    inner: ForgetfulRecords, folder: Path, clock: SteeredClock
) -> None:
    """The journal is the database afterwards: every event once, each writer's in its order."""
    records = JournaledRecords(inner, folder, clock, retry_every_s=None)
    is_over = threading.Event()

    def disturb() -> None:
        while not is_over.is_set():
            inner.is_down = not inner.is_down
            inner.is_answer_lost = not inner.is_answer_lost and inner.is_down
            records.replay()

    def write(call_id: str) -> None:
        for level in range(300):
            say(records, level, call_id)

    disturber = threading.Thread(target=disturb)
    writers = [threading.Thread(target=write, args=(f"CA{number}",)) for number in range(4)]
    for thread in (disturber, *writers):
        thread.start()
    for thread in writers:
        thread.join(60)
    is_over.set()
    disturber.join(60)
    inner.is_down = inner.is_answer_lost = False
    assert records.replay()
    for number in range(4):
        assert levels(inner, f"CA{number}") == list(range(300))


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[tuple[SqlCallRecords, sqlite3.Connection]]:
    """Real records whose database another process may lock."""
    file = tmp_path / "ivr.db"
    upgrade(f"sqlite:///{file}")
    engine = open_engine(f"sqlite:///{file}", statement_timeout_ms=100)
    other = sqlite3.connect(file, isolation_level=None)
    yield SqlCallRecords(engine, Feed(), SystemClock()), other
    other.close()
    engine.dispose()


def test_a_locked_database_file_holds_nobody_up_and_is_caught_up_by_itself(
    locked: tuple[SqlCallRecords, sqlite3.Connection], folder: Path
) -> None:
    inner, other = locked
    clock = SystemClock()
    records = JournaledRecords(inner, folder, clock, retry_every_s=0.05)
    say(records, 0)
    other.execute("BEGIN IMMEDIATE")
    started_s = clock.monotonic()
    for level in range(1, 21):
        assert say(records, level) == level + 1
    assert clock.monotonic() - started_s < 1.0
    assert records.is_journaling
    other.execute("ROLLBACK")
    is_done = threading.Event()
    for _ in range(100):
        if not records.is_journaling:
            break
        is_done.wait(0.05)
    assert [event.facts["level"] for event in inner.events("CA1")] == list(range(21))
