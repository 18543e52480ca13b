"""How the list of agents is read."""

import pytest

from ivr.handoff.routing import Agent, AgentsUnreadable, read_agents

ANNA, BO = Agent("Anna", "+46850000001"), Agent("Bo", "+46850000002")


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
