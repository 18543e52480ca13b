"""What surrounds every recognition engine: listening for a voice first, doubting the result after."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ivr.audio.levels import rms_dbfs
from ivr.audio.resample import resample
from ivr.audio.voice_activity import SAMPLE_RATE_HZ as VAD_RATE_HZ
from ivr.audio.voice_activity import open_session, voiced_seconds
from ivr.clock import Clock
from ivr.speech.doubts import Evidence, doubt_about, doubt_before_listening
from ivr.speech.transcriber import Alternative, Doubt, Transcription

SAMPLE_RATE_HZ = 16000
LONGEST_S = 30.0


@dataclass(frozen=True)
class Recognised:
    """What an engine makes of an utterance, before anyone doubts it.

    Not `is_complete` are words whose end the decoder had not reached when it was stopped: mostly a loop.
    """

    text: str
    mean_log_probability: float
    no_speech_probability: float
    is_complete: bool = True
    log_probability: float = 0.0  # of the whole text and its end, where the engine tells
    alternatives: tuple[Alternative, ...] = ()
    language_probabilities: Mapping[str, float] = field(default_factory=dict)
    end_probability: float | None = None  # as in `Transcription`
    sentence_odds: float | None = None  # as in `Transcription`


class CarefulHearing:
    """Runs an engine only over audio with a voice in it and judges what came out; one per worker."""

    def __init__(self, engine: str, model: str, voice_activity_model: Path, clock: Clock) -> None:
        self._engine = engine
        self._model = model
        self._voice_activity = open_session(voice_activity_model)
        self._clock = clock

    def hear(
        self, audio: np.ndarray, language: str, recognise: Callable[[np.ndarray, str], Recognised]
    ) -> Transcription:
        """Return what `recognise` hears in mono audio at 16 kHz, with a doubt if there is one.

        Odd audio (empty, not finite, beyond [-1, 1], over 30 s) is put right first.
        """
        started = self._clock.monotonic()
        audio_s = audio.size / SAMPLE_RATE_HZ
        clean = _put_right(audio)
        level = rms_dbfs(clean)
        voiced_s = voiced_seconds(self._voice_activity, resample(clean, SAMPLE_RATE_HZ, VAD_RATE_HZ))
        doubt: Doubt | None = doubt_before_listening(level, voiced_s)
        recognised = Recognised("", -math.inf, 1.0)
        if doubt is None:
            recognised = recognise(clean, language)
            doubt = doubt_about(
                Evidence(
                    recognised.text,
                    level,
                    voiced_s,
                    recognised.mean_log_probability,
                    recognised.no_speech_probability,
                )
            )
        return Transcription(
            text=recognised.text,
            language=language,
            asr_confidence=math.exp(min(0.0, recognised.mean_log_probability)),
            no_speech_probability=recognised.no_speech_probability,
            doubt=doubt,
            engine=self._engine,
            model=self._model,
            audio_s=audio_s,
            decode_s=self._clock.monotonic() - started,
            alternatives=recognised.alternatives,
            language_probabilities=recognised.language_probabilities,
            end_probability=recognised.end_probability,
            sentence_odds=recognised.sentence_odds,
        )


def _put_right(audio: np.ndarray) -> np.ndarray:
    floats = audio.reshape(-1)[: int(LONGEST_S * SAMPLE_RATE_HZ)].astype(np.float32)
    clipped: np.ndarray = np.clip(np.nan_to_num(floats, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
    return clipped
