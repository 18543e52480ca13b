"""Mu-law against values that do not come from our own code."""

import warnings

import numpy as np
import pytest

from ivr.audio import g711

# ITU-T G.711 table 2a/2b: (decoder output in 14 bits, code as sent). The 16-bit sample is four times as much.
ITU_POSITIVE = [
    (8031, 0x80), (7775, 0x81), (4191, 0x8F), (3999, 0x90), (1983, 0xA0), (975, 0xB0), (471, 0xC0),
    (219, 0xD0), (93, 0xE0), (30, 0xF0), (2, 0xFE), (0, 0xFF),
]  # fmt: skip


@pytest.mark.parametrize(("fourteen_bit", "code"), ITU_POSITIVE)
def test_codes_stand_for_the_values_of_the_standard(fourteen_bit: int, code: int) -> None:
    assert g711.decode_int16(bytes([code]))[0] == 4 * fourteen_bit
    assert g711.decode_int16(bytes([code & 0x7F]))[0] == -4 * fourteen_bit


@pytest.mark.parametrize(("fourteen_bit", "code"), ITU_POSITIVE)
def test_values_of_the_standard_get_their_codes(fourteen_bit: int, code: int) -> None:
    assert g711.encode(np.array([4 * fourteen_bit], np.int16)) == bytes([code])


def test_every_sample_and_every_code_agree_with_the_removed_standard_library() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        audioop = pytest.importorskip("audioop", reason="Python 3.13 has no audioop")
    every_sample = np.arange(-32768, 32768).astype(np.int16)
    every_code = bytes(range(256))
    assert g711.encode(every_sample) == audioop.lin2ulaw(every_sample.tobytes(), 2)
    assert g711.decode_int16(every_code).tobytes() == audioop.ulaw2lin(every_code, 2)


def test_all_codes_survive_the_way_there_and_back_but_negative_zero() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)
    assert g711.encode(g711.decode(codes)) == codes


def test_silence_is_zero() -> None:
    assert g711.decode(bytes([g711.SILENCE])) == [0.0]


def test_too_loud_is_clipped_not_wrapped() -> None:
    assert g711.encode(np.array([3.0, -3.0], np.float32)) == bytes([0x80, 0x00])
