"""The listening side of a live call: frames in, speech started and stopped out, the utterance kept."""

import numpy as np

from ivr.audio import g711
from ivr.audio.frames import Windows
from ivr.audio.line_loss import LineLoss
from ivr.audio.speech_detector import SpeechChange, SpeechDetector, SpeechStarted
from ivr.audio.talk_meter import TalkMeter
from ivr.audio.voice_activity import SAMPLE_RATE_HZ, WINDOW_SAMPLES, VoiceActivity


class Ear:
    """Hears one stream. Its clock is the audio itself: `now_s` counts the samples received."""

    def __init__(self, activity: VoiceActivity) -> None:
        self._activity = activity
        self._windows = Windows(WINDOW_SAMPLES)
        self._detector = SpeechDetector(SAMPLE_RATE_HZ)
        self._talk = TalkMeter(SAMPLE_RATE_HZ)
        self._loss = LineLoss()
        self._samples = 0
        self._speech_began_s = 0.0

    @property
    def now_s(self) -> float:
        """Seconds of audio received."""
        return self._samples / SAMPLE_RATE_HZ

    @property
    def is_speaking(self) -> bool:
        """Whether the caller is speaking."""
        return self._detector.is_speaking

    @property
    def speech_s(self) -> float:
        """How long the caller has been heard speaking without a pause; 0 in silence."""
        if not self.is_speaking:
            return 0.0
        return self._detector.position_s - self._detector.silence_s - self._speech_began_s

    @property
    def voiced_s(self) -> float:
        """How much clear voice the caller's present speech holds; 0 in silence."""
        return self._talk.voiced_s if self.is_speaking else 0.0

    @property
    def open_s(self) -> float:
        """How much of that is spoken with the mouth open; 0 for a hum."""
        return self._talk.open_s if self.is_speaking else 0.0

    @property
    def lost_share(self) -> float:
        """Part of the turn's sound, 0 to 1, that the line lost."""
        return self._loss.share

    def hear(self, mulaw: bytes, lost_s: float = 0.0) -> list[SpeechChange]:
        """Take 8 kHz mu-law audio of any length, `lost_s` after the last, and return what it brought."""
        self._loss.hear(mulaw, lost_s)
        gap = np.zeros(round(lost_s * SAMPLE_RATE_HZ), np.float32)
        audio = np.concatenate([gap, g711.decode(mulaw)])
        self._samples += audio.size
        noticed = []
        for window in self._windows.push(audio):
            probability = self._activity.probability(window)
            self._talk.hear(window, probability)
            change = self._detector.hear(window, probability)
            if isinstance(change, SpeechStarted):
                self._speech_began_s = change.at_s
            if change is not None:
                noticed.append(change)
        return noticed

    def utterance(self) -> np.ndarray:
        """Return the turn's audio so far: float32, 8 kHz."""
        return self._detector.utterance()

    def latest_voice(self, seconds: float) -> np.ndarray:
        """Return the turn's audio up to its last voice: the line's noise that follows resembles nothing."""
        audio = self._detector.utterance()
        until = audio.size - round(self._detector.silence_s * SAMPLE_RATE_HZ)
        return audio[max(0, until - round(seconds * SAMPLE_RATE_HZ)) : max(0, until)]

    def begin_new_turn(self) -> None:
        """Forget what was said so far, but for speech still going on."""
        self._detector.forget()
        self._loss.begin_new_turn()
