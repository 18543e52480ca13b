"""Guessing order numbers and postcodes is limited per call, per order and per caller."""

from ivr.dialogue.try_limits import MemoryTryLimits, Try
from tests.fakes.steered_clock import SteeredClock

DAY_S = 24 * 3600


def fail(limits: MemoryTryLimits, times: int, **changes: str | None) -> bool:
    may_go_on = True
    for at in range(times):
        given = {"call_id": f"CA{at}", "order_number": f"{at:06}", "caller": f"+4670000{at:04}"} | changes
        may_go_on = limits.count_failure(Try(**given))  # type: ignore[arg-type]
    return may_go_on


def test_a_call_has_three_tries() -> None:
    limits = MemoryTryLimits(SteeredClock())
    assert fail(limits, 2, call_id="CA1")
    assert not fail(limits, 1, call_id="CA1")
    assert not limits.may_try(Try("CA1", "999999", None))
    assert limits.may_try(Try("CA2", "999999", None))


def test_an_order_has_five_tries_over_many_calls_and_callers() -> None:
    limits = MemoryTryLimits(SteeredClock())
    fail(limits, 4, order_number="471192")
    assert limits.may_try(Try("CA9", "471192", None))
    fail(limits, 1, order_number="471192")
    assert not limits.may_try(Try("CA9", "471192", None))
    assert limits.may_try(Try("CA9", "471193", None))


def test_a_caller_has_ten_tries_over_many_calls() -> None:
    limits = MemoryTryLimits(SteeredClock())
    assert fail(limits, 9, caller="+46701112233")
    assert not fail(limits, 1, caller="+46701112233")
    assert not limits.may_try(Try("CA99", "888888", "+46701112233"))
    assert limits.may_try(Try("CA99", "888888", "+46704445566"))


def test_callers_without_a_number_are_not_one_caller() -> None:
    limits = MemoryTryLimits(SteeredClock())
    fail(limits, 30, caller=None)
    assert limits.may_try(Try("CA99", "888888", None))


def test_after_a_day_tries_are_forgotten() -> None:
    clock = SteeredClock()
    limits = MemoryTryLimits(clock)
    fail(limits, 5, order_number="471192")
    clock.advance(DAY_S - 1)
    assert not limits.may_try(Try("CA9", "471192", None))
    clock.advance(2)
    assert limits.may_try(Try("CA9", "471192", None))


def test_a_guesser_over_many_orders_and_calls_is_stopped() -> None:
    limits = MemoryTryLimits(SteeredClock())
    let_through = 0
    for at in range(1000):
        attempt = Try(f"CA{at}", f"{at:06}", "+46701112233")
        if limits.may_try(attempt):
            let_through += 1
            limits.count_failure(attempt)
    assert let_through == 10
