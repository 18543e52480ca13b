"""Which short answer was said, decided from the decoder's figures."""

import pytest

from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.speech.short_answers import (
    Spelling,
    Weighed,
    is_clear,
    is_plain,
    is_sentence,
    likeliest,
    longest_s,
    says_more,
    short_answer,
    spellings,
)

YES_NO = Expectation(Expecting.YES_NO, "anything_else")
DIGITS = Expectation(Expecting.DIGITS, "order_number", 6)


def weighed(once: dict[str, float], thrice: dict[str, float], rival: float) -> list[Weighed]:
    heard = [Weighed(Spelling(name, name, name), once[name], thrice[name]) for name in once]
    return [*heard, Weighed(Spelling(None, "help", "help"), -9.0, rival)]


def test_an_open_question_and_an_unknown_language_have_no_short_answers() -> None:
    assert spellings(OPEN_QUESTION, "en") == []
    assert spellings(DIGITS, "ja") == []


@pytest.mark.parametrize("language", ["en", "sv", "nb", "fi"])
def test_every_language_has_ten_digits_a_yes_a_no_and_words_that_are_neither(language: str) -> None:
    digits, yes_no = spellings(DIGITS, language), spellings(YES_NO, language)
    assert {one.answer for one in digits} == {*"0123456789", None}
    assert len({one.answer for one in yes_no}) == 3
    rivals = {one.once.lower() for one in digits if one.answer is None}
    assert {one.once.lower() for one in yes_no if one.answer and one.once.endswith(".")} <= rivals


def test_five_heard_as_bye_is_five_when_a_digit_is_asked_for() -> None:
    among = weighed({"5": -4.0, "9": -7.0}, {"5": -9.0, "9": -12.0}, rival=-13.0)
    found = short_answer(DIGITS, among, free=-1.0)
    assert found is not None
    assert found.text == "5"
    assert [other.text for other in found.alternatives] == ["9"]
    assert found.probability + found.alternatives[0].probability == pytest.approx(1.0)


def test_a_word_the_decoder_is_far_surer_of_stays() -> None:
    among = weighed({"5": -11.0, "9": -12.0}, {"5": -15.0, "9": -16.0}, rival=-15.0)
    assert short_answer(DIGITS, among, free=-0.5) is None


def test_a_word_that_is_no_answer_wins_over_one_that_nearly_fits() -> None:
    fits = {"yes": -2.0, "no": -6.0}
    assert short_answer(YES_NO, weighed(fits, {"yes": -4.0, "no": -9.0}, rival=-12.0), free=-2.2) is not None
    assert short_answer(YES_NO, weighed(fits, {"yes": -9.0, "no": -12.0}, rival=-5.0), free=-2.2) is None


def test_two_answers_that_are_nearly_as_likely_are_heard_again_at_other_paces() -> None:
    once = {"5": -4.0, "9": -4.0}
    assert is_clear(weighed(once, {"5": -9.0, "9": -12.0}, rival=-8.0))
    assert not is_clear(weighed(once, {"5": -9.0, "9": -9.5}, rival=-20.0))


def test_the_likeliest_of_both_sides_are_kept() -> None:
    among = [Spelling(name, "", "") for name in ("1", "2", None, "3", None)]
    assert likeliest(among, [-3.0, -1.0, -9.0, -2.0, -8.0], answers=2, rivals=1) == [1, 3, 4]


def test_an_answer_written_with_confidence_needs_no_weighing() -> None:
    among = spellings(YES_NO, "en")
    assert is_plain(among, "Yes.", -0.2)
    assert not is_plain(among, "Yes.", -0.9)
    assert not is_plain(among, "Kevin.", -0.1)


def test_a_known_word_that_is_no_answer_stays_with_less_confidence() -> None:
    among = spellings(DIGITS, "en")
    assert is_plain(among, "Goodbye.", -0.7)
    assert not is_plain(among, "Yeah.", -0.9)
    assert not is_plain(among, "Eight.", -0.7)


@pytest.mark.parametrize(
    ("text", "sureness", "expected"),
    [
        ("Are you a robot?", -0.2, True),
        ("and I'll end.", -1.5, False),
        ("Yes, please.", -0.1, False),
        ("", 0.0, False),
    ],
)
def test_a_clear_sentence_needs_no_weighing(text: str, sureness: float, expected: bool) -> None:
    assert is_sentence(text, sureness) is expected


def test_several_digits_in_one_breath_are_no_single_digit() -> None:
    one = Expectation(Expecting.DIGITS, "order_number", 1)
    assert longest_s(DIGITS) < 1.0 < longest_s(one) == longest_s(YES_NO)


@pytest.mark.parametrize(
    ("text", "is_more"),
    [
        ("No, but...", True),
        ("Yes, and", True),
        ("Yeah", False),
        ("No. No.", False),
        ("Kevin.", False),
        ("", False),
    ],
)
def test_a_yes_or_no_with_words_behind_it_is_left_as_the_decoder_wrote_it(text: str, is_more: bool) -> None:
    among = spellings(YES_NO, "en")
    assert (says_more(among, text, "yes") or says_more(among, text, "no")) is is_more
