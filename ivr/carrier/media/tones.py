"""The sounds a network makes itself: ringback, beeps, default hold music."""

from functools import cache

import numpy as np

from ivr.audio import g711
from ivr.audio.hold_music import hold_music

RATE_HZ = 8000


def _tone(frequency_hz: float, length_s: float, level: float) -> np.ndarray:
    t = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    fade = np.minimum(1.0, np.minimum(t, length_s - t) / 0.005)
    return (level * fade * np.sin(2 * np.pi * frequency_hz * t)).astype(np.float32)


@cache
def ringback() -> bytes:
    """Return one cadence of the European ringback tone: 425 Hz, 1 s on, 4 s off (ITU-T E.180)."""
    return g711.encode(np.concatenate([_tone(425.0, 1.0, 0.1), np.zeros(4 * RATE_HZ, np.float32)]))


@cache
def beep() -> bytes:
    """Return the beep before a recording: 1 kHz, 0.25 s."""
    return g711.encode(_tone(1000.0, 0.25, 0.2))


@cache
def entry_beep(is_entering: bool) -> bytes:
    """Return what a conference hears when somebody comes or goes."""
    return g711.encode(_tone(880.0 if is_entering else 440.0, 0.2, 0.15))


@cache
def dtmf_tone(digit: str) -> bytes:
    """Return a key's tone, 0.2 s with 0.05 s after it (ITU-T Q.23); silence for other characters."""
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
    position = "123A456B789C*0#D".find(digit)
    if len(digit) != 1 or position < 0:
        return g711.encode(np.zeros(RATE_HZ // 4, np.float32))
    row, column = divmod(position, 4)
    both = _tone(rows[row], 0.2, 0.2) + _tone(columns[column], 0.2, 0.2)
    return g711.encode(np.concatenate([both, np.zeros(RATE_HZ // 20, np.float32)]))


@cache
def waiting_music() -> bytes:
    """Return the music a conference or queue plays when no waitUrl is given."""
    return g711.encode(hold_music())
