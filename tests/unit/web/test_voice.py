"""The caller's leg: which webhook gets which instructions, and that a repeated one changes nothing."""

from pathlib import Path

import pytest

from ivr.calls.webhook_answers import AfterStream, NextStep, StreamOutcome, WebhookAnswer, WebhookTurn
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.prompt import Prompt
from ivr.handoff.transfer_desk import AgentHears
from ivr.records.kinds import Kind
from tests.support.transfer_scene import CALLER
from tests.support.web_scene import WebScene

HELLO = Prompt("hello", "Hello.")
OTHER = "CA" + "d" * 32
RECORDING = "RE" + "2" * 32
MUSIC = "Play https://bot.example/audio/hold-music.wav"


@pytest.fixture
def scene(tmp_path: Path) -> WebScene:
    return WebScene(tmp_path)


def asks_for_a_person(scene: WebScene) -> str:
    """Bring the caller to where the stream ends because a person was asked for."""
    scene.incoming()
    transfer_id = scene.transfers.caller_asks()
    scene.calls.outcome = StreamOutcome(AfterStream.TRANSFER, transfer_id)
    return transfer_id


def is_joined(scene: WebScene) -> str:
    transfer_id = asks_for_a_person(scene)
    scene.transfers.run()
    leg, _ = scene.transfers.ringing()
    scene.transfers.desk.agent_answered(transfer_id, 1, leg)
    assert scene.transfers.desk.agent_accepted(transfer_id, 1, leg) is AgentHears.JOIN
    return transfer_id


def test_incoming_call_is_stored_and_gets_its_stream(scene: WebScene) -> None:
    assert scene.incoming() == [
        "Connect action=/voice/after-stream",
        "Stream url=wss://bot.example/voice/media",
    ]
    call = scene.records.call(CALLER)
    assert call is not None
    assert (call.caller, call.called, call.language) == ("+46701234567", "+46850000000", "en")
    started = scene.records.events(CALLER)[0]
    assert (started.kind, started.facts) == (Kind.CALL_STARTED, {"caller_known": True, "release": "r1"})


def test_a_call_the_bot_has_no_room_for_goes_to_a_person_at_the_door(scene: WebScene) -> None:
    scene.calls.has_room = False
    assert scene.incoming()[0] == 'says "say_lines_full"'
    transfer = scene.records.transfer_of(CALLER)
    assert transfer is not None
    assert transfer.case["reason"] == "lines_full"
    assert [event.kind for event in scene.records.events(CALLER)][:2] == [Kind.CALL_STARTED, Kind.ESCALATED]


@pytest.mark.parametrize("number", ["", "anonymous", "+266696687", "sip:x@y", "+" + "1" * 40])
def test_a_withheld_number_is_nobodys(scene: WebScene, number: str) -> None:
    scene.incoming(number)
    call = scene.records.call(CALLER)
    assert call is not None
    assert call.caller is None
    assert scene.records.events(CALLER)[0].facts == {"caller_known": False, "release": "r1"}


def test_repeated_incoming_webhook_gets_the_same_answer_and_starts_nothing(scene: WebScene) -> None:
    first = scene.incoming()
    assert scene.incoming() == first
    assert len(scene.records.events(CALLER)) == 1


def test_after_an_ended_conversation(scene: WebScene) -> None:
    scene.incoming()
    assert scene.twiml("/voice/after-stream") == ["Hangup"]


def test_after_the_stream_of_an_unknown_call(scene: WebScene) -> None:
    assert scene.twiml("/voice/after-stream") == ['says "say_technical_trouble"', "Hangup"]


def test_a_caller_who_asked_for_a_person_waits_in_the_queue(scene: WebScene) -> None:
    transfer_id = asks_for_a_person(scene)
    queue = f"Enqueue handoff-{transfer_id} action=/voice/after-queue waitUrl=/voice/wait"
    assert scene.twiml("/voice/after-stream") == [queue]


def test_a_lost_stream_goes_on_turn_by_turn(scene: WebScene) -> None:
    scene.incoming()
    scene.calls.outcome = StreamOutcome(AfterStream.CONTINUE_BY_WEBHOOK)
    scene.calls.answers = [WebhookAnswer((HELLO,), NextStep.LISTEN, number=1)]
    early_key, said, record, redirect = scene.twiml("/voice/after-stream")
    assert early_key.startswith("Gather action=/voice/turn?turn=1 "), "a key while it talks is not lost"
    assert said == 'says "Hello."'
    assert record.startswith("Record action=/voice/turn?turn=1 ")
    assert redirect == "Redirect /voice/turn?turn=1"
    assert scene.calls.turns == [(CALLER, WebhookTurn())]


