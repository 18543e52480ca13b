"""Which voice speaks: the first that knows the language and does not fail."""

from collections.abc import Sequence

import numpy as np

from ivr import log
from ivr.speech.synthesizer import Synthesizer, SynthesizerFailed


class FirstThatSpeaks:
    """Several voices as one, in order of preference."""

    def __init__(self, voices: Sequence[Synthesizer]) -> None:
        self._voices = voices
        self.name = "+".join(voice.name for voice in voices)
        self._log = log.get("voice")

    def speaks(self, language: str) -> bool:
        """Say whether any voice knows the language."""
        return any(voice.speaks(language) for voice in self._voices)

    def synthesize(self, text: str, language: str) -> np.ndarray:
        """Return the first voice's audio: float32, 8 kHz. Raises SynthesizerFailed when every voice fails."""
        for voice in self._voices:
            if not voice.speaks(language):
                continue
            try:
                return voice.synthesize(text, language)
            except SynthesizerFailed as failed:
                self._log.error("voice_failed", voice=voice.name, why=str(failed))
        raise SynthesizerFailed(f"no voice could speak this in {language!r}")
