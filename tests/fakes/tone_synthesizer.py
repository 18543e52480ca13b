"""A voice for tests: every word is a short tone, so longer text is longer audio."""

import numpy as np

from ivr.speech.synthesizer import SynthesizerFailed

SAMPLE_RATE_HZ = 8000
WORD_S = 0.25


class ToneSynthesizer:
    """Speaks `languages` in tones; counts what it was asked for; fails on text listed in `unspeakable`."""

    def __init__(self, languages: tuple[str, ...] = ("en",), unspeakable: tuple[str, ...] = ()) -> None:
        self.name = "tone-1"
        self.spoken: list[tuple[str, str]] = []
        self._languages = languages
        self._unspeakable = unspeakable

    def speaks(self, language: str) -> bool:
        """Say whether the language is one of those given."""
        return language in self._languages

    def synthesize(self, text: str, language: str) -> np.ndarray:
        """Return a quarter of a second of tone per word: float32, 8 kHz, about -20 dBFS."""
        self.spoken.append((text, language))
        if not self.speaks(language) or text in self._unspeakable or not text.strip():
            raise SynthesizerFailed("not in this voice")
        samples = int(len(text.split()) * WORD_S * SAMPLE_RATE_HZ)
        time_s = np.arange(samples) / SAMPLE_RATE_HZ
        return (0.14 * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32)
