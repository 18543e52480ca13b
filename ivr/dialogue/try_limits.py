"""How often order numbers and postcodes may be tried: per call, per order and per caller."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from ivr.clock import Clock

DAY_S = 24 * 3600


@dataclass(frozen=True)
class Try:
    """One attempt to be let in. `caller` is None when the number is withheld or not known."""

    call_id: str
    order_number: str
    caller: str | None


class TryLimits(Protocol):
    """Counts failed attempts. Every method is safe from any thread."""

    def may_try(self, attempt: Try) -> bool:
        """Say whether this attempt may be checked at all."""
        ...

    def count_failure(self, attempt: Try) -> bool:
        """Count a failed attempt; say whether the call may try once more."""
        ...


class MemoryTryLimits:
    """Counts in memory: 3 per call, 5 per order and 10 per caller in 24 hours.

    A restart forgets. Figures: a limit per order alone still lets a guesser through over many orders,
    and callers' numbers can be forged, so all three count. Withheld numbers share one allowance
    per call only.
    """

    def __init__(self, clock: Clock, per_call: int = 3, per_order: int = 5, per_caller: int = 10) -> None:
        self._clock = clock
        self._limits = {"call": per_call, "order": per_order, "caller": per_caller}
        self._failures: dict[tuple[str, str], deque[float]] = {}
        self._lock = threading.Lock()

    def may_try(self, attempt: Try) -> bool:
        """Say whether no limit is reached."""
        with self._lock:
            return all(self._count(key) < self._limits[key[0]] for key in self._keys(attempt))

    def count_failure(self, attempt: Try) -> bool:
        """Count a failure against all three; say whether the call may go on trying."""
        with self._lock:
            self._forget_old()
            for key in self._keys(attempt):
                self._failures.setdefault(key, deque()).append(self._clock.monotonic())
            lasting = [key for key in self._keys(attempt) if key[0] != "order"]  # another order may be tried
            return all(self._count(key) < self._limits[key[0]] for key in lasting)

    def _keys(self, attempt: Try) -> list[tuple[str, str]]:
        keys = [("call", attempt.call_id), ("order", attempt.order_number)]
        return [*keys, ("caller", attempt.caller)] if attempt.caller else keys

    def _count(self, key: tuple[str, str]) -> int:
        since = self._clock.monotonic() - DAY_S
        return sum(at > since for at in self._failures.get(key, ()))

    def _forget_old(self) -> None:
        since = self._clock.monotonic() - DAY_S
        self._failures = {key: times for key, times in self._failures.items() if times[-1] > since}
