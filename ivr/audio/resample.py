"""Changing the sample rate: 8 kHz on the line, 16 kHz for recognition, 24 kHz from voices."""

import numpy as np
import soxr


def resample(audio: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """Return whole-utterance audio at another rate: float32, shape (samples * to_hz / from_hz,).

    Band-limited (soxr, high quality); needs the whole array, not a stream of frames.
    """
    if from_hz == to_hz or audio.size == 0:
        return audio.astype(np.float32, copy=False)
    resampled: np.ndarray = soxr.resample(audio.astype(np.float32, copy=False), from_hz, to_hz, quality="HQ")
    return resampled
