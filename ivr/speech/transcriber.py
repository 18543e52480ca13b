"""The port through which the service hears: audio in, words and doubts out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np


class Doubt(StrEnum):
    """Why a transcription must not be acted on."""

    SILENCE = "silence"
    NO_SPEECH = "no_speech"
    LOW_LOG_PROBABILITY = "low_log_probability"
    REPETITION = "repetition"


@dataclass(frozen=True)
class Transcription:
    """What was heard in one utterance.

    `asr_confidence` is exp(mean token log probability), 0..1. `doubt` is None when the words may be
    acted on. `audio_s` is the utterance's length, `decode_s` the time recognition took.
    """

    text: str
    language: str
    asr_confidence: float
    no_speech_probability: float
    doubt: Doubt | None
    engine: str
    model: str
    audio_s: float
    decode_s: float


class Transcriber(Protocol):
    """Turns one utterance into words."""

    def transcribe(self, audio: np.ndarray, language: str) -> Transcription:
        """Transcribe mono float32 audio in [-1, 1] at 16 kHz, shape (samples,), up to 30 s.

        Never raises for odd audio (empty, silent, clipped): those come back with a `doubt`.
        Raises TranscriberFailed when the engine itself is broken.
        """
        ...


class TranscriberFailed(Exception):
    """The engine could not run; another try on another worker may help."""
