"""How the model of turn ends is trained: sentences are whole, what comes before their last word is not."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.calls import turn_ends
from ivr.calls.turn_ends import MODEL, SLOTS, TrainedTurnEnds, TurnEndsMissing, features
from ivr.nlu.corpus import example_files, training_lines
from ivr.triage import logistic
from ivr.triage.logistic import Examples, fit_logistic

STRENGTH = 5e-6  # of the L2 penalty; chosen on the development sentences
BOTH = 0.05  # what a beginning that is also a sentence of its own counts as a beginning
OPENERS = {
    "en": ("hi", "hello", "yes", "well", "so", "okay", "no"),
    "sv": ("hej", "ja", "jo", "alltså", "nej", "okej"),
    "nb": ("hei", "ja", "altså", "nei", "ok"),
    "fi": ("hei", "joo", "no", "ei", "moi"),
}
OPENED_EVERY = 4  # sentence


@dataclass(frozen=True)
class Cut:
    """Words as far as they were said, and whether that was all of them."""

    said: tuple[str, ...]
    language: str
    is_whole: bool
    weight: float = 1.0


def train_turn_ends(
    nlu_data: Path, data_dir: Path, say: Callable[[str], None], is_forced: bool = False
) -> Path:
    """Train when the sentences or this code changed, and write the model; some seconds."""
    file = data_dir / MODEL
    version = version_of(nlu_data)
    if not is_forced and _stored_version(data_dir) == version:
        say("The model of turn ends is up to date.")
        return file
    say("Training the model of turn ends ...")
    sentences = [(line.language, line.plain) for line in training_lines(nlu_data)]
    _store(fit(list(cuts(sentences)), version), file)
    say(f"The model of turn ends is trained: {file}")
    return file


def version_of(nlu_data: Path) -> str:
    """Return what the model depends on, shortened: the sentences and the code that learns from them."""
    digest = hashlib.sha256()
    code = [Path(str(module)) for module in (__file__, turn_ends.__file__, logistic.__file__)]
    for file in (*example_files(nlu_data), *code):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def cuts(sentences: Sequence[tuple[str, str]]) -> Iterator[Cut]:
    """Yield (language, plain words) sentences whole, and cut after each word, weighing as much together."""
    known = Counter((language, tuple(plain.split())) for language, plain in sentences)
    for number, (language, plain) in enumerate(sentences):
        said = tuple(plain.split())
        if not said:
            continue
        openers = OPENERS.get(language, ())
        ways = [said]
        if openers and number % OPENED_EVERY == 0:
            ways.append((openers[number // OPENED_EVERY % len(openers)], *said))
        for way in ways:
            yield Cut(way, language, True)
            for at in range(1 + len(way) - len(said), len(way)):
                is_both = (language, way[:at]) in known
                yield Cut(way[:at], language, False, BOTH if is_both else 1.0)


def fit(examples: Sequence[Cut], version: str) -> TrainedTurnEnds:
    """Fit the model. The same cuts give the same model."""
    wanted = np.array([[cut.is_whole] for cut in examples])
    weights = np.array([cut.weight for cut in examples])
    made = [features(list(cut.said), cut.language) for cut in examples]
    found, bias = fit_logistic(Examples(made, wanted, weights), SLOTS, STRENGTH)
    languages = tuple(sorted({cut.language for cut in examples}))
    return TrainedTurnEnds(found[:, 0].astype(np.float32), float(bias[0]), languages, version)


def _store(model: TrainedTurnEnds, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    about = json.dumps({"languages": list(model.languages), "version": model.version})
    made = file.with_name(f"making-{os.getpid()}.npz")
    np.savez_compressed(
        made, weights=model.weights.astype(np.float16), bias=np.array(model.bias), about=np.array(about)
    )
    made.replace(file)


def _stored_version(data_dir: Path) -> str | None:
    try:
        return TrainedTurnEnds.load(data_dir).version
    except TurnEndsMissing:
        return None
