"""Keys, endpointing and barge-in: the small pure decisions of a call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.conversation.barge_in import takes_the_floor
from ivr.conversation.endpointing import COMPLETE_S, UNFINISHED_S, USUAL_S, wait
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.conversation.keys import INTER_DIGIT_S, LONE_ZERO_S, MOST_DIGITS, KeyEntry

SIX = Expectation(Expecting.DIGITS, "order_number", 6)
YES_NO = Expectation(Expecting.YES_NO, "anything_else")


def press(entry: KeyEntry, keys: str, expects: Expectation) -> list[str]:
    found = [entry.press(key, at_s, expects) for at_s, key in enumerate(keys)]
    return [finished for finished in found if finished is not None]


def test_the_sixth_digit_of_six_finishes_the_entry():
    assert press(KeyEntry(), "471192", SIX) == ["471192"]


def test_a_lone_zero_at_an_open_question_asks_for_a_person_at_once():
    assert press(KeyEntry(), "0", OPEN_QUESTION) == ["0"]


def test_a_zero_that_may_begin_a_number_waits_for_the_next_digit():
    entry = KeyEntry()
    assert entry.press("0", 10.0, SIX) is None
    assert entry.tick(10.0 + LONE_ZERO_S - 0.1) is None
    assert entry.tick(10.0 + LONE_ZERO_S) == "0"
    assert press(entry, "015011", SIX) == ["015011"]


def test_hash_finishes_star_starts_again_and_letters_do_nothing():
    assert press(KeyEntry(), "47*11A#", OPEN_QUESTION) == ["11"]
    assert press(KeyEntry(), "#", SIX) == []


def test_hands_that_stop_have_finished():
    entry = KeyEntry()
    entry.press("4", 1.0, OPEN_QUESTION)
    assert entry.tick(1.0 + INTER_DIGIT_S - 0.01) is None
    assert entry.tick(1.0 + INTER_DIGIT_S) == "4"
    assert entry.tick(99.0) is None


@given(st.text(max_size=200))
def test_no_flood_of_keys_makes_more_than_a_number(keys):
    for finished in press(KeyEntry(), keys + "#", OPEN_QUESTION):
        assert 0 < len(finished) <= MOST_DIGITS
        assert set(finished) <= set("0123456789")


@pytest.mark.parametrize(
    ("expects", "words", "seconds", "reason"),
    [
        (YES_NO, "Yes.", COMPLETE_S, "yes_no_complete"),
        (YES_NO, "No, thank you", COMPLETE_S, "yes_no_complete"),
        (YES_NO, "Well, I also", USUAL_S, "pause"),
        (OPEN_QUESTION, "Where is my order?", USUAL_S, "pause"),
        (OPEN_QUESTION, "My order number is", UNFINISHED_S, "trailing_word"),
        (OPEN_QUESTION, "Where is my order and", UNFINISHED_S, "trailing_word"),
        (OPEN_QUESTION, "I want to, um...", UNFINISHED_S, "trailing_word"),
        (SIX, "four seven double one nine two", COMPLETE_S, "digits_complete"),
        (SIX, "47 11 92", COMPLETE_S, "digits_complete"),
        (SIX, "four seven one", UNFINISHED_S, "digits_unfinished"),
        (SIX, "it's", UNFINISHED_S, "digits_unfinished"),
        (SIX, "I don't have it here", USUAL_S, "no_digits"),
    ],
)
def test_how_long_the_bot_waits_depends_on_what_was_said(expects, words, seconds, reason):
    assert (wait(expects, words).seconds, wait(expects, words).reason) == (seconds, reason)


def test_a_cough_does_not_take_the_floor_and_nothing_takes_it_from_the_disclosure():
    assert not takes_the_floor(True, 0.1)
    assert takes_the_floor(True, 0.3)
    assert not takes_the_floor(False, 5.0)
