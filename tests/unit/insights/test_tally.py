"""What is counted of calls, step by step and anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.insights.tally import Scope
from ivr.records.kinds import Kind
from tests.support.insights_scene import ANSWERED, InsightsScene

EVERYTHING = Scope("0000-01-01", "9999-12-30")


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
    assert house.tally.amounts(["calls"], Scope("0000-01-01", "9999-12-30", language="sv"))["calls"] == {}
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
    measures = [
        "calls",
        "fate",
        "edge",
        "called_again",
        "stay_ms",
        "failure",
        "hour",
        "rating_sum",
        "total_ms",
    ]
    with fresh_house() as house:
        for number, (caller, kinds, pause_s, is_counted_now) in enumerate(calls):
            house.call(f"call {number}", *kinds, caller=caller)
            house.clock.advance(pause_s)  # over the turn of a month, too
            if is_counted_now:
                house.catch_up()
        house.catch_up()
        counted = house.tally.amounts(measures, EVERYTHING)
        by_day = house.tally.split("fate", "day", EVERYTHING)
        by_hour = house.tally.by_hour(["calls", "fate", "no_matches", "annoyed"], EVERYTHING)
        house.tally.rebuild(house.clock.now())
        assert house.tally.amounts(measures, EVERYTHING) == counted
        assert house.tally.split("fate", "day", EVERYTHING) == by_day
        assert house.tally.by_hour(["calls", "fate", "no_matches", "annoyed"], EVERYTHING) == by_hour
        assert sum(sums["calls"].get("", 0) for sums in by_hour.values()) == len(calls)
        assert sum(sum(of_day.values()) for of_day in by_day.values()) == sum(counted["fate"].values())
