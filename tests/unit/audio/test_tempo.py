"""Slower speech lasts longer and keeps its pitch."""

import numpy as np
import pytest

from ivr.audio import g711
from ivr.audio.tempo import RATE_HZ, slowed


def tone(hz: float, seconds: float) -> bytes:
    at = np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    return g711.encode((0.4 * np.sin(2 * np.pi * hz * at)).astype(np.float32))


def pitch_hz(mulaw: bytes) -> float:
    audio = g711.decode(mulaw)
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(audio.size)))
    return float(np.argmax(spectrum)) * RATE_HZ / audio.size


@pytest.mark.parametrize("hz", [110.0, 220.0, 440.0])
def test_it_lasts_longer_at_the_same_pitch(hz: float) -> None:
    usual = tone(hz, 2.0)
    slow = slowed(usual, 0.8)
    assert len(slow) / len(usual) == pytest.approx(1.25, abs=0.04)
    assert pitch_hz(slow) == pytest.approx(hz, rel=0.03)


def test_it_stays_as_loud() -> None:
    usual, slow = (g711.decode(audio) for audio in (tone(200.0, 1.0), slowed(tone(200.0, 1.0))))
    assert float(np.std(slow)) == pytest.approx(float(np.std(usual)), rel=0.15)


@pytest.mark.parametrize("samples", [0, 1, 300])
def test_what_is_too_short_stays_as_it_is(samples: int) -> None:
    assert slowed(b"\xff" * samples) == b"\xff" * samples
