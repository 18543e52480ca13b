"""Who counts as served in time, and who not yet."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.handoff.service_level import Share, person_requests, service_level

T0 = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Moves = list[tuple[float, str]]


def served(*callers: Moves, now_s: float = 1000) -> tuple[Share, Share, int]:
    moves = [
        (T0 + timedelta(seconds=at), f"t{number}", state)
        for number, caller in enumerate(callers)
        for at, state in caller
    ]
    level = service_level(person_requests(moves), T0 + timedelta(seconds=now_s))
    return level.answered, level.settled, level.left


@pytest.mark.parametrize(
    ("caller", "answered", "settled"),
    [
        ([(0, "requested"), (1, "dialing"), (20, "bridged")], 1, 1),
        ([(0, "requested"), (21, "bridged"), (90, "ended")], 0, 1),
        ([(0, "requested"), (181, "bridged")], 0, 0),
        ([(0, "requested"), (60, "given_up")], 0, 1),
        ([(0, "requested"), (60, "message"), (80, "given_up")], 0, 1),
        ([(0, "requested"), (5, "abandoned")], 0, 0),
        ([(0, "requested"), (5, "bridged"), (9, "agent_lost"), (9, "requested"), (500, "bridged")], 1, 1),
    ],
)
def test_a_request_is_answered_and_settled_in_time_or_not(caller: Moves, answered: int, settled: int) -> None:
    assert served(caller)[:2] == (Share(answered, 1), Share(settled, 1))


def test_who_still_waits_within_the_limit_is_not_counted_yet() -> None:
    waits: Moves = [(0, "requested"), (1, "dialing")]
    assert served(waits, now_s=15) == (Share(0, 0), Share(0, 0), 0)
    assert served(waits, now_s=21) == (Share(0, 1), Share(0, 0), 0)
    assert served(waits, now_s=181) == (Share(0, 1), Share(0, 1), 0)


def test_shares_of_nothing_have_no_percentage() -> None:
    assert Share(0, 0).percent is None
    assert Share(2, 3).percent == 67


def test_who_hangs_up_is_counted_as_lost() -> None:
    assert served([(0, "requested"), (5, "abandoned")], [(0, "requested"), (5, "bridged")])[2] == 1
