"""What a caller's words mean for the escalation, read by the trained classifier; numpy and nothing else."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ivr import log
from ivr.errors import IvrError
from ivr.handoff.escalation.decision import WordReader
from ivr.handoff.escalation.signals import Signal
from ivr.triage.features import SLOTS, features, windows
from ivr.triage.plain_requests import SURE, asks_plainly

_log = log.get("triage")
MODEL = Path("models") / "triage" / "words.npz"


class WordsModelMissing(IvrError):
    """The classifier was not trained yet, or its file is not one; the message says what to do."""


class TrainedWordReader:
    """Implements `WordReader`. Safe from any thread; a third of a millisecond for a sentence."""

    def __init__(self, weights: np.ndarray, bias: np.ndarray, labels: tuple[str, ...], version: str) -> None:
        self.weights = weights  # (SLOTS, labels), float32, calibrated
        self.bias = bias  # (labels,)
        self.labels = labels
        self.version = version

    @classmethod
    def load(cls, data_dir: Path) -> "TrainedWordReader":
        """Read the trained model. Raises WordsModelMissing."""
        file = data_dir / MODEL
        try:
            with np.load(file, allow_pickle=False) as stored:
                about = json.loads(str(stored["about"]))
                weights, bias = stored["weights"].astype(np.float32), stored["bias"].astype(np.float32)
        except (OSError, KeyError, ValueError) as wrong:
            raise WordsModelMissing(f"{file}: {wrong}. `ivr nlu train` makes it") from wrong
        if weights.shape != (SLOTS, len(about["labels"])):
            raise WordsModelMissing(f"{file} is of another version. `ivr nlu train` makes it anew")
        return cls(weights, bias, tuple(about["labels"]), str(about["version"]))

    def read(self, words: str) -> Mapping[str, float]:
        """Return the calibrated probability of each label, the highest of all parts of the turn."""
        parts = windows(words)
        if not parts:
            return {}
        logits = np.stack([self._logits(part) for part in parts]).max(axis=0)
        sure = 1.0 / (1.0 + np.exp(-logits))
        said = {label: round(float(one), 4) for label, one in zip(self.labels, sure, strict=True)}
        return said | _plainly(words, said)

    def _logits(self, normalised: str) -> np.ndarray:
        slots, values = features(normalised)
        return values @ self.weights[slots] + self.bias


class NoWordReader:
    """Implements `WordReader` where no model was trained: plain requests, counts and intents speak then."""

    version = "none"

    def read(self, words: str) -> Mapping[str, float]:
        """Return whether a person is asked for in so many words; nothing else is read."""
        return _plainly(words, {})


def _plainly(words: str, said: Mapping[str, float]) -> dict[str, float]:
    """Return how sure it is that a person is asked for, where the words leave no doubt."""
    asked = Signal.ASKED_FOR_PERSON.value
    return {asked: max(SURE, said.get(asked, 0.0))} if asks_plainly(words) else {}


def open_reader(data_dir: Path) -> WordReader:
    """Return the trained classifier; without one, and said so in the log, counts and intents decide."""
    try:
        return TrainedWordReader.load(data_dir)
    except WordsModelMissing as missing:
        _log.error("no_word_classifier", why=str(missing))
        return NoWordReader()
