"""A message instead of the wait, and what goes with a case number."""

from pathlib import Path

import pytest

from ivr.handoff.follow_up_records import MessageState, TextState
from ivr.records.kinds import Kind
from tests.support.transfer_scene import CALLER
from tests.support.web_scene import WebScene

SID = "RE" + "1" * 32
OFFER = "Gather action=/voice/case-key finishOnKey= input=dtmf numDigits=1 timeout=4"


def record(asked: int) -> list[str]:
    return [
        f"Record action=/voice/message?asked={asked} finishOnKey=# maxLength=60 playBeep=true "
        "timeout=4 trim=do-not-trim",
        f"Redirect /voice/message?asked={asked}",
    ]


@pytest.fixture
def scene(tmp_path: Path) -> WebScene:
    scene = WebScene(tmp_path)
    scene.transfers.caller_asks()
    scene.transfers.desk.whereabouts(CALLER)
    scene.transfers.run()
    return scene


def kinds(scene: WebScene) -> list[str]:
    return [event.kind for event in scene.records.events(CALLER)]


def test_three_leaves_the_queue_to_record_and_lets_the_agent_go(scene: WebScene) -> None:
    agents_leg, _ = scene.transfers.ringing()
    assert scene.twiml("/voice/wait/choice", Digits="3") == ["Leave"]
    assert scene.twiml("/voice/after-queue") == ['says "say_message_please"', *record(1)]
    scene.transfers.run()
    assert ("hang_up", agents_leg, "") in scene.transfers.switchboard.done


def test_what_was_said_is_kept_written_down_and_deleted_at_the_network(scene: WebScene) -> None:
    scene.twiml("/voice/wait/choice", Digits="3")
    scene.transfers.parts.recorded_speech.words[SID] = "My parcel is wet."
    told = scene.twiml("/voice/message?asked=1", RecordingSid=SID, Digits="#")
    assert told == [OFFER, 'says "say_message_taken(case_number=730001)"', 'says "say_text_offer"', "Hangup"]
    assert scene.transfers.outcome() == "message_taken"
    scene.transfers.run()
    message = scene.transfers.parts.follow_ups.message_of(CALLER)
    assert message is not None
    assert (message.state, message.text, message.case_number) == (
        MessageState.WRITTEN, "My parcel is wet.", "730001",
    )  # fmt: skip
    assert scene.transfers.parts.recorded_speech.forgotten == [SID]
    assert [k for k in kinds(scene) if k.startswith(("message", "callback"))] == [
        Kind.MESSAGE_ASKED, Kind.MESSAGE_TAKEN, Kind.MESSAGE_WRITTEN,
    ]  # fmt: skip


def test_silence_is_asked_about_once_and_then_kept_as_a_case(scene: WebScene) -> None:
    scene.twiml("/voice/wait/choice", Digits="3")
    assert scene.twiml("/voice/message?asked=1") == ['says "say_message_again"', *record(2)]
    assert 'says "say_message_missing(case_number=730001)"' in scene.twiml("/voice/message?asked=2")
    message = scene.transfers.parts.follow_ups.message_of(CALLER)
    assert message is not None
    assert message.state == MessageState.UNCLEAR
    assert len(scene.records.callbacks()) == 1, "somebody calls back all the same"


def test_hanging_up_in_the_middle_keeps_what_was_said(scene: WebScene) -> None:
    scene.twiml("/voice/wait/choice", Digits="3")
    scene.transfers.desk.caller_hung_up(CALLER)
    assert scene.transfers.outcome() == "message_taken"
    scene.transfers.parts.recorded_speech.words[SID] = "Call me"
    scene.post("/voice/message?asked=1", RecordingSid=SID, Digits="hangup", CallStatus="completed")
    scene.transfers.run()
    message = scene.transfers.parts.follow_ups.message_of(CALLER)
    assert message is not None
    assert message.text == "Call me"


def test_a_busy_recogniser_is_asked_again_until_the_words_are_there(scene: WebScene) -> None:
    parts = scene.transfers.parts
    parts.recorded_speech.is_down = True
    scene.twiml("/voice/wait/choice", Digits="3")
    scene.post("/voice/message?asked=1", RecordingSid=SID)
    scene.transfers.run()
    parts.recorded_speech.is_down = False
    parts.recorded_speech.words[SID] = "At last"
    scene.transfers.clock.advance(31)
    parts.messages.sweep()
    scene.transfers.run()
    message = parts.follow_ups.message_of(CALLER)
    assert message is not None
    assert (message.text, message.tries) == ("At last", 1)


def test_a_recording_nobody_can_hear_ends_as_unclear(scene: WebScene) -> None:
    parts = scene.transfers.parts
    scene.twiml("/voice/wait/choice", Digits="3")
    scene.post("/voice/message?asked=1", RecordingSid=SID)
    for _ in range(6):
        scene.transfers.run()
        scene.transfers.clock.advance(31)
        parts.messages.sweep()
    message = parts.follow_ups.message_of(CALLER)
    assert message is not None
    assert message.state == MessageState.UNCLEAR
    assert parts.recorded_speech.forgotten == [SID]


def test_five_sends_one_text_without_anything_personal(scene: WebScene) -> None:
    scene.twiml("/voice/wait/choice", Digits="1")
    scene.twiml("/voice/wait/number?try=1", Digits="1")
    for token in ("a", "b"):
        said = scene.twiml("/voice/case-key", Digits="5", ApiVersion=token)
        assert said == ['says "say_text_promised"', "Hangup"]
    scene.transfers.run()
    assert scene.transfers.switchboard.texts == [
        ("+46701234567", "text_case_number(case_number=730001, company=Nordlys, number=0850000000)")
    ]
    assert len(scene.transfers.parts.follow_ups.texts_in(TextState.SENT)) == 1


def test_a_caller_nobody_was_free_for_may_add_a_message(scene: WebScene) -> None:
    for attempt in (1, 2):
        scene.transfers.desk.agent_leg_ended(scene.records.transfer_of(CALLER).transfer_id, attempt)
        scene.transfers.run()
    assert scene.twiml("/voice/case-key", Digits="3") == ['says "say_message_please"', *record(1)]
    scene.transfers.parts.recorded_speech.words[SID] = "Hello"
    scene.post("/voice/message?asked=1", RecordingSid=SID)
    scene.transfers.run()
    message = scene.transfers.parts.follow_ups.message_of(CALLER)
    assert message is not None
    assert (message.case_number, message.text) == ("730001", "Hello")
    assert scene.transfers.outcome() == "callback_booked"


def test_a_text_never_goes_to_a_number_that_was_keyed_in(scene: WebScene) -> None:
    scene.twiml("/voice/wait/number?try=1", Digits="081234567")
    scene.twiml("/voice/wait/number?try=2", Digits="1")
    scene.twiml("/voice/case-key", Digits="5")
    scene.transfers.run()
    assert [number for number, _ in scene.transfers.switchboard.texts] == ["+46701234567"]
