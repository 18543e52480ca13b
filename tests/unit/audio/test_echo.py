"""Telling the bot's own voice from the caller's."""

import numpy as np
import pytest

from ivr.audio import g711
from ivr.audio.echo import HEARD_S, is_echo, match

RATE = 8000
LENGTH = round(HEARD_S * RATE)


def voice(seed: int, seconds: float = 1.1) -> np.ndarray:
    """Noise shaped like speech: a wandering pitch with harmonics and a changing loudness."""
    random = np.random.default_rng(seed)
    pitch = 140 + 40 * np.interp(
        np.arange(int(seconds * RATE)), np.arange(0, 9000, 900), random.normal(0, 1, 10)
    )
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voiced = sum(random.uniform(0.2, 1.0) * np.sin(n * phase + random.uniform(0, 6)) for n in range(1, 16))
    return (0.05 * voiced).astype(np.float32)


@pytest.mark.parametrize("delay_s", [0.0, 0.03, 0.2, 0.5])
@pytest.mark.parametrize("gain", [0.25, 0.03])
def test_the_bots_voice_late_and_faint_through_mu_law_is_an_echo(delay_s, gain):
    sent = voice(1)
    end = sent.size - round(delay_s * RATE)
    noise = np.random.default_rng(7).normal(0, 5e-4, LENGTH).astype(np.float32)
    heard = g711.decode(g711.encode(gain * sent[end - LENGTH : end] + noise))
    assert is_echo(heard, sent)


@pytest.mark.parametrize("seed", range(2, 8))
def test_another_voice_is_none(seed):
    assert not is_echo(voice(seed)[:LENGTH], voice(1))


def test_a_caller_louder_than_the_echo_is_none():
    sent = voice(1)
    assert not is_echo(0.05 * sent[-LENGTH:] + voice(3)[:LENGTH], sent)


def test_silence_or_too_little_matches_nothing():
    assert match(np.zeros(LENGTH, np.float32), voice(1)) == 0.0
    assert match(voice(1)[:LENGTH], voice(1)[: LENGTH - 1]) == 0.0
    assert match(np.zeros(0, np.float32), voice(1)) == 0.0
    assert match(voice(2)[:LENGTH], np.zeros(9000, np.float32)) == 0.0
