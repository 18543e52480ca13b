"""What a caller's words mean for the escalation, read by the trained classifier from words and meaning."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from ivr import log
from ivr.embedding.sentence_encoder import SentenceEncoder
from ivr.errors import IvrError
from ivr.handoff.escalation.decision import WordReader
from ivr.handoff.escalation.signals import Signal
from ivr.triage.features import SLOTS, features, normal
from ivr.triage.lines import ANY_REASON, REASONS
from ivr.triage.parts import parts_of
from ivr.triage.plain_requests import SURE, asks_plainly, declines_plainly
from ivr.triage.words_model import MODEL, WordsModel, WordsModelMissing

_log = log.get("triage")
# How much the whole turn counts beside its surest part.
WHOLE_SHARE = 0.5
OpenEncoder = Callable[[Path], SentenceEncoder]


class TrainedWordReader:
    """Implements `WordReader`. Safe from any thread; 6 ms for each part of a turn, which has one to three."""

    def __init__(self, model: WordsModel, encoder: SentenceEncoder) -> None:
        self.model = model
        self.version = model.version
        self._encoder = encoder

    @classmethod
    def load(cls, data_dir: Path, open_encoder: OpenEncoder) -> "TrainedWordReader":
        """Read the trained model. Raises WordsModelMissing, EncoderMissing."""
        model = WordsModel.load(data_dir)
        encoder = open_encoder(data_dir)
        if encoder.version != model.encoder:
            raise WordsModelMissing(
                f"{data_dir / MODEL} is of another sentence encoder. `ivr nlu train` makes it anew"
            )
        return cls(model, encoder)

    def read(self, words: str) -> Mapping[str, float]:
        """Return the calibrated probability of each label, led by the surest part of the turn.

        That there is some reason is surer than which: the likeliest reason is as sure as there being one.
        """
        parts = parts_of(words)
        if not parts:
            return {}
        sure = 1.0 / (1.0 + np.exp(-self._of_parts(self._logits(parts))))
        said = {label: round(float(one), 4) for label, one in zip(self.model.labels, sure, strict=True)}
        any_reason = said.pop(ANY_REASON, 0.0)
        likeliest = max((label for label in REASONS if label in said), key=said.__getitem__, default=None)
        if likeliest is not None:
            said[likeliest] = max(said[likeliest], any_reason)
        if declines_plainly(words):
            said[Signal.ASKED_FOR_PERSON.value] = 0.0
        return said | _plainly(words, said)

    def _of_parts(self, logits: np.ndarray) -> np.ndarray:
        """Return (labels,) of (parts, labels): the surest part, held back by what the whole turn says."""
        surest = logits.max(axis=0)
        held_back = WHOLE_SHARE * logits[0] + (1 - WHOLE_SHARE) * surest
        return np.where([label == Signal.ASKED_FOR_PERSON for label in self.model.labels], surest, held_back)

    def _logits(self, parts: list[str]) -> np.ndarray:
        model, meanings = self.model, self._encoder.encode(parts)
        by_words = [values @ model.weights[slots] for slots, values in map(features, map(normal, parts))]
        by_meaning = meanings @ model.weights[SLOTS:]
        votes = model.neighbours.votes(meanings) * model.vote_weights
        logits: np.ndarray = np.stack(by_words) + by_meaning + votes + model.bias
        return logits


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


def open_reader(data_dir: Path, open_encoder: OpenEncoder) -> WordReader:
    """Return the trained classifier; without one, and said so in the log, counts and intents decide."""
    try:
        return TrainedWordReader.load(data_dir, open_encoder)
    except IvrError as missing:
        _log.error("no_word_classifier", why=str(missing))
        return NoWordReader()
