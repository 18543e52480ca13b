"""What is counted of calls on SQLite is counted on PostgreSQL, where there is one: the same rows."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.insights.tally import Scope
from ivr.records.database import open_engine, upgrade
from ivr.records.kinds import Kind
from tests.support.insights_scene import ANSWERED, HEARD, InsightsScene

POSTGRESQL_URL = os.environ.get("IVR_TEST_DATABASE_URL", "")
pytestmark = pytest.mark.skipif(
    not POSTGRESQL_URL, reason="IVR_TEST_DATABASE_URL names no PostgreSQL database that may be emptied"
)
EVERYTHING = Scope("2000-01-01", "2099-12-31")
PAGES = ("", "/heart?by=hour", "/heart?by=release", "/friction", "/flow", "/value", "/calls?step=waiting")


@pytest.fixture
def house(tmp_path: Path) -> InsightsScene:
    engine = open_engine(POSTGRESQL_URL, 30_000)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    upgrade(POSTGRESQL_URL)
    return InsightsScene(tmp_path, POSTGRESQL_URL)


def some_weeks(house: InsightsScene) -> None:
    for number in range(12):
        house.solved_call(f"a{number}", caller=f"+4670{number % 5}")
        house.call(f"b{number}", HEARD, (Kind.NO_MATCH, {"step": "order_number", "level": 1}), caller=None)
        house.call(f"c{number}", ANSWERED, (Kind.ESCALATED, {"reason": "frustrated"}), caller="+46799")
        house.catch_up()
        house.clock.advance(timedelta(days=3).total_seconds())
    house.catch_up()


def test_both_databases_hold_the_same_sums(house: InsightsScene, tmp_path: Path) -> None:
    on_sqlite = InsightsScene(tmp_path)
    for one in (house, on_sqlite):
        some_weeks(one)
    counted = house.all_sums()
    assert counted == on_sqlite.all_sums()
    house.tally.rebuild(house.clock.now())
    assert house.all_sums() == counted
    for page in PAGES:
        assert house.reader().sees(f"/insights{page}").status_code == 200, page


def test_two_processes_that_count_at_once_count_each_call_once(house: InsightsScene) -> None:
    for number in range(60):
        house.solved_call(f"a{number}", caller=None)
    tallies = [house.another_tally() for _ in range(2)]
    counting = [threading.Thread(target=tally.catch_up, args=(house.clock.now(),)) for tally in tallies]
    for one in counting:
        one.start()
    for one in counting:
        one.join()
    house.catch_up()
    assert house.tally.amounts(["calls"], EVERYTHING)["calls"] == {"": 60}
    counted = house.all_sums()
    house.tally.rebuild(house.clock.now())
    assert house.all_sums() == counted
