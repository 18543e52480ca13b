"""A call on a stream, in virtual time: what the caller hears and when."""

from itertools import pairwise

import pytest

from ivr.calls.ear import Ear
from ivr.calls.engines import Engines
from ivr.calls.live_call import LiveCall, StreamEnd
from ivr.conversation.conversation import Conversation
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import CallerInput, DialogueReply, DialogueUnavailable, Keyed, Spoken, Verdict
from ivr.handoff.escalation import EscalationReason
from ivr.records.feed import Feed
from ivr.speech.transcriber import Doubt, TranscriberFailed
from tests.fakes.inline_engines import (
    InlineExecutor,
    MeasuredAudio,
    NotedTransfers,
    ScriptedHearing,
    SlowDialogue,
    heard,
)
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.plain_phrasebook import PlainPhrasebook
from tests.fakes.scripted_dialogue import ScriptedDialogue
from tests.fakes.steered_clock import SteeredClock
from tests.fakes.steered_line import VOICE, LoudnessActivity, SteeredLine

ASK_NUMBER = DialogueReply(
    Verdict.ANSWERED, (Prompt("ask_number", "ask_number"),), Expectation(Expecting.DIGITS, "order_number", 6)
)


class Scene:
    """One call with its fakes; `plays_out` runs it and returns how the stream ended."""

    def __init__(self, *words, reply=ASK_NUMBER, audio=None, dialogue_takes_s=0.0, **line_options) -> None:
        self.clock = SteeredClock()
        self.line = SteeredLine(self.clock, **line_options)
        self.hearing = ScriptedHearing(*words)
        self._dialogue = ScriptedDialogue(lines=[reply] * 9)
        self.transfers = NotedTransfers()
        self.records = MemoryCallRecords(Feed(), self.clock)
        self.records.open_call("CA1", None, None, "en")
        self._engines = Engines(
            audio or MeasuredAudio(),
            self.hearing,
            self._dialogue,
            self.transfers,
            self.records,
            InlineExecutor() if dialogue_takes_s == 0.0 else SlowDialogue(self.line, dialogue_takes_s),
            self.clock,
        )

    def plays_out(self) -> StreamEnd:
        conversation = Conversation("CA1", "en", PlainPhrasebook())
        return LiveCall(conversation, self.line, Ear(LoudnessActivity()), self._engines, 1200).run()

    def noted(self, kind: str) -> list[dict]:
        return [dict(event.facts) for event in self.records.events("CA1") if event.kind == kind]

    def asked(self) -> list[CallerInput]:
        return [heard for _, heard in self._dialogue.heard]

    def said(self) -> list[str]:
        return [facts["prompt_id"] for facts in self.noted("prompt_started")]


def test_the_caller_is_greeted_asks_and_is_answered():
    scene = Scene(heard("where is my order"))
    scene.line.caller_speaks(3.0, 4.2)
    scene.line.stream_ends(8.0, is_stop_announced=True)
    assert scene.plays_out() is StreamEnd.LOST
    assert scene.asked() == [Spoken("where is my order")]
    assert scene.said() == ["say_disclosure", "say_how_to_reach_a_person", "ask_number"]
    assert [facts["prompt_id"] for facts in scene.noted("prompt_ended")] == scene.said()
    assert scene.noted("disclosure_played")[0]["is_complete"] is True


def test_the_parts_of_the_time_to_first_audio_add_up_to_the_pause_that_was_waited_for():
    scene = Scene(heard("where is my order"))
    scene.line.caller_speaks(3.0, 4.2)
    scene.line.stream_ends(8.0)
    scene.plays_out()
    timings = scene.noted("turn_answered")[0]["timings"]
    total = timings.pop("time_to_first_audio_s")
    assert total == pytest.approx(sum(timings.values()), abs=0.003)
    assert 0.65 <= total <= 0.85


def test_an_answer_that_comes_while_a_word_of_waiting_sounds_is_on_record_with_its_whole_wait():
    scene = Scene(heard("where is my order"), dialogue_takes_s=1.6)
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.stream_ends(9.0)
    scene.plays_out()
    assert scene.said()[2:] == ["say_still_working", "ask_number"]
    (answered,) = scene.noted("turn_answered")
    assert answered["timings"]["time_to_first_audio_s"] == pytest.approx(
        scene.line.plays[2] + 1.0 - 4.0, abs=0.1
    )


