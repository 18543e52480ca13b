"""Who is there to take a call: chosen by idle time, set away after missed calls, back by themselves. Pure."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

WRAP_UP_S = 15.0  # to catch one's breath
WRITING_S = 120.0  # to write down what was agreed, for who has the desk open
MISSED_IN_A_ROW = 2
AWAY_AFTER_MISSED_S = 600.0  # somebody who has no desk is not set away for ever


class Presence(StrEnum):
    """Whether an agent takes calls."""

    AVAILABLE = "available"
    AWAY = "away"
    WRAP_UP = "wrap_up"  # work after a call; available again in a moment
    WRITING = "writing"  # the notes of a call are being written at the desk


class SignedOn(Protocol):
    """What is known about an agent. `missed` counts the calls missed in a row."""

    @property
    def name(self) -> str: ...
    @property
    def presence(self) -> str: ...
    @property
    def since(self) -> datetime: ...
    @property
    def missed(self) -> int: ...


Agents = TypeVar("Agents", bound=SignedOn)


def longest_idle(agents: Iterable[Agents], busy: Collection[str], tried: Collection[str]) -> Agents | None:
    """Return who is available for longest, neither busy nor already asked; None when nobody is.

    Of two who are available for equally long it is the first.
    """
    free = (a for a in agents if a.presence == Presence.AVAILABLE and a.name not in busy)
    return min((a for a in free if a.name not in tried), key=lambda agent: agent.since, default=None)


def may_come_free(agents: Iterable[SignedOn], tried: Collection[str]) -> bool:
    """Say whether waiting helps: somebody not asked yet is at work, though perhaps busy now."""
    return any(agent.presence != Presence.AWAY and agent.name not in tried for agent in agents)


def after_missed(agent: SignedOn) -> tuple[Presence, int]:
    """Return presence and calls missed in a row, now that the agent has missed one more."""
    missed = agent.missed + 1
    return (Presence.AWAY if missed >= MISSED_IN_A_ROW else Presence(agent.presence)), missed


def after_call(agent: SignedOn) -> Presence:
    """Return the presence of an agent whose call is over; who chose to be away stays so."""
    return Presence.WRAP_UP if agent.presence == Presence.AVAILABLE else Presence(agent.presence)


def is_back(agent: SignedOn, now: datetime) -> bool:
    """Say whether the agent takes calls again: wrapped up, or away for missed calls for long enough."""
    stands_s = (now - agent.since).total_seconds()
    if agent.presence == Presence.WRAP_UP:
        return stands_s >= WRAP_UP_S
    if agent.presence == Presence.WRITING:
        return stands_s >= WRITING_S
    return was_set_away(agent) and stands_s >= AWAY_AFTER_MISSED_S


def was_set_away(agent: SignedOn) -> bool:
    """Say whether missed calls set the agent away, not their own choice."""
    return agent.presence == Presence.AWAY and agent.missed >= MISSED_IN_A_ROW
