"""What is counted of calls, step by step and anew."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.insights.tally import Scope
from ivr.records.kinds import Kind
from tests.support.insights_scene import ANSWERED, HEARD, InsightsScene

EVERYTHING = Scope("2000-01-01", "2099-12-31")


def fates(house: InsightsScene) -> dict[str, int]:
    return dict(house.tally.amounts(["fate"], EVERYTHING)["fate"])


@pytest.fixture
def house(tmp_path: Path) -> InsightsScene:
    return InsightsScene(tmp_path)


def test_a_contained_call_is_unknown_until_the_caller_has_not_called_again(house: InsightsScene) -> None:
    house.solved_call("a")
    house.catch_up()
    assert fates(house) == {"unknown": 1}
    house.clock.advance(timedelta(days=8).total_seconds())
    house.catch_up()
    assert fates(house) == {"solved": 1}


def test_who_calls_again_was_not_helped(house: InsightsScene) -> None:
    house.solved_call("a")
    house.clock.advance(3600)
    house.solved_call("b")
    house.clock.advance(timedelta(days=8).total_seconds())
    house.catch_up()
    assert fates(house) == {"solved": 1, "unknown": 1}
    assert house.tally.amounts(["called_again"], EVERYTHING)["called_again"] == {"": 1}


def test_who_hangs_up_after_a_failure_was_not_contained(house: InsightsScene) -> None:
    house.call(
        "a",
        ANSWERED,
        (Kind.NO_MATCH, {"step": "anything_else", "level": 1}),
        (Kind.CALL_ENDED, {"outcome": "caller_hung_up"}),
    )
    house.catch_up()
    assert fates(house) == {"gave_up": 1}
    assert house.tally.amounts(["left_at"], EVERYTHING)["left_at"] == {"anything_else": 1}


def test_a_call_that_lives_is_counted_and_has_no_fate(house: InsightsScene) -> None:
    house.call("a", ANSWERED)
    house.catch_up()
    assert house.tally.amounts(["calls", "alive", "fate"], EVERYTHING) == {
        "calls": {"": 1}, "alive": {"": 1}, "fate": {},
    }  # fmt: skip


def test_only_what_the_scope_asks_for_is_summed(house: InsightsScene) -> None:
    house.solved_call("a", caller=None)
    house.catch_up()
    assert house.tally.amounts(["calls"], Scope("2000-01-01", "2099-12-31", language="sv"))["calls"] == {}
    assert house.tally.split("calls", "intent", EVERYTHING) == {"order_status": {"": 1}}
    assert [call.call_id for call in house.tally.calls(EVERYTHING, step="order_status")] == ["a"]
    assert not house.tally.calls(EVERYTHING, fate="gave_up")


def test_another_split_is_refused(house: InsightsScene) -> None:
    with pytest.raises(ValueError, match="language"):
        house.tally.split("calls", "agent", EVERYTHING)


@contextmanager
def fresh_house() -> Iterator[InsightsScene]:
    with TemporaryDirectory() as folder:
        yield InsightsScene(Path(folder))


HAPPENINGS = st.sampled_from(
    [
        ANSWERED,
        (Kind.NO_MATCH, {"step": "order_number", "level": 1}),
        (Kind.BARGE_IN, {"prompt_id": "x"}),
        (Kind.ESCALATED, {"reason": "frustrated"}),
        (Kind.TRANSFER_MOVED, {"transfer_id": "t", "state": "bridged", "agent": "Anna"}),
        (Kind.SURVEY_ANSWERED, {"question": "rating", "value": 4, "way": "key"}),
        (Kind.CALL_ENDED, {"outcome": "solved_by_bot"}),
        (Kind.CALL_ENDED, {"outcome": "caller_hung_up"}),
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["+461", "+462", None]),
            st.lists(HAPPENINGS, max_size=5),
            st.integers(0, 20 * 86_400),
            st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_counted_step_by_step_is_counted_anew(calls: list[Any]) -> None:
    with fresh_house() as house:
        for number, (caller, kinds, pause_s, is_counted_now) in enumerate(calls):
            house.call(f"call {number}", *kinds, caller=caller)
            house.clock.advance(pause_s)  # over the turn of a month, too
            if is_counted_now:
                house.catch_up()
        house.catch_up()
        counted = house.all_sums()
        by_hour = house.tally.by_hour(["calls", "fate", "no_matches", "annoyed"], EVERYTHING)
        by_day = house.tally.split("fate", "day", EVERYTHING)
        house.tally.rebuild(house.clock.now())
        assert house.all_sums() == counted  # every row, letter by letter
        over = house.tally.amounts(["fate"], EVERYTHING)["fate"]
        assert sum(sums["calls"].get("", 0) for sums in by_hour.values()) == len(calls)
        assert sum(sum(of_day.values()) for of_day in by_day.values()) == sum(over.values())


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [
        ("2030-01-01", "2030-03-31"),  # whole months
        ("2030-01-15", "2030-03-20"),  # one of them, and days around it
        ("2030-01-15", "2030-02-28"),  # a month that ends with the scope
        ("2030-02-01", "2030-02-20"),  # none
        ("2030-01-30", "2030-02-02"),
        ("2030-02-11", "2030-02-11"),
        ("2029-12-31", "2031-01-01"),
    ],
)
def test_whole_months_and_days_around_them_are_the_days(
    calls_of_weeks: InsightsScene, first_day: str, last_day: str
) -> None:
    scope = Scope(first_day, last_day)
    tally = calls_of_weeks.tally
    by_day = tally.splits(["calls", "edge", "fate"], "day", scope)
    for measure in ("calls", "edge", "fate"):
        added: Counter[str] = Counter()
        for sums in by_day.values():
            added.update(sums[measure])
        assert tally.amounts([measure], scope)[measure] == added
    assert all(first_day <= day <= last_day for day in by_day)
    assert by_day


@pytest.fixture(scope="module")
def calls_of_weeks(tmp_path_factory: pytest.TempPathFactory) -> InsightsScene:
    house = InsightsScene(tmp_path_factory.mktemp("weeks"))
    house.clock.jump(-(house.clock.now() - datetime(2030, 1, 3, 12, tzinfo=UTC)).total_seconds())
    for number in range(30):
        house.solved_call(f"call {number}", caller=None)
        house.clock.advance(timedelta(days=3).total_seconds())
    house.catch_up()
    return house


def test_hours_are_told_of_one_matter_in_one_language(house: InsightsScene) -> None:
    house.solved_call("a", caller=None)
    house.call("b", HEARD, caller=None)
    house.catch_up()
    hour = "10"  # ten in Stockholm is nine in UTC
    everything = house.tally.by_hour(["calls", "fate"], EVERYTHING)
    assert everything == {hour: {"calls": {"": 2}, "fate": {"unknown": 1}}}
    one = replace(EVERYTHING, intent="order_status", language="en", release="r1")
    assert house.tally.by_hour(["calls"], one) == {hour: {"calls": {"": 1}}}
    assert house.tally.by_hour(["calls"], replace(one, language="sv")) == {}


def test_calls_by_a_step_are_found_wherever_they_are(house: InsightsScene) -> None:
    house.call("old", (Kind.ESCALATED, {"reason": "asked_for_person"}), caller=None)
    for number in range(60):
        house.clock.advance(timedelta(days=1).total_seconds())
        house.solved_call(f"call {number}", caller=None)
    house.catch_up()
    assert [call.call_id for call in house.tally.calls(EVERYTHING, step="waiting")] == ["old"]
    newest = house.tally.calls(EVERYTHING, step="order_status", limit=45)
    assert [call.call_id for call in newest] == [f"call {number}" for number in range(59, 14, -1)]
    assert not house.tally.calls(EVERYTHING, step="wait")
    assert not house.tally.calls(EVERYTHING, step="%")


def test_a_call_that_is_heard_of_while_all_is_counted_anew_is_not_lost(house: InsightsScene) -> None:
    """The service counts beside `ivr insights rebuild`: the day it added to is counted once more."""
    house.solved_call("a", caller=None)
    service = house.another_tally()
    is_first = True

    class Slow(type(house.tally)):  # type: ignore[misc]
        def _counted(self, day: str) -> Any:
            nonlocal is_first
            found = super()._counted(day)
            if is_first:
                is_first = False
                house.solved_call("b", caller=None)
                service.catch_up(house.clock.now())
            return found

    Slow(house.engine, ZoneInfo("Europe/Stockholm"), str).rebuild(house.clock.now())
    counted = house.all_sums()
    assert house.tally.amounts(["calls"], EVERYTHING)["calls"] == {"": 2}
    house.tally.rebuild(house.clock.now())
    assert house.all_sums() == counted
