"""How likely the words heard so far are all that a caller wants to say: a small trained model, numpy only."""

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from ivr import log
from ivr.conversation.turn_words import turn_words
from ivr.dialogue.plain_words import plain_words
from ivr.errors import IvrError

MODEL = Path("models") / "turn_ends" / "ends.npz"
SLOTS = 1 << 15
LONGEST_RUN = 4  # words at the end of the sentence
MOST_COUNTED = 10  # words; longer sentences are alike

_log = log.get("turn_ends")


class TurnEnds(Protocol):
    """Judges words heard so far."""

    def whole(self, words: str, language: str) -> float | None:
        """Return the probability, 0 to 1, that nothing is to come; None where that is not known."""
        ...


class TurnEndsMissing(IvrError):
    """The model was not trained yet, or its file is not one; the message says what to do."""


class TrainedTurnEnds:
    """Implements `TurnEnds`. Safe from any thread; a tenth of a millisecond for a sentence."""

    def __init__(self, weights: np.ndarray, bias: float, languages: tuple[str, ...], version: str) -> None:
        self.weights = weights  # (SLOTS,), float32
        self.bias = bias
        self.languages = languages
        self.version = version

    @classmethod
    def load(cls, data_dir: Path) -> "TrainedTurnEnds":
        """Read the trained model. Raises TurnEndsMissing."""
        file = data_dir / MODEL
        try:
            with np.load(file, allow_pickle=False) as stored:
                about = json.loads(str(stored["about"]))
                weights, bias = stored["weights"].astype(np.float32), float(stored["bias"])
        except (OSError, KeyError, ValueError) as wrong:
            raise TurnEndsMissing(f"{file}: {wrong}. `ivr nlu train` makes it") from wrong
        if weights.shape != (SLOTS,):
            raise TurnEndsMissing(f"{file} is of another version. `ivr nlu train` makes it anew")
        return cls(weights, bias, tuple(about["languages"]), str(about["version"]))

    def whole(self, words: str, language: str) -> float | None:
        """Return the probability that nothing is to come; None for a language it was not trained on."""
        said = plain_words(words).split()
        if not said or language not in self.languages:
            return None
        slots, values = features(said, language)
        return float(1.0 / (1.0 + np.exp(-(values @ self.weights[slots] + self.bias))))


class NoTurnEnds:
    """Implements `TurnEnds` where no model was trained: rules alone decide then."""

    def whole(self, words: str, language: str) -> float | None:
        """Return None: nothing is known."""
        return None


def open_turn_ends(data_dir: Path) -> TurnEnds:
    """Return the trained model; without one, and said so in the log, rules alone decide."""
    try:
        return TrainedTurnEnds.load(data_dir)
    except TurnEndsMissing as missing:
        _log.error("no_turn_ends", why=str(missing))
        return NoTurnEnds()


def features(said: list[str], language: str) -> tuple[np.ndarray, np.ndarray]:
    """Return slots (int64) and values (float32) of plain words; noises of thinking count at the end only."""
    hums = turn_words(language).sounds
    kept = [word for at, word in enumerate(said) if word not in hums or at == len(said) - 1]
    shown = ["0" if word.isdigit() else word for word in kept]
    slots = np.unique([zlib.crc32(f"{language} {gram}".encode()) % SLOTS for gram in _grams(shown)])
    return slots.astype(np.int64), np.full(len(slots), 1.0 / np.sqrt(len(slots)), np.float32)


def _grams(said: list[str]) -> Iterator[str]:
    yield f"words {min(len(said), MOST_COUNTED)}"
    yield f"all {' '.join(said)}"
    for size in range(1, LONGEST_RUN + 1):
        if size <= len(said):
            yield f"end {' '.join(said[-size:])}"
    last = said[-1]
    yield from (f"letters {last[-size:]}" for size in (1, 2, 3) if len(last) > size)
    yield f"begin {' '.join(said[:2])}"
    yield f"begin and end {said[0]} {last}"
    yield f"begin and length {said[0]} {min(len(said), MOST_COUNTED)}"
    yield from (f"word {word}" for word in said[:-1])
    yield from (f"with {word} end {last}" for word in said[:-1])