def test_a_turn_reaches_the_call_with_all_it_brought(scene: WebScene) -> None:
    scene.incoming()
    six = Expectation(Expecting.DIGITS, "order_number", 6)
    scene.calls.answers = [WebhookAnswer((HELLO,), NextStep.KEYS, six, number=3)]
    answer = scene.twiml(
        "/voice/turn?turn=2", Digits="47", RecordingSid=RECORDING, RecordingUrl="http://evil/"
    )
    assert scene.calls.turns == [(CALLER, WebhookTurn(2, "47", RECORDING))]
    assert answer[0].startswith("Gather action=/voice/turn?turn=3 ")
    assert "numDigits=6" in answer[0]


def test_the_same_turn_delivered_twice_is_taken_once(scene: WebScene) -> None:
    scene.incoming()
    scene.calls.answers = [WebhookAnswer((HELLO,), NextStep.LISTEN, number=3)]
    first = scene.twiml("/voice/turn?turn=2", RecordingSid=RECORDING)
    assert scene.twiml("/voice/turn?turn=2", RecordingSid=RECORDING) == first
    assert len(scene.calls.turns) == 1


def test_the_same_key_on_the_next_turn_is_another_turn(scene: WebScene) -> None:
    scene.incoming()
    scene.calls.answers = [WebhookAnswer((), NextStep.LISTEN, number=n) for n in (3, 4)]
    scene.twiml("/voice/turn?turn=2", Digits="1")
    scene.twiml("/voice/turn?turn=3", Digits="1")
    assert [turn.number for _, turn in scene.calls.turns] == [2, 3]


def test_a_turn_that_ends_the_call(scene: WebScene) -> None:
    scene.incoming()
    scene.calls.answers = [WebhookAnswer((HELLO,), NextStep.HANG_UP)]
    assert scene.twiml("/voice/turn?turn=1") == ['says "Hello."', "Hangup"]


def test_a_turn_that_asks_for_a_person(scene: WebScene) -> None:
    transfer_id = asks_for_a_person(scene)
    scene.calls.answers = [WebhookAnswer((HELLO,), NextStep.TRANSFER, transfer_id=transfer_id)]
    said, queue = scene.twiml("/voice/turn?turn=1")
    assert said == 'says "Hello."'
    assert queue.startswith(f"Enqueue handoff-{transfer_id} ")


def test_a_turn_of_a_call_the_bot_no_longer_has(scene: WebScene) -> None:
    scene.incoming()
    scene.calls.answers = [None]
    assert scene.twiml("/voice/turn?turn=1") == ["Hangup"]
    assert scene.twiml("/voice/turn?turn=1", OTHER)[-1] == "Hangup"


@pytest.mark.parametrize("query", ["", "?turn=", "?turn=x", "?turn=-1", "?turn=1&turn=2"])
def test_a_turn_without_its_number_is_refused(scene: WebScene, query: str) -> None:
    assert scene.post(f"/voice/turn{query}").status_code == 400


def test_when_no_voice_works_the_network_speaks(scene: WebScene) -> None:
    scene.prompts.is_mute = True
    assert scene.twiml("/voice/after-stream") == ["Say say_technical_trouble language=en-US", "Hangup"]


def test_waiting_is_music_and_now_and_then_a_word(scene: WebScene) -> None:
    asks_for_a_person(scene)
    key = "finishOnKey= input=dtmf numDigits=1 timeout=1"
    calm, offered = (f"Gather action=/voice/wait/key?offered={is_offered} {key}" for is_offered in (0, 1))
    soon = 'says "say_wait_under_a_minute"'
    assert scene.twiml("/voice/wait", QueueTime="0") == [calm, soon, 'says "say_callback_hint"', MUSIC]
    assert scene.twiml("/voice/wait", QueueTime="29") == [calm, soon, MUSIC]
    assert scene.twiml("/voice/wait", QueueTime="60") == [offered, soon, 'says "say_callback_offer"', MUSIC]


def test_who_need_not_wait_any_more_leaves_the_queue_for_the_right_place(scene: WebScene) -> None:
    transfer_id = is_joined(scene)
    assert scene.twiml("/voice/wait") == ["Leave"]
    for path in ("/voice/after-queue", f"/voice/join/{transfer_id}", "/voice/after-stream"):
        said, dial, conference = scene.twiml(path)
        assert said == 'says "say_agent_joined"'
        assert dial == "Dial action=/voice/after-conference?attempt=1"
        assert conference.startswith(f"Conference handoff-{transfer_id} beep=false endConferenceOnExit=true")


def test_a_queue_that_fails_leaves_the_music_on(scene: WebScene) -> None:
    asks_for_a_person(scene)
    music = [MUSIC, "Redirect /voice/after-queue"]
    assert scene.twiml("/voice/after-queue", QueueResult="system-error") == music


