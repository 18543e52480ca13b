import struct
from pathlib import Path

import numpy as np
import pytest

from ivr.embedding.packed_weights import BLOCK, PackedWeights, WeightsUnreadable

PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁å")
SCALE = 0.5


def packed(block: int = BLOCK) -> bytes:
    """Write a file of one matrix of one row, whose values go from -8 to 7 and back."""
    text = [piece.encode() for piece in PIECES]
    head = struct.pack("<4sI7ifi", b"NE5Q", 1, BLOCK, 1, 2, 64, len(PIECES), 8, 2, 1e-12, block)
    words = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, text)))
    words += np.cumsum([0, *map(len, text)]).astype("<u4").tobytes()
    words += np.arange(len(PIECES), dtype="<f4").tobytes() + b"".join(text)
    words += struct.pack("<iI", 0, 0)
    name = b"emb.word"
    listed = struct.pack("<iH", 1, len(name)) + name
    place = len(head) + len(words) + len(listed) + struct.calcsize("<BIQQ")
    values = [*range(-8, 8), *range(7, -9, -1)]
    halves = [(low + 8) | ((high + 8) << 4) for low, high in zip(values[:16], values[16:], strict=True)]
    listed += struct.pack("<BIQQ", 1, BLOCK, place, 18)
    return head + words + listed + struct.pack("<e16B", SCALE, *halves)


def test_a_block_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(packed())
    weights = PackedWeights(tmp_path / "w.bin")
    matrix = weights.quantised("emb.word", 1, BLOCK)

    assert matrix.values.tolist() == [[*range(-8, 8), *range(7, -9, -1)]]
    assert matrix.scales.tolist() == [[SCALE]]
    assert weights.pieces == list(PIECES)
    assert (weights.shape.heads, weights.shape.inner_width, weights.specials.unknown) == (2, 64, 3)


def test_a_broken_or_foreign_file_is_told(tmp_path: Path) -> None:
    for content in (packed()[:70], packed(block=64), b"PK"):
        (tmp_path / "w.bin").write_bytes(content)
        with pytest.raises(WeightsUnreadable):
            PackedWeights(tmp_path / "w.bin")
