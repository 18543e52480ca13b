"""The trained word classifier as plain arrays, and how it lies on disk."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.embedding.sentence_encoder import WIDTH
from ivr.errors import IvrError
from ivr.triage.features import SLOTS
from ivr.triage.neighbours import Neighbours

MODEL = Path("models") / "triage" / "words.npz"


class WordsModelMissing(IvrError):
    """The classifier was not trained yet, or its file is not one; the message says what to do."""


@dataclass(frozen=True)
class WordsModel:
    """What was learned, calibrated.

    `weights` is (SLOTS and WIDTH, labels) and `bias` (labels,), of the regression; `vote_weights` (labels,)
    say what the vote of the neighbours counts. `encoder` is the version it was learned with.
    """

    labels: tuple[str, ...]
    version: str
    encoder: str
    weights: np.ndarray
    bias: np.ndarray
    vote_weights: np.ndarray
    neighbours: Neighbours

    def store(self, data_dir: Path) -> None:
        """Write it; who reads meanwhile sees the old one or the new one."""
        file = data_dir / MODEL
        file.parent.mkdir(parents=True, exist_ok=True)
        about = {"labels": self.labels, "version": self.version, "encoder": self.encoder}
        near = self.neighbours
        made = file.with_name(f"making-{os.getpid()}.npz")
        np.savez_compressed(
            made,
            by_slot=self.weights[:SLOTS].astype(np.float16),
            by_meaning=self.weights[SLOTS:],
            bias=self.bias,
            vote_weights=self.vote_weights,
            middle=near.middle,
            spread=near.spread,
            axes=near.axes,
            rows=near.rows.astype(np.float16),
            wanted=near.wanted.astype(bool),
            line_weights=near.weights,
            about=np.array(json.dumps(about)),
        )
        made.replace(file)

    @classmethod
    def load(cls, data_dir: Path) -> "WordsModel":
        """Read it. Raises WordsModelMissing."""
        file = data_dir / MODEL
        try:
            with np.load(file, allow_pickle=False) as stored:
                about = json.loads(str(stored["about"]))
                weights = np.concatenate([stored["by_slot"].astype(np.float32), stored["by_meaning"]])
                bias, vote_weights = stored["bias"], stored["vote_weights"]
                space = [stored[name] for name in ("middle", "spread", "axes")]
                lines = [stored[name].astype(np.float32) for name in ("rows", "wanted", "line_weights")]
            labels = tuple(about["labels"])
            named = labels, str(about["version"]), str(about["encoder"])
        except (OSError, KeyError, ValueError) as wrong:
            raise WordsModelMissing(f"{file}: {wrong}. `ivr nlu train` makes it") from wrong
        if weights.shape != (SLOTS + WIDTH, len(labels)) or lines[1].shape != (len(lines[0]), len(labels)):
            raise WordsModelMissing(f"{file} is of another version. `ivr nlu train` makes it anew")
        return cls(*named, weights, bias, vote_weights, Neighbours(*space, *lines))
