"""The port through which the service hears: audio in, words and doubts out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

import numpy as np

from ivr.conversation.expectation import OPEN_QUESTION, Expectation


class Doubt(StrEnum):
    """Why a transcription must not be acted on."""

    SILENCE = "silence"
    NO_SPEECH = "no_speech"
    LOW_LOG_PROBABILITY = "low_log_probability"
    REPETITION = "repetition"
    BAD_LINE = "bad_line"  # added by the call: too much of the sound was lost for a guess


@dataclass(frozen=True)
class Alternative:
    """Other words the same sound may have been; `probability` is 0..1 among all that were weighed."""

    text: str
    probability: float


@dataclass(frozen=True)
class Transcription:
    """What was heard in one utterance.

    `asr_confidence` is exp(mean token log probability), 0..1. `doubt` is None when the words may be
    acted on. `audio_s` is the utterance's length, `decode_s` the time recognition took.
    `alternatives` come likeliest first and never repeat `text`. `language_probabilities` says which
    language the sound is, by the service's codes ("en", "sv", "nb", "fi", ...); empty from a model or
    engine that does not tell. `languages.likeliest` reads it.
    `end_probability`, 0..1, is how likely the decoder found it, after the last word, that the sentence
    ends there (full stop, question or exclamation mark, or nothing more) rather than goes on (a comma,
    dots, another word); None where it was stopped before, or from an engine that does not tell.
    `sentence_odds` is None but where a sentence the bot was taught was taken for what the decoder wrote by
    itself: the sentence's log probability over that of those words, which are the first alternative.
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
    alternatives: tuple[Alternative, ...] = ()
    language_probabilities: Mapping[str, float] = field(default_factory=dict)
    end_probability: float | None = None
    sentence_odds: float | None = None

    @property
    def readings(self) -> tuple[str, ...]:
        """Return the other words the sound may have been, likeliest first."""
        return tuple(one.text for one in self.alternatives)


class Transcriber(Protocol):
    """Turns one utterance into words."""

    def transcribe(
        self, audio: np.ndarray, language: str, expects: Expectation = OPEN_QUESTION
    ) -> Transcription:
        """Transcribe mono float32 audio in [-1, 1] at 16 kHz, shape (samples,), up to 30 s.

        `expects` is what the question on the floor asks for; it helps with words that are too short to
        be recognised by themselves, and never makes words of what is none.
        Never raises for odd audio (empty, silent, clipped): those come back with a `doubt`.
        Raises TranscriberFailed when the engine itself is broken.
        """
        ...


@runtime_checkable
class Interruptible(Protocol):
    """A transcriber that can leave off."""

    def give_up_when(self, is_given_up: Callable[[], bool]) -> None:
        """From now on leave off soon, by raising GivenUp, when this says that nobody wants the words."""
        ...


class GivenUp(Exception):
    """Nobody wanted the words any more: the caller spoke on."""


class TranscriberFailed(Exception):
    """The engine could not run; another try on another worker may help."""
