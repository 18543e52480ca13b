"""A recorded call in virtual time, with real records: what runs when, what is kept, what is gone."""

from pathlib import Path

import pytest

from ivr.calls.calls import Calls
from ivr.calls.ear import Ear
from ivr.calls.engines import Engines
from ivr.calls.recorder import CallRecorder
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.patience import Pace
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.privacy.export import export
from ivr.trust.listening import Listening
from ivr.trust.sql_tape_records import SqlTapeRecords
from tests.fakes.inline_engines import InlineExecutor, MeasuredAudio, NotedTransfers, ScriptedHearing, heard
from tests.fakes.plain_phrasebook import PlainPhrasebook
from tests.fakes.scripted_dialogue import ScriptedDialogue
from tests.fakes.steered_line import LoudnessActivity, SteeredLine
from tests.fakes.told_tape_deck import ToldTapeDeck
from tests.support.privacy_scene import ANNA, PrivacyScene

ASK_NUMBER = DialogueReply(
    Verdict.ANSWERED, (Prompt("ask_number", "ask_number"),), Expectation(Expecting.DIGITS, "order_number", 6)
)
ANSWER = DialogueReply(Verdict.ANSWERED, (Prompt("utter_status", "utter_status"),))


class RecordedCall:
    """CA1 on a stream: prompts last a second, the caller answers the notice at 3 s."""

    def __init__(self, folder: Path, *words: str, purposes: tuple[str, ...] = ("quality",)) -> None:
        self.scene = PrivacyScene(folder)
        self.deck = ToldTapeDeck()
        self.deck.live.add("CA1")
        self.scene.shelf = self.scene.eraser._shelf = self.deck
        self.rows = SqlTapeRecords(self.scene.engine)
        clock, records = self.scene.clock, self.scene.records
        executor = InlineExecutor()
        recorder = CallRecorder(purposes, records, self.rows, self.deck, self.deck, executor, clock)
        self._engines = Engines(
            MeasuredAudio(), ScriptedHearing(*map(heard, words)),
            ScriptedDialogue(lines=[ASK_NUMBER, ANSWER]), NotedTransfers(), records,
            executor, clock, recorder=recorder,
        )  # fmt: skip
        records.open_call("CA1", ANNA, None, "en")
        self.calls = self._make_calls()
        self.line = SteeredLine(clock)

    def _make_calls(self) -> Calls:
        return Calls(
            self._engines, PlainPhrasebook(), lambda: Ear(LoudnessActivity()), lambda sid: None, Pace(), "en",
            1200,
        )  # fmt: skip

    def plays(self, until_s: float) -> None:
        self.line.stream_ends(until_s)
        self.calls.run_stream("CA1", "MZ1", self.line)

    def is_hung_up(self) -> None:
        self.calls.caller_hung_up("CA1")

    def steered(self) -> list[tuple[str, bool]]:
        events = self.scene.records.events("CA1")
        return [(e.facts["order"], e.facts["is_done"]) for e in events if e.kind == "recording_steered"]

    def said(self) -> list[str]:
        events = self.scene.records.events("CA1")
        return [event.facts["prompt_id"] for event in events if event.kind == "prompt_started"]


def agreed(folder: Path, *words: str) -> RecordedCall:
    call = RecordedCall(folder, "yes please", "where is my order", *words)
    call.line.caller_speaks(3.0, 3.6)
    call.line.caller_speaks(6.5, 7.7)
    return call


def test_recording_starts_after_the_notice_pauses_for_keys_and_stops_with_the_call(tmp_path: Path) -> None:
    call = agreed(tmp_path)
    call.line.caller_presses("471192", 10.0)
    call.plays(16.0)
    assert call.steered() == [("start", True), ("pause", True), ("resume", True)]
    call.is_hung_up()
    assert call.steered()[-1] == ("stop", True)
    (made,) = call.rows.agreed("quality")
    assert made.agreed_by == "word"
    assert made.ended_at is not None
    assert made.notice_ended_at < made.started_at, "the proof that the notice came first"
    events = call.scene.records.events("CA1")
    order = [event.kind for event in events]
    assert order.index("recording_notice_played") < order.index("recording_answered")
    assert order.index("recording_answered") < order.index("recording_steered")


