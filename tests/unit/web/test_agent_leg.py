"""The agent's leg: briefing, keys, and whoever is too late."""

from pathlib import Path

import pytest

from tests.support.transfer_scene import BO, CALLER
from tests.support.web_scene import WebScene


class AgentScene(WebScene):
    """A caller waits and the first agent's phone rings."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.transfer_id = self.transfers.caller_asks()
        self.transfers.run()
        self.leg, _ = self.transfers.ringing()
        self.transfers.switchboard.live(self.leg)
        self.base = f"/voice/agent/{self.transfer_id}"

    def answers(self) -> list[str]:
        return self.twiml(f"{self.base}/briefing?attempt=1&round=1", self.leg)

    def presses(self, key: str, round: int = 2) -> list[str]:
        return self.twiml(f"{self.base}/key?attempt=1&round={round}", self.leg, Digits=key)


@pytest.fixture
def scene(tmp_path: Path) -> AgentScene:
    return AgentScene(tmp_path)


def test_the_agent_hears_the_briefing_and_the_keys(scene: AgentScene) -> None:
    query = "attempt=1&round=2"
    assert scene.answers() == [
        f"Gather action={scene.base}/key?{query} finishOnKey= input=dtmf numDigits=1 timeout=6",
        'says "brief_caller_unverified"',
        'says "brief_wants_unknown"',
        'says "brief_reason_asked_for_person"',
        'says "agent_press_keys"',
        f"Redirect {scene.base}/no-key?{query}",
    ]
    assert scene.transfers.row(scene.transfer_id).state == "briefing"


def test_an_agent_who_was_set_away_is_told_so_first(scene: AgentScene) -> None:
    scene.records.set_presence("Anna", "available", missed=2)
    assert scene.answers()[1:3] == ['says "agent_was_set_away"', 'says "brief_caller_unverified"']


def test_a_phone_that_rang_out_is_a_missed_call(scene: AgentScene) -> None:
    scene.post(f"{scene.base}/status?attempt=1", scene.leg, CallStatus="no-answer")
    assert [(agent.name, agent.missed) for agent in scene.records.agents()] == [("Anna", 1), ("Bo", 0)]


def test_four_tells_what_was_left_out_and_asks_again(scene: AgentScene) -> None:
    scene.answers()
    gather, *said, redirect = scene.presses("4")
    assert "round=3" in gather
    assert "round=3" in redirect
    assert said == [
        'says "brief_tried_nothing"',
        'says "agent_press_keys"',
    ]
    assert scene.presses("1", round=3)[0] == 'says "agent_joining"'


def test_one_joins_both(scene: AgentScene) -> None:
    scene.answers()
    said, dial, conference = scene.presses("1")
    assert said == 'says "agent_joining"'
    assert dial == f"Dial action={scene.base}/after-conference"
    assert conference.startswith(f"Conference handoff-{scene.transfer_id} ")
    assert ("redirect", CALLER, f"/voice/join/{scene.transfer_id}") in scene.transfers.switchboard.done


def test_one_pressed_once_and_delivered_twice_redirects_the_caller_once(scene: AgentScene) -> None:
    scene.answers()
    assert scene.presses("1") == scene.presses("1")
    assert len(scene.transfers.switchboard.did("redirect")) == 1


def test_two_repeats_the_briefing_as_often_as_wanted(scene: AgentScene) -> None:
    first = scene.answers()
    again = scene.presses("2", round=2)
    assert again[1:-1] == first[1:-1]
    assert "round=3" in again[0]
    assert scene.presses("2", round=3)[1:-1] == first[1:-1]
    assert scene.presses("1", round=4)[0] == 'says "agent_joining"'


@pytest.mark.parametrize("key", ["0", "9", "*", "#"])
def test_another_key_is_not_a_yes(scene: AgentScene, key: str) -> None:
    scene.answers()
    answer = scene.presses(key)
    assert answer[1:3] == ['says "agent_key_unknown"', 'says "agent_press_keys"']
    assert scene.transfers.row(scene.transfer_id).state == "briefing"


def test_three_declines(scene: AgentScene) -> None:
    scene.answers()
    assert scene.presses("3") == ['says "agent_declined_thanks"', "Hangup"]
    scene.transfers.run()
    assert scene.transfers.ringing()[1] == BO.number


def test_no_key_is_no(scene: AgentScene) -> None:
    scene.answers()
    assert scene.twiml(f"{scene.base}/no-key?attempt=1&round=2", scene.leg) == ["Hangup"]
    scene.transfers.run()
    assert scene.transfers.ringing()[1] == BO.number


def test_accepting_a_caller_who_is_gone(scene: AgentScene) -> None:
    scene.answers()
    scene.transfers.desk.caller_hung_up(CALLER)
    assert scene.presses("1") == ['says "agent_caller_gone"', "Hangup"]
    assert scene.twiml(f"{scene.base}/caller-gone", scene.leg) == ['says "agent_caller_gone"', "Hangup"]


def test_answering_too_late(scene: AgentScene) -> None:
    scene.transfers.desk.agent_leg_ended(scene.transfer_id, 1)
    scene.transfers.run()
    assert scene.answers() == ['says "agent_taken"', "Hangup"]


def test_after_the_conference_the_caller_is_gone(scene: AgentScene) -> None:
    scene.answers()
    scene.presses("1")
    after = scene.twiml(f"{scene.base}/after-conference", scene.leg, DialCallStatus="answered")
    call_back = f"/voice/agent/{scene.transfer_id}/call-back"
    assert after == [
        f"Gather action={call_back} finishOnKey= input=dtmf numDigits=1 timeout=4",
        'says "agent_caller_gone_call_back"',
        "Hangup",
    ]


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", "completed"])
def test_a_leg_that_ends_moves_on_to_the_next_agent(scene: AgentScene, status: str) -> None:
    path = f"{scene.base}/status?attempt=1"
    assert scene.post(path, scene.leg, CallStatus=status).status_code == 204
    assert scene.post(path, scene.leg, CallStatus=status).status_code == 204
    scene.transfers.run()
    assert scene.transfers.row(scene.transfer_id).tried == ("Anna", "Bo")


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress", "weird"])
def test_a_leg_on_its_way_changes_nothing(scene: AgentScene, status: str) -> None:
    before = scene.transfers.row(scene.transfer_id)
    assert scene.post(f"{scene.base}/status?attempt=1", scene.leg, CallStatus=status).status_code == 204
    assert scene.transfers.row(scene.transfer_id) == before


@pytest.mark.parametrize(
    "path", ["briefing?round=1", "briefing?attempt=x", "key", "no-key", "status?attempt=1&attempt=1"]
)
def test_a_url_we_never_gave_out_is_refused(scene: AgentScene, path: str) -> None:
    assert scene.post(f"{scene.base}/{path}", scene.leg).status_code == 400


def test_an_unknown_transfer_is_no_error(scene: AgentScene) -> None:
    answer = scene.twiml("/voice/agent/nope/briefing?attempt=1&round=1", scene.leg)
    assert answer == ['says "agent_caller_gone"', "Hangup"]
