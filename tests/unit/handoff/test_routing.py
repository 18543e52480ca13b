"""How the list of agents is read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ivr.handoff.routing import (
    LANGUAGE_WAIT_S,
    Agent,
    AgentsUnreadable,
    Need,
    RoutingUnreadable,
    best_fit,
    read_agents,
    read_workflow,
)
from ivr.records.store import AgentRow
from tests.support.transfer_scene import CALLER, TransferScene

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


def test_what_agents_speak_and_know_is_read() -> None:
    anna, centre = read_agents(
        "Anna:+46850000001 speaks sv en knows return_item invoice, "
        "Centre:sip:queue@pbx.example.com:5061 speaks fi takes many"
    )
    assert (anna.languages, anna.topics) == ({"sv", "en"}, {"return_item", "invoice"})
    assert (centre.number, centre.languages, centre.takes_many) == (
        "sip:queue@pbx.example.com:5061", {"fi"}, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "entry", ["Anna:+46850000001 speaks", "Anna:+46850000001 speaks Swedish", "Anna:sip:nobody", "A:http://x"]
)
def test_a_half_written_ability_is_refused(entry: str) -> None:
    with pytest.raises(AgentsUnreadable, match="not of the form"):
        read_agents(entry)


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(name: str, idle_s: float, presence: str = "available") -> AgentRow:
    return AgentRow(name, "+46850000001", presence, NOON - timedelta(seconds=idle_s), missed=0)


def choose(
    text: str, rows: list[AgentRow], busy: set[str] = frozenset(), waited_s: float = 0, **need: Any
) -> str | None:
    abilities = {agent.name: agent for agent in read_agents(text)}
    wants = Need(
        need.get("language", "en"),
        need.get("topic"),
        need.get("tried", ()),
        NOON - timedelta(seconds=waited_s),
    )
    found = best_fit(rows, abilities, busy, wants, NOON)
    return None if found is None else found.name


TEAM = (
    "Anna:+46850000001 speaks sv en knows invoice, Bo:+46850000002 speaks fi, Cai:+46850000003 speaks sv en"
)
ROWS = [row("Anna", 10), row("Bo", 500), row("Cai", 100)]


@pytest.mark.parametrize(
    ("situation", "who"),
    [
        ({"language": "fi"}, "Bo"),
        ({"language": "sv"}, "Cai"),
        ({"language": "sv", "topic": "invoice"}, "Anna"),
        ({"language": "sv", "topic": "invoice", "busy": {"Anna"}}, "Cai"),
        ({"language": "sv", "tried": ("Cai",)}, "Anna"),
        ({"language": "fi", "busy": {"Bo"}}, None),
        ({"language": "fi", "busy": {"Bo"}, "waited_s": LANGUAGE_WAIT_S}, "Cai"),
        ({"language": "fi", "tried": ("Bo",)}, "Cai"),
        ({"language": "da"}, "Bo"),
    ],
)
def test_language_then_topic_then_idle_time(situation: dict[str, Any], who: str | None) -> None:
    assert choose(TEAM, ROWS, **situation) == who


def test_nobody_waits_for_a_speaker_who_is_away() -> None:
    rows = [row("Anna", 10), row("Bo", 500, "away"), row("Cai", 100)]
    assert choose(TEAM, rows, language="fi") == "Cai"


def test_who_names_no_language_speaks_all() -> None:
    assert choose("Anna:+46850000001", [row("Anna", 1)], language="fi") == "Anna"


def test_a_contact_centre_takes_two_callers_at_once_and_needs_no_wrap_up() -> None:
    centre = Agent("Centre", "sip:q@pbx.example", takes_many=True)
    scene = TransferScene(centre)
    other = "CA" + "d" * 32
    first, second = scene.caller_asks(), scene.caller_asks(other)
    scene.run()
    assert [scene.row(one).state for one in (first, second)] == ["dialing", "dialing"]
    assert {number for _, _, number in scene.switchboard.did("dial")} == {"sip:q@pbx.example"}
    for one, call_id in ((first, CALLER), (second, other)):
        leg = scene.row(one).agent_call_id or ""
        scene.desk.agent_answered(one, 1, leg)
        scene.desk.agent_accepted(one, 1, leg)
        scene.desk.caller_hung_up(call_id)
    assert [agent.presence for agent in scene.records.agents()] == ["available"]


def test_workflows() -> None:
    assert read_workflow("own") is None
    assert read_workflow("taskrouter:WW" + "a" * 32) == "WW" + "a" * 32
    with pytest.raises(RoutingUnreadable):
        read_workflow("flex")
