"""How the word classifier is trained: a regularised logistic regression per label, calibrated, repeatable."""

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ivr.triage.features import SLOTS, features
from ivr.triage.lines import LABELS, Line, read_lines, sources, varied
from ivr.triage.word_reader import MODEL, TrainedWordReader, WordsModelMissing

STRENGTH = 3e-5  # of the L2 penalty; chosen on the development calls
STEPS = 60
FOLDS = 3
CODE = ("features.py", "lines.py", "training.py")


def train_words(nlu_data: Path, data_dir: Path, say: Callable[[str], None], is_forced: bool = False) -> Path:
    """Train when the lines or this code changed, and write `models/triage/words.npz`; about half a minute."""
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
    """Fit and calibrate on lines. The same lines give the same model."""
    examples = varied(list(lines))
    matrix = _Examples(examples, labels)
    sources = np.array([example.source for example in examples])
    held_out = np.zeros_like(matrix.wanted)
    for fold in range(FOLDS):
        is_held = sources % FOLDS == fold
        weights, bias = _logistic(matrix.rows(~is_held))
        held_out[is_held] = matrix.rows(is_held).logits(weights, bias)
    weights, bias = _logistic(matrix)
    for label in range(len(labels)):
        slope, shift = _platt(held_out[:, label], matrix.wanted[:, label], matrix.weights)
        weights[:, label] *= slope
        bias[label] = bias[label] * slope + shift
    return TrainedWordReader(weights.astype(np.float32), bias.astype(np.float32), labels, version)


class _Examples:
    """Sentences as one sparse matrix; `wanted` is (n, labels) of 0 and 1."""

    def __init__(self, lines: Sequence[Line], labels: tuple[str, ...]) -> None:
        made = [features(line.words) for line in lines]
        self.starts = np.cumsum([0, *(len(slots) for slots, _ in made)])
        self.slots = np.concatenate([slots for slots, _ in made])
        self.values = np.concatenate([values for _, values in made])
        self.wanted = np.array(
            [[label in line.labels for label in labels] for line in lines], dtype=np.float64
        )
        self.weights = np.array([line.weight for line in lines])

    def rows(self, is_kept: np.ndarray) -> "_Examples":
        """Return the examples kept by a mask."""
        part = object.__new__(_Examples)
        lengths = np.diff(self.starts)
        per_value = np.repeat(is_kept, lengths)
        part.starts = np.concatenate([[0], np.cumsum(lengths[is_kept])])
        part.slots, part.values = self.slots[per_value], self.values[per_value]
        part.wanted, part.weights = self.wanted[is_kept], self.weights[is_kept]
        return part

    def logits(self, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Return (n, labels)."""
        products = self.values[:, None] * weights[self.slots]
        return np.add.reduceat(products, self.starts[:-1], axis=0) + bias


def _logistic(examples: _Examples) -> tuple[np.ndarray, np.ndarray]:
    """Minimise weighted cross-entropy plus an L2 penalty with L-BFGS, from zero, on all labels at once."""
    import torch  # only training needs it, and it takes a second to load

    rows = len(examples.wanted)
    slots, values = torch.from_numpy(examples.slots), torch.from_numpy(examples.values)
    starts = torch.from_numpy(examples.starts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "sparse CSR is in beta": what is used of it is tested
        matrix = torch.sparse_csr_tensor(starts, slots, values, (rows, SLOTS))
    turned = matrix.to_sparse_coo().t().coalesce().to_sparse_csr()
    wanted = torch.from_numpy(examples.wanted).float()
    share = torch.from_numpy(examples.weights / examples.weights.sum()).float()[:, None]
    table = torch.zeros(SLOTS, wanted.shape[1], requires_grad=True)
    bias = torch.full((wanted.shape[1],), -2.0, requires_grad=True)
    solver = torch.optim.LBFGS(
        [table, bias], max_iter=STEPS, history_size=8, line_search_fn="strong_wolfe", tolerance_change=1e-7
    )

    def closure() -> torch.Tensor:
        with torch.no_grad():
            logits = matrix @ table + bias
            losses = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
            loss = (losses * share).sum() + STRENGTH * (table**2).sum() / 2
            slope = (torch.sigmoid(logits) - wanted) * share
            table.grad = turned @ slope + STRENGTH * table
            bias.grad = slope.sum(dim=0)
        return loss

    solver.step(closure)
    return table.detach().numpy().astype(np.float64), bias.detach().numpy().astype(np.float64)


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
