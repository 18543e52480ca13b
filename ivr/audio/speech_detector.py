"""When the caller started and stopped speaking, counted in seconds of audio."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SpeechStarted:
    """A voice began at `at_s`; it is known only once it has lasted a little."""

    at_s: float


@dataclass(frozen=True)
class SpeechFaltered:
    """The voice has been gone since `at_s`, too short a while to say whether it stopped."""

    at_s: float


@dataclass(frozen=True)
class SpeechWentOn:
    """It had only faltered."""


@dataclass(frozen=True)
class SpeechStopped:
    """The voice that began at `started_s` ended at `at_s`."""

    at_s: float
    started_s: float


SpeechChange = SpeechStarted | SpeechFaltered | SpeechWentOn | SpeechStopped


@dataclass(frozen=True)
class Hearing:
    """How voice probabilities become speech.

    Thresholds are silero-vad's own (utils_vad.get_speech_timestamps: 0.5, and 0.15 less to stop).
    96 ms to start keeps clicks out and lets "no" in; 192 ms to stop bridges the gaps inside words;
    after 96 ms it is worth transcribing on the chance that it is the end.
    """

    start_threshold: float = 0.5
    stop_threshold: float = 0.35
    min_speech_ms: int = 96
    falter_ms: int = 96
    min_silence_ms: int = 192
    pre_roll_ms: int = 320
    max_utterance_s: float = 30.0


class SpeechDetector:
    """Turns windows and their voice probabilities into started and stopped; one per stream."""

    def __init__(self, sample_rate_hz: int = 8000, hearing: Hearing | None = None) -> None:
        self._rate = sample_rate_hz
        self._hearing = hearing or Hearing()
        self._kept: list[np.ndarray] = []
        self._kept_samples = 0
        self._position = 0
        self._candidate: int | None = None  # where the stretch of voice or silence under test began
        self._has_faltered = False
        self._started: int | None = None
        self._last_voice: int | None = None
        self._is_utterance_open = False

    @property
    def position_s(self) -> float:
        """Seconds of audio heard so far."""
        return self._position / self._rate

    @property
    def is_speaking(self) -> bool:
        """Whether the caller is speaking now."""
        return self._started is not None

    @property
    def silence_s(self) -> float:
        """Seconds since the caller's last voiced sample, or since the stream began."""
        return (self._position - (self._last_voice or 0)) / self._rate

    def hear(self, window: np.ndarray, probability: float) -> SpeechChange | None:
        """Take the next window and say what changed with it."""
        window_start = self._position
        self._position += window.size
        self._keep(window)
        if self._started is None:
            return self._while_silent(window_start, probability)
        return self._while_speaking(window_start, probability)

    def utterance(self) -> np.ndarray:
        """Return the audio since the pre-roll before the first speech after `forget`, up to now.

        Empty when nothing was said. Longer than `max_utterance_s`: its beginning is lost.
        """
        if not self._is_utterance_open or not self._kept:
            return np.zeros(0, np.float32)
        return np.concatenate(self._kept)

    def forget(self) -> None:
        """Start a new utterance: keep only the pre-roll."""
        self._is_utterance_open = self.is_speaking
        self._drop_older_than(self._samples(self._hearing.pre_roll_ms))

    def _while_silent(self, window_start: int, probability: float) -> SpeechStarted | None:
        if probability < self._hearing.start_threshold:
            self._candidate = None
            return None
        if self._candidate is None:
            self._candidate = window_start
        if self._position - self._candidate < self._samples(self._hearing.min_speech_ms):
            return None
        self._started, self._candidate = self._candidate, None
        self._last_voice = self._position
        self._is_utterance_open = True
        return SpeechStarted(self._started / self._rate)

    def _while_speaking(self, window_start: int, probability: float) -> SpeechChange | None:
        if probability >= self._hearing.stop_threshold:
            return self._voice_goes_on()
        if self._candidate is None:
            self._candidate = window_start
        silent = self._position - self._candidate
        if silent >= self._samples(self._hearing.min_silence_ms):
            return self._stop(self._candidate)
        if silent >= self._samples(self._hearing.falter_ms) and not self._has_faltered:
            self._has_faltered = True
            return SpeechFaltered(self._candidate / self._rate)
        return None

    def _voice_goes_on(self) -> SpeechWentOn | None:
        had_faltered, self._has_faltered = self._has_faltered, False
        self._candidate = None
        self._last_voice = self._position
        return SpeechWentOn() if had_faltered else None

    def _stop(self, at: int) -> SpeechStopped:
        assert self._started is not None
        stopped = SpeechStopped(at / self._rate, self._started / self._rate)
        self._started = self._candidate = None
        self._has_faltered = False
        return stopped

    def _keep(self, window: np.ndarray) -> None:
        self._kept.append(window)
        self._kept_samples += window.size
        if self._is_utterance_open:
            self._drop_older_than(int(self._hearing.max_utterance_s * self._rate))
        else:
            self._drop_older_than(self._samples(self._hearing.pre_roll_ms + self._hearing.min_speech_ms))

    def _drop_older_than(self, samples: int) -> None:
        while self._kept and self._kept_samples - self._kept[0].size >= samples:
            self._kept_samples -= self._kept.pop(0).size

    def _samples(self, ms: int) -> int:
        return ms * self._rate // 1000
