"""Who takes transfers: people and contact centres as the settings name them, and who fits whom. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from ivr.handoff.presence import Presence, SignedOn, longest_idle

LANGUAGE_WAIT_S = 120.0  # how long somebody waits for a person who speaks their language, while there is one
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SIP = re.compile(r"sips?:[A-Za-z0-9._~%+-]+@[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_BROWSER = re.compile(r"client:[A-Za-z0-9_.-]{1,100}")  # whose phone is the desk, by Twilio
LONGEST_ADDRESS = 128
_ENTRY = re.compile(
    r"(?P<name>[^:]+?)\s*:\s*(?P<address>\S+)"
    r"(?:\s+speaks\s+(?P<languages>[a-z]{2}(?:\s+[a-z]{2})*))?"
    r"(?:\s+knows\s+(?P<topics>[a-z_]+(?:\s+[a-z_]+)*?))?"
    r"(?P<many>\s+takes\s+many)?"
)
_WORKFLOW = re.compile(r"taskrouter:(?P<sid>WW[0-9a-f]{32})")


@dataclass(frozen=True)
class Agent:
    """A person, or a contact centre behind one address (E.164, SIP, client:<id>), who takes transfers.

    No languages means every language. `topics` are intents they know best; they take others as well.
    Who takes many is never busy.
    """

    name: str
    number: str
    languages: frozenset[str] = field(default=frozenset())
    topics: frozenset[str] = field(default=frozenset())
    takes_many: bool = False

    def speaks(self, language: str) -> bool:
        """Say whether they talk to callers in this language."""
        return not self.languages or language in self.languages


@dataclass(frozen=True)
class Need:
    """What a waiting caller needs of a person. `tried` are those who were asked already."""

    language: str
    topic: str | None
    tried: Sequence[str]
    since: datetime


class AgentsUnreadable(ValueError):
    """The list of agents is not `Name:+number, ...`; the message says which entry."""


class RoutingUnreadable(ValueError):
    """The routing is neither `own` nor `taskrouter:WW...`."""


def read_agents(text: str) -> tuple[Agent, ...]:
    """Read entries separated by commas. Raises AgentsUnreadable.

    An entry is `Name:+number`, `Name:sip:queue@host` or `Name:client:id`, then, where wanted and in
    this order, `speaks sv en`, `knows return_item invoice`, `takes many`.
    """
    agents: list[Agent] = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        found = _ENTRY.fullmatch(entry)
        address = found["address"] if found else ""
        is_address = len(address) <= LONGEST_ADDRESS and any(
            kind.fullmatch(address) for kind in (_E164, _SIP, _BROWSER)
        )
        if found is None or not is_address:
            raise AgentsUnreadable(
                f"'{entry}' is not of the form Name:+number, such as Anna:+46850000001 speaks sv en"
            )
        if found["name"] in {agent.name for agent in agents}:
            raise AgentsUnreadable(f"the name '{found['name']}' is there twice")
        languages = frozenset((found["languages"] or "").split())
        topics = frozenset((found["topics"] or "").split())
        agents.append(Agent(found["name"], address, languages, topics, bool(found["many"])))
    return tuple(agents)


def read_workflow(text: str) -> str | None:
    """Return the TaskRouter workflow that callers are handed to; None for our own desk.

    Raises RoutingUnreadable.
    """
    if text == "own":
        return None
    found = _WORKFLOW.fullmatch(text)
    if found is None:
        raise RoutingUnreadable("write own, or taskrouter: and the SID of a workflow (WW...)")
    return found["sid"]


Row = TypeVar("Row", bound=SignedOn)


def best_fit(
    rows: Sequence[Row], abilities: Mapping[str, Agent], busy: Collection[str], need: Need, now: datetime
) -> Row | None:
    """Return who is asked now; None when nobody is free, or somebody is worth waiting for.

    First who speaks the language, among them who knows the topic, among them who is idle for longest.
    While somebody who speaks it is at work and was not asked yet, others are only asked after
    LANGUAGE_WAIT_S: a person in another language is better than no person.
    """
    speaking = [row for row in rows if _ability(row, abilities).speaks(need.language)]
    for group in (
        [row for row in speaking if need.topic in _ability(row, abilities).topics],
        speaking,
    ):
        found = longest_idle(group, busy, need.tried)
        if found is not None:
            return found
    is_one_coming = any(row.presence != Presence.AWAY and row.name not in need.tried for row in speaking)
    if is_one_coming and (now - need.since).total_seconds() < LANGUAGE_WAIT_S:
        return None
    return longest_idle(rows, busy, need.tried)


def _ability(row: SignedOn, abilities: Mapping[str, Agent]) -> Agent:
    return abilities.get(row.name) or Agent(row.name, "")
