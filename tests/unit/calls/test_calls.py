"""The calls of a process: one owner each, a way on after every stream, one ending."""

import numpy as np
import pytest

from ivr.audio.wav import to_wav
from ivr.calls.calls import FORGOTTEN_AFTER_S, Calls
from ivr.calls.ear import Ear
from ivr.calls.engines import Engines
from ivr.calls.webhook_answers import AfterStream, NextStep, WebhookTurn
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.patience import Pace
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, Keyed, Spoken, Verdict
from ivr.handoff.escalation import EscalationReason
from ivr.records.feed import Feed
from ivr.speech.transcriber import Doubt, TranscriberFailed
from tests.fakes.inline_engines import InlineExecutor, MeasuredAudio, NotedTransfers, ScriptedHearing, heard
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.plain_phrasebook import PlainPhrasebook
from tests.fakes.scripted_dialogue import ScriptedDialogue
from tests.fakes.steered_clock import SteeredClock
from tests.fakes.steered_line import LoudnessActivity, SteeredLine

RECORDING = "RE" + "0" * 32
SIX_DIGITS = Expectation(Expecting.DIGITS, "order_number", 6)
ASK_NUMBER = DialogueReply(Verdict.ANSWERED, (Prompt("ask_number", "ask_number"),), SIX_DIGITS)
SPOKEN_WAV = to_wav((0.3 * np.sin(np.arange(8000))).astype(np.float32), 8000)
SILENT_WAV = to_wav(np.zeros(8000, np.float32), 8000)


class House:
    """The calls with their fakes; one call, CA1, has been announced."""

    def __init__(self, *words, lines=(), recording=SPOKEN_WAV) -> None:
        self.clock = SteeredClock()
        self.records = MemoryCallRecords(Feed(), self.clock)
        self.records.open_call("CA1", "+46701234567", None, "en")
        self.dialogue = ScriptedDialogue(lines=lines)
        self.transfers = NotedTransfers()
        engines = Engines(
            MeasuredAudio(),
            ScriptedHearing(*words),
            self.dialogue,
            self.transfers,
            self.records,
            InlineExecutor(),
            self.clock,
        )
        self.calls = Calls(
            engines,
            PlainPhrasebook(),
            lambda: Ear(LoudnessActivity()),
            lambda sid: recording() if callable(recording) else recording,
            Pace(),
            "en",
            1200,
        )

    def streams(self, until_s: float, call_id: str = "CA1", **ends) -> bool:
        line = SteeredLine(self.clock)
        line.stream_ends(until_s, **ends)
        return self.calls.run_stream(call_id, "MZ1", line)

    def outcome(self, call_id: str = "CA1") -> str | None:
        return self.records.call(call_id).outcome

    def turn(self, number: int = 0, **taken):
        return self.calls.webhook_turn("CA1", WebhookTurn(number, **taken))


def said(answer) -> list[str]:
    return [prompt.id for prompt in answer.prompts]


def test_a_second_stream_of_a_call_is_refused_and_the_first_goes_on():
    house = House()
    refused = []

    class Jealous(SteeredLine):
        def receive(self, timeout_s):
            if not refused:
                refused.append(house.calls.run_stream("CA1", "MZ2", SteeredLine(house.clock)))
            return super().receive(timeout_s)

    line = Jealous(house.clock)
    line.stream_ends(1.0)
    assert house.calls.run_stream("CA1", "MZ1", line)
    assert refused == [False]


def test_a_stream_nobody_announced_is_served_since_a_caller_is_on_it():
    house = House()
    assert house.streams(1.0, call_id="CA2")
    assert house.records.call("CA2") is not None


def test_a_lost_stream_is_continued_by_webhooks_where_it_was():
    house = House()
    house.streams(4.0)
    assert house.calls.after_stream("CA1").next is AfterStream.CONTINUE_BY_WEBHOOK
    first = house.turn()
    assert said(first) == ["say_please_repeat"]
    assert first.next is NextStep.LISTEN


def test_a_stream_that_never_came_is_greeted_by_webhooks():
    house = House()
    assert house.calls.after_stream("CA1").next is AfterStream.CONTINUE_BY_WEBHOOK
    assert said(house.turn()) == ["say_disclosure", "say_how_to_reach_a_person"]


def test_a_stream_left_for_a_person_leads_to_the_transfer():
    house = House()
    line = SteeredLine(house.clock)
    line.caller_presses("0", 2.5)
    house.calls.run_stream("CA1", "MZ1", line)
    house.records.open_transfer("T1", "CA1", "pressed_zero", {}, [])
    after = house.calls.after_stream("CA1")
    assert (after.next, after.transfer_id) == (AfterStream.TRANSFER, "T1")


def test_an_ended_call_is_hung_up_and_takes_no_more_streams():
    house = House(heard("bye"), lines=[DialogueReply(Verdict.HANG_UP, (Prompt("bye", "bye"),))])
    line = SteeredLine(house.clock)
    line.caller_speaks(2.5, 3.0)
    house.calls.run_stream("CA1", "MZ1", line)
    assert house.outcome() == "solved_by_bot"
    assert house.calls.after_stream("CA1").next is AfterStream.ENDED
    assert not house.streams(1.0)
    assert house.calls.live_count() == 0
    assert house.dialogue.forgotten == ["CA1"]


