from pathlib import Path

import numpy as np
import pytest

from ivr.embedding import kept_rows
from ivr.embedding.kept_rows import KeptRows
from tests.fakes.counted_encoder import CountedEncoder


def test_a_sentence_is_computed_once_whoever_asks_later(tmp_path: Path) -> None:
    first, second = CountedEncoder(), CountedEncoder()
    before = KeptRows(first, tmp_path / "kept.npz").encode(["where is it", "stop it", "where is it"])
    after = KeptRows(second, tmp_path / "kept.npz").encode(["one more", "where is it"])

    assert first.asked == ["where is it", "stop it"]
    assert second.asked == ["one more"]
    assert np.array_equal(before[0], after[1])
    assert np.array_equal(before[0], before[2])


def test_rows_come_in_the_order_asked_and_near_what_the_encoder_gave(tmp_path: Path) -> None:
    texts = ["a", "b", "c"]
    rows = KeptRows(CountedEncoder(), tmp_path / "kept.npz").encode(texts)

    assert rows.dtype == np.float32
    assert np.allclose(rows, CountedEncoder().encode(texts), atol=2e-3)


def test_another_version_of_the_encoder_gets_nothing_of_the_old_one(tmp_path: Path) -> None:
    KeptRows(CountedEncoder("old"), tmp_path / "kept.npz").encode(["a"])
    newer = CountedEncoder("new")
    KeptRows(newer, tmp_path / "kept.npz").encode(["a"])

    assert newer.asked == ["a"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_half_written_file_counts_as_none(tmp_path: Path, share: float) -> None:
    file = tmp_path / "kept.npz"
    KeptRows(CountedEncoder(), file).encode(["a", "b"])
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    encoder = CountedEncoder()
    KeptRows(encoder, file).encode(["a"])

    assert encoder.asked == ["a"]


def test_what_was_asked_for_last_stays_when_the_limit_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_rows, "MOST_KEPT", 3)
    file = tmp_path / "kept.npz"
    KeptRows(CountedEncoder(), file).encode(["a", "b"])
    KeptRows(CountedEncoder(), file).encode(["c", "d"])
    encoder = CountedEncoder()
    KeptRows(encoder, file).encode(["c", "d", "a"])
    KeptRows(encoder, file).encode(["b"])

    assert encoder.asked == ["b"]


def test_no_sentences_are_no_rows(tmp_path: Path) -> None:
    assert KeptRows(CountedEncoder(), tmp_path / "kept.npz").encode([]).shape == (0, kept_rows.WIDTH)
