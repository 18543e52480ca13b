"""How the model of turn ends is trained: sentences are whole, what comes before their last word is not."""

import hashlib
import json
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from ivr.calls import turn_ends
from ivr.calls.turn_ends import (
    MODEL,
    OPENERS,
    SLOTS,
    Meaning,
    TrainedTurnEnds,
    TurnEndsMissing,
    features,
    fingerprint,
    open_encoder,
    without_opener,
)
from ivr.embedding.kept_rows import KeptRows
from ivr.embedding.seal import EncoderMissing, sealed_version
from ivr.embedding.sentence_encoder import FOLDER, SentenceEncoder
from ivr.nlu.corpus import as_heard, example_files, training_lines
from ivr.triage import logistic
from ivr.triage.lines import folder, variants_of
from ivr.triage.logistic import Examples, fit_logistic

STRENGTH = 5e-6  # of the L2 penalty; chosen on the development sentences
BOTH = 0.05  # what a beginning that is also a sentence of its own counts as a beginning
OPENED_EVERY = 4  # sentence
# What a line of the triage's counts: turns as people say them, of whose beginnings many are sentences.
TOLD = 0.3
# The judge of meaning learns from a part of the cuts, by chance: all of the English ones were hardly better
# (area under the curve 0.933 on heard pauses, with an eighth of them 0.929), and take ten times as long.
WHOLE_SHARE, BEGINNING_SHARE = 0.15, 0.05
BEGINNING_WEIGHT = 0.3  # people pause at few of the places where a sentence can be cut
MEANING_STRENGTH = 0.1
MEANING_STEPS = 60
KEPT = Path("models") / "turn_ends" / "rows.npz"


@dataclass(frozen=True)
class Cut:
    """Words as far as they were said, and whether that was all of them."""

    said: tuple[str, ...]
    language: str
    is_whole: bool
    weight: float = 1.0
    is_request: bool = True  # one of an intent's sentences, or a beginning of it


def train_turn_ends(
    nlu_data: Path, data_dir: Path, say: Callable[[str], None], is_forced: bool = False
) -> Path:
    """Train when the sentences or this code changed, and write the model; some seconds."""
    file = data_dir / MODEL
    version = version_of(nlu_data, data_dir)
    if not is_forced and _stored_version(data_dir) == version:
        say("The model of turn ends is up to date.")
        return file
    say("Training the model of turn ends ...")
    sentences = [(line.language, line.plain) for line in training_lines(nlu_data)]
    encoder = open_encoder(data_dir)
    kept = None if encoder is None else KeptRows(encoder, data_dir / KEPT)
    _store(fit(list(cuts(sentences, told(nlu_data))), version, kept), file)
    say(f"The model of turn ends is trained: {file}")
    return file


def version_of(nlu_data: Path, data_dir: Path) -> str:
    """Return what the model depends on, shortened: sentences, encoder and the code that learns from them."""
    digest = hashlib.sha256()
    try:
        digest.update(sealed_version(data_dir / FOLDER).encode())
    except EncoderMissing:
        digest.update(b"without an encoder")
    code = [Path(str(module)) for module in (__file__, turn_ends.__file__, logistic.__file__)]
    for file in (*example_files(nlu_data), *_told_files(nlu_data), *code):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def told(nlu_data: Path) -> list[tuple[str, str]]:
    """Return (language, plain words) of whole turns that the triage learns from."""
    found = []
    for file in _told_files(nlu_data):
        language = file.stem[:2]
        for block in yaml.safe_load(file.read_text(encoding="utf-8")).values():
            found += [(language, as_heard(variants_of(line)[0], language)) for line in block.splitlines()]
    return found


def _told_files(nlu_data: Path) -> list[Path]:
    return sorted(folder(nlu_data).glob("*.yml"))


