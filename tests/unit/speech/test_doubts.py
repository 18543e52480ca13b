"""What may be acted on and what may not."""

from dataclasses import replace

import pytest

from ivr.speech.doubts import Evidence, doubt_about, is_repetitive, is_worth_another_try, words_of
from ivr.speech.transcriber import Doubt

CLEAR = Evidence(
    "Where is my order?", rms_dbfs=-25.0, voiced_s=1.2, mean_log_probability=-0.2, no_speech_probability=0.05
)


def test_clear_speech_is_not_doubted() -> None:
    assert doubt_about(CLEAR) is None


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"rms_dbfs": -75.0}, Doubt.SILENCE),
        ({"voiced_s": 0.05}, Doubt.NO_SPEECH),
        ({"text": ""}, Doubt.NO_SPEECH),
        ({"text": "... [Music] (coughs) ♪ la la ♪"}, Doubt.NO_SPEECH),
        ({"mean_log_probability": -1.2}, Doubt.LOW_LOG_PROBABILITY),
        ({"no_speech_probability": 0.8, "mean_log_probability": -0.7}, Doubt.NO_SPEECH),
        ({"text": "Yes. " * 30, "voiced_s": 8.0}, Doubt.REPETITION),
        ({"text": "I want to go. " * 6, "voiced_s": 8.0}, Doubt.REPETITION),
        ({"text": "a b c d e f g h i j k l m n o p", "voiced_s": 0.5}, Doubt.REPETITION),
        ({"text": "Thank you.", "voiced_s": 0.2}, Doubt.NO_SPEECH),
        ({"text": "Thanks for watching!", "mean_log_probability": -0.8}, Doubt.NO_SPEECH),
        ({"text": "you", "no_speech_probability": 0.5}, Doubt.NO_SPEECH),
    ],
)
def test_what_is_doubted_and_why(changes: dict[str, object], doubt: Doubt) -> None:
    assert doubt_about(replace(CLEAR, **changes)) is doubt  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["Yes.", "No", "zero", "8", "Nine.", "0 0", "help"])
def test_short_answers_get_through_with_little_voice_and_middling_probability(text: str) -> None:
    assert doubt_about(replace(CLEAR, text=text, voiced_s=0.2, mean_log_probability=-1.2)) is None


def test_a_caller_who_clearly_says_thank_you_is_believed() -> None:
    assert doubt_about(replace(CLEAR, text="Thank you.", voiced_s=0.7)) is None


@pytest.mark.parametrize(
    "text",
    [
        "zero zero zero zero zero zero zero zero zero zero",
        "0 0 0 0 0 0 0 0 0 0 0 0",
        "no no no no",
        "four seven one one nine two and the postcode is one one one two two",
    ],
)
def test_what_people_really_repeat_is_no_loop(text: str) -> None:
    assert not is_repetitive(words_of(text))


def test_high_no_speech_alone_is_no_doubt() -> None:
    # Digit strings read aloud with pauses reach this with Whisper base.
    assert doubt_about(replace(CLEAR, text="4, 7, 1, 1, 9, 2", no_speech_probability=0.65)) is None


def test_another_try_is_for_loops_and_improbable_words_only() -> None:
    assert is_worth_another_try("so so so so so so so so so so", -0.1)
    assert is_worth_another_try("Beado.", -1.4)
    assert not is_worth_another_try("8", -1.4)
    assert not is_worth_another_try("Where is my order?", -0.3)
