"""Hearing with faster-whisper (CTranslate2, int8), the lighter engine."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ivr.clock import Clock, SystemClock
from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.speech.careful_hearing import SAMPLE_RATE_HZ, CarefulHearing, Recognised
from ivr.speech.languages import whisper_code
from ivr.speech.transcriber import TranscriberFailed, Transcription

MAX_TOKENS = 160  # as in whisper_transcriber


class FasterWhisperTranscriber:
    """Transcribes with the CTranslate2 model in folder `model`; one per worker process."""

    def __init__(
        self, model: Path, voice_activity_model: Path, threads: int = 1, clock: Clock | None = None
    ) -> None:
        if not (model / "model.bin").is_file():
            raise TranscriberFailed(f"no faster-whisper model in {model}; run `ivr models pull`")
        whisper_model = _engine()
        try:
            self._model = whisper_model(
                str(model), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except (RuntimeError, OSError, ValueError) as broken:
            raise TranscriberFailed(f"the model in {model} cannot be loaded: {broken}") from broken
        clock = clock or SystemClock()
        self._hearing = CarefulHearing("faster-whisper", model.name, voice_activity_model, clock)
        # The first run is several times slower than the rest; no caller should wait for it.
        self._recognise(np.zeros(SAMPLE_RATE_HZ, np.float32), "en")

    def transcribe(
        self, audio: np.ndarray, language: str, expects: Expectation = OPEN_QUESTION
    ) -> Transcription:
        """Transcribe mono float32 audio at 16 kHz. Raises TranscriberFailed."""
        try:
            return self._hearing.hear(audio, language, self._recognise)
        except RuntimeError as broken:
            raise TranscriberFailed(str(broken)) from broken

    def _recognise(self, audio: np.ndarray, language: str) -> Recognised:
        # The engine's own guards are off: doubts.py judges both engines by the same rules.
        found, _ = self._model.transcribe(
            audio,
            language=whisper_code(language),
            beam_size=1,
            temperature=0.0,
            without_timestamps=True,
            condition_on_previous_text=False,
            no_speech_threshold=None,
            log_prob_threshold=None,
            compression_ratio_threshold=None,
            max_new_tokens=MAX_TOKENS,
        )
        segments = list(found)
        if not segments:
            return Recognised("", -1.0, 1.0)
        return Recognised(
            " ".join(segment.text.strip() for segment in segments),
            float(np.mean([segment.avg_logprob for segment in segments])),
            max(segment.no_speech_prob for segment in segments),
        )


def _engine() -> Any:
    """Import the engine, which is an extra, without PyAV.

    faster-whisper imports PyAV to read sound files, which it never does here. PyAV's wheels carry x264
    and x265, which are GPL, so the service is set up without it and an empty module stands in.
    """
    sys.modules.setdefault("av", ModuleType("av"))
    try:
        from faster_whisper import WhisperModel
    except ImportError as missing:
        raise TranscriberFailed("faster-whisper is missing: pip install 'ivr[fast]'") from missing
    return WhisperModel
