"""What was on a line and when: recordings on the call's own time, and stretches of sound in them."""

import math
from dataclasses import dataclass, field

import numpy as np

from ivr.audio import g711
from ivr.audio.frames import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE_HZ
from ivr.audio.levels import rms_dbfs

AUDIBLE_DBFS = -50.0  # 16 dB over the comfort noise of an open line, 30 dB under speech
QUIET_S = 0.4  # gaps shorter than this lie inside a sentence
_JITTER_SAMPLES = 2 * FRAME_SAMPLES
_BEHIND_SAMPLES = 4 * FRAME_SAMPLES


class Tape:
    """One direction of a line as mono int16 at 8 kHz; sample n lies at n / 8000 s of the call's time."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, np.ndarray]] = []
        self._end = 0

    def add(self, at_s: float, samples: np.ndarray, is_audible: bool) -> None:
        """Lay down a frame that passed at `at_s`.

        Frames follow each other without a seam while they come within 40 ms of their time. When a
        burst has put the tape behind, quiet frames are left out until it has caught up.
        """
        position = round(at_s * SAMPLE_RATE_HZ)
        if self._end - position > _BEHIND_SAMPLES and not is_audible:
            return
        start = position if position - self._end > _JITTER_SAMPLES else self._end
        self._pieces.append((start, samples))
        self._end = start + samples.size

    def samples(self) -> np.ndarray:
        """Return the whole tape from time 0, silence where nothing passed."""
        laid = np.zeros(self._end, np.int16)
        for start, piece in self._pieces:
            laid[start : start + piece.size] = piece
        return laid

    def between(self, from_s: float, to_s: float) -> np.ndarray:
        """Return the samples between two times as float32, shorter where the tape has ended."""
        start, end = max(0, int(from_s * SAMPLE_RATE_HZ)), int(to_s * SAMPLE_RATE_HZ)
        part = np.zeros(max(0, min(end, self._end) - start), np.float32)
        for position, piece in self._pieces:
            low, high = max(start, position), min(end, position + piece.size)
            if low < high:
                part[low - start : high - start] = piece[low - position : high - position] / 32768.0
        return part


@dataclass
class Ear:
    """Follows what the other side sends: when it sounds, since when, and what that was."""

    tape: Tape = field(default_factory=Tape)
    began_s: float | None = None  # first frame of the newest stretch of sound
    last_s: float | None = None  # its newest audible frame
    gap_s: float = 0.0  # silence before the newest audible frame
    _stretch: list[np.ndarray] = field(default_factory=list)

    def take(self, at_s: float, payload: bytes) -> bool:
        """Listen to one frame of mu-law; say whether it is audible."""
        samples = g711.decode_int16(payload)
        is_audible = rms_dbfs(samples / 32768.0) > AUDIBLE_DBFS
        self.tape.add(at_s, samples, is_audible)
        if self.began_s is not None:
            self._stretch.append(samples)
        if not is_audible:
            return False
        self.gap_s = at_s - self.last_s if self.last_s is not None else at_s
        if self.last_s is None or self.gap_s >= QUIET_S:
            self.began_s = at_s
            self._stretch = [samples]
        self.last_s = at_s
        return True

    def is_sounding(self, now_s: float) -> bool:
        """Say whether the other side is in the middle of something."""
        return self.quiet_s(now_s) < QUIET_S

    def quiet_s(self, now_s: float) -> float:
        """Return for how long nothing has sounded; for ever when nothing ever has."""
        return math.inf if self.last_s is None else now_s - self.last_s - FRAME_S

    def finished_stretch(self, now_s: float) -> np.ndarray | None:
        """Return the newest stretch of sound once it is over, float32 at 8 kHz, and only once."""
        if self.is_sounding(now_s) or not self._stretch:
            return None
        stretch, self._stretch = np.concatenate(self._stretch) / 32768.0, []
        return stretch.astype(np.float32)


def likeness(sent: np.ndarray, received: np.ndarray) -> float:
    """Return how much of a sound is found inside another: the largest normalised cross-correlation, 0..1."""
    if sent.size == 0 or received.size < sent.size or not np.any(sent):
        return 0.0
    size = 1 << (sent.size + received.size - 1).bit_length()
    product = np.fft.rfft(received, size) * np.conj(np.fft.rfft(sent, size))
    correlation = np.fft.irfft(product, size)[: received.size - sent.size + 1]
    energy = np.concatenate([[0.0], np.cumsum(np.square(received, dtype=np.float64))])
    window = energy[sent.size :] - energy[: -sent.size]
    norm = np.sqrt(np.sum(np.square(sent, dtype=np.float64)) * np.maximum(window, 1e-9))
    return float(np.max(np.abs(correlation) / norm))