def test_the_agent_leaves_after_a_talk_and_the_caller_stays(scene: WebScene) -> None:
    transfer_id = is_joined(scene)
    scene.transfers.clock.advance(60)
    told = [
        "Gather action=/voice/survey/solved?after=2 finishOnKey= input=dtmf numDigits=1 timeout=1",
        'says "say_agent_left_survey"',
        "Record action=/voice/survey/solved?after=2 finishOnKey=1234567890*# maxLength=8 "
        "playBeep=true timeout=3 trim=do-not-trim",
        f"Redirect /voice/stayed/{transfer_id}",
    ]
    assert scene.twiml("/voice/after-conference?attempt=1") == told
    assert scene.twiml(f"/voice/agent-left/{transfer_id}") == told
    assert scene.twiml(f"/voice/stayed/{transfer_id}") == ["Pause length=1", told[-1]]
    scene.transfers.clock.advance(5)
    queue = f"Enqueue handoff-{transfer_id} action=/voice/after-queue waitUrl=/voice/wait"
    assert scene.twiml(f"/voice/stayed/{transfer_id}") == [queue]
    scene.transfers.run()
    assert scene.transfers.row(transfer_id).agent == "Bo"
    assert scene.twiml(f"/voice/stayed/{transfer_id}") == [queue]


def test_the_agent_is_cut_off_and_the_caller_is_first_in_line_again(scene: WebScene) -> None:
    transfer_id = is_joined(scene)
    said, queue = scene.twiml("/voice/after-conference?attempt=1")
    assert said == 'says "say_agent_lost"'
    assert queue.startswith(f"Enqueue handoff-{transfer_id} ")
    scene.transfers.run()
    assert scene.transfers.row(transfer_id).agent == "Bo"


def test_after_the_conference_of_a_caller_who_hung_up_nobody_is_asked(scene: WebScene) -> None:
    transfer_id = is_joined(scene)
    scene.twiml("/voice/after-conference?attempt=1", CallStatus="completed")
    assert scene.transfers.row(transfer_id).state == "bridged"


def test_nobody_takes_the_call(scene: WebScene) -> None:
    transfer_id = asks_for_a_person(scene)
    scene.transfers.run()
    for attempt in (1, 2):
        scene.transfers.desk.agent_leg_ended(transfer_id, attempt)
        scene.transfers.run()
    told = [
        "Gather action=/voice/case-key finishOnKey= input=dtmf numDigits=1 timeout=4",
        'says "say_no_agent(case_number=730001)"',
        'says "say_message_offer"',
        'says "say_text_offer"',
        "Hangup",
    ]
    assert scene.twiml("/voice/after-stream") == told
    assert scene.twiml(f"/voice/no-agent/{transfer_id}") == told


@pytest.mark.parametrize(("caller", "promise"), [("+46701234567", ""), ("anonymous", "_no_number")])
def test_outside_the_hours_it_is_said_at_once_and_when_people_answer(
    scene: WebScene, monkeypatch: pytest.MonkeyPatch, caller: str, promise: str
) -> None:
    scene.incoming(caller)
    scene.transfers.number = None if promise else caller
    transfer_id = scene.transfers.caller_asks()
    for attempt in (1, 2):
        scene.transfers.run()
        scene.transfers.desk.agent_leg_ended(transfer_id, attempt)
    scene.transfers.run()
    monkeypatch.setattr(scene.transfers.desk, "when_open", lambda language: "tomorrow at nine")
    assert scene.twiml(f"/voice/no-agent/{transfer_id}") == [
        "Gather action=/voice/case-key finishOnKey= input=dtmf numDigits=1 timeout=4",
        'says "say_closed(opens=tomorrow at nine)"',
        f'says "say_callback_after_closed{promise}(case_number=730001)"',
        'says "say_message_offer"',
        *(['says "say_text_offer"'] if not promise else []),
        "Hangup",
    ]


def test_another_callers_transfer_is_not_for_sale(scene: WebScene) -> None:
    transfer_id = is_joined(scene)
    scene.records.open_call(OTHER, None, None, "en")
    for path in (f"/voice/join/{transfer_id}", f"/voice/no-agent/{transfer_id}", "/voice/join/nope"):
        assert scene.twiml(path, OTHER) == ["Hangup"]


@pytest.mark.parametrize("status", ["completed", "busy", "failed", "no-answer", "canceled"])
def test_the_end_of_the_callers_leg_reaches_the_call_and_the_desk(scene: WebScene, status: str) -> None:
    transfer_id = asks_for_a_person(scene)
    assert scene.post("/voice/status", CallStatus=status).status_code == 204
    assert scene.post("/voice/status", CallStatus=status).status_code == 204
    assert scene.calls.hung_up == [CALLER]
    assert scene.transfers.row(transfer_id).state == "abandoned"


@pytest.mark.parametrize("status", ["in-progress", "ringing", "weird", ""])
def test_other_news_of_the_callers_leg_change_nothing(scene: WebScene, status: str) -> None:
    assert scene.post("/voice/status", CallStatus=status).status_code == 204
    assert scene.calls.hung_up == []


def test_status_of_an_unknown_call_is_taken_in_silence(scene: WebScene) -> None:
    assert scene.post("/voice/status", OTHER, CallStatus="completed").status_code == 204
