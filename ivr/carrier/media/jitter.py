"""Evens out what a phone sends, so that the network takes exactly one frame every 20 ms."""

from collections import deque

from ivr.carrier.media.playback import FRAME_BYTES, SILENT_FRAME

PRIMED_FRAMES = 2  # 40 ms: a frame that comes a tick late still finds one waiting
MOST_FRAMES = (
    25  # half a second: beyond it a phone is sending faster than real time and the oldest is dropped
)


class JitterBuffer:
    """Frames in whenever they come, frames out on every tick; silence when there is none."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self._is_primed = False
        self.dropped_frames = 0

    def put(self, frame: bytes) -> None:
        """Take a frame from the phone."""
        self._frames.append(frame)
        if len(self._frames) > MOST_FRAMES:
            self._frames.popleft()
            self.dropped_frames += 1

    def take(self) -> bytes:
        """Return the frame for this tick."""
        if not self._is_primed and len(self._frames) < PRIMED_FRAMES:
            return SILENT_FRAME
        self._is_primed = True
        if not self._frames:
            self._is_primed = False
            return SILENT_FRAME
        return self._frames.popleft()


def is_frame(audio: bytes) -> bool:
    """Tell whether bytes from a phone are one frame of the phone wire."""
    return len(audio) == FRAME_BYTES
