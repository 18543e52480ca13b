"""When to stop asking a system that keeps failing, and when to try it again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ivr.clock import Clock


class CircuitOpen(Exception):
    """The system failed too often a moment ago; it was not asked."""


class Circuit:
    """A circuit breaker; safe from any thread, and it never holds one thread up for another.

    Closed: every attempt passes. After `trip_after` failures in a row it is open for `rest_s`: attempts are
    refused at once. Then one attempt at a time passes as a trial: success closes it, failure opens it again.
    """

    def __init__(self, clock: Clock, trip_after: int, rest_s: float) -> None:
        self._clock = clock
        self._trip_after = trip_after
        self._rest_s = rest_s
        self._lock = threading.Lock()
        self._failures = 0
        self._refused_until_s: float | None = None

    @property
    def is_open(self) -> bool:
        """Say whether an attempt would be refused now."""
        with self._lock:
            return self._refused_until_s is not None and self._clock.monotonic() < self._refused_until_s

    @contextmanager
    def attempt(self, failure: type[Exception]) -> Iterator[None]:
        """Run one attempt; an exception of type `failure` counts as one. Raises CircuitOpen."""
        self._enter()
        try:
            yield
        except failure:
            self._count_failure()
            raise
        else:
            self._close()

    def _enter(self) -> None:
        with self._lock:
            if self._refused_until_s is None:
                return
            now_s = self._clock.monotonic()
            if now_s < self._refused_until_s:
                raise CircuitOpen
            # This thread is the trial. The others are refused until it is back, or gone as long again.
            self._refused_until_s = now_s + self._rest_s

    def _count_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._trip_after:
                self._refused_until_s = self._clock.monotonic() + self._rest_s

    def _close(self) -> None:
        with self._lock:
            self._failures = 0
            self._refused_until_s = None
