"""Keys, endpointing and barge-in: the small pure decisions of a call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.conversation.bad_line import is_guess
from ivr.conversation.barge_in import (
    WORDLESS_S,
    Glimpse,
    Reason,
    TalkedOver,
    glimpse,
    let_go,
    takes_the_floor,
    was_meant,
)
from ivr.conversation.endpointing import (
    COMPLETE_S,
    DONE_S,
    EVEN_S,
    HALF_S,
    LONGEST_WAIT_S,
    ONE_SHORT_S,
    OWN_PAUSE_SHARE,
    SENTENCE_S,
    SURE_SENTENCE_S,
    UNFINISHED_S,
    UNSURE_DIGITS_S,
    UNSURE_S,
    UNSURE_WORDS_FOR_DIGITS_S,
    USUAL_S,
    wait,
)
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.conversation.keys import INTER_DIGIT_S, LONE_ZERO_S, MOST_DIGITS, KeyEntry
from ivr.conversation.patience import is_word_due

SIX = Expectation(Expecting.DIGITS, "order_number", 6)
YES_NO = Expectation(Expecting.YES_NO, "anything_else")


def press(entry: KeyEntry, keys: str, expects: Expectation) -> list[str]:
    found = [entry.press(key, at_s, expects) for at_s, key in enumerate(keys)]
    return [finished for finished in found if finished is not None]


def test_the_sixth_digit_of_six_finishes_the_entry():
    assert press(KeyEntry(), "971192", SIX) == ["971192"]


def test_an_order_number_with_letters_takes_a_key_for_each_character():
    lettered = Expectation(Expecting.DIGITS, "order_number", 4, "AA9999")
    assert press(KeyEntry(), "924711", lettered) == ["924711"]


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
        (YES_NO, "Yes, that's it.", COMPLETE_S, "yes_no_complete"),
        (YES_NO, "No, that was all.", COMPLETE_S, "yes_no_complete"),
        (YES_NO, "Yeah sure", COMPLETE_S, "yes_no_complete"),
        # Yes or no was said, and more is on its way.
        (YES_NO, "Yeah, I'll.", HALF_S, "trailing_word"),
        (OPEN_QUESTION, "Is it possible, too?", HALF_S, "trailing_word"),  # "to", as it is heard
        (YES_NO, "Yes, I also need.", HALF_S, "trailing_word"),
        (YES_NO, "Well, my lamp", USUAL_S, "pause"),
        (YES_NO, "Yes, where is my order?", SURE_SENTENCE_S, "sentence_sure"),
        # A sentence with an end.
        (OPEN_QUESTION, "Where is my order?", SURE_SENTENCE_S, "sentence_sure"),
        (OPEN_QUESTION, "I want to know where my order is.", SURE_SENTENCE_S, "sentence_sure"),
        (OPEN_QUESTION, "Who is it from?", SURE_SENTENCE_S, "sentence_sure"),
        (OPEN_QUESTION, "What is my order number?", SURE_SENTENCE_S, "sentence_sure"),
        (OPEN_QUESTION, "I don't have my order number.", SURE_SENTENCE_S, "sentence_sure"),
        (OPEN_QUESTION, "Is it possible to?", HALF_S, "trailing_word"),
        # No end was heard, or too few words for the full stop to mean anything.
        (OPEN_QUESTION, "Where is my order", USUAL_S, "pause"),
        (OPEN_QUESTION, "My order.", USUAL_S, "pause"),
        (OPEN_QUESTION, "", USUAL_S, "pause"),
        # The last word announces more, whatever recognition wrote behind it.
        (OPEN_QUESTION, "My order number is", HALF_S, "trailing_word"),
        (OPEN_QUESTION, "Where is my order and?", HALF_S, "trailing_word"),
        (OPEN_QUESTION, "I want to, um...", HALF_S, "trailing_word"),
        (OPEN_QUESTION, "I want to.", HALF_S, "trailing_word"),
        (OPEN_QUESTION, "I'm calling because.", HALF_S, "trailing_word"),
        (OPEN_QUESTION, "I have a question about.", HALF_S, "trailing_word"),
        (OPEN_QUESTION, "I need to return the.", HALF_S, "trailing_word"),
        # The sentence has only been opened.
        (OPEN_QUESTION, "I'd like.", HALF_S, "trailing_word"),
        (OPEN_QUESTION, "Can you tell me?", HALF_S, "trailing_word"),
        (SIX, "Let me see.", UNFINISHED_S, "trailing_word"),
        (OPEN_QUESTION, "Well, actually", HALF_S, "trailing_word"),
        (OPEN_QUESTION, "I don't, actually.", SURE_SENTENCE_S, "sentence_sure"),
        # Recognition heard the voice stay up, or break off.
        (OPEN_QUESTION, "I ordered a lamp,", HALF_S, "trailing_word"),
        (OPEN_QUESTION, "I ordered a lamp...", HALF_S, "trailing_word"),
        (SIX, "four seven double one nine two", COMPLETE_S, "digits_complete"),
        (SIX, "47 11 92", COMPLETE_S, "digits_complete"),
        # People pause up to 2.5 s inside a number.
        (SIX, "four seven one", UNFINISHED_S, "digits_unfinished"),
        (SIX, "It's four seven, um", UNFINISHED_S, "digits_unfinished"),
        # A word among figures is a figure misheard: all places are filled, and nothing more will come.
        (SIX, "one one four five time nine", USUAL_S, "digits_misheard"),
        (SIX, "4M-1192", USUAL_S, "digits_misheard"),
        (SIX, "4, 7, 1, 1, um, 9", ONE_SHORT_S, "digits_one_short"),
        (SIX, "It's 4711, 9", ONE_SHORT_S, "digits_one_short"),
        (SIX, "471192 33", UNSURE_DIGITS_S, "digits_too_many"),
        # One or two odd words where a number is read aloud are digits misheard; known replies are not.
        (SIX, "Hey.", UNFINISHED_S, "digits_to_come"),
        (SIX, "it's", UNFINISHED_S, "digits_to_come"),
        (SIX, "Yeah.", UNFINISHED_S, "digits_to_come"),
        (SIX, "Agent.", USUAL_S, "no_digits"),
        (SIX, "No.", USUAL_S, "no_digits"),
        (SIX, "I don't have it here", USUAL_S, "no_digits"),
        (SIX, "I don't have it here.", SENTENCE_S, "sentence"),
        (SIX, "The order number is", UNFINISHED_S, "trailing_word"),
    ],
)
def test_how_long_the_bot_waits_depends_on_what_was_said(expects, words, seconds, reason):
    assert (wait(expects, words).seconds, wait(expects, words).reason) == (seconds, reason)


def test_who_pauses_long_between_digits_is_given_as_long_for_the_last_one():
    def waited_s(longest_pause_s):
        return wait(SIX, "4 7 1 1 9", longest_pause_s=longest_pause_s).seconds

    assert waited_s(0.4) == ONE_SHORT_S
    assert waited_s(1.0) == pytest.approx(OWN_PAUSE_SHARE)
    assert waited_s(9.0) == UNFINISHED_S


@pytest.mark.parametrize(
    ("language", "words", "reason"),
    [
        ("sv", "Ja tack.", "yes_no_complete"),
        ("sv", "Jag skulle vilja", "trailing_word"),
        ("sv", "Jag ringer för att.", "trailing_word"),
        ("sv", "Var är min beställning?", "sentence_sure"),
        ("nb", "Nei, takk.", "yes_no_complete"),
        ("nb", "Jeg lurer på.", "trailing_word"),
        ("fi", "Joo kiitos.", "yes_no_complete"),
        ("fi", "Haluaisin", "trailing_word"),
        ("fi", "Missä minun tilaus on?", "sentence_sure"),
    ],
)
def test_every_language_has_its_own_ends_and_beginnings(language, words, reason):
    assert wait(YES_NO, words, language).reason == reason


@pytest.mark.parametrize(
    ("words", "whole", "asr_confidence", "seconds", "reason"),
    [
        ("I want to cancel.", 0.1, 0.8, HALF_S, "sentence_half"),
        ("My husband placed it.", 0.3, 0.8, 1.3, "sentence_half"),
        # As likely half as all, which most mishearings are: whoever goes on is taken back.
        ("Where with my order?", 0.4, 0.8, EVEN_S, "sentence_open"),
        ("I'd like to return a lamp.", 0.5, 0.8, EVEN_S, "sentence_open"),
        ("What time do you close?", 0.67, 0.8, 0.6, "sentence_likely"),
        ("I want to cancel my order.", 0.9, 0.8, COMPLETE_S, "sentence_whole"),
        # No full stop was heard: the model alone says that it is one.
        ("start over", 0.9, 0.8, COMPLETE_S, "pause_whole"),
        ("my green sofa", 0.1, 0.8, HALF_S, "pause_half"),
        # What rests on words that may be wrong waits longer, and what is sure less long.
        ("My order is very late.", 0.76, 0.4, 0.6, "sentence_likely"),
        ("What time do you close?", 0.67, 1.0, 0.5, "sentence_likely"),
        # A word that announces more says more than the model, but for one that also ends a sentence.
        ("I'm calling because.", 0.9, 0.8, HALF_S, "trailing_word"),
        ("It says that.", 0.6, 0.8, HALF_S, "trailing_word"),
        ("Stop asking me that.", 0.9, 0.8, COMPLETE_S, "sentence_whole"),
        ("Stop asking me that...", 0.9, 0.8, HALF_S, "trailing_word"),
    ],
)
def test_the_less_likely_the_words_are_all_the_longer_the_bot_waits(
    words, whole, asr_confidence, seconds, reason
):
    found = wait(OPEN_QUESTION, words, asr_confidence=asr_confidence, whole=whole)
    assert (round(found.seconds, 1), found.reason) == (seconds, reason)


@pytest.mark.parametrize(
    ("words", "language"), [("Good afternoon.", "en"), ("Hej hej!", "sv"), ("God dag.", "nb"), ("Moi", "fi")]
)
def test_what_is_wanted_comes_after_a_greeting(words: str, language: str) -> None:
    assert wait(OPEN_QUESTION, words, language, whole=0.95).reason == "greeting"
    assert wait(OPEN_QUESTION, f"{words} order 471192", language, whole=0.95).reason != "greeting"


@pytest.mark.parametrize(("words", "is_shorter"), [("No, don't mind.", True), ("Please don't mind.", False)])
def test_a_no_with_a_few_words_is_likelier_all_where_a_yes_or_no_is_asked(words, is_shorter):
    asked, open_ = (wait(expects, words, whole=0.3).seconds for expects in (YES_NO, OPEN_QUESTION))
    assert (asked < open_) is is_shorter


@given(st.text(max_size=60), st.floats(0, 1), st.floats(0, 1))
def test_whatever_the_model_says_the_wait_has_an_end_and_never_shrinks_with_doubt(words, one, other):
    less, more = sorted((one, other))
    waits = [wait(OPEN_QUESTION, words, whole=whole).seconds for whole in (less, more)]
    assert COMPLETE_S <= waits[1] <= waits[0] <= LONGEST_WAIT_S


@pytest.mark.parametrize(
    ("words", "whole", "reason"),
    [
        ("Yes, it is here.", 0.1, "number_to_come"),
        ("I don't know.", 0.3, "sentence"),
        ("No, I want help.", 0.1, "sentence"),
        ("I don't have it here.", 0.7, "sentence"),
        ("471192", 0.1, "digits_complete"),
    ],
)
def test_half_a_sentence_where_a_number_is_awaited_is_what_comes_before_it(words, whole, reason):
    assert wait(SIX, words, whole=whole).reason == reason


def test_a_yes_or_no_to_a_question_needs_no_model():
    assert wait(YES_NO, "Yes.", whole=0.1).seconds == COMPLETE_S


@pytest.mark.parametrize(
    ("step", "words", "seconds", "reason"),
    [
        ("confirmation", "Yes.", DONE_S, "yes_no_is_done"),
        ("confirmation", "Yes, please.", DONE_S, "yes_no_is_done"),
        ("confirmation", "No.", COMPLETE_S, "yes_no_complete"),
        ("anything_else", "No.", USUAL_S, "yes_no_ends_the_call"),
        ("anything_else", "No, thanks.", COMPLETE_S, "yes_no_complete"),
        ("anything_else", "Yes.", COMPLETE_S, "yes_no_complete"),
    ],
)
def test_what_cannot_be_taken_back_is_not_hurried(step, words, seconds, reason):
    found = wait(Expectation(Expecting.YES_NO, step), words)
    assert (found.seconds, found.reason) == (seconds, reason)


def test_a_yes_before_a_word_misheard_is_not_waited_for_as_if_nothing_was_understood():
    found = wait(YES_NO, "Yeah, breathe.", asr_confidence=0.5)
    assert (found.seconds, found.reason) == (USUAL_S, "yes_no_and_a_word")


def test_words_that_may_be_wrong_shorten_no_wait_and_lengthen_none_but_short_ones():
    unsure = wait(OPEN_QUESTION, "I like you.", asr_confidence=0.5)
    assert (unsure.seconds, unsure.reason) == (UNSURE_S, "sentence_unsure")
    assert wait(OPEN_QUESTION, "I like you.", asr_confidence=0.7).seconds == SENTENCE_S
    assert wait(OPEN_QUESTION, "I'd like to", asr_confidence=0.5).seconds == HALF_S
    assert wait(SIX, "471192", asr_confidence=0.55).seconds == COMPLETE_S
    assert wait(SIX, "4,000, 11.", asr_confidence=0.3).seconds == UNSURE_DIGITS_S
    misheard = wait(SIX, "A clear of three.", asr_confidence=0.54)  # digits, not a sentence
    assert (misheard.seconds, misheard.reason) == (UNSURE_WORDS_FOR_DIGITS_S, "sentence_unsure")
    assert wait(SIX, "I don't have it here.", asr_confidence=0.7).seconds == SENTENCE_S
    assert wait(YES_NO, "Yeah.", asr_confidence=0.3).seconds == COMPLETE_S  # so short a word is never sure


@pytest.mark.parametrize(
    ("is_interruptible", "voiced_s", "open_s", "does_it_stop"),
    [
        (True, 0.128, 0.064, True),
        (True, 0.096, 0.096, False),  # a cough
        (True, 0.9, 0.032, False),  # "mm-hm": lips closed
        (False, 5.0, 5.0, False),  # the disclosure
    ],
)
def test_only_talking_stops_a_prompt_that_may_be_stopped(is_interruptible, voiced_s, open_s, does_it_stop):
    assert takes_the_floor(is_interruptible, voiced_s, open_s) is does_it_stop


@pytest.mark.parametrize(
    ("words", "doubt", "language", "seen"),
    [
        ("Where is", None, "en", Glimpse.WORDS),
        ("No.", None, "en", Glimpse.WORDS),
        ("Thank you.", "no_speech", "en", Glimpse.NOTHING),
        ("", None, "en", Glimpse.NOTHING),
        ("Okay.", None, "en", Glimpse.LISTENING),
        ("Uh-huh.", "low_log_probability", "en", Glimpse.LISTENING),  # such noises are always doubted
        ("Right now.", None, "en", Glimpse.WORDS),
        ("Ja.", None, "sv", Glimpse.LISTENING),
        ("Joo.", None, "fi", Glimpse.LISTENING),
        ("Ja.", None, "en", Glimpse.WORDS),
    ],
)
def test_first_words_tell_listening_from_a_turn(words, doubt, language, seen):
    assert glimpse(words, doubt, language) is seen


def test_first_words_decide_how_much_voice_stops_the_bot():
    def stops(seen, voiced_s):
        return takes_the_floor(True, voiced_s, 0.1, seen=seen)

    for seen in (Glimpse.WORDS, Glimpse.NOT_YET, Glimpse.NOTHING):  # nobody waits for recognition
        assert not stops(seen, 0.1)
        assert stops(seen, 0.128)
    assert not stops(Glimpse.LISTENING, 0.7)
    assert stops(Glimpse.LISTENING, 0.73)


@pytest.mark.parametrize(
    ("voiced_s", "lasted_s", "seen", "reason"),
    [
        (0.3, 0.3, Glimpse.LISTENING, Reason.BACKCHANNEL),
        (0.8, 0.8, Glimpse.LISTENING, None),  # nobody listens for so long
        (0.3, WORDLESS_S, Glimpse.NOTHING, Reason.NO_SPEECH),
        (0.3, WORDLESS_S - 0.1, Glimpse.NOTHING, None),
        (0.3, WORDLESS_S, Glimpse.NOT_YET, None),  # recognition is late: the caller may be talking
        (9.0, 9.0, Glimpse.WORDS, None),
    ],
)
def test_the_bot_goes_on_while_a_sound_lasts_only_if_it_is_listening_or_wordless(
    voiced_s, lasted_s, seen, reason
):
    assert let_go(voiced_s, lasted_s, seen) is reason


@pytest.mark.parametrize(
    ("expects", "asr_confidence", "lost_share", "is_guessed"),
    [
        (SIX, 0.99, 0.05, True),  # a digit more or less is not seen in the confidence
        (SIX, 0.99, 0.04, False),
        (OPEN_QUESTION, 0.5, 0.1, True),
        (OPEN_QUESTION, 0.9, 0.1, False),
        (OPEN_QUESTION, 0.1, 0.0, False),
    ],
)
def test_a_line_that_loses_sound_makes_guesses_of_words(expects, asr_confidence, lost_share, is_guessed):
    assert is_guess(expects, asr_confidence, lost_share) is is_guessed


def test_who_stopped_the_bot_for_nothing_must_talk_longer_but_not_for_ever():
    assert not takes_the_floor(True, 0.4, 0.4, dismissed=1)
    assert takes_the_floor(True, 0.5, 0.4, dismissed=1)
    assert takes_the_floor(True, 1.1, 0.4, dismissed=99)


QUESTION = TalkedOver("What's the six digit order number? You can say it or key it in.", 0.4, 0.5)
MORE = TalkedOver("Is there anything else?", 0.5, 0.6)
STATEMENT = TalkedOver("Your order has been shipped and is on its way.", 0.3, 0.4)


@pytest.mark.parametrize(
    ("words", "doubt", "over", "expects", "reason"),
    [
        ("", None, STATEMENT, YES_NO, "no_speech"),
        ("Thank you.", "no_speech", STATEMENT, YES_NO, "no_speech"),
        ("of the rest of it", "low_log_probability", STATEMENT, YES_NO, "doubtful"),
        ("Mm-hmm.", None, STATEMENT, YES_NO, "backchannel"),
        ("Uh-huh.", None, QUESTION, SIX, "backchannel"),
        ("Okay, great.", None, STATEMENT, YES_NO, "backchannel"),
        ("Yes.", None, STATEMENT, YES_NO, "backchannel"),  # the question is still to come
        ("Okay.", None, QUESTION, SIX, "backchannel"),
        ("Yes.", None, MORE, YES_NO, "answer"),
        ("Yeah, please", None, MORE, YES_NO, "answer"),
        ("four seven one", None, QUESTION, SIX, "answer"),
        ("471192", None, STATEMENT, SIX, "answer"),
        ("No.", None, STATEMENT, YES_NO, "words"),  # who says no while listening has something against it
        ("Agent", None, STATEMENT, YES_NO, "words"),
        ("Stop.", None, STATEMENT, OPEN_QUESTION, "words"),
        ("Okay, but where is it?", None, STATEMENT, YES_NO, "words"),
        ("has been shipped", None, STATEMENT, YES_NO, "echo"),
        ("order number", None, QUESTION, SIX, "words"),  # too short to be told from a caller's own words
        ("your order has been cancelled", None, STATEMENT, YES_NO, "words"),
    ],
)
def test_words_over_a_prompt_are_a_turn_or_the_bot_goes_on(words, doubt, over, expects, reason):
    verdict = was_meant(words, doubt, over, expects)
    assert verdict.reason == reason
    assert verdict.is_meant == (reason in {"answer", "words"})


def test_taking_up_words_the_bot_said_a_while_ago_is_no_echo():
    hint = TalkedOver("Sorry, I didn't get that. You could say: where is my order? Or say agent.", 0.95, 1.0)
    assert was_meant("where is my order", None, hint, OPEN_QUESTION).is_meant


@pytest.mark.parametrize(
    ("words_said", "since_speech_s", "since_turn_s", "silent_s", "is_due"),
    [
        (0, 1.4, 1.0, 9.0, False),  # the answer may still come in good time
        (0, 1.5, 0.7, 9.0, True),
        (0, 1.7, 0.1, 9.0, False),  # a long pause was waited for: the turn is only just over
        (0, 2.0, 0.4, 9.0, True),
        (1, 4.0, 3.0, 2.5, False),
        (1, 5.1, 4.0, 2.6, True),  # silence never lasts 3 s
    ],
)
def test_a_wait_is_bridged_in_good_time(words_said, since_speech_s, since_turn_s, silent_s, is_due):
    assert is_word_due(words_said, since_speech_s, since_turn_s, silent_s) is is_due
