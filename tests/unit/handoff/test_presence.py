"""Who is asked next, and what missed calls, ended calls and time do to an agent's presence."""

from datetime import timedelta

import pytest

from ivr.handoff import presence
from ivr.handoff.presence import AWAY_AFTER_MISSED_S, WRAP_UP_S, Presence
from ivr.records.store import AgentRow
from tests.fakes.steered_clock import SteeredClock

NOW = SteeredClock().now()
P = Presence


def agent(name: str, stands: str = P.AVAILABLE, for_s: float = 60, missed: int = 0) -> AgentRow:
    return AgentRow(name, "+46850000001", stands, NOW - timedelta(seconds=for_s), missed)


ALL = [agent("Anna"), agent("Bo", for_s=90), agent("Cari", for_s=30)]


@pytest.mark.parametrize(
    ("busy", "tried", "expected"),
    [
        ((), (), "Bo"),
        (("Bo",), (), "Anna"),
        ((), ("Bo",), "Anna"),
        (("Anna",), ("Bo",), "Cari"),
        (("Cari",), ("Anna", "Bo"), None),
        ((), ("Anna", "Bo", "Cari"), None),
    ],
)
def test_longest_idle_goes_first(busy: tuple[str, ...], tried: tuple[str, ...], expected: str | None) -> None:
    chosen = presence.longest_idle(ALL, busy, tried)
    assert (chosen and chosen.name) == expected


def test_equally_long_idle_is_asked_in_order() -> None:
    chosen = presence.longest_idle([agent("Bo"), agent("Anna")], (), ())
    assert chosen is not None
    assert chosen.name == "Bo"


@pytest.mark.parametrize("stands", [P.AWAY, P.WRAP_UP])
def test_only_who_is_available_is_asked(stands: Presence) -> None:
    assert presence.longest_idle([agent("Anna", stands)], (), ()) is None


def test_waiting_is_for_those_at_work_who_were_not_asked() -> None:
    assert presence.may_come_free([agent("Anna")], ())
    assert presence.may_come_free([agent("Anna", P.WRAP_UP)], ())
    assert not presence.may_come_free([agent("Anna")], ("Anna",))
    assert not presence.may_come_free([agent("Anna", P.AWAY)], ())
    assert not presence.may_come_free([], ())


def test_two_calls_missed_in_a_row_set_away() -> None:
    assert presence.after_missed(agent("Anna")) == (P.AVAILABLE, 1)
    assert presence.after_missed(agent("Anna", missed=1)) == (P.AWAY, 2)
    assert presence.after_missed(agent("Anna", missed=2)) == (P.AWAY, 3)


def test_after_a_call_comes_wrap_up_unless_away_was_chosen() -> None:
    assert presence.after_call(agent("Anna")) is P.WRAP_UP
    assert presence.after_call(agent("Anna", P.AWAY)) is P.AWAY


@pytest.mark.parametrize(
    ("stands", "missed", "limit_s"), [(P.WRAP_UP, 0, WRAP_UP_S), (P.AWAY, 2, AWAY_AFTER_MISSED_S)]
)
def test_back_by_themselves_after_a_while(stands: Presence, missed: int, limit_s: float) -> None:
    assert not presence.is_back(agent("Anna", stands, limit_s - 1, missed), NOW)
    assert presence.is_back(agent("Anna", stands, limit_s, missed), NOW)


def test_who_chose_to_be_away_stays_away() -> None:
    assert not presence.is_back(agent("Anna", P.AWAY, for_s=1e6), NOW)
    assert not presence.is_back(agent("Anna", P.AWAY, for_s=1e6, missed=1), NOW)
    assert not presence.is_back(agent("Anna", for_s=1e6, missed=2), NOW)
