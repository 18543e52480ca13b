"""A caller who talks over the bot, or only listens, in virtual time: when the bot stops and goes on."""

import pytest

from ivr.conversation.barge_in import WORDLESS_S
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, Spoken, Verdict
from ivr.speech.transcriber import Doubt
from tests.fakes.inline_engines import (
    MeasuredAudio,
    heard,
)
from tests.fakes.live_scene import Scene
from tests.fakes.steered_line import VOICE


def test_talking_over_the_disclosure_does_not_stop_it():
    scene = Scene(heard("hello"))
    scene.line.caller_speaks(0.2, 0.8)
    scene.line.stream_ends(5.0)
    scene.plays_out()
    assert scene.line.clears == []
    assert scene.noted("prompt_ended")[0] == {
        "prompt_id": "say_disclosure",
        "heard_s": 1.0,
        "is_complete": True,
    }


def test_talking_over_any_other_prompt_stops_it_soon_and_is_heard():
    scene = Scene(heard("where is my order"))
    scene.line.caller_speaks(1.3, 2.5)
    scene.line.stream_ends(8.0)
    scene.plays_out()
    (cleared_s,) = scene.line.clears
    assert cleared_s - 1.3 <= 0.25
    (barge_in,) = scene.noted("barge_in")
    assert barge_in["prompt_id"] == "say_how_to_reach_a_person"
    assert barge_in["voiced_s"] >= barge_in["open_s"] > 0.0
    assert scene.asked() == [Spoken("where is my order")]


@pytest.mark.parametrize(
    ("noise", "reason"),
    [
        (heard("Mm-hmm."), "backchannel"),
        (heard("Thank you.", Doubt.NO_SPEECH), "no_speech"),
        (heard("we all the", Doubt.LOW_LOG_PROBABILITY), "doubtful"),
    ],
)
def test_the_bot_goes_on_with_its_sentence_when_what_stopped_it_was_no_turn(noise, reason):
    scene = Scene(noise, heard("where is my order"), audio=MeasuredAudio(seconds=4.0))
    scene.hearing.sees_at_first(heard("we"))
    scene.line.caller_speaks(6.0, 6.4)
    scene.line.caller_speaks(10.0, 11.0)
    scene.line.stream_ends(14.0)
    scene.plays_out()
    cut_s = scene.line.clears[0]
    assert scene.noted("barge_in_dismissed")[0]["reason"] == reason
    assert scene.noted("no_match") == []
    assert scene.asked() == [Spoken("where is my order")]
    resumed_s = scene.line.plays[2]
    assert resumed_s - 6.4 <= 0.6
    cut, whole = scene.noted("prompt_ended")[1:3]
    assert (cut["is_complete"], whole["is_complete"]) == (False, True)
    assert cut["heard_s"] == pytest.approx(cut_s - 4.0, abs=0.05)
    left_s = len(scene.line.played[2]) / 8000
    assert 0.0 <= left_s - (4.0 - cut["heard_s"]) <= 1.4  # a little is said again, nothing is left out


def test_a_word_of_somebody_who_listens_does_not_even_stop_the_bot():
    scene = Scene(heard("Okay."), heard("where is my order"), audio=MeasuredAudio(seconds=4.0))
    scene.line.caller_speaks(6.0, 6.6)
    scene.line.caller_speaks(10.0, 11.0)
    scene.line.stream_ends(14.0)
    scene.plays_out()
    assert scene.line.clears == []
    assert scene.asked() == [Spoken("where is my order")]
    assert scene.noted("prompt_ended")[1]["is_complete"]
    assert scene.noted("barge_in_dismissed")[0]["reason"] == "backchannel"


def test_a_word_of_somebody_who_listens_under_the_bots_last_words_leaves_the_floor_open():
    scene = Scene(None, heard("where is my order"), audio=MeasuredAudio(seconds=4.0))
    scene.hearing.sees_at_first(heard("Okay."))
    scene.hearing.answers_after(0.6, heard("Okay."), scene.line)
    scene.line.caller_speaks(7.2, 7.6)  # the prompt ends at 8.0
    scene.line.caller_speaks(10.0, 11.0)
    scene.line.stream_ends(14.0)
    scene.plays_out()
    assert scene.line.clears == []
    assert scene.asked() == [Spoken("where is my order")]


