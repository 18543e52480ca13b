"""What counts as talking."""

import numpy as np
import pytest

from ivr.audio.talk_meter import BREAK_WINDOWS, TalkMeter

RATE = 8000
WINDOW = 256
WINDOW_S = WINDOW / RATE


def window(*partials_hz: float, level: float = 0.2) -> np.ndarray:
    times = np.arange(WINDOW) / RATE
    return (level * sum(np.sin(2 * np.pi * hertz * times) for hertz in partials_hz)).astype(np.float32)


VOWEL = window(200, 800, 1200)
HUM = window(200, 400)


def heard(*windows: tuple[np.ndarray, float]) -> TalkMeter:
    meter = TalkMeter(RATE)
    for audio, probability in windows:
        meter.hear(audio, probability)
    return meter


def test_voiced_windows_count_and_open_ones_twice_over():
    meter = heard(*[(VOWEL, 0.9)] * 3, *[(HUM, 0.9)] * 2)
    assert meter.voiced_s == pytest.approx(5 * WINDOW_S)
    assert meter.open_s == pytest.approx(3 * WINDOW_S)


def test_what_is_no_voice_does_not_count():
    meter = heard((VOWEL, 0.4), (VOWEL, 0.49))
    assert (meter.voiced_s, meter.open_s) == (0.0, 0.0)


def test_the_tail_of_a_cough_does_not_count_though_voice_activity_lingers():
    meter = heard((VOWEL, 0.9), *[(VOWEL * 0.05, 0.9)] * 4)
    assert meter.voiced_s == pytest.approx(WINDOW_S)


def test_a_gap_inside_a_word_is_bridged_and_a_longer_one_begins_anew():
    bridged = heard((VOWEL, 0.9), *[(VOWEL, 0.1)] * BREAK_WINDOWS, (VOWEL, 0.9))
    assert bridged.voiced_s == pytest.approx(2 * WINDOW_S)
    anew = heard((VOWEL, 0.9), *[(VOWEL, 0.1)] * (BREAK_WINDOWS + 1), (VOWEL, 0.9))
    assert anew.voiced_s == pytest.approx(WINDOW_S)


def test_digital_silence_is_neither_voice_nor_open():
    assert heard((np.zeros(WINDOW, np.float32), 1.0)).open_s == 0.0
