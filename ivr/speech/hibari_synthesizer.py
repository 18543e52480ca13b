"""Speaking English with hibari, the default voice: small, fast, in the process."""

import importlib.metadata
import threading

import numpy as np
from hibari import Hibari

from ivr.speech.phone_sound import for_the_phone
from ivr.speech.synthesizer import SynthesizerFailed

_SEED = 0  # the same text must give the same audio, or cached prompts could not be compared


class HibariSynthesizer:
    """The voice "heart" that ships inside the package; safe from any thread, one sentence at a time."""

    def __init__(self, speed: float = 1.0) -> None:
        self.name = f"hibari-{importlib.metadata.version('hibari-tts')}-heart-{speed:g}"
        self._speed = speed
        self._voice = Hibari()
        self._one_at_a_time = threading.Lock()

    def speaks(self, language: str) -> bool:
        """Say whether this voice knows the language."""
        return language == "en"

    def synthesize(self, text: str, language: str) -> np.ndarray:
        """Return float32 audio at 8 kHz. Raises SynthesizerFailed."""
        if not self.speaks(language):
            raise SynthesizerFailed(f"hibari does not speak {language!r}")
        try:
            with self._one_at_a_time:
                audio = self._voice(text, speed=self._speed, seed=_SEED)
        except (RuntimeError, ValueError, KeyError, IndexError) as broken:
            raise SynthesizerFailed(f"hibari: {type(broken).__name__}") from broken
        if audio.size == 0:
            raise SynthesizerFailed("hibari finds nothing to say in the text")
        return for_the_phone(audio, self._voice.sample_rate)