def cuts(sentences: Sequence[tuple[str, str]], told: Sequence[tuple[str, str]] = ()) -> Iterator[Cut]:
    """Yield (language, plain words) sentences whole and cut after each word, and the `told` turns whole."""
    known = Counter((language, tuple(plain.split())) for language, plain in (*sentences, *told))
    yield from (
        Cut(tuple(plain.split()), language, True, TOLD, is_request=False) for language, plain in told if plain
    )
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


def fit(examples: Sequence[Cut], version: str, encoder: SentenceEncoder | None = None) -> TrainedTurnEnds:
    """Fit the model, of meaning too where there is an encoder. The same cuts give the same model."""
    wanted = np.array([[cut.is_whole] for cut in examples])
    weights = np.array([cut.weight for cut in examples])
    made = [features(list(cut.said), cut.language) for cut in examples]
    found, bias = fit_logistic(Examples(made, wanted, weights), SLOTS, STRENGTH)
    languages = tuple(sorted({cut.language for cut in examples}))
    meaning = None if encoder is None else _fit_meaning(examples, encoder)
    weights = found[:, 0].astype(np.float32)
    asked = [cut for cut in examples if cut.is_whole and cut.is_request]
    requests = {(cut.language, without_opener(cut.said, cut.language)) for cut in asked}
    known = frozenset(fingerprint(request, language) for language, request in requests if request)
    return TrainedTurnEnds(weights, float(bias[0]), languages, version, known, meaning, encoder)


def _fit_meaning(examples: Sequence[Cut], encoder: SentenceEncoder) -> Meaning:
    """Fit a logistic regression over the encoder's rows, each of their figures brought to spread 1 first."""
    import torch  # only training needs it, and it takes a second to load

    chosen = sorted({cut for cut in examples if _is_chosen(cut)}, key=lambda cut: (cut.language, cut.said))
    rows = encoder.encode([" ".join(cut.said) for cut in chosen])
    middle, spread = rows.mean(0), rows.std(0) + 1e-6
    shown = torch.from_numpy((rows - middle) / spread)
    wanted = torch.tensor([float(cut.is_whole) for cut in chosen])
    rarity = WHOLE_SHARE / BEGINNING_SHARE
    weights = [cut.weight * (1.0 if cut.is_whole else BEGINNING_WEIGHT * rarity) for cut in chosen]
    share = torch.tensor(weights) / sum(weights)
    found = torch.zeros(rows.shape[1] + 1, requires_grad=True)
    solver = torch.optim.LBFGS([found], max_iter=MEANING_STEPS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        solver.zero_grad()
        odds = shown @ found[:-1] + found[-1]
        losses = torch.nn.functional.binary_cross_entropy_with_logits(odds, wanted, reduction="none")
        loss = (losses * share).sum() + MEANING_STRENGTH * (found[:-1] ** 2).sum() / 2
        loss.backward()
        return loss

    solver.step(closure)
    learned = found.detach().numpy()
    over_rows = (learned[:-1] / spread).astype(np.float32)
    return Meaning(over_rows, float(learned[-1] - middle @ over_rows), encoder.version)


def _is_chosen(cut: Cut) -> bool:
    share = WHOLE_SHARE if cut.is_whole else BEGINNING_SHARE
    return zlib.crc32(" ".join(cut.said).encode()) < share * (1 << 32)


def _store(model: TrainedTurnEnds, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    about = {"languages": list(model.languages), "version": model.version}
    parts = {"weights": model.weights.astype(np.float16), "bias": np.array(model.bias)}
    parts["known"] = np.array(sorted(model.known), np.uint32)
    if model.meaning is not None:
        about["encoder"] = model.meaning.encoder
        parts["meaning"] = np.append(model.meaning.weights, np.float32(model.meaning.bias))
    parts["about"] = np.array(json.dumps(about))
    made = file.with_name(f"making-{os.getpid()}.npz")
    np.savez_compressed(made, allow_pickle=False, **parts)
    made.replace(file)


def _stored_version(data_dir: Path) -> str | None:
    try:
        return TrainedTurnEnds.load(data_dir).version
    except TurnEndsMissing:
        return None
