"""Loss is told from pauses and from phones that send nothing in pauses."""

import numpy as np
import pytest

from ivr.audio import g711
from ivr.audio.line_loss import LineLoss

VOICE = g711.encode((0.3 * np.sin(np.arange(160))).astype(np.float32))
HISS = g711.encode((0.0005 * np.sin(np.arange(160))).astype(np.float32))
NOTHING = bytes([0xFF]) * 160


def share(frames: list[bytes]) -> float:
    loss = LineLoss()
    for frame in frames:
        loss.hear(frame)
    return loss.share


def test_one_frame_in_ten_lost_is_a_tenth_of_the_sound() -> None:
    assert share(([VOICE] * 9 + [NOTHING]) * 10 + [VOICE]) == pytest.approx(0.1, abs=0.01)


def test_pauses_are_no_loss_whether_the_phone_hisses_or_sends_nothing() -> None:
    assert share(([VOICE] * 20 + [HISS] * 3 + [VOICE] * 20 + [HISS] * 30) * 3) == 0.0
    assert share(([VOICE] * 20 + [NOTHING] * 12) * 4) == 0.0


def test_what_never_came_counts_in_speech_and_not_in_silence() -> None:
    loss = LineLoss()
    for frame in [HISS] * 50:
        loss.hear(frame, lost_s=0.02)
    assert loss.share == 0.0
    for number in range(100):
        loss.hear(VOICE, lost_s=0.02 if number % 10 == 9 else 0.0)
    assert loss.share == pytest.approx(0.09, abs=0.01)


def test_a_new_turn_is_counted_by_itself_and_little_sound_says_nothing() -> None:
    loss = LineLoss()
    for frame in [VOICE, NOTHING] * 40:
        loss.hear(frame)
    assert loss.share > 0.3
    loss.begin_new_turn()
    for frame in [VOICE, NOTHING] * 5:
        loss.hear(frame)
    assert loss.share == 0.0


def test_frames_of_any_length_are_counted_alike() -> None:
    audio = b"".join(([VOICE] * 9 + [NOTHING]) * 10)
    loss = LineLoss()
    for start in range(0, len(audio), 100):
        loss.hear(audio[start : start + 100])
    assert loss.share == pytest.approx(0.1, abs=0.02)
