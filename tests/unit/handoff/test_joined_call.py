"""Holding a caller, and leaving a routine part to the bot."""

import pytest

from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.joined_call import JoinedAnswer, JoinedCall
from ivr.handoff.transfer_desk import AgentHears, CallerPlace
from ivr.records.kinds import Kind
from ivr.telephony.switchboard import SwitchboardFailed
from tests.support.transfer_scene import CALLER, TransferScene


class Joined(TransferScene):
    """Anna talks to the caller."""

    def __init__(self) -> None:
        super().__init__()
        self.transfer_id = self.caller_asks()
        self.run()
        self.leg, _ = self.ringing()
        self.switchboard.legs[self.leg] = "in-progress"
        self.desk.agent_answered(self.transfer_id, 1, self.leg)
        self.desk.agent_accepted(self.transfer_id, 1, self.leg)
        self.joined = JoinedCall(self.records, self.desk, self.switchboard)

    def noted(self, *kinds: Kind) -> list[str]:
        return [event.kind for event in self.records.events(CALLER) if event.kind in kinds]


@pytest.fixture
def scene() -> Joined:
    return Joined()


def test_the_caller_is_parked_and_brought_back(scene: Joined) -> None:
    assert scene.joined.hold(scene.transfer_id, "Anna") is JoinedAnswer.DONE
    assert scene.joined.is_held(scene.transfer_id)
    assert scene.joined.unhold(scene.transfer_id, "Anna") is JoinedAnswer.DONE
    assert not scene.joined.is_held(scene.transfer_id)
    assert [(verb, leg) for verb, leg, _ in scene.switchboard.done[-2:]] == [
        ("hold", CALLER),
        ("unhold", CALLER),
    ]


def test_holding_twice_is_noted_once(scene: Joined) -> None:
    for _ in range(2):
        scene.joined.hold(scene.transfer_id, "Anna")
    assert scene.noted(Kind.HOLD_STARTED, Kind.HOLD_ENDED) == [Kind.HOLD_STARTED]


def test_only_the_agent_who_talks_may_park_or_send_back(scene: Joined) -> None:
    assert scene.joined.hold(scene.transfer_id, "Bo") is JoinedAnswer.NOT_YOURS
    assert scene.joined.back_to_bot(scene.transfer_id, "Bo") is JoinedAnswer.NOT_YOURS
    assert scene.row(scene.transfer_id).state == "bridged"


def test_a_hold_that_the_network_refused_is_no_hold(scene: Joined) -> None:
    scene.switchboard.fails_next.append(SwitchboardFailed("no", is_retrying_useful=True))
    assert scene.joined.hold(scene.transfer_id, "Anna") is JoinedAnswer.LINE_FAILED
    assert not scene.joined.is_held(scene.transfer_id)


def test_back_to_the_bot_frees_the_agent_and_keeps_the_call_open(scene: Joined) -> None:
    assert scene.joined.back_to_bot(scene.transfer_id, "Anna") is JoinedAnswer.DONE
    assert scene.switchboard.did("redirect")[-1] == ("redirect", CALLER, f"/voice/back/{scene.transfer_id}")
    assert scene.desk.whereabouts(CALLER) == (CallerPlace.BOT, scene.transfer_id)
    assert scene.desk.farewell(scene.transfer_id) is AgentHears.BACK_WITH_BOT
    assert scene.records.busy_agents() == set()
    assert scene.outcome() is None
    assert scene.joined.back_to_bot(scene.transfer_id, "Anna") is JoinedAnswer.NOT_YOURS


def test_the_room_that_closes_behind_the_caller_changes_nothing(scene: Joined) -> None:
    scene.joined.back_to_bot(scene.transfer_id, "Anna")
    scene.desk.caller_left_alone(CALLER, 1)
    scene.desk.agent_leg_ended(scene.transfer_id, 1)
    scene.run()
    assert scene.row(scene.transfer_id).state == "returned"


def test_the_bot_may_ask_for_a_person_again_who_knows_the_case(scene: Joined) -> None:
    scene.joined.back_to_bot(scene.transfer_id, "Anna")
    again = Case(CALLER, "en", EscalationReason.NOT_UNDERSTOOD, order_number="471192")
    second = scene.desk.request(again)
    assert second != scene.transfer_id
    assert scene.row(second).case["order_number"] == "471192"
    assert scene.row(second).case["caller_number"] == scene.number, "known from the first transfer"
    scene.run()
    assert scene.row(second).state == "dialing"
    assert scene.desk.request(again) == second, "never two open"


def test_a_caller_who_hangs_up_with_the_bot_has_no_transfer_left_to_end(scene: Joined) -> None:
    scene.joined.back_to_bot(scene.transfer_id, "Anna")
    scene.desk.caller_hung_up(CALLER)
    assert scene.row(scene.transfer_id).state == "returned"
    assert scene.outcome() is None, "the bot's calls give it one"


def test_a_caller_gone_before_going_back_has_talked_to_a_person(scene: Joined) -> None:
    scene.switchboard.legs[CALLER] = "completed"
    scene.joined.back_to_bot(scene.transfer_id, "Anna")
    assert scene.outcome() == "connected_to_person"
