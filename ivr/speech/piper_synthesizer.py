"""Speaking with Piper's neural voices, which run in a program of their own beside the service.

Piper (package piper-tts) is under the GPL: it is asked over HTTP and never imported.
"""

from collections.abc import Mapping

import httpx
import numpy as np

from ivr.audio.wav import WavUnreadable, from_wav
from ivr.speech.phone_sound import for_the_phone
from ivr.speech.piper_voices import PiperVoice
from ivr.speech.synthesizer import SynthesizerFailed

TIMEOUT_S = 5.0  # no prompt may hold up a caller longer


class PiperSynthesizer:
    """Asks `python -m piper.http_server` (1.8: POST /synthesize); safe from any thread.

    A Piper voice draws its melody anew each time: the same text never sounds quite the same twice.
    A voice the server does not have is spoken by its own, without a word about it, so ask it by name.
    """

    def __init__(self, voices: Mapping[str, PiperVoice], timeout_s: float = TIMEOUT_S) -> None:
        self._voices = dict(voices)
        named = (f"{language}-{voice.voice or voice.url}" for language, voice in sorted(voices.items()))
        self.name = "piper-" + "-".join(named)
        self._client = httpx.Client(timeout=timeout_s, trust_env=False)

    def speaks(self, language: str) -> bool:
        """Say whether a voice is set for the language."""
        return language in self._voices

    def synthesize(self, text: str, language: str) -> np.ndarray:
        """Return float32 audio at 8 kHz. Raises SynthesizerFailed."""
        voice = self._voices.get(language)
        if voice is None:
            raise SynthesizerFailed(f"no Piper voice is set for {language!r}")
        if not text.strip():
            raise SynthesizerFailed("there is nothing to say")
        asked = {"text": text} | ({"voice": voice.voice} if voice.voice else {})
        try:
            answer = self._client.post(f"{voice.url}/synthesize", json=asked)
        except httpx.HTTPError as failed:
            raise SynthesizerFailed(f"Piper: {type(failed).__name__}") from failed
        if answer.status_code != 200:
            raise SynthesizerFailed(f"Piper answered {answer.status_code}")
        try:
            audio, rate_hz = from_wav(answer.content)
        except WavUnreadable as broken:
            raise SynthesizerFailed("Piper sent no audio") from broken
        if not np.any(audio):
            raise SynthesizerFailed("Piper sent silence")
        return for_the_phone(audio, rate_hz)