@pytest.mark.parametrize("began_s", [6.0, 7.4])  # the prompt ends at 8.0
def test_a_turn_taken_for_listening_at_first_is_answered_once_its_words_are_known(began_s):
    scene = Scene(heard("Stop."), audio=MeasuredAudio(seconds=4.0))
    scene.hearing.sees_at_first(heard("Uh."))
    scene.line.caller_speaks(began_s, began_s + 0.4)
    scene.line.stream_ends(12.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("Stop.")]
    assert [round(at_s, 1) for at_s in scene.line.clears] == [pytest.approx(began_s + 0.6, abs=0.15)]


def test_a_turn_whose_words_come_only_after_the_prompt_has_ended_is_answered_too():
    scene = Scene(None, audio=MeasuredAudio(seconds=4.0))
    scene.hearing.sees_at_first(heard("Uh."))
    scene.hearing.answers_after(0.6, heard("Stop."), scene.line)
    scene.line.caller_speaks(7.2, 7.6)
    scene.line.stream_ends(12.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("Stop.")]


def test_a_turn_that_begins_like_listening_stops_the_bot_as_soon_as_it_says_more():
    scene = Scene(heard("Okay, where is my order?"), audio=MeasuredAudio(seconds=4.0))
    scene.hearing.sees_at_first(heard("Okay."))
    scene.line.call_at(6.5, lambda: scene.hearing.sees_at_first(heard("Okay where")))
    scene.line.caller_speaks(6.0, 7.4)
    scene.line.stream_ends(14.0)
    scene.plays_out()
    (cleared_s,) = scene.line.clears
    assert 6.5 <= cleared_s <= 6.75
    assert scene.asked() == [Spoken("Okay, where is my order?")]


def test_who_goes_on_saying_yes_has_begun_a_turn_and_a_yes_to_the_bots_question_needs_no_second_look():
    going_on = Scene(heard("yes yes yes"), audio=MeasuredAudio(seconds=4.0))
    going_on.hearing.sees_at_first(heard("Yes."))
    going_on.line.caller_speaks(6.0, 8.0)
    going_on.line.stream_ends(9.0)
    going_on.plays_out()
    assert going_on.line.clears[0] == pytest.approx(6.0 + 0.8, abs=0.1)
    question = (Prompt("utter_more", "Is there anything else?"),)
    more = DialogueReply(Verdict.ANSWERED, question, Expectation(Expecting.YES_NO, "anything_else"))
    answering = Scene(heard("thanks"), heard("Yes."), reply=more)
    answering.hearing.sees_at_first(heard("Yes."))
    answering.line.caller_speaks(3.0, 3.6)
    answering.line.caller_speaks(4.6, 5.0)
    answering.line.stream_ends(9.0)
    answering.plays_out()
    assert answering.line.clears[0] - 4.6 <= 0.25
    assert answering.asked() == [Spoken("thanks"), Spoken("Yes.")]


def test_recognition_that_gives_no_first_words_delays_a_barge_in_by_a_tenth_of_a_second_only():
    scene = Scene(heard("where is my order"))
    scene.hearing.sees_at_first(None)
    scene.line.caller_speaks(1.3, 2.5)
    scene.line.stream_ends(8.0)
    scene.plays_out()
    assert scene.line.clears[0] - 1.3 <= 0.32
    assert scene.asked() == [Spoken("where is my order")]


def test_what_waited_behind_a_sentence_that_goes_on_is_said_too():
    two = DialogueReply(Verdict.ANSWERED, (Prompt("one", "one. "), Prompt("two", "two?")))
    scene = Scene(heard("opening hours"), heard("Okay."), reply=two)
    scene.hearing.sees_at_first(None)
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.caller_speaks(5.2, 5.6)
    scene.line.stream_ends(12.0)
    scene.plays_out()
    assert scene.said()[2:] == ["one", "one", "two"]
    assert [facts["is_complete"] for facts in scene.noted("prompt_ended")[2:]] == [False, True, True]


def test_an_answer_over_a_prompt_is_a_turn_and_the_rest_of_the_prompt_is_given_up():
    scene = Scene(heard("where is my order"), audio=MeasuredAudio(seconds=4.0))
    scene.line.caller_speaks(6.0, 7.0)
    scene.line.stream_ends(14.0)
    scene.plays_out()
    assert scene.said()[2:] == ["ask_number"]
    cut = scene.noted("prompt_ended")[1]
    assert not cut["is_complete"]
    assert "say_how_to_reach_a_person".startswith(cut["heard_text"])


