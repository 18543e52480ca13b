"""The part of Rasa's pipeline that takes a sentence for an intent, by its words, letters and meaning.

Loaded by Rasa under the name that nlu_data/config.yml gives; Python 3.10, nothing of the service's settings.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent  # type: ignore[import-not-found]
from rasa.engine.recipes.default_recipe import DefaultV1Recipe  # type: ignore[import-not-found]
from rasa.engine.storage.resource import Resource  # type: ignore[import-not-found]
from rasa.engine.storage.storage import ModelStorage  # type: ignore[import-not-found]
from rasa.nlu.classifiers.classifier import IntentClassifier  # type: ignore[import-not-found]
from rasa.shared.nlu.constants import INTENT, TEXT  # type: ignore[import-not-found]
from rasa.shared.nlu.training_data.message import Message  # type: ignore[import-not-found]
from rasa.shared.nlu.training_data.training_data import TrainingData  # type: ignore[import-not-found]

from ivr.embedding.e5_encoder import E5Encoder
from ivr.embedding.kept_rows import KeptRows
from ivr.embedding.seal import EncoderMissing, sealed_version
from ivr.nlu import softmax
from ivr.nlu.softmax import Learned, learn
from ivr.triage import features

ENCODER = "SENTENCE_ENCODER"  # the variable that says in which folder the encoder lies
KEPT, KEPT_AHEAD = "kept-intents.npz", "kept-ahead.npz"  # beside the encoder
MODEL = "intents.npz"
MOST_RANKED = 10


@lru_cache(maxsize=1)
def _encoder(folder: Path) -> E5Encoder:
    return E5Encoder(folder)


def _folder() -> Path:
    if ENCODER not in os.environ:
        raise EncoderMissing(f"{ENCODER} must name the folder that `ivr models sentences` fills")
    return Path(os.environ[ENCODER])


_read_ahead: dict[str, np.ndarray] = {}


def read_ahead(texts: Sequence[str]) -> None:
    """Have the rows of sentences ready that will be asked for in this process, from disk where they are kept.

    For measuring, which asks for the same sentences of every model; a caller's words are never kept.
    """
    chosen = list(dict.fromkeys(texts))
    rows = KeptRows(_encoder(_folder()), _folder() / KEPT_AHEAD, np.float32).encode(chosen)
    _read_ahead.update(zip(chosen, rows, strict=True))


def _rows_of(texts: list[str]) -> np.ndarray:
    known = [_read_ahead.get(text) for text in texts]
    if all(row is not None for row in known):
        return np.array(known, np.float32)
    return _encoder(_folder()).encode(texts)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MeaningClassifier(IntentClassifier, GraphComponent):
    """A logistic regression over the sentence encoder's row and the sentence's words and letters."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, learned: Learned | None
    ) -> None:
        """Take what was learned; None before training."""
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._learned = learned

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the penalties, and by what the differences between intents are divided."""
        return {"words_penalty": 3e-6, "meaning_penalty": 3e-6, "temperature": 1.0}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return what else a trained part depends on, so that Rasa keeps no old one: code and encoder."""
        code = (Path(str(module.__file__)).read_bytes() for module in (softmax, features))
        digest = hashlib.sha256(sealed_version(_folder()).encode())
        for content in code:
            digest.update(content)
        return digest.hexdigest()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MeaningClassifier":
        """Return one that has learned nothing yet."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> "MeaningClassifier":
        """Return what was trained. Raises EncoderMissing, also where the encoder is not the one of then."""
        with model_storage.read_from(resource) as folder, np.load(folder / MODEL, allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            arrays = {
                name: kept[name].astype(np.float32)
                for name in ("words", "meaning", "bias", "middle", "spread")
            }
        encoder = _encoder(_folder())
        if about["encoder"] != encoder.version:
            raise EncoderMissing(
                f"the model was trained with sentence encoder {about['encoder']}, "
                f"here is {encoder.version}; train again"
            )
        if len(arrays["words"]) != 2 * softmax.HALF:
            raise EncoderMissing("the model was trained by another version of this program; train again")
        return cls(config, model_storage, resource, Learned(intents=tuple(about["intents"]), **arrays))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the examples and store it."""
        examples = [one for one in training_data.intent_examples if one.get(INTENT) and one.get(TEXT)]
        texts = [str(one.get(TEXT)) for one in examples]
        encoder = E5Encoder(_folder(), threads=os.cpu_count() or 1)
        rows = KeptRows(encoder, _folder() / KEPT).encode(texts)
        penalties = (float(self._config["words_penalty"]), float(self._config["meaning_penalty"]))
        learned = learn(texts, [str(one.get(INTENT)) for one in examples], rows, penalties)
        about = json.dumps({"intents": learned.intents, "encoder": encoder.version})
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(
                folder / MODEL,
                words=learned.words.astype(np.float16),
                meaning=learned.meaning,
                bias=learned.bias,
                middle=learned.middle,
                spread=learned.spread,
                about=np.array(about),
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set each message's intent, and the ranking of the likeliest."""
        if self._learned is None:
            return messages
        texts = [str(message.get(TEXT) or "") for message in messages]
        sure = self._learned.confidences(texts, _rows_of(texts), float(self._config["temperature"]))
        for message, one in zip(messages, sure, strict=True):
            ranking = _ranked(self._learned.intents, one)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def _ranked(intents: Sequence[str], sure: np.ndarray) -> list[dict[str, Any]]:
    order = np.argsort(-sure, kind="stable")[:MOST_RANKED]
    return [{"name": intents[place], "confidence": float(sure[place])} for place in order]
