"""Cutting audio into the pieces others ask for: 20 ms frames for the line, windows for voice activity."""

import numpy as np

SAMPLE_RATE_HZ = 8000
FRAME_S = 0.02
FRAME_SAMPLES = 160  # 20 ms at 8 kHz: one media message of the phone network


def split_frames(audio: np.ndarray, size: int = FRAME_SAMPLES) -> list[np.ndarray]:
    """Cut audio into frames of `size` samples, the last one filled up with zeros."""
    padding = -audio.size % size
    if padding:
        audio = np.concatenate([audio, np.zeros(padding, audio.dtype)])
    return [audio[start : start + size] for start in range(0, audio.size, size)]


def split_payload(payload: bytes, size: int = FRAME_SAMPLES, fill: int = 0xFF) -> list[bytes]:
    """Cut mu-law bytes into frames of `size` bytes, the last one filled up with silence."""
    payload += bytes([fill]) * (-len(payload) % size)
    return [payload[start : start + size] for start in range(0, len(payload), size)]


class Windows:
    """Collects frames of any length and gives them back as windows of one length; one per stream."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting = np.zeros(0, np.float32)

    def push(self, frame: np.ndarray) -> list[np.ndarray]:
        """Add samples; return the windows that are now full, oldest first."""
        audio = np.concatenate([self._waiting, frame])
        full = audio.size // self._size * self._size
        self._waiting = audio[full:]
        return [audio[start : start + self._size] for start in range(0, full, self._size)]
