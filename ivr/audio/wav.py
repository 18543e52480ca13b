"""PCM WAV in and out, with nothing but the standard library."""

import io
import wave
from pathlib import Path

import numpy as np

from ivr.audio.g711 import to_int16


class WavUnreadable(ValueError):
    """The bytes are not a PCM WAV of 8, 16, 24 or 32 bits."""


def to_wav(audio: np.ndarray, sample_rate_hz: int) -> bytes:
    """Return audio as a 16-bit WAV; shape (samples,) for mono or (samples, channels)."""
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(1 if audio.ndim == 1 else audio.shape[1])
        wav.setsampwidth(2)
        wav.setframerate(sample_rate_hz)
        wav.writeframes(to_int16(audio).astype("<i2").tobytes())
    return out.getvalue()


def from_wav(content: bytes) -> tuple[np.ndarray, int]:
    """Return (audio, sample rate in Hz): float32 in [-1, 1], shape (samples,), channels averaged.

    Raises WavUnreadable.
    """
    try:
        with wave.open(io.BytesIO(content), "rb") as wav:
            width, channels, rate = wav.getsampwidth(), wav.getnchannels(), wav.getframerate()
            raw = wav.readframes(wav.getnframes())
    except (wave.Error, EOFError) as broken:
        raise WavUnreadable(str(broken) or "the file ends too early") from broken
    whole = len(raw) // (width * channels) * width * channels
    samples = _to_float(np.frombuffer(raw[:whole], dtype=np.uint8), width)
    return samples.reshape(-1, channels).mean(axis=1, dtype=np.float32), rate


def write_wav(path: Path, audio: np.ndarray, sample_rate_hz: int) -> None:
    """Write audio as a 16-bit WAV; shape (samples,) for mono or (samples, channels)."""
    path.write_bytes(to_wav(audio, sample_rate_hz))


def read_wav(path: Path) -> tuple[np.ndarray, int]:
    """Read a WAV file as `from_wav` does. Raises WavUnreadable, OSError."""
    return from_wav(path.read_bytes())


def _to_float(raw: np.ndarray, width: int) -> np.ndarray:
    if width == 1:
        return (raw.astype(np.float32) - 128.0) / 128.0
    if width not in (2, 3, 4):
        raise WavUnreadable(f"{8 * width} bits per sample")
    # Every width is moved to the top of 32 bits, so that one scale fits all.
    widened = np.zeros((raw.size // width, 4), dtype=np.uint8)
    widened[:, 4 - width :] = raw.reshape(-1, width)
    scaled: np.ndarray = (widened.view("<i4").ravel() / 2147483648.0).astype(np.float32)
    return scaled
