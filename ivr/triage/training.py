"""How the word classifier is trained: a regularised logistic regression per label, calibrated, repeatable."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ivr.triage.features import SLOTS, features
from ivr.triage.lines import ANY_REASON, LABELS, REASONS, Line, read_lines, sources, varied
from ivr.triage.logistic import Examples, fit_logistic
from ivr.triage.word_reader import MODEL, TrainedWordReader, WordsModelMissing

# Of the L2 penalty: the best of 1e-5, 3e-5 and 1e-4 on the turns of the development calls.
STRENGTH = 3e-5
FOLDS = 3
CODE = ("features.py", "lines.py", "logistic.py", "training.py")


def train_words(nlu_data: Path, data_dir: Path, say: Callable[[str], None], is_forced: bool = False) -> Path:
    """Train when the lines or this code changed, and write `models/triage/words.npz`; 20 s of CPU."""
    file = data_dir / MODEL
    fingerprint = fingerprint_of(nlu_data)
    if not is_forced and _stored_version(data_dir) == fingerprint:
        say("The word classifier is up to date.")
        return file
    say("Training the word classifier ...")
    reader = fit(read_lines(nlu_data), fingerprint)
    _store(reader, file)
    say(f"The word classifier is trained: {file}")
    return file


def fingerprint_of(nlu_data: Path) -> str:
    """Return what the model depends on, shortened: the lines and the code that learns from them."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for file in (*sources(nlu_data), *(here / name for name in CODE)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def fit(lines: Sequence[Line], version: str, labels: tuple[str, ...] = LABELS) -> TrainedWordReader:
    """Fit and calibrate on lines, on whole files held out. The same lines give the same model."""
    labels = (*labels, ANY_REASON)
    examples = varied(list(lines))
    matrix = _examples(examples, labels)
    blocks = np.array([line.source if line.block is None else line.block for line in examples])
    held_out = np.zeros_like(matrix.wanted)
    for fold in range(FOLDS):
        is_held = blocks % FOLDS == fold
        weights, bias = fit_logistic(matrix.rows(~is_held), SLOTS, STRENGTH)
        held_out[is_held] = matrix.rows(is_held).logits(weights, bias)
    weights, bias = fit_logistic(matrix, SLOTS, STRENGTH)
    for label in range(len(labels)):
        slope, shift = _platt(held_out[:, label], matrix.wanted[:, label], matrix.weights)
        weights[:, label] *= slope
        bias[label] = bias[label] * slope + shift
    return TrainedWordReader(weights.astype(np.float32), bias.astype(np.float32), labels, version)


def _examples(lines: Sequence[Line], labels: tuple[str, ...]) -> Examples:
    reasons = frozenset(REASONS)
    meant = [line.labels | ({ANY_REASON} if line.labels & reasons else frozenset()) for line in lines]
    wanted = np.array([[label in one for label in labels] for one in meant])
    weights = np.array([line.weight for line in lines])
    return Examples([features(line.words) for line in lines], wanted, weights)


def _platt(logits: np.ndarray, wanted: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return slope and shift that make held-out logits calibrated (Platt 1999), by Newton's method."""
    share = weights / weights.sum()
    design = np.stack([logits, np.ones_like(logits)], axis=1)
    found = np.array([1.0, 0.0])
    for _ in range(30):
        sure = 1.0 / (1.0 + np.exp(-(design @ found)))
        gradient = design.T @ (share * (sure - wanted)) + 1e-4 * (found - [1.0, 0.0])
        curvature = (design * (share * sure * (1 - sure))[:, None]).T @ design + 1e-4 * np.eye(2)
        found = found - np.linalg.solve(curvature, gradient)
    return float(found[0]), float(found[1])


def _store(reader: TrainedWordReader, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    about = json.dumps({"labels": list(reader.labels), "version": reader.version})
    made = file.with_name(f"making-{os.getpid()}.npz")
    np.savez_compressed(
        made, weights=reader.weights.astype(np.float16), bias=reader.bias, about=np.array(about)
    )
    made.replace(file)


def _stored_version(data_dir: Path) -> str | None:
    try:
        return TrainedWordReader.load(data_dir).version
    except WordsModelMissing:
        return None
