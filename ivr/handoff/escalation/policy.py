"""How much each signal weighs and when that is enough: the designers' policy as plain values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.handoff.escalation.signals import Signal, Situation, Topics


@dataclass(frozen=True)
class SignalRule:
    """What one signal is worth.

    It counts from `counts_from` on, `points` times its strength, at most `most` times a call (the
    strongest). One that does not last fades with every turn. From `at_once_from` on a person is fetched
    whatever the sum.
    """

    means: str
    points: float
    counts_from: float = 0.5
    at_once_from: float | None = None
    lasts: bool = False
    most: int = 3


@dataclass(frozen=True)
class Condition:
    """When an adjustment holds; what is not set does not matter."""

    intents: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    waiting_from: int | None = None
    between: tuple[int, int] | None = None  # minutes after midnight; may run past it
    is_staffed: bool | None = None

    def holds(self, intent: str | None, language: str, situation: Situation) -> bool:
        """Say whether everything that is set fits."""
        return (
            (not self.intents or intent in self.intents)
            and (not self.languages or language in self.languages)
            and (self.waiting_from is None or situation.waiting >= self.waiting_from)
            and (self.is_staffed is None or situation.is_staffed is self.is_staffed)
            and (self.between is None or _is_between(situation.local_minute, self.between))
        )


@dataclass(frozen=True)
class Adjustment:
    """A condition under which the bot tries more (+) or less (-) before it fetches a person."""

    means: str
    when: Condition
    threshold: float


@dataclass(frozen=True)
class Policy:
    """The whole policy. `version` is the fingerprint of what the designers wrote."""

    version: str
    threshold: float
    offer_from: float
    fade: float
    signals: Mapping[Signal, SignalRule]
    adjustments: tuple[Adjustment, ...] = ()
    topics: Topics = field(default_factory=Topics)


def _is_between(minute: int | None, between: tuple[int, int]) -> bool:
    if minute is None:
        return False
    begin, end = between
    return begin <= minute < end if begin <= end else minute >= begin or minute < end
