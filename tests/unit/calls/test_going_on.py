"""A caller who goes on just as the bot answers had only paused: both parts are one utterance."""

from dataclasses import replace

import pytest

from ivr.conversation.continuation import (
    ANSWER_TO_HALF_UNHEARD_S,
    ANSWER_UNHEARD_S,
    LONGEST_BREAK_S,
    SURELY_ALL,
    answers,
    goes_on,
    joined,
    may_take_back,
)
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, Spoken, Verdict
from ivr.speech.transcriber import Doubt
from tests.fakes.inline_engines import heard
from tests.fakes.live_scene import ASK_NUMBER, Scene

FIRST, REST = heard("I want to cancel."), heard("the second order.")
BOTH = [Spoken("I want to cancel."), Spoken("I want to cancel the second order.", takes_back=True)]
ANYTHING_ELSE = Expectation(Expecting.YES_NO, "anything_else")


def test_who_goes_on_as_the_answer_begins_is_heard_as_one_and_the_answer_to_the_half_is_taken_back() -> None:
    scene = Scene(FIRST, REST)
    scene.line.caller_speaks(3.0, 4.2)
    scene.line.caller_speaks(4.9, 6.1)
    scene.line.stream_ends(9.0)
    scene.plays_out()
    assert scene.asked() == BOTH
    assert len(scene.line.clears) == 1
    half, whole = scene.noted("utterance_heard")
    assert "takes_back" not in half
    assert (whole["text"], whole["takes_back"]) == ("I want to cancel the second order.", True)


def test_who_speaks_once_the_answer_was_heard_has_a_turn_of_his_own() -> None:
    scene = Scene(FIRST, REST)
    scene.line.caller_speaks(3.0, 4.2)
    scene.line.caller_speaks(5.8, 7.0)
    scene.line.stream_ends(9.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("I want to cancel."), Spoken("the second order.")]


def test_who_goes_on_before_the_answer_sounds_does_not_have_it_said_into_the_sentence() -> None:
    scene = Scene(FIRST, REST, dialogue_takes_s=0.7)
    scene.line.caller_speaks(3.0, 4.2)
    scene.line.caller_speaks(5.1, 6.5)
    scene.line.stream_ends(10.0)
    scene.plays_out()
    assert scene.asked() == BOTH
    assert scene.said()[2:] == ["ask_number"]
    assert scene.line.clears == []


def test_a_cough_before_the_answer_sounds_only_puts_it_off() -> None:
    scene = Scene(FIRST, heard("", doubt=Doubt.NO_SPEECH), dialogue_takes_s=0.7)
    scene.line.caller_speaks(3.0, 4.2)
    scene.line.caller_speaks(5.1, 5.5)
    scene.line.stream_ends(10.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("I want to cancel.")]
    assert scene.said()[2:] == ["ask_number"]


def test_what_was_done_is_not_taken_back() -> None:
    done = replace(ASK_NUMBER, facts={"case_number": "4711"})
    scene = Scene(FIRST, REST, reply=done)
    scene.line.caller_speaks(3.0, 4.2)
    scene.line.caller_speaks(4.9, 6.1)
    scene.line.stream_ends(9.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("I want to cancel."), Spoken("the second order.")]


def test_a_yes_to_what_the_bot_has_asked_since_is_an_answer() -> None:
    asks = DialogueReply(Verdict.ANSWERED, (Prompt("ask_more", "ask_more"),), ANYTHING_ELSE)
    scene = Scene(heard("thanks"), heard("Yes, I do."), reply=asks)
    scene.line.caller_speaks(3.0, 4.2)
    scene.line.caller_speaks(4.9, 6.1)
    scene.line.stream_ends(9.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("thanks"), Spoken("Yes, I do.")]
    assert answers("Nej tack", ANYTHING_ELSE, "sv")
    assert not answers("Yes.", OPEN_QUESTION, "en")


def test_the_parts_belong_together_for_a_breath() -> None:
    assert goes_on(LONGEST_BREAK_S, ANSWER_UNHEARD_S)
    assert not goes_on(LONGEST_BREAK_S + 0.1, 0.0)
    assert not goes_on(1.0, ANSWER_UNHEARD_S + 0.1)


def test_what_was_as_likely_half_as_all_may_be_gone_on_with_for_longer() -> None:
    assert goes_on(1.0, ANSWER_TO_HALF_UNHEARD_S, OPEN_QUESTION, SURELY_ALL - 0.1)
    assert not goes_on(1.0, ANSWER_TO_HALF_UNHEARD_S + 0.1, OPEN_QUESTION, SURELY_ALL - 0.1)
    assert not goes_on(1.0, ANSWER_TO_HALF_UNHEARD_S, OPEN_QUESTION, SURELY_ALL)
    number = Expectation(Expecting.DIGITS, "order_number", 6)  # who says it again must not make twelve digits
    assert not goes_on(1.0, ANSWER_TO_HALF_UNHEARD_S, number, SURELY_ALL - 0.1)


@pytest.mark.parametrize(
    ("reply", "may"),
    [
        (None, False),
        (DialogueReply(Verdict.ANSWERED), True),
        (DialogueReply(Verdict.NO_MATCH), True),
        (DialogueReply(Verdict.HANG_UP), False),
        (DialogueReply(Verdict.ANSWERED, facts={"is_verified": "yes", "order_number": "471192"}), False),
        (DialogueReply(Verdict.ANSWERED, facts={"order_number": "471192"}), True),
    ],
)
def test_only_an_answer_that_did_nothing_can_be_taken_back(reply: DialogueReply | None, may: bool) -> None:
    assert may_take_back(OPEN_QUESTION, reply, {}) is may
    assert not may_take_back(Expectation(Expecting.YES_NO, "confirmation"), reply, {})


def test_a_full_stop_between_the_parts_was_none_and_a_question_mark_may_be_one() -> None:
    assert joined("I want to cancel.", "the second order.") == "I want to cancel the second order."
    assert joined("47, ...", "11 92") == "47 11 92"
    assert (
        joined("Where is my order?", "and when are you open?") == "Where is my order? and when are you open?"
    )
