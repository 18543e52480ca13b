"""A caller hears about an order only with its postcode, and learns nothing from a refusal."""

import pytest

from ivr.dialogue.order_check import ANSWER_EVERY_S, Checked, CheckOutcome
from tests.support.order_desk import ORDER, OrderDesk


@pytest.fixture
def desk() -> OrderDesk:
    return OrderDesk()


def test_the_right_postcode_opens_the_order(desk: OrderDesk) -> None:
    assert desk.timed("471192", "11455")[0] == Checked(CheckOutcome.FOUND, ORDER)


def test_a_wrong_postcode_and_a_missing_order_cannot_be_told_apart(desk: OrderDesk) -> None:
    wrong, wrong_s = desk.timed("471192", "11456", "CA1")
    missing, missing_s = desk.timed("999999", "11456", "CA2")
    assert wrong == missing == Checked(CheckOutcome.NO_MATCH)
    assert wrong_s == pytest.approx(missing_s, abs=1e-9) == pytest.approx(ANSWER_EVERY_S)


def test_the_third_wrong_try_locks_the_call_even_for_the_right_postcode(desk: OrderDesk) -> None:
    outcomes = [desk.timed("471192", "0000")[0].outcome for _ in range(3)]
    assert outcomes == [CheckOutcome.NO_MATCH, CheckOutcome.NO_MATCH, CheckOutcome.LOCKED]
    assert desk.timed("471192", "11455")[0] == Checked(CheckOutcome.LOCKED)


def test_a_locked_try_does_not_reach_the_order_book(desk: OrderDesk) -> None:
    for _ in range(3):
        desk.timed("471192", "0000")
    asked = len(desk.book.asked)
    desk.timed("471192", "11455")
    assert len(desk.book.asked) == asked


def test_a_failing_order_book_counts_no_try(desk: OrderDesk) -> None:
    desk.book.is_up = False
    for _ in range(5):
        assert desk.timed("471192", "11455")[0] == Checked(CheckOutcome.UNAVAILABLE)
    desk.book.is_up = True
    assert desk.timed("471192", "11455")[0].outcome is CheckOutcome.FOUND


def test_a_postcode_of_an_order_without_one_matches_nothing(desk: OrderDesk) -> None:
    assert desk.timed("999999", "-")[0].outcome is CheckOutcome.NO_MATCH
