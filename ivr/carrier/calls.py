"""One call leg: its state, who sits on its line, what is heard on it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ivr.carrier.faults import FaultPlan
from ivr.carrier.media.jitter import JitterBuffer
from ivr.carrier.media.playback import SILENT_FRAME, FrameSource, Playback

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
TRANSITIONS: dict[str, frozenset[str]] = {
    "queued": frozenset({"initiated", "canceled", "failed"}),
    "initiated": frozenset({"ringing", "in-progress", *FINAL}),
    "ringing": frozenset({"in-progress", *FINAL}),
    "in-progress": frozenset({"completed"}),
    **{final: frozenset() for final in FINAL},
}


class Line(Protocol):
    """Where a leg ends: a phone."""

    def ring(self, call: "Call") -> None:
        """Announce an incoming call."""
        ...

    def answered(self, call: "Call") -> None:
        """Say that audio runs from now on."""
        ...

    def ended(self, call: "Call", reason: str) -> None:
        """Say that the call is over."""
        ...

    def hear(self, frame: bytes) -> None:
        """Give one frame of audio to the ear."""
        ...


class NoLine:
    """A leg whose phone is not there."""

    def ring(self, call: "Call") -> None:
        """Do nothing."""

    def answered(self, call: "Call") -> None:
        """Do nothing."""

    def ended(self, call: "Call", reason: str) -> None:
        """Do nothing."""

    def hear(self, frame: bytes) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class Page:
    """Where instructions come from: a URL to ask, or TwiML given inline."""

    url: str = ""
    method: str = "POST"
    inline: str = ""
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StatusCallback:
    """Who is told about a call's progress, and about which of its events."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


class Call:
    """One leg. All methods run on the event loop's thread."""

    def __init__(
        self,
        sid: str,
        direction: str,
        from_number: str,
        to: str,
        created: datetime,
        parent_sid: str | None = None,
    ) -> None:
        self.sid = sid
        self.direction = direction
        self.from_number = from_number
        self.to = to
        self.parent_sid = parent_sid
        self.status = "queued"
        self.created = self.updated = created
        self.started: datetime | None = None
        self.ended_at: datetime | None = None
        self.duration_s = 0
        self.sip_code = 200
        self.fallback: Page | None = None
        self.callbacks: list[StatusCallback] = []
        self.line: Line = NoLine()
        self.playback = Playback()
        self.source: FrameSource = self.playback
        self.heard = SILENT_FRAME
        self.spoken = SILENT_FRAME
        self.ears: list[Callable[[bytes], None]] = []
        self.mouths: list[Callable[[bytes], None]] = []
        self.key_listeners: list[Callable[[str], None]] = []
        self.picked_up: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.over = asyncio.Event()
        self.is_ending = False
        self.activity: asyncio.Task[None] | None = None
        self.background: list[
            Any
        ] = []  # one-way streams and recordings: `await finish()` each when the call ends
        self.moves = asyncio.Lock()
        self.sequences: dict[str, int] = {}  # last SequenceNumber of each callback URL
        self.facts: dict[str, str] = {}  # what only the last status callback tells, such as the recording
        self._jitter = JitterBuffer()
        self._loss: FaultPlan | None = None

    @property
    def is_over(self) -> bool:
        """True from the moment the call has a final status."""
        return self.status in FINAL

    @property
    def is_live(self) -> bool:
        """True while audio runs."""
        return self.status == "in-progress"

    @property
    def phone_number(self) -> str:
        """Return the number of the phone at the far end of this leg."""
        return self.from_number if self.direction == "inbound" else self.to

    def may_become(self, status: str) -> bool:
        """Tell whether the state table allows the move."""
        return status in TRANSITIONS[self.status]

    def suffer(self, faults: FaultPlan) -> None:
        """Let frames of this leg be lost as `faults` say."""
        self._loss = faults

    def receive(self, frame: bytes) -> None:
        """Take a frame of audio from the phone."""
        loss = self._loss.packet_loss(self.phone_number) if self._loss else None
        if loss is not None and loss.is_frame_lost():
            return
        self._jitter.put(frame)

    def press(self, digit: str) -> None:
        """Take a key press from the phone."""
        for listener in tuple(self.key_listeners):
            listener(digit)

    def listen(self) -> None:
        """Take this tick's frame from the phone and pass it to whoever listens."""
        self.heard = self._jitter.take()
        for ear in tuple(self.ears):
            ear(self.heard)

    def speak(self) -> None:
        """Give this tick's frame to the phone and to whoever records it."""
        self.spoken = self.source.next_frame()
        for mouth in tuple(self.mouths):
            mouth(self.spoken)
        self.line.hear(self.spoken)

    @contextmanager
    def hearing(self, source: FrameSource) -> Iterator[None]:
        """Let the phone hear `source` for a while instead of what it heard before."""
        before, self.source = self.source, source
        try:
            yield
        finally:
            self.source = before

    @contextmanager
    def keys_to(self, listener: Callable[[str], None]) -> Iterator[None]:
        """Pass key presses to `listener` for a while."""
        self.key_listeners.append(listener)
        try:
            yield
        finally:
            self.key_listeners.remove(listener)
