"""What the training lines nearest in meaning say about a sentence: a vote beside the regression.

A regression goes on in a straight line where no training line ever was; neighbours do not.
"""

from dataclasses import dataclass

import numpy as np

from ivr.embedding.sentence_encoder import LAYER_WIDTH, LAYERS

# Chosen on the calls that were read (docs/triage.md); 1,152 axes are no better, 128 worse.
AXES = 256
NEAREST = 20
SHARPNESS = 20.0  # a line that is nearer by 0.1 of cosine counts e^2 times as much
UNDECIDED = 0.01  # keeps a unanimous vote from being certain
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Neighbours:
    """The lines as directions in the space of meaning.

    `middle` and `spread` are (WIDTH,), `axes` (WIDTH, AXES), `rows` (lines, AXES) of unit length, `wanted`
    (lines, labels) of 0 and 1, `weights` (lines,); all float32.
    """

    middle: np.ndarray
    spread: np.ndarray
    axes: np.ndarray
    rows: np.ndarray
    wanted: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, meanings: np.ndarray, wanted: np.ndarray, weights: np.ndarray) -> "Neighbours":
        """Place lines: `meanings` is what the encoder made of them, (lines, WIDTH)."""
        middle, spread = meanings.mean(axis=0), meanings.std(axis=0) + 1e-6
        directions = _directions(meanings, middle, spread)
        of_both = directions if len(directions) < directions.shape[1] else directions.T @ directions
        axes = np.linalg.svd(of_both, full_matrices=False)[2][:AXES].T
        placed = _unit(directions @ axes).astype(np.float16)  # as they are stored
        arrays = (middle, spread, axes, placed, wanted, weights)
        return cls(*(array.astype(np.float32) for array in arrays))

    def only(self, is_kept: np.ndarray) -> "Neighbours":
        """Return those of the lines that a mask keeps, in the same space."""
        kept = self.rows[is_kept], self.wanted[is_kept], self.weights[is_kept]
        return Neighbours(self.middle, self.spread, self.axes, *kept)

    def votes(self, meanings: np.ndarray) -> np.ndarray:
        """Return log odds (sentences, labels) of rows of the encoder; 5 MFLOP a sentence."""
        return self.votes_of_placed(_unit(_directions(meanings, self.middle, self.spread) @ self.axes))

    def votes_of_placed(self, placed: np.ndarray) -> np.ndarray:
        """Return log odds (sentences, labels) of rows in this space."""
        parts = range(0, max(len(placed), 1), _ROWS_AT_ONCE)
        return np.concatenate([self._votes(placed[at : at + _ROWS_AT_ONCE]) for at in parts])

    def _votes(self, placed: np.ndarray) -> np.ndarray:
        if not len(self.rows):
            return np.zeros((len(placed), self.wanted.shape[1]), np.float32)
        alike = placed @ self.rows.T
        count = min(NEAREST, len(self.rows))
        nearest = np.argpartition(-alike, count - 1, axis=1)[:, :count]
        likeness = np.take_along_axis(alike, nearest, axis=1)
        heard = np.exp(SHARPNESS * (likeness - 1)) * self.weights[nearest]
        share = np.einsum("sn,snl->sl", heard, self.wanted[nearest]) / heard.sum(axis=1, keepdims=True)
        odds: np.ndarray = np.log((share + UNDECIDED) / (1 - share + UNDECIDED))
        return odds


def _directions(meanings: np.ndarray, middle: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Return rows in which every layer of the encoder is of the same length."""
    layers = ((meanings - middle) / spread).reshape(len(meanings), len(LAYERS), LAYER_WIDTH)
    return _unit(layers).reshape(len(meanings), -1)


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths: np.ndarray = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.maximum(lengths, 1e-6)
