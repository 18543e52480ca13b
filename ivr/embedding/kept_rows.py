"""Which sentences need no computing: their rows are on disk since an earlier time."""

import hashlib
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ivr.embedding.sentence_encoder import WIDTH, SentenceEncoder

MOST_KEPT = 40_000  # rows of 2.3 kB
_KEY_BYTES = 16


class KeptRows:
    """Implements `SentenceEncoder` for training: what it once encoded it reads from `file`.

    The file is replaced as a whole, so a reader sees the old or the new one; a damaged one counts as none.
    What was asked for last stays when MOST_KEPT is reached. Rows are kept as precisely as `kind` is, and
    given so the first time too.
    """

    def __init__(
        self, encoder: SentenceEncoder, file: Path, kind: type[np.floating[Any]] = np.float16
    ) -> None:
        self._encoder = encoder
        self._file = file
        self._kind = kind
        self.version = encoder.version

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 (texts, WIDTH), computing only the rows that are not kept yet."""
        known = self._read()
        wanted = {_key(text): text for text in texts}
        missing = [key for key in wanted if key not in known]
        if missing:
            computed = self._encoder.encode([wanted[key] for key in missing]).astype(self._kind)
            known |= dict(zip(missing, computed, strict=True))
            others = [key for key in known if key not in wanted]
            self._write({key: known[key] for key in [*wanted, *others][:MOST_KEPT]})
        rows = np.empty((len(texts), WIDTH), np.float32)
        for place, text in enumerate(texts):
            rows[place] = known[_key(text)]
        return rows

    def _read(self) -> dict[bytes, np.ndarray]:
        try:
            with np.load(self._file, allow_pickle=False) as kept:
                keys, rows, version = kept["keys"], kept["rows"], str(kept["version"])
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
            return {}
        if (
            version != self.version
            or rows.dtype != self._kind
            or keys.shape != (len(rows), _KEY_BYTES)
            or rows.shape[1:] != (WIDTH,)
        ):
            return {}
        return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}

    def _write(self, rows: dict[bytes, np.ndarray]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        keys = np.frombuffer(b"".join(rows), np.uint8).reshape(-1, _KEY_BYTES)
        beside = self._file.with_name(f".{self._file.name}-{os.getpid()}.npz")
        np.savez(beside, keys=keys, rows=np.stack(list(rows.values())), version=np.array(self.version))
        beside.replace(self._file)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:_KEY_BYTES]
