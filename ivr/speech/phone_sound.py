"""How a voice must sound to come well through a phone: band, level, no dead air at the ends."""

import numpy as np

from ivr.audio.levels import FLOOR_DBFS, peak_dbfs, to_level
from ivr.audio.resample import resample

SAMPLE_RATE_HZ = 8000
RMS_DBFS = -20.0
PEAK_DBFS = -3.0
# The phone carries 300 to 3,400 Hz; the slopes start a little outside so that nothing rings.
_LOW_HZ = (120.0, 280.0)
_HIGH_HZ = (3400.0, 3700.0)
_EDGE_DB = 45.0  # under the peak this much is silence
_KEPT_BEFORE_S = 0.01  # the caller waits for this one
_KEPT_AFTER_S = 0.03


def for_the_phone(audio: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Turn a voice's audio into a prompt: float32, 8 kHz, -20 dBFS active level, peaks under -3 dBFS."""
    narrow = _band_limited(resample(audio, sample_rate_hz, SAMPLE_RATE_HZ))
    return to_level(_without_dead_ends(narrow), SAMPLE_RATE_HZ, RMS_DBFS, PEAK_DBFS)


def _band_limited(audio: np.ndarray) -> np.ndarray:
    if audio.size == 0:
        return audio
    padded = audio.size + SAMPLE_RATE_HZ // 4  # so that the filter's tail does not wrap into the start
    frequency = np.fft.rfftfreq(padded, 1 / SAMPLE_RATE_HZ)
    gain = _slope(frequency, *_LOW_HZ) * (1 - _slope(frequency, *_HIGH_HZ))
    limited: np.ndarray = np.fft.irfft(np.fft.rfft(audio, padded) * gain, padded)[: audio.size]
    return limited.astype(np.float32)


def _slope(frequency: np.ndarray, start_hz: float, end_hz: float) -> np.ndarray:
    """Return 0 under `start_hz`, 1 over `end_hz`, a raised cosine between."""
    place = np.clip((frequency - start_hz) / (end_hz - start_hz), 0, 1)
    return (1 - np.cos(np.pi * place)) / 2


def _without_dead_ends(audio: np.ndarray) -> np.ndarray:
    peak = peak_dbfs(audio)
    if peak <= FLOOR_DBFS:
        return audio[:0]
    sounding = np.flatnonzero(np.abs(audio) > 10 ** ((peak - _EDGE_DB) / 20))
    before, after = (int(kept_s * SAMPLE_RATE_HZ) for kept_s in (_KEPT_BEFORE_S, _KEPT_AFTER_S))
    return audio[max(0, sounding[0] - before) : sounding[-1] + after + 1]
