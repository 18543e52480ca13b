"""A call on a stream, in virtual time: what the caller hears and when."""

from itertools import pairwise

import pytest

from ivr.calls.ending import StreamEnd
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, DialogueUnavailable, Keyed, Spoken, Verdict
from ivr.handoff.escalation import EscalationReason
from ivr.speech.transcriber import Doubt, TranscriberFailed
from tests.fakes.inline_engines import (
    MeasuredAudio,
    heard,
)
from tests.fakes.live_scene import ASK_NUMBER, Scene
from tests.fakes.steered_clock import SteeredClock
from tests.fakes.steered_line import SteeredLine


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


def test_prompts_of_one_answer_follow_each_other_without_a_gap():
    three = DialogueReply(Verdict.ANSWERED, tuple(Prompt(name, name) for name in ("one", "two", "three")))
    scene = Scene(heard("opening hours"), reply=three)
    scene.line.caller_speaks(3.0, 4.0)
    scene.line.stream_ends(12.0)
    scene.plays_out()
    first_s, second_s, third_s = scene.line.plays[2:5]
    assert second_s < first_s + 1.0  # on the line before the former has played
    assert third_s < first_s + 2.0


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
