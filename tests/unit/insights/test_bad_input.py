"""What no call should leave and some do: every case is defined, and nothing is lost or told twice."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.insights.call_summary import summarise
from ivr.insights.report import friction, heart_by, overview, value_page, way
from ivr.insights.tally import Scope
from ivr.insights.unmet import unmet_words
from ivr.insights.value import Assumptions
from ivr.records.kinds import Kind
from tests.support.insights_scene import ANSWERED, DISCLOSED, HEARD, InsightsScene

EVERYTHING = Scope("2000-01-01", "2099-12-31")
NO_MATCH = (Kind.NO_MATCH, {"step": "order_number", "level": 1})
PASSED_ON = (Kind.ESCALATED, {"reason": "asked_for_person"})
BRIDGED = (Kind.TRANSFER_MOVED, {"transfer_id": "t", "state": "bridged"})
PARTED = (Kind.TRANSFER_MOVED, {"transfer_id": "t", "state": "ended"})
ENDED = (Kind.CALL_ENDED, {"outcome": "connected_to_person"})
BOT_ENDED = (Kind.CALL_ENDED, {"outcome": "solved_by_bot"})


@pytest.fixture
def house(tmp_path: Path) -> InsightsScene:
    return InsightsScene(tmp_path)


def test_events_out_of_order_say_the_same(house: InsightsScene) -> None:
    house.call("a", DISCLOSED, HEARD, NO_MATCH, ANSWERED, PASSED_ON, BRIDGED, PARTED, ENDED)
    told = list(house.records.events("a"))
    mixed = random.Random(4).sample(told, len(told))
    assert mixed != told
    assert summarise(mixed, "en") == summarise(told, "en")
    assert unmet_words(mixed, "en") == unmet_words(told, "en")


def test_a_call_that_never_ended_is_counted_and_judged_by_nobody(house: InsightsScene) -> None:
    house.call("a", DISCLOSED, HEARD, ANSWERED)
    house.clock.advance(timedelta(days=30).total_seconds())
    house.catch_up()
    shown = overview(house.tally, EVERYTHING)
    assert (shown.calls, shown.alive) == (1, 1)
    assert all(figure.n == 0 for figure in shown.containment.values())
    assert shown.heart["task_success"].n == 0


def test_a_clock_that_is_set_back_takes_no_time_away(house: InsightsScene) -> None:
    house.call("a", HEARD)
    house.clock.jump(-7200)
    for kind, facts in (ANSWERED, PASSED_ON, BRIDGED, PARTED, ENDED):
        house.records.append("a", kind, **facts)
    house.catch_up()
    summary = summarise(house.records.events("a"), "en")
    assert min(summary.total_ms, summary.bot_ms, summary.person_ms, summary.wait_ms or 0) >= 0
    assert all(stay.ms >= 0 for stay in summary.way)
    assert all(amount >= 0 for _, amount in house.tally.amounts(["stay_ms"], EVERYTHING)["stay_ms"].items())


def test_a_clock_that_jumps_ahead_leaves_the_call_on_its_first_day(house: InsightsScene) -> None:
    house.call("a", HEARD)
    house.clock.jump(timedelta(days=40).total_seconds())
    house.records.append("a", Kind.CALL_ENDED, outcome="caller_hung_up")
    house.catch_up()
    assert list(house.tally.split("calls", "day", EVERYTHING)) == ["2030-03-04"]


def test_amounts_in_two_currencies_are_never_added_up(tmp_path: Path) -> None:
    """Money is reckoned from minutes, calls and the assumptions, which are in one currency: the house's."""
    amounts = ({"total": 899, "currency": "SEK"}, {"total": 89, "currency": "EUR"})
    with_amounts, without = (InsightsScene(tmp_path / name) for name in ("with", "without"))
    for number in range(6):
        looked_up = {"system": "orders", "found": True}
        for house, told in ((with_amounts, amounts[number % 2]), (without, {})):
            house.call(f"a{number}", ANSWERED, (Kind.LOOKED_UP, looked_up | told), BOT_ENDED, caller=None)
    for house in (with_amounts, without):
        house.catch_up()
    assert with_amounts.all_sums() == without.all_sums()
    found = (value_page(house.tally, EVERYTHING, Assumptions()) for house in (with_amounts, without))
    assert next(found) == next(found)


def test_without_survey_answers_happiness_says_nothing(house: InsightsScene) -> None:
    for number in range(9):
        house.solved_call(f"a{number}", caller=None)
    house.catch_up()
    heart = overview(house.tally, EVERYTHING).heart
    assert heart["happiness_rating"].value is None
    assert heart["happiness_solved"].value is None
    assert heart["adoption"].value == 1.0


def test_a_month_without_calls_is_an_empty_month(house: InsightsScene) -> None:
    house.solved_call("a", caller=None)
    house.clock.advance(timedelta(days=75).total_seconds())
    house.solved_call("b", caller=None)
    house.catch_up()
    april = Scope("2030-04-01", "2030-04-30")
    assert overview(house.tally, april).calls == 0
    assert heart_by(house.tally, april, "hour") == {}
    assert friction(house.tally, april, {}, Assumptions()).matters == []
    assert way(house.tally, april).flow.stops == ()
    assert value_page(house.tally, april, Assumptions()).worth.cost_bot is None
    assert overview(house.tally, EVERYTHING).calls == 2


def test_two_people_with_one_number_count_against_the_bot_not_for_it(house: InsightsScene) -> None:
    """Who of them called cannot be known: the earlier call is never taken for solved."""
    house.solved_call("first", caller="+46701")
    house.clock.advance(3600)
    house.solved_call("second", caller="+46701")
    house.clock.advance(timedelta(days=8).total_seconds())
    house.catch_up()
    fates = {call.call_id: call.fate for call in house.tally.calls(EVERYTHING)}
    assert fates == {"first": "unknown", "second": "solved"}
