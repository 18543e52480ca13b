"""The agent's line ends first: a goodbye, or a caller who must not hear a dial tone."""

import pytest

from ivr.handoff.transfer_desk import AgentHears, CallerPlace
from tests.support.transfer_scene import ANNA, BO, CALLER, TransferScene

SECOND = "CA" + "d" * 32


def talked(scene: TransferScene, seconds: float) -> tuple[str, str]:
    """Let caller and first agent talk; return (transfer, agent's leg)."""
    transfer_id = scene.caller_asks()
    scene.desk.whereabouts(CALLER)
    scene.run()
    leg, _ = scene.ringing()
    scene.switchboard.live(leg)
    scene.desk.agent_answered(transfer_id, 1, leg)
    assert scene.desk.agent_accepted(transfer_id, 1, leg) is AgentHears.JOIN
    scene.clock.advance(seconds)
    return transfer_id, leg


def leg_ends(scene: TransferScene, transfer_id: str, leg: str) -> None:
    scene.switchboard.legs[leg] = "completed"
    scene.desk.agent_leg_reported(transfer_id, 1, leg, is_over=True)
    scene.run()


@pytest.mark.parametrize("how", ["leg", "room"])
def test_cut_off_early_another_agent_is_asked_at_once_never_the_same(how: str) -> None:
    scene = TransferScene()
    transfer_id, leg = talked(scene, 9.9)
    if how == "leg":
        leg_ends(scene, transfer_id, leg)
        assert ("redirect", CALLER, f"/voice/agent-left/{transfer_id}") in scene.switchboard.done
    else:
        scene.desk.caller_left_alone(CALLER, 1)
        scene.run()
    row = scene.row(transfer_id)
    assert (row.state, row.agent, row.tried) == ("dialing", "Bo", ("Anna", "Bo"))
    assert scene.desk.whereabouts(CALLER) == (CallerPlace.QUEUE, transfer_id)
    assert scene.outcome() is None


@pytest.mark.parametrize("how", ["leg", "room"])
def test_after_a_talk_it_may_have_been_the_goodbye(how: str) -> None:
    scene = TransferScene()
    transfer_id, leg = talked(scene, 10)
    if how == "leg":
        leg_ends(scene, transfer_id, leg)
    else:
        scene.desk.caller_left_alone(CALLER, 1)
        scene.run()
    assert scene.desk.whereabouts(CALLER) == (CallerPlace.LEFT_ALONE, transfer_id)
    scene.clock.advance(4)
    scene.desk.caller_hung_up(CALLER)
    scene.run()
    assert (scene.row(transfer_id).state, scene.outcome()) == ("ended", "connected_to_person")
    assert len(scene.switchboard.did("dial")) == 1
    assert scene.records.callbacks() == []


def test_a_caller_who_stays_after_a_talk_gets_another_agent_and_the_next_talk_counts() -> None:
    scene = TransferScene()
    transfer_id, leg = talked(scene, 60)
    leg_ends(scene, transfer_id, leg)
    scene.clock.advance(4.9)
    scene.desk.caller_stayed(CALLER)
    assert scene.row(transfer_id).state == "agent_lost"
    scene.clock.advance(0.1)
    scene.desk.caller_stayed(CALLER)
    scene.run()
    second, number = scene.ringing()
    scene.switchboard.live(second)
    assert number == BO.number
    scene.desk.agent_answered(transfer_id, 2, second)
    assert scene.desk.agent_accepted(transfer_id, 2, second) is AgentHears.JOIN
    scene.desk.caller_left_alone(CALLER, 1)  # the first room's report, very late
    assert scene.row(transfer_id).state == "bridged"
    scene.desk.caller_hung_up(CALLER)
    assert scene.outcome() == "connected_to_person"


def test_whose_only_agent_is_lost_is_called_back() -> None:
    scene = TransferScene(ANNA)
    transfer_id, leg = talked(scene, 3)
    leg_ends(scene, transfer_id, leg)
    assert (scene.row(transfer_id).state, scene.outcome()) == ("given_up", "callback_booked")
    assert scene.switchboard.done[-1] == ("redirect", CALLER, f"/voice/no-agent/{transfer_id}")


def test_a_caller_put_back_is_in_front_of_who_came_later() -> None:
    scene = TransferScene()
    transfer_id, leg = talked(scene, 3)
    later = scene.caller_asks(SECOND)
    scene.run()
    assert scene.row(later).agent == "Bo"
    third = scene.caller_asks("CA" + "e" * 32)
    leg_ends(scene, transfer_id, leg)
    assert scene.row(transfer_id).state == "requested"
    assert scene.desk.waiting.outlook(CALLER).position == 1
    scene.desk.caller_hung_up(SECOND)
    scene.sweep_for(1)
    assert (scene.row(transfer_id).agent, scene.row(third).state) == ("Bo", "requested")


def test_both_hung_up_and_the_agents_report_came_first() -> None:
    scene = TransferScene()
    transfer_id, leg = talked(scene, 3)
    scene.switchboard.legs[CALLER] = "completed"
    leg_ends(scene, transfer_id, leg)
    assert (scene.row(transfer_id).state, scene.outcome()) == ("ended", "connected_to_person")
    assert len(scene.switchboard.did("dial")) == 1


def test_a_caller_who_was_told_and_never_heard_of_again_is_looked_after() -> None:
    scene = TransferScene()
    transfer_id, leg = talked(scene, 60)
    leg_ends(scene, transfer_id, leg)
    scene.sweep_for(17)
    assert (scene.row(transfer_id).state, scene.row(transfer_id).agent) == ("dialing", "Bo")


def test_a_restart_between_losing_the_agent_and_asking_the_next() -> None:
    scene = TransferScene()
    transfer_id, leg = talked(scene, 3)
    scene.desk.agent_leg_reported(transfer_id, 1, leg, is_over=True)
    scene.executor.waiting.clear()
    scene.sweep_for(17)
    assert (scene.row(transfer_id).state, scene.row(transfer_id).agent) == ("dialing", "Bo")


def test_an_agent_whose_room_closed_is_told_that_the_line_was_lost() -> None:
    scene = TransferScene()
    transfer_id, leg = talked(scene, 3)
    scene.desk.caller_left_alone(CALLER, 1)
    scene.run()
    assert ("redirect", leg, f"/voice/agent/{transfer_id}/caller-gone") in scene.switchboard.done
    assert scene.desk.farewell(transfer_id) is AgentHears.LINE_LOST
