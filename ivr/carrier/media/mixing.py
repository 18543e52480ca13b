"""Adding up what several people say."""

from collections.abc import Sequence

import numpy as np

from ivr.audio import g711
from ivr.carrier.media.playback import SILENT_FRAME


def mix(frames: Sequence[bytes]) -> bytes:
    """Return the sum of mu-law frames, clipped; silence when there is none."""
    sounding = [frame for frame in frames if frame != SILENT_FRAME]
    if len(sounding) < 2:
        return sounding[0] if sounding else SILENT_FRAME
    total = np.sum([g711.decode_int16(frame).astype(np.int32) for frame in sounding], axis=0)
    return g711.encode(np.clip(total, -32768, 32767).astype(np.int16))
