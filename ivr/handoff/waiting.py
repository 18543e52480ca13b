"""How long a caller is likely to wait, said in rough words because nobody knows it better. Pure."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

PICK_UP_S = 30.0  # ring, briefing and key, until this service has seen some
TALK_S = 240.0  # likewise; with the wrap-up
REMEMBERED = 20


class LikelyWait(StrEnum):
    """Buckets wide enough to be honest; the wording has a sentence for each."""

    UNDER_A_MINUTE = "under_a_minute"
    A_MINUTE_OR_TWO = "a_minute_or_two"
    A_FEW_MINUTES = "a_few_minutes"
    ABOUT_TEN_MINUTES = "about_ten_minutes"
    OVER_A_QUARTER = "over_a_quarter"


_UP_TO_S = (
    (50.0, LikelyWait.UNDER_A_MINUTE),
    (130.0, LikelyWait.A_MINUTE_OR_TWO),
    (400.0, LikelyWait.A_FEW_MINUTES),
    (800.0, LikelyWait.ABOUT_TEN_MINUTES),
)


@dataclass(frozen=True)
class Outlook:
    """What a waiting caller can be told. `position` counts from 1 among those nobody is asked for yet."""

    is_agent_briefed: bool
    position: int
    likely: LikelyWait


class RecentTalks:
    """Remembers how long the newest pick-ups and talks took. Times are any steady seconds."""

    def __init__(self) -> None:
        self.pick_ups_s: deque[float] = deque(maxlen=REMEMBERED)
        self.talks_s: deque[float] = deque(maxlen=REMEMBERED)
        self._asked: dict[str, float] = {}
        self._joined: dict[str, float] = {}

    def asked(self, transfer_id: str, at_s: float) -> None:
        """Note that an agent's phone rings; the first one counts."""
        self._asked.setdefault(transfer_id, at_s)

    def joined(self, transfer_id: str, at_s: float) -> None:
        """Note that caller and agent talk."""
        self._joined[transfer_id] = at_s
        if transfer_id in self._asked:
            self.pick_ups_s.append(at_s - self._asked.pop(transfer_id))

    def over(self, transfer_id: str, at_s: float) -> None:
        """Note that the transfer has come to an end, or its talk has."""
        self._asked.pop(transfer_id, None)
        if transfer_id in self._joined:
            self.talks_s.append(at_s - self._joined.pop(transfer_id))


def likely_wait(ahead: int, free: int, at_work: int, talks: RecentTalks) -> LikelyWait:
    """Say how long somebody waits with so many callers ahead, agents free now, and agents at work.

    Every free agent takes one of the callers; each of the others waits for a talk to end.
    """
    seconds = _typical(talks.pick_ups_s, PICK_UP_S)
    if ahead >= free:
        seconds += (ahead - free + 1) * _typical(talks.talks_s, TALK_S) / max(1, at_work)
    return next((bucket for up_to_s, bucket in _UP_TO_S if seconds <= up_to_s), LikelyWait.OVER_A_QUARTER)


def _typical(seen_s: Sequence[float], otherwise_s: float) -> float:
    return median(seen_s) if seen_s else otherwise_s
