"""What runs inside a worker process of the transcription pool."""

import gc
import os
import signal
from collections.abc import Callable
from ctypes import c_longlong
from dataclasses import dataclass
from multiprocessing.connection import Connection

import numpy as np

from ivr.conversation.expectation import Expectation
from ivr.speech.transcriber import GivenUp, Interruptible, Transcriber, TranscriberFailed, Transcription

MakeTranscriber = Callable[[int], Transcriber]  # the argument is the number of threads it may use


@dataclass(frozen=True)
class Loaded:
    """The model is in memory."""


@dataclass(frozen=True)
class Failed:
    """The transcriber raised TranscriberFailed."""

    why: str


@dataclass(frozen=True)
class LeftOff:
    """Nobody wanted the words any more, and they were not written to their end."""


Answer = Loaded | Failed | LeftOff | Transcription


def serve(line: Connection, make_transcriber: MakeTranscriber, threads: int, unwanted: c_longlong) -> None:
    """Load the model, then answer (number, audio, language, expects) until the other end goes away.

    `unwanted` is memory that both ends see: the number of a request that was given up.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the service closes us
    # OpenMP threads that wait by spinning starve each other as soon as the machine does anything else:
    # 1.95 s a turn instead of 0.31 s (base, two busy cores). It must be set before PyTorch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        transcriber = make_transcriber(threads)
    except TranscriberFailed as failed:
        line.send(Failed(str(failed)))
        return
    number = 0
    if isinstance(transcriber, Interruptible):
        transcriber.give_up_when(lambda: unwanted.value == number)
    gc.collect()
    gc.freeze()  # else a collection now and then looks through all of PyTorch: 0.2 s in the middle of a turn
    line.send(Loaded())
    while True:
        try:
            number, audio, language, expects = line.recv()
        except (EOFError, OSError):
            return
        line.send(_answer(transcriber, audio, language, expects))


def _answer(transcriber: Transcriber, audio: np.ndarray, language: str, expects: Expectation) -> Answer:
    try:
        return transcriber.transcribe(audio, language, expects)
    except GivenUp:
        return LeftOff()
    except TranscriberFailed as failed:
        return Failed(str(failed))
