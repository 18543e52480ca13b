"""A clock that stands still until the test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)


class SteeredClock:
    """Implements `ivr.clock.Clock`; time passes only by `advance` and jumps only by `jump`."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic_s = 1000.0

    def now(self) -> datetime:
        """Return the steered time of day, UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return the steered seconds."""
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Let time pass on both scales."""
        if seconds < 0:
            raise ValueError("time passes forwards; use jump to move the time of day")
        self._now += timedelta(seconds=seconds)
        self._monotonic_s += seconds

    def jump(self, seconds: float) -> None:
        """Move only the time of day, as a wrong clock set right does."""
        self._now += timedelta(seconds=seconds)
