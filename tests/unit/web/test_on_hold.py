"""The wait for a person: which key leads where, and what is said on the way."""

from pathlib import Path

import pytest

from tests.support.transfer_scene import CALLER
from tests.support.web_scene import WebScene

MUSIC = "Play https://bot.example/audio/hold-music.wav"
BACK = "Redirect /voice/wait"
MENU = [
    "Gather action=/voice/wait/choice finishOnKey= input=dtmf numDigits=1 timeout=1",
    'says "say_callback_or_wait"',
    MUSIC,
    BACK,
]


def asks_number(tries: int, *said: str) -> list[str]:
    gather = f"Gather action=/voice/wait/number?try={tries} finishOnKey=# input=dtmf timeout=3"
    return [gather, *(f'says "{words}"' for words in said), MUSIC, BACK]


@pytest.fixture
def scene(tmp_path: Path) -> WebScene:
    scene = WebScene(tmp_path)
    scene.incoming()
    scene.transfers.caller_asks()
    return scene


OWN = "say_callback_confirm(digits=0701234567)"


@pytest.mark.parametrize("key", list("0123456789*#"))
def test_any_key_asks_callback_or_wait(scene: WebScene, key: str) -> None:
    assert scene.twiml("/voice/wait/key?offered=0", Digits=key) == MENU


def test_the_offer_is_answered_at_once(scene: WebScene) -> None:
    assert scene.twiml("/voice/wait/key?offered=1", Digits="1") == asks_number(1, OWN)
    assert scene.twiml("/voice/wait/key?offered=1", Digits="2") == [BACK]
    assert scene.twiml("/voice/wait/key?offered=1", Digits="7") == MENU


def test_one_confirms_the_callers_own_number(scene: WebScene) -> None:
    assert scene.twiml("/voice/wait/choice", Digits="1") == asks_number(1, OWN)
    told = scene.twiml("/voice/wait/number?try=1", Digits="1")
    assert told == [
        "Gather action=/voice/case-key finishOnKey= input=dtmf numDigits=1 timeout=4",
        'says "say_callback_promised(case_number=730001, from_hour=8, to_hour=20)"',
        'says "say_text_offer"',
        "Hangup",
    ]
    assert scene.twiml("/voice/wait/number?try=1", Digits="1") == told
    assert len(scene.records.callbacks()) == 1
    assert scene.prompts.personal == {
        OWN,
        "say_callback_promised(case_number=730001, from_hour=8, to_hour=20)",
    }


def test_a_number_called_today_is_promised_for_tomorrow(scene: WebScene) -> None:
    scene.records.book_callback("CA" + "e" * 32, "+46701234567", "no_input", [])
    follow_ups = scene.transfers.parts.follow_ups
    follow_ups.open_try("t1", "730001", "CA" + "e" * 32, "Anna", "agent_rings")
    follow_ups.move_try("t1", "agent_rings", "caller_no_answer")
    scene.twiml("/voice/wait/choice", Digits="1")
    told = scene.twiml("/voice/wait/number?try=1", Digits="1")
    assert told[1] == 'says "say_callback_promised_tomorrow(case_number=730002)"'


def test_another_number_is_read_back_before_it_counts(scene: WebScene) -> None:
    read_back = asks_number(2, "say_callback_confirm(digits=081234567)")
    assert scene.twiml("/voice/wait/number?try=1", Digits="081234567") == read_back
    assert scene.records.callbacks() == []
    scene.twiml("/voice/wait/number?try=2", Digits="1")
    assert [callback["number"] for callback in scene.records.callbacks()] == ["+4681234567"]


def test_a_number_nobody_can_call_is_asked_for_again_then_left(scene: WebScene) -> None:
    again = asks_number(2, "say_callback_number_unclear", OWN)
    assert scene.twiml("/voice/wait/number?try=1", Digits="77") == again
    assert scene.twiml("/voice/wait/number?try=3", Digits="77") == [BACK]


def test_a_number_that_costs_extra_is_not_taken(scene: WebScene) -> None:
    again = asks_number(2, "say_callback_number_unclear", OWN)
    assert scene.twiml("/voice/wait/number?try=1", Digits="09001234567") == again
    assert scene.twiml("/voice/wait/number?try=1", Digits="0088212345678") == again


def test_a_withheld_number_has_to_be_keyed_in(tmp_path: Path) -> None:
    scene = WebScene(tmp_path)
    scene.incoming("anonymous")
    scene.transfers.number = None
    scene.transfers.caller_asks()
    which = "say_callback_which_number"
    assert scene.twiml("/voice/wait/choice", Digits="1") == asks_number(1, which)
    again = asks_number(2, "say_callback_number_unclear", which)
    assert scene.twiml("/voice/wait/number?try=1", Digits="1") == again


def test_waiting_goes_on_with_any_other_choice(scene: WebScene) -> None:
    assert scene.twiml("/voice/wait/choice", Digits="2") == [BACK]
    assert scene.twiml("/voice/wait/choice", Digits="") == [BACK]


def test_an_agent_was_faster(scene: WebScene) -> None:
    scene.transfers.run()
    transfer_id = scene.records.transfers_in(["dialing"])[0].transfer_id
    leg, _ = scene.transfers.ringing()
    scene.transfers.desk.agent_answered(transfer_id, 1, leg)
    scene.transfers.desk.agent_accepted(transfer_id, 1, leg)
    assert scene.twiml("/voice/wait/number?try=1", Digits="1") == [BACK]
    assert scene.twiml("/voice/wait") == ["Leave"]


def test_what_is_said_while_an_agent_is_briefed_or_others_are_ahead(scene: WebScene) -> None:
    scene.transfers.run()
    transfer_id = scene.records.transfers_in(["dialing"])[0].transfer_id
    scene.transfers.desk.agent_answered(transfer_id, 1, scene.transfers.ringing()[0])
    assert scene.twiml("/voice/wait", QueueTime="29")[1] == 'says "say_wait_briefing"'
    for letter in "def":
        scene.transfers.caller_asks("CA" + letter * 32)
        scene.transfers.run()
    said = scene.twiml("/voice/wait", "CA" + "f" * 32, QueueTime="29")[1:3]
    assert said == ['says "say_wait_position(position=2)"', 'says "say_wait_a_few_minutes"']


@pytest.mark.parametrize("path", ["/voice/wait/key", "/voice/wait/number", "/voice/wait/number?try=x"])
def test_a_key_without_its_place_is_refused(scene: WebScene, path: str) -> None:
    assert scene.post(path, CALLER, Digits="1").status_code == 400