def test_a_hang_up_during_the_stream_is_recorded_once_with_the_step():
    house = House()
    house.streams(1.0, is_stop_announced=True)
    house.calls.caller_hung_up("CA1")
    house.calls.caller_hung_up("CA1")
    assert house.outcome() == "caller_hung_up"
    ends = [event.facts for event in house.records.events("CA1") if event.kind == "call_ended"]
    assert ends == [{"outcome": "caller_hung_up", "step": "request"}]


def test_a_call_the_network_forgot_is_closed():
    house = House()
    house.streams(1.0)
    house.calls.sweep()
    assert house.outcome() is None
    house.clock.advance(FORGOTTEN_AFTER_S + 1)
    house.calls.sweep()
    assert house.outcome() == "caller_hung_up"


def test_a_webhook_turn_is_heard_understood_and_answered():
    house = House(heard("where is my order"), lines=[ASK_NUMBER])
    first = house.turn()
    answer = house.turn(first.number, recording_sid=RECORDING)
    assert house.dialogue.heard == [("CA1", Spoken("where is my order"))]
    assert said(answer) == ["ask_number"]
    assert answer.expects == SIX_DIGITS


def test_a_late_webhook_gets_the_current_question_again():
    house = House(heard("where is my order"), lines=[ASK_NUMBER])
    first = house.turn()
    answer = house.turn(first.number, recording_sid=RECORDING)
    assert house.turn(first.number, recording_sid=RECORDING) == answer
    assert len(house.dialogue.heard) == 1


def test_a_turn_that_failed_is_taken_when_the_network_asks_again():
    takes = iter([OSError("the disk is full"), SPOKEN_WAV])

    def recording():
        taken = next(takes)
        if isinstance(taken, OSError):
            raise taken
        return taken

    house = House(heard("where is my order"), lines=[ASK_NUMBER], recording=recording)
    first = house.turn()
    with pytest.raises(OSError, match="disk"):
        house.turn(first.number, recording_sid=RECORDING)
    assert said(house.turn(first.number, recording_sid=RECORDING)) == ["ask_number"]


def test_a_number_keyed_into_a_recording_is_gathered_from_its_first_digit():
    house = House(heard("order"), lines=[ASK_NUMBER, ASK_NUMBER])
    asked = house.turn(house.turn().number, recording_sid=RECORDING)
    rest = house.turn(asked.number, digits="4")
    assert (rest.next, rest.expects.digits, rest.prompts) == (NextStep.KEYS, 5, ())
    house.turn(rest.number, digits="71192")
    assert house.dialogue.heard[-1] == ("CA1", Keyed("471192"))


def test_zero_fetches_a_person_on_webhooks_too():
    house = House()
    answer = house.turn(house.turn().number, digits="0")
    assert (answer.next, answer.transfer_id) == (NextStep.TRANSFER, "T1")
    assert house.transfers.cases[0].reason is EscalationReason.PRESSED_ZERO


def test_silence_on_webhooks_is_asked_about_then_a_person_comes():
    house = House(recording=SILENT_WAV)
    answer = house.turn(house.turn().number, recording_sid=RECORDING)
    assert said(answer) == ["no_input_request_1"]
    assert house.turn(answer.number).next is NextStep.TRANSFER


def test_a_noise_on_webhooks_counts_as_silence():
    house = House(heard("Thank you.", Doubt.NO_SPEECH))
    assert said(house.turn(house.turn().number, recording_sid=RECORDING)) == ["no_input_request_1"]


@pytest.mark.parametrize(
    ("words", "recording"), [(TranscriberFailed("died"), SPOKEN_WAV), (heard("never asked"), None)]
)
def test_what_cannot_be_heard_on_webhooks_goes_to_a_person(words, recording):
    house = House(words, recording=recording)
    assert house.turn(house.turn().number, recording_sid=RECORDING).next is NextStep.TRANSFER
    assert house.transfers.cases[0].reason is EscalationReason.SPEECH_UNAVAILABLE


def test_a_goodbye_on_webhooks_hangs_up_and_ends_the_call():
    house = House(heard("bye"), lines=[DialogueReply(Verdict.HANG_UP, (Prompt("bye", "bye"),))])
    answer = house.turn(house.turn().number, recording_sid=RECORDING)
    assert answer.next is NextStep.HANG_UP
    assert house.outcome() == "solved_by_bot"
    assert house.turn(answer.number) is None


def test_the_disclosure_is_on_record_once_the_next_turn_proves_that_it_was_heard():
    house = House()
    first = house.turn()
    kinds = [event.kind for event in house.records.events("CA1")]
    assert "disclosure_played" not in kinds
    house.turn(first.number)
    kinds = [event.kind for event in house.records.events("CA1")]
    assert kinds.count("disclosure_played") == 1


def test_past_the_limit_a_call_is_not_let_in_until_a_place_is_free() -> None:
    house = House()
    house.calls.most_calls = 2
    assert [house.calls.admit(name) for name in ("CA1", "CA2", "CA3", "CA1")] == [True, True, False, True]
    assert house.calls.turned_away == 1
    house.clock.advance(FORGOTTEN_AFTER_S + 1)  # neither stream was ever opened
    assert house.calls.admit("CA3")
