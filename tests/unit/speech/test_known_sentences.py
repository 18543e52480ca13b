"""Which known sentence a doubtful text may be, and when it is taken."""

import pytest

from ivr.speech.known_sentences import KnownSentences, Weight, is_worth_weighing, sentence_said, sounds_of

KNOWN = KnownSentences(
    {
        "en": [
            "are you a robot",
            "what are your opening hours",
            "where is my order",
            "goodbye",
            "where is my order 471192",
            "I want to send something back",
        ]
    }
)
OWN = Weight(-4.0, -0.1, 5)


@pytest.mark.parametrize(
    ("heard", "likeliest"),
    [
        ("What are you opening out?", "What are your opening hours"),
        ("Well, it's my border.", "Where is my order"),
        ("I want to spend something black.", "I want to send something back"),
    ],
)
def test_the_sentence_that_sounds_alike_comes_first(heard: str, likeliest: str) -> None:
    assert KNOWN.near(heard, "en")[0] == likeliest


def test_what_is_written_as_a_known_sentence_needs_no_other() -> None:
    assert KNOWN.near("Where is my order?", "en") == []


def test_numbers_and_single_words_are_never_put_into_a_callers_mouth() -> None:
    near = KNOWN.near("Where is my hoarder?", "en")
    assert not any(sign.isdigit() for one in near for sign in one)
    assert "Goodbye" not in near


def test_a_language_without_sentences_has_none() -> None:
    assert KNOWN.near("I'm the robot.", "fi") == []


@pytest.mark.parametrize(
    ("text", "mean", "is_worth"),
    [("I'm the robot.", -0.6, True), ("I'm the robot.", -0.1, False), ("It's 471 192.", -0.6, False)],
)
def test_only_doubtful_words_without_figures_are_weighed(text: str, mean: float, is_worth: bool) -> None:
    assert is_worth_weighing(text, mean) is is_worth


def test_a_sentence_nearly_as_likely_as_the_text_was_said() -> None:
    weights = [Weight(-9.0, -0.1, 5), Weight(-5.5, -0.1, 5)]
    taken = sentence_said("I'm the robot.", OWN, ["Where is my robot", "Are you a robot"], weights)
    assert taken is not None
    assert taken.text == "Are you a robot"
    assert taken.odds == pytest.approx(-1.5)


@pytest.mark.parametrize(
    ("text", "known", "weight"),
    [
        ("I'm the robot.", "Are you a robot", Weight(-7.3, -0.1, 8)),  # far less likely
        ("I'm the robot.", "Are you a robot", Weight(-4.0, -1.0, 5)),  # the sound goes on
        ("No that's not", "No that's not it", Weight(-5.0, -0.1, 6)),  # half of it
        ("Kukker loves me", "Please subscribe to the channel", Weight(-4.0, -0.1, 6)),
        ("I know this is different from what I was doing.", "This is not working", Weight(-4.0, -0.1, 5)),
        ("Out the robot.", "Are you a robot", Weight(-6.8, -0.1, 5)),  # too improbable by itself
    ],
)
def test_anything_else_stays_as_it_was_heard(text: str, known: str, weight: Weight) -> None:
    assert sentence_said(text, OWN, [known], [weight]) is None


def test_nothing_known_nothing_said() -> None:
    assert sentence_said("I'm the robot.", OWN, [], []) is None


def test_consonants_that_a_phone_line_mixes_up_are_one() -> None:
    assert sounds_of("dispatched") == sounds_of("tispadcht")