@pytest.mark.parametrize("answer", ["no", "silence"])
def test_who_does_not_agree_gets_the_same_service_and_no_sound_is_kept_anywhere(
    tmp_path: Path, answer: str
) -> None:
    words = ("no thanks",) if answer == "no" else ()
    call = RecordedCall(tmp_path, *words, "where is my order")
    if answer == "no":
        call.line.caller_speaks(3.0, 3.6)
    waited_s = 0.0 if answer == "no" else 4.0
    call.line.caller_speaks(6.5 + waited_s, 7.7 + waited_s)
    call.line.caller_presses("471192", 10.5 + waited_s)
    call.plays(15.5 + waited_s)
    call.is_hung_up()
    same = ["say_how_to_reach_a_person", "ask_number", "utter_status"]
    assert call.said() == ["say_disclosure", "say_recording_quality", *same]
    assert (call.deck.done, call.deck.there, call.rows.agreed("quality")) == ([], {}, [])


def test_a_card_told_takes_the_recording_away_at_the_network_too(tmp_path: Path) -> None:
    call = agreed(tmp_path, "my card is 5500 0051 7433 1929")
    call.line.caller_speaks(10.0, 13.0)
    call.plays(16.0)
    assert call.steered()[-1] == ("drop", True)
    assert call.deck.recordings_of("CA1") == []
    assert call.rows.agreed("quality") == []
    assert call.scene.clearing.old_recordings(call.scene.clock.now()) == []


def test_what_cannot_be_deleted_at_once_may_not_be_heard_and_goes_in_the_night(tmp_path: Path) -> None:
    call = agreed(tmp_path, "my card is 5500 0051 7433 1929")
    call.deck.stuck.add(f"RE{0:032x}")
    call.line.caller_speaks(10.0, 13.0)
    call.plays(16.0)
    assert call.rows.agreed("quality") == []
    call.deck.stuck.clear()
    call.scene.retention.run()
    assert call.deck.recordings_of("CA1") == []


def test_a_tape_that_does_not_pause_is_stopped_and_deleted(tmp_path: Path) -> None:
    call = agreed(tmp_path)
    call.deck.fails.add("pause")
    call.plays(12.0)
    assert call.steered() == [("start", True), ("pause", False)]
    assert call.deck.done == ["start", "stop"]
    assert call.deck.recordings_of("CA1") == []


def test_a_start_whose_answer_is_lost_leaves_nothing_at_the_network(tmp_path: Path) -> None:
    call = agreed(tmp_path)
    call.deck.live.clear()
    call.deck.there["CA1"] = ["RE" + "7" * 32]  # it began all the same
    call.plays(9.0)
    assert call.steered()[0] == ("start", False)
    call.scene.retention.run()
    assert call.deck.recordings_of("CA1") == []


def test_another_process_asks_nothing_again_and_stops_what_still_runs(tmp_path: Path) -> None:
    call = agreed(tmp_path)
    call.plays(9.0)
    assert list(call.deck.states.values()) == ["paused"]
    restarted = call._make_calls()
    restarted.after_stream("CA1")
    assert list(call.deck.states.values()) == ["stopped"]
    assert call.steered()[-1] == ("stop", True)


def test_listening_is_for_what_was_agreed_to_and_noted_first(tmp_path: Path) -> None:
    call = agreed(tmp_path)
    call.plays(9.0)
    call.is_hung_up()
    listening = Listening(call.rows, call.scene.privacy.visited, call.deck.read_recording)
    assert listening.listen("CA1", "training", "Dora") is None, "agreed to quality, not to training"
    assert (listening.listen("CA1", "quality", "Sam") or b"").startswith(b"RIFF")
    (sid,) = call.deck.recordings_of("CA1") or ()
    found = call.scene.privacy.find(ANNA)
    assert f"audio/{sid}.wav".encode() in export(
        found, call.scene.privacy, call.deck.read_recording, call.scene.clock, "Sam"
    )
    assert call.scene.eraser.erase(found, "Sam").done_at is not None
    assert call.deck.recordings_of("CA1") == []
    assert call.rows.agreed("quality") == []
    assert listening.listen("CA1", "quality", "Sam") is None
