"""How loud audio is, and making it as loud as the phone likes it. 0 dBFS is a constant 1.0."""

import numpy as np

FLOOR_DBFS = -120.0  # what digital silence is reported as


def rms_dbfs(audio: np.ndarray) -> float:
    """Return the root mean square level; FLOOR_DBFS for silence or no audio."""
    if audio.size == 0:
        return FLOOR_DBFS
    return _dbfs(float(np.sqrt(np.mean(np.square(audio, dtype=np.float64)))))


def peak_dbfs(audio: np.ndarray) -> float:
    """Return the level of the largest sample; FLOOR_DBFS for silence or no audio."""
    if audio.size == 0:
        return FLOOR_DBFS
    return _dbfs(float(np.max(np.abs(audio))))


def active_rms_dbfs(audio: np.ndarray, sample_rate_hz: int) -> float:
    """Return the level of the parts where something sounds.

    Pauses must not make a slow sentence seem quiet: 20 ms blocks more than 25 dB under the loudest
    block are left out (a plain form of ITU-T P.56's active level).
    """
    block = sample_rate_hz // 50
    whole = audio.size // block * block
    if whole == 0:
        return rms_dbfs(audio)
    power = np.mean(np.square(audio[:whole].reshape(-1, block), dtype=np.float64), axis=1)
    active = power[power >= power.max() * 10**-2.5]
    return _dbfs(float(np.sqrt(np.mean(active))))


def to_level(
    audio: np.ndarray, sample_rate_hz: int, rms_dbfs_wanted: float = -20.0, peak_dbfs_allowed: float = -3.0
) -> np.ndarray:
    """Bring speech to the wanted active level and bend its peaks under the allowed one; silence stays."""
    level = active_rms_dbfs(audio, sample_rate_hz)
    if level <= FLOOR_DBFS:
        return audio.astype(np.float32)
    louder = audio * 10 ** ((rms_dbfs_wanted - level) / 20)
    return soften_peaks(louder, peak_dbfs_allowed)


def soften_peaks(audio: np.ndarray, peak_dbfs_allowed: float = -3.0) -> np.ndarray:
    """Bend what is louder than 6 dB under the allowed peak so that nothing reaches it; leave the rest."""
    ceiling = 10 ** (peak_dbfs_allowed / 20)
    knee = ceiling / 2
    magnitude = np.abs(audio)
    bent = knee + (ceiling - knee) * np.tanh((magnitude - knee) / (ceiling - knee))
    softened: np.ndarray = np.where(magnitude > knee, np.sign(audio) * bent, audio).astype(np.float32)
    return softened


def _dbfs(amplitude: float) -> float:
    if amplitude <= 10 ** (FLOOR_DBFS / 20):
        return FLOOR_DBFS
    return 20 * float(np.log10(amplitude))
