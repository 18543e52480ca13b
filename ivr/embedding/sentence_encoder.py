"""What whoever compares meanings asks for: sentences in, rows of figures out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

FOLDER = Path("models") / "sentences"  # below the data folder; `ivr models sentences` makes it
LAYERS = (6, 9, 12)  # together they beat the last one alone by far: docs/triage.md
LAYER_WIDTH = 384
WIDTH = len(LAYERS) * LAYER_WIDTH


class SentenceEncoder(Protocol):
    """Turns sentences of any of our languages into rows that are near where the meaning is near."""

    @property
    def version(self) -> str:
        """Return what changes when the same sentence would give another row."""
        ...

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 (texts, WIDTH), a row a text in their order; the same text gives the same row."""
        ...
