"""Hearing with openai-whisper on PyTorch, the default engine."""

from pathlib import Path

import numpy as np
import torch
import whisper

from ivr.clock import Clock, SystemClock
from ivr.speech.careful_hearing import CarefulHearing, Recognised
from ivr.speech.transcriber import TranscriberFailed, Transcription

# 28 s of the fastest speech is about 110 words; a decoder that writes more is looping.
MAX_TOKENS = 160


class WhisperTranscriber:
    """Transcribes with the weights at `model` (a .pt file); one per worker process, not thread-safe."""

    def __init__(
        self, model: Path, voice_activity_model: Path, threads: int = 1, clock: Clock | None = None
    ) -> None:
        torch.set_num_threads(threads)
        if not model.is_file():
            raise TranscriberFailed(f"no Whisper weights at {model}; run `ivr models pull`")
        try:
            self._model = whisper.load_model(str(model), device="cpu").eval()
        except (RuntimeError, OSError, KeyError) as broken:
            raise TranscriberFailed(f"Whisper weights at {model} cannot be loaded: {broken}") from broken
        self._hearing = CarefulHearing("whisper", model.stem, voice_activity_model, clock or SystemClock())

    def transcribe(self, audio: np.ndarray, language: str) -> Transcription:
        """Transcribe mono float32 audio at 16 kHz. Raises TranscriberFailed."""
        try:
            return self._hearing.hear(audio, language, self._recognise)
        except RuntimeError as broken:
            raise TranscriberFailed(str(broken)) from broken

    def _recognise(self, audio: np.ndarray, language: str) -> Recognised:
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(audio), n_mels=self._model.dims.n_mels)
        options = whisper.DecodingOptions(
            language=language, without_timestamps=True, fp16=False, sample_len=MAX_TOKENS
        )
        result = whisper.decode(self._model, mel, options)
        assert isinstance(result, whisper.DecodingResult)
        return Recognised(result.text, result.avg_logprob, result.no_speech_prob)
