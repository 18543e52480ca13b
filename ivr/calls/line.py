"""The port to one caller's audio line: what comes in, what can be sent."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Frame:
    """Caller audio: 8 kHz mu-law bytes, usually 160 (20 ms), before which `lost_s` seconds never came."""

    mulaw: bytes
    lost_s: float = 0.0


@dataclass(frozen=True)
class KeyPressed:
    """One key: 0-9, *, #."""

    key: str


@dataclass(frozen=True)
class MarkReached:
    """Everything sent before this mark has been played, or was cleared."""

    name: str


@dataclass(frozen=True)
class LineClosed:
    """No more will come. `is_stop_announced` is true when the network said so before closing."""

    reason: str
    is_stop_announced: bool


LineMessage = Frame | KeyPressed | MarkReached | LineClosed


class Line(Protocol):
    """A caller's line. Used by the one thread that owns the call."""

    def receive(self, timeout_s: float) -> LineMessage | None:
        """Return the next message, or None when none came in time."""
        ...

    def wake(self) -> None:
        """Make a `receive` that waits return None now, or the next one; from any thread."""
        ...

    def play(self, mulaw: bytes, mark: str) -> None:
        """Queue 8 kHz mu-law audio behind what is queued, and a mark behind it."""
        ...

    def clear(self) -> None:
        """Drop everything queued; pending marks come back at once."""
        ...

    def close(self) -> None:
        """End the stream; the call itself goes on by the network's next instruction."""
        ...
