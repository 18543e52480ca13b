"""G.711 mu-law: how the phone network carries a sample in one byte."""

import numpy as np

SAMPLE_RATE_HZ = 8000
SILENCE = 0xFF  # mu-law byte of a sample of zero

# ITU-T G.711 in its usual 14-bit integer form: bias 33, largest magnitude 8158 before the bias.
_BIAS = 33
_CLIP = 8159
_SEGMENT_ENDS = np.array([0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF, 0x1FFF])


def _encoding_table() -> np.ndarray:
    fourteen_bit = np.arange(-32768, 32768) >> 2
    magnitude = np.minimum(np.abs(fourteen_bit), _CLIP) + _BIAS
    segment = np.searchsorted(_SEGMENT_ENDS, magnitude)
    mantissa = (magnitude >> (np.minimum(segment, 7) + 1)) & 0x0F
    code = np.where(segment > 7, 0x7F, (segment << 4) | mantissa)
    inverted = code ^ np.where(fourteen_bit < 0, 0x7F, 0xFF)
    return inverted.astype(np.uint8)


def _decoding_table() -> np.ndarray:
    code = ~np.arange(256, dtype=np.uint8)
    mantissa = (code & 0x0F).astype(np.int32)
    segment = ((code >> 4) & 0x07).astype(np.int32)
    magnitude = (((mantissa << 3) + 0x84) << segment) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


_ENCODE = _encoding_table()
_DECODE = _decoding_table()
_DECODE_FLOAT = (_DECODE / 32768.0).astype(np.float32)


def to_int16(audio: np.ndarray) -> np.ndarray:
    """Turn float audio in [-1, 1] into int16, clipping what is beyond; int16 passes through."""
    if audio.dtype == np.int16:
        return audio
    return np.clip(np.round(audio * 32768.0), -32768, 32767).astype(np.int16)


def encode(audio: np.ndarray) -> bytes:
    """Encode mono audio, float in [-1, 1] or int16, shape (samples,), as one mu-law byte a sample."""
    return bytes(_ENCODE[to_int16(audio).astype(np.int32) + 32768])


def decode(payload: bytes) -> np.ndarray:
    """Decode mu-law bytes to float32 in [-1, 1], shape (samples,)."""
    decoded: np.ndarray = _DECODE_FLOAT[np.frombuffer(payload, dtype=np.uint8)]
    return decoded


def decode_int16(payload: bytes) -> np.ndarray:
    """Decode mu-law bytes to int16, shape (samples,)."""
    decoded: np.ndarray = _DECODE[np.frombuffer(payload, dtype=np.uint8)]
    return decoded
