"""Who takes transfers, as the settings name them. Pure."""

import re
from dataclasses import dataclass

# A phone number, or a browser at Twilio that is the phone.
_ADDRESS = re.compile(r"\+[1-9][0-9]{6,14}|client:[A-Za-z0-9_.-]{1,25}")


@dataclass(frozen=True)
class Agent:
    """A person who takes transfers; `number` is E.164, or client:<id>."""

    name: str
    number: str


class AgentsUnreadable(ValueError):
    """The list of agents is not `Name:+number, ...`; the message says which entry."""


def read_agents(text: str) -> tuple[Agent, ...]:
    """Read `Name:+number` entries separated by commas. Raises AgentsUnreadable."""
    agents: list[Agent] = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = (piece.strip() for piece in entry.partition(":"))
        if not name or not _ADDRESS.fullmatch(number):
            raise AgentsUnreadable(f"'{entry}' is not of the form Name:+number")
        if name in {agent.name for agent in agents}:
            raise AgentsUnreadable(f"the name '{name}' is there twice")
        agents.append(Agent(name, number))
    return tuple(agents)