def test_an_answer_the_caller_did_not_wait_for_is_on_record_without_a_time():
    scene = Scene(heard("where is my order"), dialogue_takes_s=1.6)
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.stream_ends(6.4)
    scene.plays_out()
    (answered,) = scene.noted("turn_answered")
    assert answered["timings"] is None


def test_transcription_begins_a_tenth_of_a_second_into_the_pause():
    scene = Scene(heard("where is my order"))
    scene.line.caller_speaks(3.0, 4.2)
    scene.line.stream_ends(4.2 + 0.16)
    scene.plays_out()
    assert len(scene.hearing.utterances_s) == 1


def test_a_voice_that_only_faltered_throws_the_guess_away():
    scene = Scene(heard("where"), heard("where is my order"))
    scene.line.caller_speaks(3.0, 3.5)
    scene.line.caller_speaks(3.64, 4.2)
    scene.line.stream_ends(8.0)
    scene.plays_out()
    assert scene.hearing.tickets[0].is_cancelled
    assert scene.asked() == [Spoken("where is my order")]


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
    scene.line.caller_speaks(1.92, 3.0)  # the prompt ends at 2.0
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


def test_prompts_of_one_answer_follow_each_other_without_a_gap():
    three = DialogueReply(Verdict.ANSWERED, tuple(Prompt(name, name) for name in ("one", "two", "three")))
    scene = Scene(heard("opening hours"), reply=three)
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.stream_ends(12.0)
    scene.plays_out()
    first_s, second_s, third_s = scene.line.plays[2:5]
    assert second_s < first_s + 1.0  # on the line before the former has played
    assert third_s < first_s + 2.0


def test_a_cough_over_a_prompt_stops_nothing():
    scene = Scene()
    scene.line.caller_speaks(1.3, 1.42)
    scene.line.stream_ends(3.0)
    scene.plays_out()
    assert scene.line.clears == []


def test_a_hum_over_a_prompt_stops_nothing():
    scene = Scene()
    scene.line.caller_hums(1.3, 1.9)
    scene.line.stream_ends(3.0)
    scene.plays_out()
    assert scene.line.clears == []


def test_speech_that_resumes_throws_the_guess_away_and_the_whole_turn_is_heard():
    scene = Scene(heard("my number is"), heard("my number is 471192"))
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.caller_speaks(5.0, 6.0)
    scene.line.stream_ends(9.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("my number is 471192")]
    assert scene.hearing.tickets[0].is_cancelled
    assert scene.hearing.utterances_s[1] > scene.hearing.utterances_s[0] + 1.5


def test_why_a_turn_was_over_is_on_record():
    scene = Scene(heard("4 7"), heard("4 7 1 1 9"), reply=ASK_NUMBER)
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.caller_speaks(4.5, 5.5)
    scene.line.stream_ends(9.0)
    scene.plays_out()
    (heard_it,) = scene.noted("utterance_heard")
    assert heard_it["endpoint"] == "pause"
    assert heard_it["endpoint_wait_s"] == 0.7
    assert heard_it["longest_pause_s"] == pytest.approx(0.6, abs=0.1)


def test_silence_is_asked_about_after_five_seconds_then_after_seven_a_person_is_fetched():
    scene = Scene()
    assert scene.plays_out() is StreamEnd.HANDED_OVER
    asked_s, connecting_s = scene.line.plays[2:4]
    assert asked_s == pytest.approx(2.0 + 5.0, abs=0.2)
    assert connecting_s == pytest.approx(asked_s + 1.0 + 7.0, abs=0.2)
    assert scene.transfers.cases[0].reason is EscalationReason.NO_INPUT


def test_zero_fetches_a_person_even_while_the_disclosure_sounds_which_is_heard_to_its_end():
    scene = Scene()
    scene.line.caller_presses("0", 0.4)
    assert scene.plays_out() is StreamEnd.HANDED_OVER
    assert scene.said() == ["say_disclosure", "say_connecting"]
    assert scene.transfers.cases[0].reason is EscalationReason.PRESSED_ZERO


def test_digits_on_the_keypad_stop_the_prompt_and_win_over_speech():
    scene = Scene(heard("four"))
    scene.line.caller_speaks(2.5, 3.2)
    scene.line.caller_presses("471192#", 3.25)
    scene.line.stream_ends(8.0)
    scene.plays_out()
    assert scene.asked() == [Keyed("471192")]
    assert scene.noted("keys_entered") == [{"turn": 1, "digits": "471192"}]


