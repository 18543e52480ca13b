"""Where a sentence that was cut can be taken up again: a quiet place before the cut."""

import numpy as np

from ivr.audio import g711

FRAME = 160  # 20 ms
LOOK_BACK_S = 1.2  # about three words; further back sounds like a repetition
FALL_BACK_S = 0.6
QUIET_SHARE = 0.1  # of the loudest frame around: gaps between words and the closures before p, t, k


def quiet_point_s(mulaw: bytes, before_s: float) -> float:
    """Return the second of 8 kHz mu-law speech from which to say it again when it was heard to `before_s`.

    The last quiet frame in the 1.2 s before; without one, the quietest of the last 0.6 s.
    """
    end = int(min(before_s * g711.SAMPLE_RATE_HZ, len(mulaw))) // FRAME
    start = max(0, end - int(LOOK_BACK_S * g711.SAMPLE_RATE_HZ) // FRAME)
    if start == 0 and end * FRAME <= FALL_BACK_S * g711.SAMPLE_RATE_HZ:
        return 0.0
    audio = g711.decode(mulaw[start * FRAME : end * FRAME])
    levels = np.sqrt(np.mean(np.square(audio.reshape(-1, FRAME)), axis=1))
    (quiet,) = np.nonzero(levels <= QUIET_SHARE * levels.max())
    if quiet.size:
        frame = int(quiet[-1])
    else:
        latest = levels[-int(FALL_BACK_S * g711.SAMPLE_RATE_HZ) // FRAME :]
        frame = levels.size - latest.size + int(np.argmin(latest))
    return (start + frame) * FRAME / g711.SAMPLE_RATE_HZ
