"""Hold music made from nothing: soft broken chords that loop without a seam."""

import numpy as np

SAMPLE_RATE_HZ = 8000
LOOP_S = 24.0
LEVEL_DBFS = -24.0
_BEAT_S = 0.5
_NOTE_S = 2.4
# Four bars in C, eight broken notes and a bass note each; MIDI note numbers. Own work.
_CHORDS = (
    (48, (64, 67, 72, 76)),  # C
    (45, (64, 69, 72, 76)),  # A minor
    (41, (65, 69, 72, 77)),  # F
    (43, (62, 67, 71, 74)),  # G
    (40, (64, 67, 71, 76)),  # E minor
    (41, (65, 69, 72, 76)),  # F major seventh
)
_PATTERN = (0, 1, 2, 3, 2, 1, 3, 2)


def hold_music() -> np.ndarray:
    """Return one loop of hold music: mono float32 at 8 kHz, shape (LOOP_S * 8000,), about -24 dBFS.

    Notes ring on over the end into the beginning, so that repeats have no seam and no silence.
    """
    loop = np.zeros(int(LOOP_S * SAMPLE_RATE_HZ))
    for bar, (bass, chord) in enumerate(_CHORDS):
        bar_s = bar * len(_PATTERN) * _BEAT_S
        _ring(loop, bass, bar_s, 0.5, 2 * _NOTE_S)
        for beat, step in enumerate(_PATTERN):
            loudness = 0.42 if beat % 4 else 0.5
            _ring(loop, chord[step], bar_s + beat * _BEAT_S, loudness, _NOTE_S)
    loop = _low_pass(loop, 2200.0)
    loop *= 10 ** (LEVEL_DBFS / 20) / np.sqrt(np.mean(loop**2))
    return loop.astype(np.float32)


def _ring(loop: np.ndarray, note: int, start_s: float, loudness: float, length_s: float) -> None:
    """Add one soft bell-like note to the loop, wrapping past its end."""
    time_s = np.arange(int(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    frequency = 440.0 * 2 ** ((note - 69) / 12)
    tone = sum(
        level * np.sin(2 * np.pi * harmonic * frequency * time_s) * np.exp(-time_s * harmonic)
        for harmonic, level in ((1, 1.0), (2, 0.3), (3, 0.12))
    )
    attack = np.minimum(time_s / 0.03, 1.0)
    release = np.minimum((length_s - time_s) / 0.3, 1.0)
    position = (int(start_s * SAMPLE_RATE_HZ) + np.arange(time_s.size)) % loop.size
    np.add.at(loop, position, loudness * attack * release * tone)


def _low_pass(loop: np.ndarray, corner_hz: float) -> np.ndarray:
    """Take the edge off; filtering the whole loop at once keeps it seamless."""
    spectrum = np.fft.rfft(loop)
    frequency = np.fft.rfftfreq(loop.size, 1 / SAMPLE_RATE_HZ)
    filtered: np.ndarray = np.fft.irfft(spectrum / np.sqrt(1 + (frequency / corner_hz) ** 8), loop.size)
    return filtered
