"""How the word classifier is trained: a regression a label, a vote of like lines, calibrated, repeatable."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ivr.embedding.kept_rows import KeptRows
from ivr.embedding.sentence_encoder import LAYER_WIDTH, SentenceEncoder
from ivr.triage.features import SLOTS, features, normal
from ivr.triage.lines import ANY_REASON, LABELS, REASONS, Line, read_lines, sources
from ivr.triage.logistic import Examples, fit_logistic
from ivr.triage.neighbours import Neighbours
from ivr.triage.word_reader import OpenEncoder
from ivr.triage.words_model import MODEL, WordsModel, WordsModelMissing

# Of the L2 penalty: the best of 1e-5, 3e-5 and 1e-4 on the turns of the development calls.
STRENGTH = 3e-5
FOLDS = 3
VOTE_SHARE = 1.2  # of the neighbours' log odds beside the regression's: the best of 0.3, 0.5, 0.8, 1.2 and 2
CODE = ("features.py", "lines.py", "logistic.py", "neighbours.py", "parts.py", "training.py")
ROWS = Path("models") / "triage" / "rows.npz"  # of every line once read: only new ones are computed


def train_words(
    nlu_data: Path,
    data_dir: Path,
    open_encoder: OpenEncoder,
    say: Callable[[str], None],
    is_forced: bool = False,
) -> Path:
    """Train when lines, code or encoder changed, and write `models/triage/words.npz`.

    The first time every line is computed, a minute of CPU; later only new ones. Raises EncoderMissing.
    """
    file = data_dir / MODEL
    encoder = KeptRows(open_encoder(data_dir), data_dir / ROWS)
    fingerprint = fingerprint_of(nlu_data, encoder.version)
    if not is_forced and _stored_version(data_dir) == fingerprint:
        say("The word classifier is up to date.")
        return file
    say("Training the word classifier ...")
    fit(read_lines(nlu_data), fingerprint, encoder).store(data_dir)
    say(f"The word classifier is trained: {file}")
    return file


def fingerprint_of(nlu_data: Path, encoder_version: str) -> str:
    """Return what the model depends on, shortened: encoder, lines and the code that learns from them."""
    digest = hashlib.sha256(encoder_version.encode())
    here = Path(__file__).parent
    for file in (*sources(nlu_data), *(here / name for name in CODE)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def fit(
    lines: Sequence[Line], version: str, encoder: SentenceEncoder, labels: tuple[str, ...] = LABELS
) -> WordsModel:
    """Fit and calibrate on lines, on whole files held out. The same lines give the same model."""
    labels = (*labels, ANY_REASON)
    rows = encoder.encode([line.words for line in lines])
    mean, spread = rows.mean(axis=0), rows.std(axis=0) * np.sqrt(LAYER_WIDTH) + 1e-6
    examples = _examples(lines, (rows - mean) / spread, labels)
    near = Neighbours.of(rows, examples.wanted, examples.weights)
    blocks = np.array([line.source if line.block is None else line.block for line in lines])
    held_out = np.zeros_like(examples.wanted)
    for fold in range(FOLDS):
        is_held = blocks % FOLDS == fold
        weights, bias = fit_logistic(examples.rows(~is_held), SLOTS, STRENGTH)
        held_out[is_held] = examples.rows(is_held).logits(weights, bias)
        held_out[is_held] += VOTE_SHARE * near.only(~is_held).votes_of_placed(near.rows[is_held])
    weights, bias = fit_logistic(examples, SLOTS, STRENGTH)
    fitted = [_platt(held_out[:, at], examples.wanted[:, at], examples.weights) for at in range(len(labels))]
    slopes, shifts = np.array(fitted).T
    weights *= slopes
    weights[SLOTS:] /= spread[:, None]
    bias = bias * slopes + shifts - mean @ weights[SLOTS:]
    weights, bias, votes = (array.astype(np.float32) for array in (weights, bias, VOTE_SHARE * slopes))
    return WordsModel(labels, version, encoder.version, weights, bias, votes, near)


def _examples(lines: Sequence[Line], meanings: np.ndarray, labels: tuple[str, ...]) -> Examples:
    reasons = frozenset(REASONS)
    meant = [line.labels | ({ANY_REASON} if line.labels & reasons else frozenset()) for line in lines]
    wanted = np.array([[label in one for label in labels] for one in meant], dtype=np.float64)
    weights = np.array([line.weight for line in lines])
    made = [features(normal(line.words)) for line in lines]
    return Examples(made, wanted, weights, meanings)


def _platt(logits: np.ndarray, wanted: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return slope and shift that make held-out logits calibrated (Platt 1999), by damped Newton steps."""
    share = weights / weights.sum()
    design = np.stack([logits, np.ones_like(logits)], axis=1)
    start = np.array([1.0, 0.0])

    def loss(at: np.ndarray) -> float:
        odds = design @ at
        return float(share @ (np.logaddexp(0.0, odds) - wanted * odds) + 5e-5 * ((at - start) ** 2).sum())

    found = start
    for _ in range(30):
        sure = _sigmoid(design @ found)
        gradient = design.T @ (share * (sure - wanted)) + 1e-4 * (found - start)
        curvature = (design * (share * sure * (1 - sure))[:, None]).T @ design + 1e-4 * np.eye(2)
        step, now = np.linalg.solve(curvature, gradient), loss(found)
        while loss(found - step) > now and np.abs(step).max() > 1e-6:
            step = step / 2
        found = found - step
    return float(found[0]), float(found[1])


def _sigmoid(odds: np.ndarray) -> np.ndarray:
    sure: np.ndarray = np.exp(-np.logaddexp(0.0, -odds))
    return sure


def _stored_version(data_dir: Path) -> str | None:
    try:
        return WordsModel.load(data_dir).version
    except WordsModelMissing:
        return None
