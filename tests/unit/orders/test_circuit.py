"""The circuit breaker, in steered time."""

import pytest

from ivr.orders.circuit import Circuit, CircuitOpen
from tests.fakes.steered_clock import SteeredClock


class Broken(Exception):
    """A failure that counts."""


def fail(circuit: Circuit) -> None:
    with pytest.raises(Broken), circuit.attempt(Broken):
        raise Broken


def succeed(circuit: Circuit) -> None:
    with circuit.attempt(Broken):
        pass


def refuses(circuit: Circuit) -> bool:
    try:
        succeed(circuit)
    except CircuitOpen:
        return True
    return False


@pytest.fixture
def clock() -> SteeredClock:
    return SteeredClock()


@pytest.fixture
def circuit(clock: SteeredClock) -> Circuit:
    return Circuit(clock, trip_after=3, rest_s=30)


def test_failures_in_a_row_open_it(circuit: Circuit) -> None:
    fail(circuit)
    fail(circuit)
    assert not circuit.is_open
    fail(circuit)
    assert circuit.is_open
    assert refuses(circuit)


def test_a_success_in_between_starts_the_count_anew(circuit: Circuit) -> None:
    for _ in range(4):
        fail(circuit)
        fail(circuit)
        succeed(circuit)
    assert not circuit.is_open


def test_another_exception_does_not_count(circuit: Circuit) -> None:
    for _ in range(9):
        with pytest.raises(ZeroDivisionError), circuit.attempt(Broken):
            raise ZeroDivisionError
    assert not circuit.is_open


def test_a_good_trial_closes_it(circuit: Circuit, clock: SteeredClock) -> None:
    for _ in range(3):
        fail(circuit)
    clock.advance(29.9)
    assert refuses(circuit)
    clock.advance(0.1)
    assert not refuses(circuit)
    fail(circuit)
    fail(circuit)
    assert not circuit.is_open


def test_a_bad_trial_opens_it_for_as_long_again(circuit: Circuit, clock: SteeredClock) -> None:
    for _ in range(3):
        fail(circuit)
    clock.advance(30)
    fail(circuit)
    clock.advance(29.9)
    assert refuses(circuit)
    clock.advance(0.1)
    assert not refuses(circuit)


def test_only_one_trial_at_a_time(circuit: Circuit, clock: SteeredClock) -> None:
    for _ in range(3):
        fail(circuit)
    clock.advance(30)
    with circuit.attempt(Broken):
        assert refuses(circuit)
    assert not refuses(circuit)


def test_a_clock_set_right_does_not_matter(circuit: Circuit, clock: SteeredClock) -> None:
    for _ in range(3):
        fail(circuit)
    clock.jump(3600)
    assert refuses(circuit)
    clock.jump(-7200)
    clock.advance(30)
    assert not refuses(circuit)
