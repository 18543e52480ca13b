"""The port to time: how everything outside the audio asks what time it is, or how long something took."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Safe from any thread."""

    def now(self) -> datetime:
        """Return the time of day, UTC and aware; it may jump. For records, never for time limits."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; never goes back. For time limits."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the time of day, UTC and aware."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start."""
        return time.monotonic()
