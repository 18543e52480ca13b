"""How much of the latest sound is somebody talking, as against coughing, humming or rustling."""

import math

import numpy as np

from ivr.audio.levels import rms_dbfs

# Measured over 72 turns (24 of them real callers), coughs, hums and listening noises, in 8 kHz mu-law:
# five windows of which two are open find every turn (p95 0.26 s after its first sound) and no cough.
VOICED = 0.5  # silero-vad's own threshold for speech
FAR_BELOW_DB = 20.0  # voice activity outlasts a cough's short voiced end, but the level has fallen by then
# Talk behind the caller: colleagues 25 dB under a caller of -20 dBFS counted for seconds on end without this,
# not once with it; of 40 real callers it loses one more. Speech on phones is nominally -26 dBFS (ITU-T P.56).
FAINTEST_DBFS = -40.0
OPEN_ABOVE_HZ = 600.0  # closed lips let almost nothing through above this: "mm-hm"
OPEN_SHARE = 0.1
PITCH_FROM_HZ = 150.0
BREAK_WINDOWS = 5  # so many windows of anything else begin the count again


class TalkMeter:
    """Counts, window by window, what speaks for talking. One per stream, windows of one length in order."""

    def __init__(self, sample_rate_hz: int = 8000) -> None:
        self._rate = sample_rate_hz
        self._voiced = self._open = self._others = 0
        self._loudest = -math.inf

    @property
    def voiced_s(self) -> float:
        """Seconds of clear voice in the present sound."""
        return self._voiced / self._rate

    @property
    def open_s(self) -> float:
        """Seconds of it with the mouth open."""
        return self._open / self._rate

    def hear(self, window: np.ndarray, probability: float) -> None:
        """Take the next window of float audio and the probability (0..1) that it holds a voice."""
        level = rms_dbfs(window)
        if probability >= VOICED:
            self._loudest = max(self._loudest, level)
        if probability < VOICED or level <= max(self._loudest - FAR_BELOW_DB, FAINTEST_DBFS):
            self._others += 1
            if self._others > BREAK_WINDOWS:
                self._begin_again()
            return
        self._others = 0
        self._voiced += window.size
        if self._is_open(window):
            self._open += window.size

    def _is_open(self, window: np.ndarray) -> bool:
        power = np.square(np.abs(np.fft.rfft(window * np.hanning(window.size))))
        frequencies = np.fft.rfftfreq(window.size, 1 / self._rate)
        whole = float(power[frequencies > PITCH_FROM_HZ].sum())
        return whole > 0.0 and float(power[frequencies > OPEN_ABOVE_HZ].sum()) >= OPEN_SHARE * whole

    def _begin_again(self) -> None:
        self._voiced = self._open = self._others = 0
        self._loudest = -math.inf
