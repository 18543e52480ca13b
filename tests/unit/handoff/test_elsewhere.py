"""Callers whom a contact centre looks after, and who gets them when it does not."""

import json
from pathlib import Path

import pytest

from ivr.handoff.elsewhere import TaskRouterRouting
from ivr.handoff.transfer_desk import TransferDesk
from tests.fakes.plain_wording import PlainWording
from tests.support.transfer_scene import ANNA, BO, CALLER, RING_S
from tests.support.web_scene import WebScene

WORKFLOW = "WW" + "a" * 32


@pytest.fixture
def scene(tmp_path: Path) -> WebScene:
    scene = WebScene(tmp_path)
    transfers = scene.transfers
    transfers.desk = scene.services.desk = TransferDesk(
        transfers.records,
        transfers.switchboard,
        PlainWording(),
        (ANNA, BO),
        transfers.clock,
        RING_S,
        transfers.executor,
        routing=TaskRouterRouting(WORKFLOW),
    )
    transfers.caller_asks()
    transfers.run()
    return scene


def state(scene: WebScene) -> str:
    row = scene.records.transfer_of(CALLER)
    assert row is not None
    return row.state


def test_the_caller_goes_to_the_workflow_with_the_briefing_as_its_task(scene: WebScene) -> None:
    assert scene.transfers.switchboard.did("dial") == [], "our agents are left alone"
    enqueue, task = scene.twiml(f"/voice/join/{scene.records.transfer_of(CALLER).transfer_id}")
    assert enqueue == f"Enqueue action=/voice/after-queue waitUrl=/voice/wait workflowSid={WORKFLOW}"
    told = json.loads(task.removeprefix("Task "))
    assert (told["reason"], told["language"], told["is_verified"]) == ("asked_for_person", "en", False)
    assert told["briefing"]


@pytest.mark.parametrize("result", ["bridged", "bridging-in-process", "redirected-from-bridged"])
def test_a_talk_there_ends_the_transfer(scene: WebScene, result: str) -> None:
    scene.post("/voice/after-queue", QueueResult=result)
    assert (state(scene), scene.transfers.outcome()) == ("ended", "connected_to_person")


def test_who_hung_up_in_its_queue_is_looked_for_by_nobody(scene: WebScene) -> None:
    assert scene.twiml("/voice/after-queue", QueueResult="hangup") == ["Hangup"]
    scene.transfers.run()
    assert (state(scene), scene.transfers.outcome()) == ("abandoned", "caller_hung_up")
    assert scene.transfers.switchboard.did("dial") == []


@pytest.mark.parametrize("result", ["error", "system-error", "queue-full", ""])
def test_when_it_fails_our_own_agents_are_phoned(scene: WebScene, result: str) -> None:
    again = scene.twiml("/voice/after-queue", QueueResult=result)
    assert again[0].startswith("Enqueue handoff-")
    scene.transfers.run()
    assert (state(scene), scene.transfers.ringing()[1]) == ("dialing", ANNA.number)


def test_a_callback_can_still_be_chosen_there(scene: WebScene) -> None:
    scene.twiml("/voice/wait/choice", Digits="1")
    scene.twiml("/voice/wait/number?try=1", Digits="1")
    assert scene.transfers.outcome() == "callback_booked"


def test_a_caller_who_hangs_up_there_is_noted(scene: WebScene) -> None:
    scene.post("/voice/status", CallStatus="completed")
    assert scene.transfers.outcome() == "caller_hung_up"
