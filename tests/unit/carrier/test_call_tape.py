"""Tapes lie on the call's own time, ears hear stretches, and a sound is found again inside another."""

import numpy as np
import pytest

from ivr.audio import g711
from ivr.carrier.call_report import CallReport, Turn, spread_ms
from ivr.carrier.call_tape import Ear, Tape, likeness
from tests.fakes.wire_exchange import SILENT_FRAME, tone

LOUD = g711.encode(tone(0.02))
FRAME = np.full(160, 1000, np.int16)


def test_frames_with_jitter_follow_each_other_without_a_seam() -> None:
    tape = Tape()
    for index, jitter_s in enumerate([0.0, 0.012, -0.008, 0.015]):
        tape.add(0.02 * index + jitter_s, FRAME, is_audible=True)
    assert tape.samples().tolist() == [1000] * 640


def test_a_pause_on_the_wire_is_a_pause_on_the_tape() -> None:
    tape = Tape()
    tape.add(0.0, FRAME, is_audible=True)
    tape.add(1.0, FRAME, is_audible=True)
    laid = tape.samples()
    assert laid.size == 8160
    assert not laid[160:8000].any()
    assert laid[8000:].all()


def test_after_a_burst_quiet_frames_are_left_out_until_the_tape_is_on_time() -> None:
    tape = Tape()
    for _ in range(20):  # 0.4 s of sound in one moment
        tape.add(0.0, FRAME, is_audible=True)
    for index in range(1, 50):
        tape.add(0.02 * index, np.zeros(160, np.int16), is_audible=False)
    assert tape.samples().size / 8000 == pytest.approx(1.0, abs=0.1)


def test_an_ear_tells_stretches_apart() -> None:
    ear = Ear()
    for index in range(100):
        is_loud = index < 25 or 60 <= index < 70
        ear.take(0.02 * index, LOUD if is_loud else SILENT_FRAME)
        if index == 30:
            assert ear.is_sounding(0.02 * index)
    assert ear.began_s == pytest.approx(1.2)
    assert ear.last_s == pytest.approx(1.38)
    assert not ear.is_sounding(2.0)
    stretch = ear.finished_stretch(2.0)
    assert stretch is not None
    assert stretch.size >= 10 * 160
    assert ear.finished_stretch(2.1) is None


def test_the_hiss_of_an_open_line_is_not_sound() -> None:
    ear = Ear()
    hiss = np.random.default_rng(1).standard_normal(160) * 10 ** (-66 / 20)
    assert not ear.take(0.0, g711.encode(hiss))


def test_words_are_found_inside_what_was_received_and_others_are_not() -> None:
    random = np.random.default_rng(3)
    words, others = random.standard_normal((2, 4000)).astype(np.float32) * 0.1
    received = np.concatenate([np.zeros(1234), words * 0.3, np.zeros(500)]) + 0.001 * random.standard_normal(
        5734
    )
    assert likeness(words, received.astype(np.float32)) > 0.95
    assert likeness(others, received.astype(np.float32)) < 0.2
    assert likeness(words, words[:100]) == 0.0
    assert likeness(np.zeros(100, np.float32), words) == 0.0


def test_the_spread_of_times_is_by_nearest_rank() -> None:
    assert spread_ms([]) == {"n": 0, "p50": None, "p95": None, "max": None}
    assert spread_ms([0.3, 0.1, 0.2]) == {"n": 3, "p50": 200, "p95": 300, "max": 300}
    assert spread_ms([index / 1000 for index in range(1, 101)]) == {
        "n": 100,
        "p50": 50,
        "p95": 95,
        "max": 100,
    }


def test_turns_that_were_talked_over_do_not_count() -> None:
    turns = [
        Turn("said", "a", 0, 1.0, 1.5),
        Turn("said", "b", 2, 3.0, 9.0, is_overlapped=True),
        Turn("keys", "1", 4, 4, 5),
    ]
    assert CallReport("x", turns=turns).first_audio_times_s() == [0.5]
