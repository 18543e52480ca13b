"""When speech starts and stops, from probabilities alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.audio.speech_detector import (
    Hearing,
    SpeechChange,
    SpeechDetector,
    SpeechFaltered,
    SpeechStarted,
    SpeechStopped,
    SpeechWentOn,
)

WINDOW = np.zeros(256, np.float32)
WINDOW_S = 0.032


def listen(detector: SpeechDetector, probabilities: list[float]) -> list[SpeechChange]:
    noticed = (detector.hear(WINDOW, probability) for probability in probabilities)
    return [change for change in noticed if change is not None]


def test_start_and_stop_are_told_at_the_second_they_happened() -> None:
    noticed = listen(SpeechDetector(), [0.0] * 10 + [0.9] * 20 + [0.1] * 10)
    ended_s = 30 * WINDOW_S
    assert noticed == [
        SpeechStarted(10 * WINDOW_S),
        SpeechFaltered(ended_s),
        SpeechStopped(ended_s, 10 * WINDOW_S),
    ]


def test_a_click_is_not_speech() -> None:
    assert listen(SpeechDetector(), [0.0, 0.9, 0.9, 0.0] * 10) == []


def test_a_gap_inside_a_word_does_not_stop_it() -> None:
    noticed = listen(SpeechDetector(), [0.9] * 5 + [0.0] * 5 + [0.9] * 5)
    assert [type(change) for change in noticed] == [SpeechStarted, SpeechFaltered, SpeechWentOn]


def test_between_the_thresholds_speech_goes_on_but_does_not_begin() -> None:
    assert listen(SpeechDetector(), [0.4] * 20) == []
    assert len(listen(SpeechDetector(), [0.9] * 5 + [0.4] * 20)) == 1


def test_silence_is_counted_from_the_last_voice() -> None:
    detector = SpeechDetector()
    listen(detector, [0.9] * 10 + [0.0] * 20)
    assert detector.silence_s == pytest.approx(20 * WINDOW_S)
    assert detector.position_s == pytest.approx(30 * WINDOW_S)
    assert not detector.is_speaking


def test_the_utterance_holds_the_pre_roll_and_everything_since() -> None:
    detector = SpeechDetector(hearing=Hearing(pre_roll_ms=64))
    for number, probability in enumerate([0.0] * 50 + [0.9] * 10):
        detector.hear(np.full(256, number, np.float32), probability)
    kept = detector.utterance()
    assert kept[-1] == 59
    assert 46 <= kept[0] <= 48  # speech began in window 50, two windows of pre-roll before it


def test_nothing_said_is_an_empty_utterance() -> None:
    detector = SpeechDetector()
    listen(detector, [0.0] * 50)
    assert detector.utterance().size == 0


def test_a_new_turn_forgets_the_old_one_but_for_speech_going_on() -> None:
    detector = SpeechDetector()
    listen(detector, [0.9] * 30 + [0.0] * 10)
    detector.forget()
    assert detector.utterance().size == 0
    listen(detector, [0.9] * 30)
    detector.forget()
    assert 0 < detector.utterance().size < 30 * 256


def test_an_endless_turn_keeps_only_its_end() -> None:
    detector = SpeechDetector(hearing=Hearing(max_utterance_s=1.0))
    listen(detector, [0.9] * 200)
    assert 8000 <= detector.utterance().size <= 8000 + 256


def test_a_falter_is_told_after_a_tenth_of_a_second_and_a_shorter_gap_is_none() -> None:
    detector = SpeechDetector()
    assert [type(change) for change in listen(detector, [0.9] * 5 + [0.0] * 2 + [0.9])] == [SpeechStarted]
    assert listen(detector, [0.0] * 3) == [SpeechFaltered(8 * WINDOW_S)]


@given(st.lists(st.floats(0, 1), max_size=300))
def test_starts_and_stops_alternate_and_time_never_runs_back(probabilities: list[float]) -> None:
    noticed = listen(SpeechDetector(), probabilities)
    follows = {
        None: {SpeechStarted},
        SpeechStarted: {SpeechFaltered},
        SpeechFaltered: {SpeechWentOn, SpeechStopped},
        SpeechWentOn: {SpeechFaltered},
        SpeechStopped: {SpeechStarted},
    }
    before = None
    for change in noticed:
        assert type(change) in follows[before]
        before = type(change)
    times = [change.at_s for change in noticed if not isinstance(change, SpeechWentOn)]
    assert times == sorted(times)
