"""Smart Turn v3 as a judge of pauses: the weights in the peer's wheel, on one thread, for comparison only."""

import time
from pathlib import Path

import numpy as np
import onnxruntime
import whisper

from benchmarks.utterances import ROOT
from ivr.audio.resample import resample

WEIGHTS = next(
    (ROOT / "var/peers/pipecat").glob("lib/python3*/site-packages/pipecat/audio/turn/smart_turn/data/*.onnx"),
    None,
)
MODEL_HZ = 16000
WINDOW_S = 8
COMPLETE = 0.5  # its authors' own threshold
ASKED_AFTER_S = 0.2  # Pipecat's own: this long after the voice stops
GIVES_UP_S = 3.0  # Pipecat's own: silence that ends a turn it holds for incomplete


class SmartTurn:
    """Says how likely a turn is complete. `took_s` are the seconds of processor time of every answer."""

    def __init__(self, weights: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
        self.took_s: list[float] = []

    def is_complete(self, audio: np.ndarray, rate_hz: int) -> float:
        """Return the probability, 0 to 1, from a turn's audio up to now."""
        began = time.thread_time()
        heard = resample(audio, rate_hz, MODEL_HZ)[-WINDOW_S * MODEL_HZ :]
        heard = np.pad(heard, (WINDOW_S * MODEL_HZ - heard.size, 0))
        heard = (heard - heard.mean()) / np.sqrt(heard.var() + 1e-7)
        mel = whisper.log_mel_spectrogram(heard.astype(np.float32)).numpy()
        (found,) = self._session.run(None, {"input_features": mel[None].astype(np.float32)})
        self.took_s.append(time.thread_time() - began)
        return float(np.ravel(found)[0])
