"""The two questions after a call, and the recap."""

from pathlib import Path

import pytest

from ivr.calls.webhook_answers import AfterStream, StreamOutcome
from ivr.handoff.opening_hours import ServicePolicy, Survey
from ivr.handoff.survey import read_rating, read_solved
from ivr.records.kinds import Kind
from tests.support.transfer_scene import CALLER
from tests.support.web_scene import WebScene

SID = "RE" + "2" * 32
KEY_WHILE_ASKED = "Gather action={} finishOnKey= input=dtmf numDigits=1 timeout=1"


@pytest.fixture
def scene(tmp_path: Path) -> WebScene:
    return WebScene(tmp_path)


def answers(scene: WebScene) -> list[tuple[str, int, str]]:
    asked = [e.facts for e in scene.records.events(CALLER) if e.kind == Kind.SURVEY_ANSWERED]
    return [(facts["question"], facts["value"], facts["way"]) for facts in asked]


def helped_by_bot(scene: WebScene) -> list[str]:
    scene.incoming()
    scene.records.close_call(CALLER, "solved_by_bot")
    scene.calls.outcome = StreamOutcome(AfterStream.ENDED)
    return scene.twiml("/voice/after-stream")


def talked_to_a_person(scene: WebScene) -> str:
    transfer_id = scene.transfers.caller_asks()
    scene.transfers.run()
    leg, _ = scene.transfers.ringing()
    scene.transfers.desk.agent_answered(transfer_id, 1, leg)
    scene.transfers.desk.agent_accepted(transfer_id, 1, leg)
    scene.transfers.clock.advance(60)
    scene.twiml("/voice/after-conference?attempt=1")
    return transfer_id


def test_after_the_bot_two_questions_by_key(scene: WebScene) -> None:
    asked = helped_by_bot(scene)
    assert asked[:2] == [KEY_WHILE_ASKED.format("/voice/survey/solved?after=1"), 'says "say_survey_solved"']
    assert asked[2].startswith("Record action=/voice/survey/solved?after=1 ")
    assert asked[-1] == "Hangup", "silence skips it"
    assert scene.twiml("/voice/survey/solved?after=1", Digits="1")[1] == 'says "say_survey_rating"'
    thanks = scene.twiml("/voice/survey/rating", Digits="4")
    assert 'says "say_survey_thanks_recap"' in thanks
    assert answers(scene) == [("solved", 1, "key"), ("rating", 4, "key")]


def test_answers_by_voice_are_heard_and_their_sound_deleted(scene: WebScene) -> None:
    helped_by_bot(scene)
    scene.transfers.parts.recorded_speech.words[SID] = "Yes, thank you."
    scene.twiml("/voice/survey/solved?after=1", RecordingSid=SID)
    assert answers(scene) == [("solved", 1, "voice")]
    assert scene.transfers.parts.recorded_speech.forgotten == [SID]


def test_an_answer_delivered_twice_counts_once(scene: WebScene) -> None:
    helped_by_bot(scene)
    for _ in range(2):
        scene.twiml("/voice/survey/solved?after=1", Digits="2")
    assert answers(scene) == [("solved", 0, "key")]


def test_a_call_the_bot_did_not_solve_is_not_asked_about(scene: WebScene) -> None:
    scene.incoming()
    scene.records.close_call(CALLER, "caller_hung_up")
    scene.calls.outcome = StreamOutcome(AfterStream.ENDED)
    assert scene.twiml("/voice/after-stream") == ["Hangup"]


def test_designers_can_switch_it_off(scene: WebScene) -> None:
    scene.transfers.parts.policy = ServicePolicy(survey=Survey(False, False))
    assert helped_by_bot(scene) == ["Hangup"]


def test_after_a_person_yes_ends_the_transfer_and_asks_how_it_was(scene: WebScene) -> None:
    transfer_id = talked_to_a_person(scene)
    assert scene.twiml("/voice/survey/solved?after=2", Digits="1")[1] == 'says "say_survey_rating"'
    assert scene.transfers.row(transfer_id).state == "ended"
    assert scene.transfers.outcome() == "connected_to_person"


@pytest.mark.parametrize("fields", [{"Digits": "2"}, {"Digits": "0"}, {}])
def test_after_a_person_anything_else_gets_somebody_else(scene: WebScene, fields: dict[str, str]) -> None:
    transfer_id = talked_to_a_person(scene)
    assert (
        scene.twiml("/voice/survey/solved?after=2", **fields)[-1] == f"Redirect /voice/stayed/{transfer_id}"
    )
    scene.transfers.clock.advance(5)
    assert scene.twiml(f"/voice/stayed/{transfer_id}")[0].startswith("Enqueue")


def test_the_recap_is_sent_once_when_asked_for(scene: WebScene) -> None:
    helped_by_bot(scene)
    assert scene.twiml("/voice/recap", Digits="5") == ['says "say_text_promised"', "Hangup"]
    scene.twiml("/voice/recap", Digits="5", ApiVersion="again")
    scene.transfers.run()
    assert scene.transfers.switchboard.texts == [
        ("+46701234567", "text_recap_bot(company=Nordlys, number=0850000000)")
    ]


def test_no_key_no_text(scene: WebScene) -> None:
    helped_by_bot(scene)
    assert scene.twiml("/voice/recap", Digits="1") == ["Hangup"]
    scene.transfers.run()
    assert scene.transfers.switchboard.texts == []


@pytest.mark.parametrize(
    ("keys", "words", "language", "value"),
    [
        ("1", "", "en", 1),
        ("2", "", "en", 0),
        ("7", "", "en", None),
        ("", "Yes, it was.", "en", 1),
        ("", "No.", "en", 0),
        ("", "It's not solved", "en", 0),
        ("", "Yes no maybe", "en", 0),
        ("", "The weather is nice", "en", None),
        ("", "Ja, tack", "sv", 1),
        ("", "Nei", "nb", 0),
        ("", "Kyllä", "fi", 1),
        ("", "yes", "xx", None),
    ],
)
def test_solved(keys: str, words: str, language: str, value: int | None) -> None:
    assert read_solved(keys, words, language).value == value


@pytest.mark.parametrize(
    ("keys", "words", "value"),
    [
        ("5", "", 5),
        ("6", "", None),
        ("", "Four!", 4),
        ("", "a 3", 3),
        ("", "two or three", None),
        ("", "", None),
    ],
)
def test_rating(keys: str, words: str, value: int | None) -> None:
    assert read_rating(keys, words, "en").value == value
