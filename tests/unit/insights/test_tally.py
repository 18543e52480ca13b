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

from ivr.insights.sql_tally import SqlTally
from ivr.insights.tally import Scope
from ivr.records.database import open_engine, upgrade
from ivr.records.feed import Feed
from ivr.records.kinds import Kind
from ivr.records.sql_records import SqlCallRecords
from tests.fakes.steered_clock import SteeredClock

EVERYTHING = Scope("0000-01-01", "9999-12-31")
ANSWER = {
    "turn": 1,
    "intent": "order_status",
    "verdict": "answered",
    "expects": {"step": "anything_else"},
    "timings": {"time_to_first_audio_s": 0.62},
}


class House:
    """Records and their tally on one steered clock."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder}/ivr.db"
        upgrade(url)
        self.clock = SteeredClock()
        engine = open_engine(url)
        self.records = SqlCallRecords(engine, Feed(), self.clock)
        self.tally = SqlTally(engine, "Europe/Stockholm", lambda number: f"key of {number}")

    def call(self, call_id: str, *kinds: tuple[Kind, dict[str, Any]], caller: str | None = "+46701") -> None:
        self.records.open_call(call_id, caller, "+468", "en")
        self.records.append(call_id, Kind.CALL_STARTED, caller_known=True, release="r1")
        for kind, facts in kinds:
            self.clock.advance(1)
            self.records.append(call_id, kind, **facts)

    def solved_call(self, call_id: str, caller: str | None = "+46701") -> None:
        disclosed = {"text_version": "v", "language": "en", "is_complete": True}
        self.call(
            call_id,
            (Kind.DISCLOSURE_PLAYED, disclosed),
            (Kind.UTTERANCE_HEARD, {"turn": 1, "text": "where is it", "asr_confidence": 0.9}),
            (Kind.TURN_ANSWERED, ANSWER),
            (Kind.CALL_ENDED, {"outcome": "solved_by_bot"}),
            caller=caller,
        )

    def catch_up(self) -> None:
        while self.tally.catch_up(self.clock.now()):
            pass

    def fates(self) -> dict[str, int]:
        return dict(self.tally.amounts(["fate"], EVERYTHING)["fate"])


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_contained_call_is_unknown_until_the_caller_has_not_called_again(house: House) -> None:
    house.solved_call("a")
    house.catch_up()
    assert house.fates() == {"unknown": 1}
    house.clock.advance(timedelta(days=8).total_seconds())
    house.catch_up()
    assert house.fates() == {"solved": 1}


def test_who_calls_again_was_not_helped(house: House) -> None:
    house.solved_call("a")
    house.clock.advance(3600)
    house.solved_call("b")
    house.clock.advance(timedelta(days=8).total_seconds())
    house.catch_up()
    assert house.fates() == {"solved": 1, "unknown": 1}
    assert house.tally.amounts(["called_again"], EVERYTHING)["called_again"] == {"": 1}


def test_who_hangs_up_after_a_failure_was_not_contained(house: House) -> None:
    house.call(
        "a",
        (Kind.TURN_ANSWERED, ANSWER),
        (Kind.NO_MATCH, {"step": "anything_else", "level": 1}),
        (Kind.CALL_ENDED, {"outcome": "caller_hung_up"}),
    )
    house.catch_up()
    assert house.fates() == {"gave_up": 1}
    assert house.tally.amounts(["left_at"], EVERYTHING)["left_at"] == {"anything_else": 1}


def test_a_call_that_lives_is_counted_and_has_no_fate(house: House) -> None:
    house.call("a", (Kind.TURN_ANSWERED, ANSWER))
    house.catch_up()
    assert house.tally.amounts(["calls", "alive", "fate"], EVERYTHING) == {
        "calls": {"": 1}, "alive": {"": 1}, "fate": {},
    }  # fmt: skip


def test_only_what_the_scope_asks_for_is_summed(house: House) -> None:
    house.solved_call("a", caller=None)
    house.catch_up()
    assert house.tally.amounts(["calls"], Scope("0000-01-01", "9999-12-31", language="sv"))["calls"] == {}
    assert house.tally.split("calls", "intent", EVERYTHING) == {"order_status": {"": 1}}
    assert [call.call_id for call in house.tally.calls(EVERYTHING, step="order_status")] == ["a"]
    assert not house.tally.calls(EVERYTHING, fate="gave_up")


def test_another_split_is_refused(house: House) -> None:
    with pytest.raises(ValueError, match="language"):
        house.tally.split("calls", "agent", EVERYTHING)


@contextmanager
def fresh_house() -> Iterator[House]:
    with TemporaryDirectory() as folder:
        yield House(Path(folder))


HAPPENINGS = st.sampled_from(
    [
        (Kind.TURN_ANSWERED, ANSWER),
        (Kind.NO_MATCH, {"step": "order_number", "level": 1}),
        (Kind.BARGE_IN, {"prompt_id": "x"}),
        (Kind.ESCALATED, {"reason": "frustrated"}),
        (Kind.TRANSFER_MOVED, {"transfer_id": "t", "state": "bridged", "agent": "Anna"}),
        (Kind.SURVEY_ANSWERED, {"is_solved": True, "rating": 4, "way": "key"}),
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
            st.integers(0, 5 * 86_400),
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
        "hour_fate",
        "rating_sum",
        "total_ms",
    ]
    with fresh_house() as house:
        for number, (caller, kinds, pause_s, is_counted_now) in enumerate(calls):
            house.call(f"call {number}", *kinds, caller=caller)
            house.clock.advance(pause_s)
            if is_counted_now:
                house.catch_up()
        house.catch_up()
        counted = house.tally.amounts(measures, EVERYTHING)
        by_day = house.tally.split("fate", "day", EVERYTHING)
        house.tally.rebuild(house.clock.now())
        assert house.tally.amounts(measures, EVERYTHING) == counted
        assert house.tally.split("fate", "day", EVERYTHING) == by_day