def test_a_noise_neither_answers_nor_stops_the_silence_from_counting():
    scene = Scene(*[heard("Thank you.", Doubt.NO_SPEECH)] * 9)
    scene.line.caller_speaks(3.0, 3.5)
    scene.line.caller_speaks(5.0, 5.5)
    assert scene.plays_out() is StreamEnd.HANDED_OVER
    assert scene.asked() == []
    assert scene.line.plays[2] == pytest.approx(2.0 + 5.0, abs=0.3)


def test_recognition_that_cannot_run_fetches_a_person():
    scene = Scene(TranscriberFailed("the worker died"))
    scene.line.caller_speaks(3.0, 4.0)
    assert scene.plays_out() is StreamEnd.HANDED_OVER
    assert scene.transfers.cases[0].reason is EscalationReason.SPEECH_UNAVAILABLE


def test_recognition_that_never_answers_fetches_a_person():
    scene = Scene(None)
    scene.line.caller_speaks(3.0, 4.0)
    assert scene.plays_out() is StreamEnd.HANDED_OVER
    assert scene.transfers.cases[0].reason is EscalationReason.SPEECH_UNAVAILABLE


def test_words_that_come_late_are_waited_for_with_a_word_and_then_answered():
    scene = Scene(None)
    scene.hearing.answers_after(6.0, heard("where is my order"), scene.line)
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.stream_ends(12.0)
    scene.plays_out()
    assert scene.said()[2:] == ["say_still_working", "say_still_working_2", "ask_number"]
    assert scene.line.plays[2] == pytest.approx(4.0 + 1.6, abs=0.2)


def test_a_look_up_that_takes_long_never_leaves_the_caller_in_silence_for_three_seconds():
    scene = Scene(heard("where is my order"), dialogue_takes_s=14.0)
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.stream_ends(22.0)
    scene.plays_out()
    words = ["say_still_working", "say_still_working_2", "say_still_working_3", "say_still_working"]
    assert scene.said()[2:] == [*words, "ask_number"]
    assert scene.noted("no_input") == []
    first_s, *later = scene.line.plays[2:]
    assert 1.2 <= first_s - 4.0 <= 2.0
    for before_s, after_s in pairwise([first_s, *later]):
        assert after_s - (before_s + 1.0) < 3.0


def test_the_next_wait_is_bridged_by_other_words():
    scene = Scene(heard("where is my order"), heard("opening hours"), dialogue_takes_s=2.5)
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.caller_speaks(9.0, 10.0)
    scene.line.stream_ends(18.0)
    scene.plays_out()
    again = ["say_once_more", "ask_number"]  # this dialogue gives the same answer to everything
    assert scene.said()[2:] == ["say_still_working", "ask_number", "say_still_working_2", *again]


def test_no_word_bridges_a_wait_that_the_answer_ends_in_time():
    scene = Scene(heard("where is my order"), dialogue_takes_s=0.6)
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.stream_ends(8.0)
    scene.plays_out()
    assert scene.said()[2:] == ["ask_number"]


def test_going_on_while_the_words_are_late_makes_one_turn_of_both():
    scene = Scene(None, heard("my number is 471192"))
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.caller_speaks(6.0, 7.0)
    scene.line.stream_ends(10.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("my number is 471192")]
    assert scene.hearing.utterances_s[1] > 3.5


def test_a_dialogue_that_is_gone_fetches_a_person():
    scene = Scene(heard("where is my order"), reply=DialogueUnavailable("down", is_retrying_useful=False))
    scene.line.caller_speaks(3.0, 4.0)
    assert scene.plays_out() is StreamEnd.HANDED_OVER
    assert scene.said()[-2:] == ["say_technical_trouble", "say_connecting"]


def test_a_goodbye_is_heard_to_its_end_and_the_call_has_one_outcome():
    bye = DialogueReply(Verdict.HANG_UP, (Prompt("bye", "bye"),))
    scene = Scene(heard("no thanks bye"), reply=bye)
    scene.line.caller_speaks(3.0, 4.0)
    assert scene.plays_out() is StreamEnd.HUNG_UP
    assert scene.noted("prompt_ended")[-1]["is_complete"] is True
    assert scene.records.call("CA1").outcome == "solved_by_bot"


