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
from ivr.triage.lines import ANY_REASON, REASONS
from ivr.triage.plain_requests import SURE, asks_plainly

_log = log.get("triage")
MODEL = Path("models") / "triage" / "words.npz"
# How much the whole turn counts beside its surest part; 0.3 beat 0, 0.5 and 0.7 on the development calls.
WHOLE_SHARE = 0.3


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
        """Return the calibrated probability of each label, led by the surest part of the turn.

        That there is some reason is surer than which: the likeliest reason is as sure as there being one.
        """
        parts = windows(words)
        if not parts:
            return {}
        logits = self._of_parts(np.stack([self._logits(part) for part in parts]))
        sure = 1.0 / (1.0 + np.exp(-logits))
        said = {label: round(float(one), 4) for label, one in zip(self.labels, sure, strict=True)}
        any_reason = said.pop(ANY_REASON, 0.0)
        likeliest = max((label for label in REASONS if label in said), key=said.__getitem__, default=None)
        if likeliest is not None:
            said[likeliest] = max(said[likeliest], any_reason)
        return said | _plainly(words, said)

    def _of_parts(self, logits: np.ndarray) -> np.ndarray:
        """Return (labels,) of (parts, labels): the surest part, held back by what the whole turn says."""
        surest = logits.max(axis=0)
        held_back = WHOLE_SHARE * logits[0] + (1 - WHOLE_SHARE) * surest
        return np.where([label == Signal.ASKED_FOR_PERSON for label in self.labels], surest, held_back)

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
