"""Callers and agents who come and go: who waits, who is asked when somebody comes free, who is set away."""

import pytest

from ivr.handoff.transfer_desk import AgentHears
from tests.support.transfer_scene import ANNA, BO, CALLER, RING_S, TransferScene

SECOND, THIRD = "CA" + "d" * 32, "CA" + "e" * 32


def presence(scene: TransferScene) -> dict[str, tuple[str, int]]:
    return {agent.name: (agent.presence, agent.missed) for agent in scene.records.agents()}


def talks(scene: TransferScene, call_id: str = CALLER) -> tuple[str, str]:
    """Let the next agent take a caller; return (transfer, agent's leg)."""
    transfer_id = scene.caller_asks(call_id)
    scene.run()
    return transfer_id, accepts(scene, transfer_id)


def accepts(scene: TransferScene, transfer_id: str) -> str:
    leg, _ = scene.ringing()
    scene.switchboard.live(leg)
    attempt = len(scene.row(transfer_id).tried)
    scene.desk.agent_answered(transfer_id, attempt, leg)
    assert scene.desk.agent_accepted(transfer_id, attempt, leg) is AgentHears.JOIN
    return leg


def test_who_waits_is_asked_for_when_the_agent_has_wrapped_up() -> None:
    scene = TransferScene(ANNA)
    talks(scene)
    waiting = scene.caller_asks(SECOND)
    scene.sweep_for(60)
    assert scene.row(waiting).state == "requested"
    scene.desk.caller_hung_up(CALLER)
    assert presence(scene) == {"Anna": ("wrap_up", 0)}
    scene.sweep_for(14)
    assert scene.row(waiting).state == "requested"
    scene.sweep_for(1)
    assert (scene.row(waiting).state, scene.row(waiting).agent) == ("dialing", "Anna")


def test_an_agent_who_ends_the_wrap_up_is_asked_within_a_second() -> None:
    scene = TransferScene(ANNA)
    talks(scene)
    waiting = scene.caller_asks(SECOND)
    scene.desk.caller_hung_up(CALLER)
    scene.records.set_presence("Anna", "available")
    scene.sweep_for(1)
    assert scene.row(waiting).agent == "Anna"


def test_the_longest_waiting_caller_goes_first_even_past_a_fresh_request() -> None:
    scene = TransferScene(ANNA)
    talks(scene)
    first = scene.caller_asks(SECOND)
    scene.run()
    scene.desk.caller_hung_up(CALLER)
    scene.records.set_presence("Anna", "available")
    fresh = scene.caller_asks(THIRD)
    scene.executor.waiting.reverse()
    scene.run()
    scene.sweep_for(1)
    assert (scene.row(first).agent, scene.row(fresh).agent) == ("Anna", None)


def test_the_agent_idle_for_longest_is_asked() -> None:
    scene = TransferScene()
    talks(scene)
    scene.desk.caller_hung_up(CALLER)
    scene.sweep_for(40)
    scene.caller_asks(SECOND)
    scene.run()
    assert scene.ringing()[1] == BO.number


def test_everybody_away_is_said_at_once() -> None:
    scene = TransferScene()
    scene.sweep_for(1)
    scene.records.set_presence("Anna", "away")
    scene.records.set_presence("Bo", "away")
    transfer_id = scene.caller_asks()
    scene.run()
    assert scene.row(transfer_id).state == "given_up"
    assert scene.switchboard.did("dial") == []


def test_who_goes_away_while_another_caller_waits_for_them_leaves_nobody_waiting() -> None:
    scene = TransferScene(ANNA)
    talks(scene)
    waiting = scene.caller_asks(SECOND)
    scene.run()
    scene.records.set_presence("Anna", "away")
    scene.sweep_for(1)
    assert scene.row(waiting).state == "given_up"


def test_away_chosen_during_a_call_holds_after_it() -> None:
    scene = TransferScene()
    talks(scene)
    scene.records.set_presence("Anna", "away")
    scene.desk.caller_hung_up(CALLER)
    scene.sweep_for(60)
    assert presence(scene)["Anna"] == ("away", 0)


def test_two_calls_missed_in_a_row_set_an_agent_away_for_ten_minutes_and_the_next_call_says_so() -> None:
    scene = TransferScene(ANNA)
    for call_id in (CALLER, SECOND):
        transfer_id = scene.caller_asks(call_id)
        scene.run()
        leg, _ = scene.ringing()
        scene.desk.agent_leg_reported(transfer_id, 1, leg, is_over=True, is_missed=True)
        scene.run()
    assert presence(scene) == {"Anna": ("away", 2)}
    scene.sweep_for(600)
    assert presence(scene) == {"Anna": ("available", 2)}
    transfer_id = scene.caller_asks(THIRD)
    scene.run()
    assert scene.desk.was_agent_set_away(transfer_id)
    accepts(scene, transfer_id)
    assert presence(scene) == {"Anna": ("available", 0)}
    assert not scene.desk.was_agent_set_away(transfer_id)


def test_a_decline_is_no_missed_call() -> None:
    scene = TransferScene(ANNA)
    scene.sweep_for(1)
    scene.records.set_presence("Anna", "available", missed=1)
    transfer_id = scene.caller_asks()
    scene.run()
    leg, _ = scene.ringing()
    scene.desk.agent_answered(transfer_id, 1, leg)
    scene.desk.agent_declined(transfer_id, 1)
    assert presence(scene) == {"Anna": ("available", 0)}


def test_an_answer_without_a_key_is_a_missed_call() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    scene.desk.agent_answered(transfer_id, 1, scene.ringing()[0])
    scene.desk.agent_silent(transfer_id, 1)
    assert presence(scene)["Anna"] == ("available", 1)


@pytest.mark.parametrize(("status", "missed"), [("no-answer", 1), ("ringing", 1), ("failed", 0), ("busy", 0)])
def test_a_ring_nobody_reports_counts_only_when_the_phone_rang(status: str, missed: int) -> None:
    scene = TransferScene()
    scene.caller_asks()
    scene.run()
    scene.switchboard.legs[scene.ringing()[0]] = status
    scene.sweep_for(RING_S + 9)
    assert presence(scene)["Anna"] == ("available", missed)


def test_a_phone_that_cannot_be_reached_is_no_missed_call() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    scene.desk.agent_leg_reported(transfer_id, 1, scene.ringing()[0], is_over=True)
    assert presence(scene)["Anna"] == ("available", 0)


@pytest.mark.parametrize("gone", [CALLER, "agent"])
def test_talks_whose_end_nobody_reported_do_not_keep_the_agent_busy(gone: str) -> None:
    scene = TransferScene()
    transfer_id, leg = talks(scene)
    scene.switchboard.legs[leg if gone == "agent" else gone] = "completed"
    scene.sweep_for(32)
    assert scene.row(transfer_id).state == ("agent_lost" if gone == "agent" else "ended")
    assert scene.records.busy_agents() == set()


def test_a_network_that_has_forgotten_the_call_has_nobody_on_the_line() -> None:
    scene = TransferScene()
    transfer_id, _ = talks(scene)
    scene.switchboard.legs.clear()
    scene.sweep_for(32)
    assert scene.row(transfer_id).state == "ended"


def test_records_that_do_not_answer_end_neither_the_sweep_nor_a_call() -> None:
    scene = TransferScene()
    transfer_id, _ = talks(scene)
    scene.records.is_down = True
    scene.sweep_for(3)
    scene.records.is_down = False
    scene.desk.caller_hung_up(CALLER)
    assert scene.row(transfer_id).state == "ended"
