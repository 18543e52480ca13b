"""Transcribers for the worker pool's tests; they are made in another process, so they must be importable.

What they do is told by the first sample of the audio, as a whole number:
1 answers, 2 ends the process, 3 hangs, 4 raises, 5 works until it is given up.
The text of an answer is the second sample.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.speech.transcriber import GivenUp, TranscriberFailed, Transcription

ANSWER, DIE, HANG, FAIL, WORK = 1, 2, 3, 4, 5


class ObedientTranscriber:
    """Does as the audio says; leaves a line per utterance in `diary`."""

    def __init__(self, diary: Path) -> None:
        self._diary = diary
        self._is_given_up: Callable[[], bool] = bool

    def give_up_when(self, is_given_up: Callable[[], bool]) -> None:
        """Ask this while at work."""
        self._is_given_up = is_given_up

    def transcribe(
        self, audio: np.ndarray, language: str, expects: Expectation = OPEN_QUESTION
    ) -> Transcription:
        """Do what the first sample says."""
        order, name = int(audio[0]), str(int(audio[1]))
        with self._diary.open("a") as diary:
            diary.write(f"{name}\n")
        if order == DIE:
            os._exit(9)
        if order == HANG:
            threading.Event().wait(60)
        if order == FAIL:
            raise TranscriberFailed("as told")
        if order == WORK:
            while not self._is_given_up():
                os.sched_yield()
            raise GivenUp
        return Transcription(name, language, 0.9, 0.1, None, "obedient", "none", 1.0, 0.0)


@dataclass(frozen=True)
class MakeObedient:
    """Makes an ObedientTranscriber in the worker."""

    diary: Path

    def __call__(self, threads: int) -> ObedientTranscriber:
        return ObedientTranscriber(self.diary)


@dataclass(frozen=True)
class MakeNothing:
    """Fails as a model file that is not there does."""

    def __call__(self, threads: int) -> ObedientTranscriber:
        raise TranscriberFailed("no weights here")