def test_who_begins_under_the_bots_last_word_is_heard():
    scene = Scene(heard("where is my order"))
    scene.line.caller_speaks(1.95, 3.0)  # the prompt ends at 2.0
    scene.line.stream_ends(6.0)
    scene.plays_out()
    assert scene.line.clears == []
    assert scene.asked() == [Spoken("where is my order")]


def test_the_bots_own_voice_coming_back_stops_nothing_and_is_no_turn():
    scene = Scene(audio=MeasuredAudio(mulaw=VOICE * 50))
    scene.line.echoes(delay_s=0.1)
    scene.line.stream_ends(6.0)
    scene.plays_out()
    assert scene.line.clears == []
    assert scene.hearing.utterances_s == []


def test_talk_behind_the_caller_does_not_keep_the_bot_from_finishing():
    scene = Scene(*[heard("of the", Doubt.LOW_LOG_PROBABILITY)] * 30, audio=MeasuredAudio(seconds=4.0))
    for number in range(12):
        scene.line.caller_speaks(4.5 + number, 4.8 + number)
    scene.line.stream_ends(18.0)
    scene.plays_out()
    assert len(scene.line.clears) == 1
    assert scene.noted("prompt_ended")[2]["is_complete"]


def test_a_key_after_a_sound_ends_what_was_cut():
    scene = Scene(heard("Mm-hmm."), audio=MeasuredAudio(seconds=4.0))
    scene.line.caller_speaks(6.0, 6.4)
    scene.line.caller_presses("5#", 6.45)
    scene.line.stream_ends(12.0)
    scene.plays_out()
    assert scene.said()[2:] == ["ask_number"]


def test_a_cough_over_a_prompt_stops_nothing():
    scene = Scene()
    scene.line.caller_speaks(1.3, 1.38)
    scene.line.stream_ends(3.0)
    scene.plays_out()
    assert scene.line.clears == []


def test_a_hum_over_a_prompt_stops_nothing():
    scene = Scene()
    scene.line.caller_hums(1.3, 1.9)
    scene.line.stream_ends(3.0)
    scene.plays_out()
    assert scene.line.clears == []


def test_the_bot_goes_on_as_soon_as_what_stopped_it_turns_out_to_be_listening():
    scene = Scene(heard("Okay."), heard("where is my order"), audio=MeasuredAudio(seconds=4.0))
    scene.hearing.sees_at_first(heard("of", Doubt.LOW_LOG_PROBABILITY))
    scene.line.call_at(6.22, lambda: scene.hearing.sees_at_first(heard("Okay.")))
    scene.line.caller_speaks(6.0, 6.6)
    scene.line.caller_speaks(10.0, 11.0)
    scene.line.stream_ends(14.0)
    scene.plays_out()
    (cut_s,) = scene.line.clears
    assert scene.line.plays[2] - cut_s <= 0.3
    assert scene.noted("barge_in_dismissed")[0] == {"reason": "backchannel", "text": "Okay.", "doubt": None}
    assert scene.asked() == [Spoken("where is my order")]


def test_the_bot_speaks_on_over_talk_behind_the_caller_that_does_not_end():
    noise = heard("of the", Doubt.LOW_LOG_PROBABILITY)
    scene = Scene(noise, audio=MeasuredAudio(seconds=4.0))
    scene.hearing.sees_at_first(noise)
    scene.line.caller_speaks(6.0, 16.0)
    scene.line.stream_ends(18.0)
    scene.plays_out()
    (cut_s,) = scene.line.clears
    assert scene.line.plays[2] - cut_s <= WORDLESS_S
    assert scene.noted("prompt_ended")[2]["is_complete"]
    assert scene.asked() == []


def test_who_says_more_after_the_bot_went_on_stops_it_again_and_is_heard_from_the_beginning():
    scene = Scene(heard("Okay, where is my order?"), audio=MeasuredAudio(seconds=4.0))
    scene.hearing.sees_at_first(heard("of", Doubt.LOW_LOG_PROBABILITY))
    scene.line.call_at(6.22, lambda: scene.hearing.sees_at_first(heard("Okay.")))
    scene.line.call_at(6.5, lambda: scene.hearing.sees_at_first(heard("Okay where")))
    scene.line.caller_speaks(6.0, 7.4)
    scene.line.stream_ends(12.0)
    scene.plays_out()
    assert len(scene.line.clears) == 2
    assert scene.line.clears[1] <= 6.8
    assert scene.hearing.utterances_s[0] >= 1.4
    assert scene.asked() == [Spoken("Okay, where is my order?")]
