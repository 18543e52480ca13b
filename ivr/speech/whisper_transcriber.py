"""Hearing with openai-whisper's model on PyTorch, the default engine."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path

import numpy as np
import torch

from ivr.clock import Clock, SystemClock
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.speech.answer_listener import answer_heard
from ivr.speech.careful_hearing import SAMPLE_RATE_HZ, CarefulHearing, Recognised
from ivr.speech.checkpoints import load_whisper
from ivr.speech.doubts import is_worth_another_try
from ivr.speech.greedy_decoder import GreedyDecoder
from ivr.speech.known_sentences import KnownSentences
from ivr.speech.number_listener import with_other_numbers
from ivr.speech.sentence_listener import with_known_sentence
from ivr.speech.silence_memory import Heard, SilenceMemory
from ivr.speech.transcriber import TranscriberFailed, Transcription
from ivr.speech.whisper_layers import Precision, best_for_a_row, best_for_many_rows

# 28 s of the fastest speech is about 110 words; a decoder that writes more is looping.
MAX_TOKENS = 160
SHORTEST_RETRIED_S = 0.65  # with the run-up before it: less is the first sound of somebody over the bot
WARM_UP_S = (1.0, 4.0)


class Window(StrEnum):
    """How much of the 30 s window the encoder computes."""

    REMEMBERED_SILENCE = "remembered_silence"  # the speech only; see silence_memory.py
    FULL = "full"


class WhisperTranscriber:
    """Transcribes with the weights at `model` (a .pt file); one per worker process, not thread-safe."""

    def __init__(
        self,
        model: Path,
        voice_activity_model: Path,
        threads: int = 1,
        window: Window = Window.REMEMBERED_SILENCE,
        clock: Clock | None = None,
        decoder: Precision | None = None,
        encoder: Precision | None = None,
        known: KnownSentences | None = None,
    ) -> None:
        """`decoder` and `encoder` None are the best for this processor; `known` is what callers ask for."""
        torch.set_num_threads(threads)
        loaded = load_whisper(model)
        self._window = window
        self._known = known or KnownSentences({})
        self._encoder = SilenceMemory(loaded, encoder or best_for_many_rows())
        self._decoder = GreedyDecoder(loaded, MAX_TOKENS, decoder or best_for_a_row())
        self._hearing = CarefulHearing("whisper", model.stem, voice_activity_model, clock or SystemClock())
        # The first runs are several times slower than the rest; no caller should wait for them.
        with torch.inference_mode():
            for warm_up_s in WARM_UP_S:
                heard = self._encoder.encode(np.zeros(int(warm_up_s * SAMPLE_RATE_HZ), np.float32))
                self._decoder.decode(heard, "en")

    def give_up_when(self, is_given_up: Callable[[], bool]) -> None:
        """Leave off between two tokens, by raising GivenUp, when this says so."""
        self._decoder.is_given_up = is_given_up

    def transcribe(
        self, audio: np.ndarray, language: str, expects: Expectation = OPEN_QUESTION
    ) -> Transcription:
        """Transcribe mono float32 audio at 16 kHz. Raises TranscriberFailed."""
        try:
            return self._hearing.hear(audio, language, partial(self._recognise, expects))
        except (RuntimeError, ValueError) as broken:
            raise TranscriberFailed(str(broken)) from broken

    @torch.inference_mode()
    def _recognise(self, expects: Expectation, audio: np.ndarray, language: str) -> Recognised:
        if self._window is Window.FULL:
            return self._decoder.decode(self._encoder.encode_full(audio), language)
        free, heard = self._sentence(expects, audio, language)
        found = answer_heard(audio, free, expects, language, self._encoder.encode, self._decoder)
        return with_other_numbers(free, expects, language, heard, self._decoder) if found is free else found

    def _sentence(self, expects: Expectation, audio: np.ndarray, language: str) -> tuple[Recognised, Heard]:
        heard = self._encoder.encode(audio)
        first = self._decoder.decode(heard, language)
        if audio.size < SHORTEST_RETRIED_S * SAMPLE_RATE_HZ:
            return first, heard
        known = self._as_known(first, expects, language, heard)
        is_doubtful = is_worth_another_try(first.text, first.mean_log_probability)
        if known is not first or (first.is_complete and not is_doubtful):
            return known, heard
        heard = self._encoder.encode_full(audio)
        return self._as_known(self._decoder.decode(heard, language), expects, language, heard), heard

    def _as_known(self, free: Recognised, expects: Expectation, language: str, heard: Heard) -> Recognised:
        if expects.kind is Expecting.DIGITS:
            return free
        return with_known_sentence(free, language, heard, self._decoder, self._known)
