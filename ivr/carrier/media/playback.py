"""What is waiting to be heard on a leg: audio in order, with marks between."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

FRAME_BYTES = 160
FRAME_S = 0.02
BYTES_PER_S = 8000
SILENT_FRAME = b"\xff" * FRAME_BYTES


class FrameSource(Protocol):
    """Something a leg can listen to."""

    def next_frame(self) -> bytes:
        """Return the next 160 bytes of mu-law."""
        ...


class Silence:
    """Nothing to hear."""

    def next_frame(self) -> bytes:
        """Return a silent frame."""
        return SILENT_FRAME


class Loop:
    """The same audio over and over, such as a ringback tone."""

    def __init__(self, audio: bytes) -> None:
        self._audio = audio
        self._at = 0

    def next_frame(self) -> bytes:
        """Return the next frame, beginning again at the end."""
        if not self._audio:
            return SILENT_FRAME
        frame = b""
        while len(frame) < FRAME_BYTES:
            piece = self._audio[self._at : self._at + FRAME_BYTES - len(frame)]
            frame += piece
            self._at = (self._at + len(piece)) % len(self._audio)
        return frame


class Playback:
    """A queue of audio with marks; a mark is reached when the audio before it has been heard to its end."""

    def __init__(self, limit_bytes: int | None = None) -> None:
        self._limit_bytes = limit_bytes
        self._queue: deque[bytes | Callable[[], None]] = deque()
        self._offset = 0
        self._waiting_bytes = 0
        self._is_sounding = False
        self._drained = asyncio.Event()
        self._drained.set()

    @property
    def is_empty(self) -> bool:
        """True when nothing waits and the last frame has been heard."""
        return not self._queue and not self._is_sounding

    def add(self, audio: bytes) -> int:
        """Queue audio of any length; return how many bytes were discarded because the buffer is full."""
        room = len(audio) if self._limit_bytes is None else max(0, self._limit_bytes - self._waiting_bytes)
        kept = audio[:room]
        if kept:
            self._queue.append(kept)
            self._waiting_bytes += len(kept)
            self._drained.clear()
        return len(audio) - len(kept)

    def mark(self, reached: Callable[[], None]) -> None:
        """Call `reached` when everything queued before has been heard: at once if nothing is."""
        if self.is_empty:
            reached()
            return
        self._queue.append(reached)

    def clear(self) -> None:
        """Forget all waiting audio and let every waiting mark be reached, in order."""
        marks = [entry for entry in self._queue if not isinstance(entry, bytes)]
        self._queue.clear()
        self._offset = self._waiting_bytes = 0
        self._is_sounding = False
        self._drained.set()
        for reached in marks:
            reached()

    def next_frame(self) -> bytes:
        """Return the next frame, filled up with silence, after reporting the marks the last one reached."""
        self._reach_leading_marks()
        pieces: list[bytes] = []
        passed: list[Callable[[], None]] = []
        missing = FRAME_BYTES
        while missing and self._queue:
            entry = self._queue[0]
            if not isinstance(entry, bytes):
                passed.append(entry)
                self._queue.popleft()
                continue
            piece = entry[self._offset : self._offset + missing]
            missing -= len(piece)
            self._offset += len(piece)
            pieces.append(piece)
            if self._offset == len(entry):
                self._queue.popleft()
                self._offset = 0
        # A mark inside the frame counts as reached when the whole frame has been heard.
        self._queue.extendleft(reversed(passed))
        self._waiting_bytes -= FRAME_BYTES - missing
        self._is_sounding = missing < FRAME_BYTES
        if self.is_empty:
            self._drained.set()
        return b"".join(pieces) + SILENT_FRAME[:missing]

    async def drained(self) -> None:
        """Wait until everything has been heard."""
        await self._drained.wait()

    def _reach_leading_marks(self) -> None:
        while self._queue:
            entry = self._queue[0]
            if isinstance(entry, bytes):
                return
            self._queue.popleft()
            entry()
