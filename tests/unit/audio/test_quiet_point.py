"""Where a sentence that was cut is taken up again."""

import numpy as np
import pytest

from ivr.audio import g711
from ivr.audio.quiet_point import LOOK_BACK_S, quiet_point_s

RATE = 8000


def sentence(*gaps: tuple[float, float], seconds: float = 4.0) -> bytes:
    """A tone with silent gaps, given as (from, to) in seconds."""
    times = np.arange(int(seconds * RATE)) / RATE
    audio = 0.3 * np.sin(2 * np.pi * 300 * times)
    for start, end in gaps:
        audio[(times >= start) & (times < end)] = 0.0
    return g711.encode(audio.astype(np.float32))


def test_the_nearest_gap_before_the_cut_is_chosen():
    assert 2.4 <= quiet_point_s(sentence((1.0, 1.1), (2.4, 2.5), (3.2, 3.3)), 3.0) <= 2.5


def test_a_gap_too_far_back_is_left_alone_and_the_latest_quietest_place_taken():
    assert quiet_point_s(sentence((0.5, 0.6)), 3.0) >= 3.0 - 0.62


def test_a_sentence_cut_in_its_first_word_begins_again():
    assert quiet_point_s(sentence(), 0.4) == 0.0


@pytest.mark.parametrize("before_s", [0.0, 0.01, 0.7, 3.99, 4.0, 99.0])
def test_the_place_lies_before_the_cut_and_not_far(before_s):
    found_s = quiet_point_s(sentence((1.0, 1.1)), before_s)
    heard_s = min(before_s, 4.0)
    assert 0.0 <= found_s <= heard_s
    assert heard_s - found_s <= LOOK_BACK_S + 0.02


def test_no_audio_has_no_place_but_its_beginning():
    assert quiet_point_s(b"", 1.0) == 0.0
