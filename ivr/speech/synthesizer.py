"""The port through which the service speaks: text in, audio out."""

from typing import Protocol

import numpy as np


class Synthesizer(Protocol):
    """Speaks text in the languages it knows."""

    name: str  # goes into the prompt cache's key: engine, voice, version

    def speaks(self, language: str) -> bool:
        """Say whether this voice knows the language (two-letter code)."""
        ...

    def synthesize(self, text: str, language: str) -> np.ndarray:
        """Return mono float32 audio in [-1, 1] at 8 kHz, shape (samples,), trimmed of long silence.

        Raises SynthesizerFailed.
        """
        ...


class SynthesizerFailed(Exception):
    """The voice could not speak this text; the next voice should be tried."""
