"""How sentences become rows: multilingual-e5-small in onnxruntime, on one thread.

Runs in the service's environment and in Rasa's own (Python 3.10).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from ivr.embedding.seal import EncoderMissing as EncoderMissing
from ivr.embedding.seal import sealed_version as sealed_version
from ivr.embedding.sentence_encoder import FOLDER as FOLDER
from ivr.embedding.sentence_encoder import WIDTH

GRAPH, TOKENIZER = "encoder.onnx", "tokenizer.json"
LONGEST = 64  # pieces of a text that are read; a caller's turn has a dozen
AT_ONCE = 32  # texts computed together, of about the same length


class E5Encoder:
    """Implements `SentenceEncoder`. Safe from any thread; 8 to 15 ms of CPU for a sentence, by its length."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the files of a folder, under a second. Raises EncoderMissing.

        One thread while calls go on, since the other core recognises speech; all cores for training.
        """
        self.version = sealed_version(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding(pad_id=1, pad_token="<pad>")
        self._session = _opened(folder / GRAPH, threads)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 (texts, WIDTH): the mean over a text's pieces after each of LAYERS."""
        rows = np.empty((len(texts), WIDTH), np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), AT_ONCE):
            chosen = order[start : start + AT_ONCE]
            rows[chosen] = self._computed([f"query: {texts[at]}" for at in chosen])
        return rows

    def _computed(self, texts: list[str]) -> np.ndarray:
        cut = self._tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in cut], np.int64)
        mask = np.array([one.attention_mask for one in cut], np.int32)
        found: np.ndarray = self._session.run(["rows"], {"ids": ids, "mask": mask})[0]
        return found


def _opened(graph: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
