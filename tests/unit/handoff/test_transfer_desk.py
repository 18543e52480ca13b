"""The transfer desk, one story a test: whoever answers, declines, hangs up, goes quiet or comes late."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.transfer_desk import AgentHears, CallerPlace
from ivr.handoff.waiting_room import Callback
from ivr.records.kinds import Kind
from ivr.telephony.switchboard import SwitchboardFailed
from tests.support.transfer_scene import ANNA, BO, CALLER, RING_S, TransferScene

REFUSED = SwitchboardFailed("refused", is_retrying_useful=False)
UNREACHABLE = SwitchboardFailed("unreachable", is_retrying_useful=True)


def briefed(scene: TransferScene) -> tuple[str, str]:
    """Bring a transfer to where the first agent hears the briefing; return (transfer, agent's leg)."""
    transfer_id = scene.caller_asks()
    scene.desk.whereabouts(CALLER)
    scene.run()
    leg, _ = scene.ringing()
    scene.switchboard.live(leg)
    assert scene.desk.agent_answered(transfer_id, 1, leg) is AgentHears.BRIEFING
    return transfer_id, leg


def bridged(scene: TransferScene) -> tuple[str, str]:
    transfer_id, leg = briefed(scene)
    assert scene.desk.agent_accepted(transfer_id, 1, leg) is AgentHears.JOIN
    return transfer_id, leg


def test_request_stores_first_and_phones_later() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    assert scene.row(transfer_id).state == "requested"
    assert scene.switchboard.done == []
    scene.run()
    row = scene.row(transfer_id)
    leg, number = scene.ringing()
    assert (row.state, row.agent, row.agent_call_id, number) == ("dialing", "Anna", leg, ANNA.number)
    answer_path, status_path = scene.switchboard.paths[leg]
    assert answer_path == f"/voice/agent/{transfer_id}/briefing?attempt=1&round=1"
    assert status_path == f"/voice/agent/{transfer_id}/status?attempt=1"


def test_the_reservation_is_stored_before_the_phone_rings() -> None:
    scene = TransferScene()
    seen: list[tuple[str, str | None]] = []
    transfer_id = scene.caller_asks()
    scene.switchboard.on_dial = lambda leg: seen.append(
        (scene.row(transfer_id).state, scene.row(transfer_id).agent)
    )
    scene.run()
    assert seen == [("dialing", "Anna")]


def test_asking_twice_is_one_transfer() -> None:
    scene = TransferScene()
    first = scene.caller_asks()
    assert scene.desk.request(Case(CALLER, "en", EscalationReason.PRESSED_ZERO)) == first
    scene.run()
    assert len(scene.switchboard.did("dial")) == 1


def test_asking_again_while_talking_or_after_it_phones_nobody() -> None:
    scene = TransferScene()
    transfer_id, _ = bridged(scene)
    again = Case(CALLER, "en", EscalationReason.CALL_TOO_LONG)
    assert scene.desk.request(again) == transfer_id
    scene.desk.caller_hung_up(CALLER)
    assert scene.desk.request(again) == transfer_id
    scene.run()
    assert len(scene.switchboard.did("dial")) == 1
    assert scene.row(transfer_id).state == "ended"


def test_a_request_for_a_caller_who_has_just_hung_up_phones_nobody() -> None:
    scene = TransferScene()
    scene.records.open_call(CALLER, None, None, "en")
    scene.records.close_call(CALLER, "caller_hung_up")
    transfer_id = scene.desk.request(Case(CALLER, "en", EscalationReason.FRUSTRATED))
    scene.run()
    assert scene.row(transfer_id).state == "abandoned"
    assert scene.switchboard.did("dial") == []


def test_agent_takes_the_call() -> None:
    scene = TransferScene()
    transfer_id, leg = bridged(scene)
    assert scene.switchboard.did("redirect") == [("redirect", CALLER, f"/voice/join/{transfer_id}")]
    assert scene.desk.whereabouts(CALLER) == (CallerPlace.CONFERENCE, transfer_id)
    assert scene.row(transfer_id).agent_call_id == leg
    moves = [
        event.facts["state"] for event in scene.records.events(CALLER) if event.kind == Kind.TRANSFER_MOVED
    ]
    assert moves == ["requested", "dialing", "briefing", "bridged"]


def test_agent_takes_the_call_while_the_callers_stream_is_still_closing() -> None:
    """The redirect replaces the stream; whichever webhook comes next finds the conference."""
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    leg, _ = scene.ringing()
    scene.desk.agent_answered(transfer_id, 1, leg)
    assert scene.desk.agent_accepted(transfer_id, 1, leg) is AgentHears.JOIN
    assert scene.desk.whereabouts(CALLER) == (CallerPlace.CONFERENCE, transfer_id)


def test_a_redirect_that_fails_is_made_again() -> None:
    scene = TransferScene()
    transfer_id, leg = briefed(scene)
    scene.switchboard.fails_next = [UNREACHABLE]
    assert scene.desk.agent_accepted(transfer_id, 1, leg) is AgentHears.JOIN
    scene.sweep_for(1)
    assert scene.switchboard.did("redirect") == [("redirect", CALLER, f"/voice/join/{transfer_id}")]


def test_agent_accepts_a_caller_who_has_just_gone() -> None:
    scene = TransferScene()
    transfer_id, leg = briefed(scene)
    scene.switchboard.legs[CALLER] = "completed"
    assert scene.desk.agent_accepted(transfer_id, 1, leg) is AgentHears.CALLER_GONE
    assert scene.row(transfer_id).state == "ended"
    assert scene.outcome() == "caller_hung_up"
    scene.desk.caller_hung_up(CALLER)
    assert scene.outcome() == "caller_hung_up"


def test_agent_declines_and_the_next_is_asked() -> None:
    scene = TransferScene()
    transfer_id, _ = briefed(scene)
    scene.desk.agent_declined(transfer_id, 1)
    scene.run()
    assert scene.ringing()[1] == BO.number
    assert scene.row(transfer_id).tried == ("Anna", "Bo")


@pytest.mark.parametrize("is_answered", [False, True])
def test_agent_leg_that_ends_moves_on_to_the_next(is_answered: bool) -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    leg, _ = scene.ringing()
    if is_answered:
        scene.desk.agent_answered(transfer_id, 1, leg)
    scene.desk.agent_leg_reported(transfer_id, 1, leg, is_over=True)
    scene.run()
    assert scene.ringing()[1] == BO.number


def test_voicemail_presses_nothing_and_never_gets_the_caller() -> None:
    scene = TransferScene()
    transfer_id, _ = briefed(scene)
    scene.desk.agent_silent(transfer_id, 1)
    scene.run()
    assert scene.ringing()[1] == BO.number
    assert scene.desk.whereabouts(CALLER)[0] is CallerPlace.QUEUE


def test_nobody_left_books_a_callback_and_tells_the_caller() -> None:
    scene = TransferScene()
    transfer_id, _ = briefed(scene)
    scene.desk.agent_declined(transfer_id, 1)
    scene.run()
    scene.desk.agent_leg_ended(transfer_id, 2)
    scene.run()
    row = scene.row(transfer_id)
    assert (row.state, row.case_number) == ("given_up", "730001")
    assert scene.switchboard.done[-1] == ("redirect", CALLER, f"/voice/no-agent/{transfer_id}")
    assert scene.desk.instead.promise_callback(CALLER) == Callback("730001", is_number_known=True)
    assert [callback["number"] for callback in scene.records.callbacks()] == ["+46701234567"]
    noted = [event.facts for event in scene.records.events(CALLER) if event.kind == Kind.CALLBACK_BOOKED]
    assert noted == [{"case_number": "730001"}]
    assert scene.outcome() == "callback_booked"


def test_nobody_left_while_the_bot_still_speaks_does_not_cut_it_short() -> None:
    scene = TransferScene()
    scene.switchboard.fails_next = [REFUSED, REFUSED]
    scene.caller_asks()
    scene.run()
    assert scene.switchboard.did("redirect") == []
    assert scene.desk.whereabouts(CALLER)[0] is CallerPlace.NO_AGENT


def test_a_callback_without_a_number_says_so() -> None:
    scene = TransferScene(number=None)
    scene.switchboard.fails_next = [REFUSED, REFUSED]
    scene.caller_asks()
    scene.run()
    assert scene.desk.instead.promise_callback(CALLER) == Callback("730001", is_number_known=False)


def test_a_call_that_cannot_be_placed_goes_to_the_next_agent_at_once() -> None:
    scene = TransferScene()
    scene.switchboard.fails_next = [REFUSED]
    scene.caller_asks()
    scene.run()
    assert scene.ringing()[1] == BO.number


def test_an_unknown_outcome_is_never_dialed_again_and_the_agent_may_still_answer() -> None:
    scene = TransferScene()
    scene.switchboard.loses_answer = True
    transfer_id = scene.caller_asks()
    scene.run()
    leg, number = scene.ringing()
    assert len(scene.switchboard.did("dial")) == 1
    scene.desk.agent_leg_reported(transfer_id, 1, leg, is_over=False)
    scene.sweep_for(RING_S)
    assert (scene.ringing()[1], scene.row(transfer_id).agent_call_id) == (number, leg)
    assert scene.desk.agent_answered(transfer_id, 1, leg) is AgentHears.BRIEFING


def test_an_unknown_outcome_nobody_hears_of_again_goes_to_the_next_agent() -> None:
    scene = TransferScene()
    scene.switchboard.loses_answer = True
    scene.caller_asks()
    scene.run()
    scene.sweep_for(15)
    assert scene.ringing()[1] == BO.number


def test_caller_hangs_up_while_the_agent_rings() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    leg, _ = scene.ringing()
    scene.desk.caller_hung_up(CALLER)
    scene.run()
    assert scene.switchboard.legs[leg] == "completed"
    assert (scene.row(transfer_id).state, scene.outcome()) == ("abandoned", "caller_hung_up")


def test_caller_hangs_up_while_the_agents_call_is_being_placed() -> None:
    scene = TransferScene()
    scene.caller_asks()
    scene.switchboard.on_dial = lambda leg: scene.desk.caller_hung_up(CALLER)
    scene.run()
    leg, _ = scene.ringing()
    assert scene.switchboard.legs[leg] == "completed"
    assert len(scene.switchboard.did("dial")) == 1


def test_caller_hangs_up_during_the_briefing_and_the_agent_is_told() -> None:
    scene = TransferScene()
    transfer_id, leg = briefed(scene)
    scene.desk.caller_hung_up(CALLER)
    scene.run()
    assert scene.switchboard.done[-1] == ("redirect", leg, f"/voice/agent/{transfer_id}/caller-gone")
    assert scene.desk.agent_accepted(transfer_id, 1, leg) is AgentHears.CALLER_GONE
    assert scene.row(transfer_id).state == "abandoned"


def test_caller_hangs_up_after_talking() -> None:
    scene = TransferScene()
    transfer_id, _ = bridged(scene)
    scene.desk.caller_hung_up(CALLER)
    scene.run()
    assert (scene.row(transfer_id).state, scene.outcome()) == ("ended", "connected_to_person")


def test_agents_report_before_the_callers_when_both_hang_up() -> None:
    scene = TransferScene()
    transfer_id, leg = bridged(scene)
    scene.switchboard.legs[CALLER] = "completed"
    scene.desk.agent_leg_reported(transfer_id, 1, leg, is_over=True)
    scene.run()
    assert (scene.row(transfer_id).state, scene.outcome()) == ("ended", "connected_to_person")


def test_agent_asks_to_hear_it_again() -> None:
    scene = TransferScene()
    transfer_id, _ = briefed(scene)
    first = scene.desk.briefing(transfer_id)
    scene.sweep_for(18)
    assert scene.desk.agent_asked_again(transfer_id, 1) is AgentHears.BRIEFING
    scene.sweep_for(18)
    assert scene.row(transfer_id).state == "briefing"
    assert scene.desk.briefing(transfer_id) == first
    assert first[-1].text == "brief_reason_asked_for_person"
    assert all(prompt.is_personal for prompt in first)


def test_more_detail_takes_its_time_and_nobody_takes_the_caller_away_meanwhile() -> None:
    scene = TransferScene()
    transfer_id, leg = briefed(scene)
    said = scene.desk.detail(transfer_id)
    assert [prompt.id for prompt in said] == ["brief_tried_nothing"]
    assert all(prompt.is_personal for prompt in said)
    scene.sweep_for(18)
    assert scene.desk.agent_wants_detail(transfer_id, 1) is AgentHears.BRIEFING
    scene.sweep_for(22)
    assert scene.row(transfer_id).state == "briefing"
    assert scene.desk.agent_wants_detail(transfer_id, 2) is AgentHears.TAKEN
    assert scene.desk.detail("nope") == []
    assert scene.desk.agent_accepted(transfer_id, 1, leg) is AgentHears.JOIN


def test_answered_leg_that_stays_silent_is_taken_from() -> None:
    scene = TransferScene()
    transfer_id, leg = briefed(scene)
    scene.sweep_for(30)
    assert scene.switchboard.legs[leg] == "completed"
    assert (scene.row(transfer_id).agent, scene.ringing()[1]) == ("Bo", BO.number)


def test_no_word_about_a_ringing_phone_is_reconciled_with_the_network() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    leg, _ = scene.ringing()
    scene.switchboard.legs[leg] = "no-answer"
    scene.sweep_for(RING_S + 6)
    assert scene.row(transfer_id).agent == "Anna"
    scene.sweep_for(3)
    assert scene.row(transfer_id).agent == "Bo"
    assert ("hang_up", leg, "") not in scene.switchboard.done


def test_a_phone_that_rings_on_and_on_is_stopped() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    leg, _ = scene.ringing()
    scene.switchboard.legs[leg] = "ringing"
    scene.sweep_for(RING_S + 9)
    assert scene.switchboard.legs[leg] == "completed"
    assert scene.row(transfer_id).agent == "Bo"


def test_an_answer_still_on_its_way_gets_a_moment() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    leg, _ = scene.ringing()
    scene.switchboard.legs[leg] = "in-progress"
    scene.sweep_for(RING_S + 10)
    assert scene.desk.agent_answered(transfer_id, 1, leg) is AgentHears.BRIEFING


def test_a_lost_hang_up_report_is_found_out() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    scene.switchboard.legs[CALLER] = "completed"
    scene.sweep_for(RING_S + 9)
    assert (scene.row(transfer_id).state, scene.outcome()) == ("abandoned", "caller_hung_up")


def test_a_request_left_behind_by_a_crash_is_taken_up() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.executor.waiting.clear()
    scene.sweep_for(7)
    assert scene.row(transfer_id).state == "dialing"


def test_a_clock_that_jumps_an_hour_takes_nobody_away() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    scene.clock.jump(3600)
    scene.sweep_for(2)
    scene.clock.jump(-7200)
    scene.sweep_for(2)
    assert scene.row(transfer_id).agent == "Anna"


def test_reports_of_an_earlier_attempt_change_nothing() -> None:
    scene = TransferScene()
    transfer_id, first_leg = briefed(scene)
    scene.desk.agent_declined(transfer_id, 1)
    scene.run()
    before = scene.row(transfer_id)
    assert scene.desk.agent_accepted(transfer_id, 1, first_leg) is AgentHears.TAKEN
    assert scene.desk.agent_answered(transfer_id, 1, first_leg) is AgentHears.TAKEN
    scene.desk.agent_leg_reported(transfer_id, 1, first_leg, is_over=True)
    scene.desk.agent_silent(transfer_id, 1)
    scene.run()
    assert scene.row(transfer_id) == before


def test_an_earlier_agent_gets_nothing_of_a_later_agents_call() -> None:
    scene = TransferScene()
    transfer_id, first_leg = briefed(scene)
    scene.desk.agent_declined(transfer_id, 1)
    scene.run()
    second_leg, _ = scene.ringing()
    scene.desk.agent_answered(transfer_id, 2, second_leg)
    assert scene.desk.agent_asked_again(transfer_id, 1) is AgentHears.TAKEN
    assert scene.desk.agent_accepted(transfer_id, 1, first_leg) is AgentHears.TAKEN
    assert scene.desk.agent_accepted(transfer_id, 2, second_leg) is AgentHears.JOIN
    assert scene.desk.agent_answered(transfer_id, 1, first_leg) is AgentHears.TAKEN
    assert scene.row(transfer_id).agent_call_id == second_leg


def test_a_leg_heard_of_when_no_agent_is_wanted_any_more_is_ended() -> None:
    """The network's word that a phone rings arrives after the sweep took the caller from that agent."""
    scene = TransferScene()
    scene.switchboard.loses_answer = True
    transfer_id = scene.caller_asks()
    scene.executor.run_one()
    leg, _ = scene.ringing()
    scene.desk.agent_leg_ended(transfer_id, 1)
    scene.executor.waiting.clear()
    assert scene.row(transfer_id).agent is None
    scene.desk.agent_leg_reported(transfer_id, 1, leg, is_over=False)
    scene.run()
    assert scene.switchboard.legs[leg] == "completed"


def test_another_process_that_was_faster_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = TransferScene()
    transfer_id, leg = briefed(scene)
    monkeypatch.setattr(scene.records, "move_transfer", lambda *_, **__: False)
    assert scene.desk.agent_accepted(transfer_id, 1, leg) is AgentHears.BRIEFING
    scene.desk.agent_declined(transfer_id, 1)
    scene.desk.caller_hung_up(CALLER)
    scene.run()
    assert scene.switchboard.did("redirect") == []
    assert len(scene.switchboard.did("dial")) == 1
    assert scene.outcome() is None


def test_repeated_webhooks_are_harmless() -> None:
    scene = TransferScene()
    transfer_id, leg = bridged(scene)
    done = list(scene.switchboard.done)
    assert scene.desk.agent_accepted(transfer_id, 1, leg) is AgentHears.JOIN
    assert scene.desk.agent_answered(transfer_id, 1, leg) is AgentHears.JOIN
    scene.desk.agent_declined(transfer_id, 1)
    scene.run()
    assert scene.switchboard.done == done
    assert scene.row(transfer_id).state == "bridged"


def test_unknown_transfers_and_callers_are_harmless() -> None:
    scene = TransferScene()
    assert scene.desk.agent_answered("nope", 1, "CA1") is AgentHears.CALLER_GONE
    assert scene.desk.agent_accepted("nope", 1, "CA1") is AgentHears.CALLER_GONE
    assert scene.desk.whereabouts("CA1") == (CallerPlace.NOWHERE, "")
    assert scene.desk.instead.promise_callback("CA1") is None
    assert scene.desk.briefing("nope") == []
    scene.desk.caller_hung_up("CA1")
    scene.desk.caller_left_alone("CA1", 1)
    scene.desk.caller_stayed("CA1")
    assert scene.desk.attempt("nope") == 0
    scene.run()
    assert scene.switchboard.did("dial") == []


def test_two_callers_never_ring_one_agent_and_the_second_waits() -> None:
    scene = TransferScene(ANNA)
    first, second = scene.caller_asks(), scene.caller_asks("CA" + "d" * 32)
    scene.run()
    assert (scene.row(first).state, scene.row(second).state) == ("dialing", "requested")
    assert len(scene.switchboard.did("dial")) == 1


def test_two_accepts_at_once_give_the_caller_to_one_agent() -> None:
    """The same key press delivered twice at the same moment, two hundred times."""
    for _ in range(200):
        scene = TransferScene()
        transfer_id, leg = briefed(scene)
        together = threading.Barrier(2)

        def accept(scene: TransferScene = scene, args: tuple[str, str] = (transfer_id, leg)) -> AgentHears:
            together.wait()  # noqa: B023
            return scene.desk.agent_accepted(args[0], 1, args[1])

        with ThreadPoolExecutor(2) as pool:
            heard = [future.result() for future in [pool.submit(accept), pool.submit(accept)]]
        assert heard == [AgentHears.JOIN, AgentHears.JOIN]
        assert len(scene.switchboard.did("redirect")) == 1