def test_a_caller_who_never_stops_is_heard_at_the_longest_turn():
    scene = Scene(heard("and another thing"))
    scene.line.caller_speaks(3.0, 60.0)
    scene.line.stream_ends(40.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("and another thing")]


def test_a_line_that_returns_no_marks_is_served_by_the_clock():
    scene = Scene(heard("where is my order"), does_echo_marks=False)
    scene.line.caller_speaks(8.0, 9.0)
    scene.line.stream_ends(12.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("where is my order")]


def test_a_prompt_no_voice_can_speak_is_passed_over():
    scene = Scene(heard("hello"), audio=MeasuredAudio(frozenset({"say_how_to_reach_a_person"})))
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.stream_ends(6.0)
    scene.plays_out()
    assert scene.said() == ["say_disclosure", "ask_number"]


def test_a_stream_that_breaks_is_lost_and_one_that_breaks_while_leaving_is_left():
    broken = Scene()
    broken.line.stream_ends(1.0)
    assert broken.plays_out() is StreamEnd.LOST
    leaving = Scene()
    leaving.line.caller_presses("0", 2.5)
    leaving.line.stream_ends(2.7)
    assert leaving.plays_out() is StreamEnd.HANDED_OVER


def test_a_line_that_loses_a_tenth_guesses_no_number_offers_keys_and_fetches_a_person():
    scene = Scene(heard("where is my order"), *[heard("471192")] * 3)
    scene.line.loses_one_in(10)
    for began_s in (3.0, 7.0, 11.0, 15.0):
        scene.line.caller_speaks(began_s, began_s + 1.2)
    assert scene.plays_out() is StreamEnd.HANDED_OVER
    assert scene.asked() == [Spoken("where is my order")]
    first, *others = [facts["doubt"] for facts in scene.noted("utterance_heard")]
    assert first is None
    assert set(others) == {"bad_line"}
    assert "reprompt_order_number_1" in scene.said()
    assert scene.transfers.cases[0].reason is EscalationReason.NOT_UNDERSTOOD


def test_keys_win_on_a_line_that_loses_a_tenth():
    scene = Scene(heard("where is my order"), heard("471192"))
    scene.line.loses_one_in(10)
    scene.line.caller_speaks(3.0, 4.2)
    scene.line.caller_speaks(7.0, 8.2)
    scene.line.caller_presses("471192", 11.0)
    scene.line.stream_ends(15.0)
    scene.plays_out()
    assert scene.asked() == [Spoken("where is my order"), Keyed("471192")]


class JitteryLine(SteeredLine):
    """Delivers nothing for 60 ms, then three frames at once, over and over."""

    _turn = 0

    def receive(self, timeout_s):
        self._turn = (self._turn + 1) % 6
        if self._turn < 3:
            self._clock.advance(0.02)
            return None
        clock, self._clock = self._clock, SteeredClock()  # the frames of a burst take no time
        message = super().receive(timeout_s)
        self._clock = clock
        return message


def test_60_ms_of_jitter_cut_nobody_off_and_cost_no_more_than_that():
    answers = []
    for line_type in (SteeredLine, JitteryLine):
        scene = Scene(heard("where is my order"))
        scene.line = line_type(scene.clock)
        scene.line.caller_speaks(3.0, 4.2)
        scene.line.stream_ends(8.0)
        scene.plays_out()
        assert scene.asked() == [Spoken("where is my order")]
        assert scene.line.clears == []
        answers.append(scene.line.plays[2])
    steady_s, jittery_s = answers
    assert abs(jittery_s - steady_s) <= 0.08


def test_a_clock_that_jumps_in_the_middle_of_a_call_changes_nothing():
    steady, jumping = Scene(heard("where is my order")), Scene(heard("where is my order"))
    jumping.line.call_at(3.5, lambda: jumping.clock.jump(3600))
    jumping.line.call_at(4.3, lambda: jumping.clock.jump(-86400))
    for scene in (steady, jumping):
        scene.line.caller_speaks(3.0, 4.2)
        scene.line.stream_ends(8.0)
        scene.plays_out()
    assert jumping.line.plays == steady.line.plays
    assert jumping.asked() == [Spoken("where is my order")]
