"""Who is asked next, and how the list of agents is read."""

import pytest

from ivr.handoff.routing import Agent, AgentsUnreadable, next_agent, read_agents

ANNA, BO, CARI = Agent("Anna", "+46850000001"), Agent("Bo", "+46850000002"), Agent("Cari", "+46850000003")
ALL = (ANNA, BO, CARI)


@pytest.mark.parametrize(
    ("busy", "tried", "expected"),
    [
        ((), (), ANNA),
        (("Anna",), (), BO),
        ((), ("Anna",), BO),
        (("Bo",), ("Anna",), CARI),
        (("Cari",), ("Anna", "Bo"), None),
        ((), ("Anna", "Bo", "Cari"), None),
    ],
)
def test_next_agent(busy: tuple[str, ...], tried: tuple[str, ...], expected: Agent | None) -> None:
    assert next_agent(ALL, busy, tried) == expected


def test_nobody_to_ask() -> None:
    assert next_agent((), (), ()) is None


def test_read_agents() -> None:
    assert read_agents(" Anna:+46850000001, Bo : +46850000002 ,") == (ANNA, BO)
    assert read_agents("") == ()


@pytest.mark.parametrize(
    "text", ["Anna", "Anna:", ":+46850000001", "Anna:0850000001", "Anna:+4685x", "Anna:+46 850000001", "A:+1"]
)
def test_unreadable_entry_is_named(text: str) -> None:
    with pytest.raises(AgentsUnreadable, match="not of the form"):
        read_agents(text)


def test_the_same_name_twice_would_hide_one_of_them() -> None:
    with pytest.raises(AgentsUnreadable, match="twice"):
        read_agents("Anna:+46850000001,Anna:+46850000002")
