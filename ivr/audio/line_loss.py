"""How much of a caller's speech was lost on its way: gaps in the stream, and holes where sound was."""

import numpy as np

from ivr.audio import g711
from ivr.audio.frames import FRAME_SAMPLES
from ivr.audio.levels import rms_dbfs

SOUND_DBFS = -50.0  # a frame with speech, or a room, in it
LONGEST_HOLE = 3  # frames; digital silence for longer is a phone that sends nothing in pauses
FEWEST_FRAMES = 25  # half a second of sound, before a share means anything
_NOTHING = frozenset({0xFF, 0x7F})  # the two codes for zero; a live microphone never stays on them


class LineLoss:
    """Counts frames of one stream in order. A hole counts once sound has come back behind it."""

    def __init__(self) -> None:
        self._waiting = b""
        self._hole = 0
        self._is_after_sound = False
        self.begin_new_turn()

    @property
    def share(self) -> float:
        """Part of the sound since the turn began that was lost, 0 to 1."""
        frames = self._lost + self._sounding
        return self._lost / frames if frames >= FEWEST_FRAMES else 0.0

    def begin_new_turn(self) -> None:
        """Count from here."""
        self._lost = self._sounding = 0

    def hear(self, mulaw: bytes, lost_s: float = 0.0) -> None:
        """Take 8 kHz mu-law audio of any length, before which so many seconds never came."""
        if self._is_after_sound:
            self._lost += round(lost_s * g711.SAMPLE_RATE_HZ) // FRAME_SAMPLES
        audio = self._waiting + mulaw
        whole = len(audio) // FRAME_SAMPLES * FRAME_SAMPLES
        self._waiting = audio[whole:]
        for start in range(0, whole, FRAME_SAMPLES):
            self._take(audio[start : start + FRAME_SAMPLES])

    def _take(self, frame: bytes) -> None:
        if _NOTHING.issuperset(frame):
            self._hole += 1
            return
        is_sound = rms_dbfs(np.asarray(g711.decode(frame))) > SOUND_DBFS
        if is_sound and self._is_after_sound and self._hole <= LONGEST_HOLE:
            self._lost += self._hole
        self._sounding += is_sound
        self._is_after_sound = is_sound
        self._hole = 0
