"""Whether a 32 ms window of the line holds a voice: silero-vad at 8 kHz."""

from pathlib import Path

import numpy as np
import onnxruntime

SAMPLE_RATE_HZ = 8000
WINDOW_SAMPLES = 256
WINDOW_S = WINDOW_SAMPLES / SAMPLE_RATE_HZ
# silero-vad 6.2.0 (utils_vad.OnnxWrapper): each window is preceded by the last 32 samples of the one
# before, and the recurrent state has shape (2, batch, 128).
_CONTEXT_SAMPLES = 32
_STATE_SHAPE = (2, 1, 128)
_RATE = np.array(SAMPLE_RATE_HZ, dtype=np.int64)


def open_session(model: Path) -> onnxruntime.InferenceSession:
    """Load silero_vad.onnx on one CPU thread; all calls of a process share the session."""
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), sess_options=options, providers=["CPUExecutionProvider"])


class VoiceActivity:
    """The voice activity of one stream: windows must come in order, from one thread."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self.reset()

    def reset(self) -> None:
        """Forget the stream so far."""
        self._state = np.zeros(_STATE_SHAPE, np.float32)
        self._context = np.zeros((1, _CONTEXT_SAMPLES), np.float32)

    def probability(self, window: np.ndarray) -> float:
        """Return the probability (0..1) that the next 256 float samples at 8 kHz hold a voice."""
        if window.shape != (WINDOW_SAMPLES,):
            raise ValueError(f"a window has {WINDOW_SAMPLES} samples, not shape {window.shape}")
        fed = np.concatenate([self._context, window[None].astype(np.float32, copy=False)], axis=1)
        output, self._state = self._session.run(None, {"input": fed, "state": self._state, "sr": _RATE})
        self._context = fed[:, -_CONTEXT_SAMPLES:]
        return float(output[0, 0])


def voiced_seconds(session: onnxruntime.InferenceSession, audio: np.ndarray, threshold: float = 0.5) -> float:
    """Return how many seconds of a whole utterance (float, 8 kHz) hold a voice."""
    activity = VoiceActivity(session)
    whole = audio.size // WINDOW_SAMPLES * WINDOW_SAMPLES
    windows = audio[:whole].reshape(-1, WINDOW_SAMPLES)
    return WINDOW_S * sum(activity.probability(window) >= threshold for window in windows)
