"""Calling people back through the service: hours, tries, every way a try can end."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.handoff.callback_desk import CallbackAnswer
from ivr.handoff.callback_try import ENDS, OPEN, TRANSITIONS, TryEvent, TryState, after
from ivr.records.kinds import Kind
from ivr.telephony.switchboard import SwitchboardFailed
from ivr.telephony.webhook_forms import CallStatus
from tests.support.transfer_scene import CALLER, TransferScene

S, E = TryState, TryEvent


class CallbackScene(TransferScene):
    """Nobody was free; the caller's case is on the worklist, and it is noon."""

    def __init__(self, hour: int = 12) -> None:
        super().__init__()
        noon = datetime(2026, 11, 20, hour, tzinfo=ZoneInfo("UTC"))
        self.clock.jump((noon - self.clock.now()).total_seconds())
        transfer_id = self.caller_asks()
        for attempt in (1, 2):
            self.run()
            self.desk.agent_leg_ended(transfer_id, attempt)
        self.run()
        self.desk.caller_hung_up(CALLER)
        (self.case,) = (row["case_number"] for row in self.records.callbacks())
        self.callbacks = self.parts.callbacks

    def try_id(self) -> str:
        return self.parts.follow_ups.tries_of(self.case)[-1].try_id

    def agent_accepts(self) -> tuple[str, str, str]:
        """Anna is rung, briefed, and accepts; return (try, her leg, the caller's leg)."""
        assert self.callbacks.dial(self.case, "Anna") is CallbackAnswer.RINGING
        self.run()
        leg, number = self.ringing()
        assert number == "+46850000001"
        self.switchboard.legs[leg] = "in-progress"
        try_id = self.try_id()
        assert self.callbacks.agent_answered(try_id, leg) is S.AGENT_BRIEFED
        assert self.callbacks.agent_accepted(try_id, leg) is S.CALLER_RINGS
        self.run()
        callers_leg, number = self.ringing()
        assert number == "+46701234567"
        return try_id, leg, callers_leg

    def outcomes(self) -> list[str]:
        tried = [e for e in self.records.events(CALLER) if e.kind == Kind.CALLBACK_TRIED]
        return [event.facts["state"] for event in tried]

    def closed(self) -> list[str]:
        return [e.facts["outcome"] for e in self.records.events(CALLER) if e.kind == Kind.CALLBACK_CLOSED]


@pytest.fixture
def scene() -> CallbackScene:
    return CallbackScene()


def test_the_agent_first_then_the_caller_then_both(scene: CallbackScene) -> None:
    try_id, _, callers_leg = scene.agent_accepts()
    assert scene.callbacks.caller_answered(try_id, callers_leg) is S.CALLER_ASKED
    assert scene.callbacks.caller_confirmed(try_id) is S.JOINED
    scene.callbacks.leg_left(try_id, is_agent=True)
    assert (scene.outcomes(), scene.closed()) == (["talked"], ["done"])
    assert scene.records.callbacks() == []


def test_an_agent_who_calls_back_is_asked_for_nobody_else(scene: CallbackScene) -> None:
    scene.agent_accepts()
    scene.records.set_presence("Anna", "available")
    assert scene.callbacks.busy_agents() == {"Anna"}
    other = "CA" + "d" * 32
    second = scene.caller_asks(other)
    scene.run()
    assert scene.row(second).agent != "Anna"
    assert scene.callbacks.dial(scene.case, "Anna") is CallbackAnswer.AGENT_BUSY
    assert scene.callbacks.dial(scene.case, "Bo") in {CallbackAnswer.TAKEN, CallbackAnswer.AGENT_BUSY}


@pytest.mark.parametrize("hour", [0, 7, 8, 12, 19, 20, 23])
def test_only_between_eight_and_twenty(hour: int) -> None:
    scene = CallbackScene(hour)  # without a policy the hours are UTC's
    is_rung = scene.callbacks.dial(scene.case, "Anna") is CallbackAnswer.RINGING
    assert is_rung is (8 <= hour < 20)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (CallStatus.BUSY, "caller_busy"),
        (CallStatus.NO_ANSWER, "caller_no_answer"),
        (CallStatus.CANCELED, "caller_no_answer"),
        (CallStatus.FAILED, "line_failed"),
    ],
)
def test_a_caller_who_is_not_reached_stays_on_the_list_and_the_agent_is_told(
    scene: CallbackScene, status: CallStatus, outcome: str
) -> None:
    try_id, agents_leg, callers_leg = scene.agent_accepts()
    scene.switchboard.legs[callers_leg] = status
    for _ in range(2):
        scene.callbacks.leg_reported(try_id, False, callers_leg, status)
    scene.run()
    assert scene.outcomes() == [outcome]
    assert ("redirect", agents_leg, f"/voice/callback/{try_id}/agent-over") in scene.switchboard.done
    assert [row["tries"] for row in scene.records.callbacks()] == [1]


def test_three_tries_and_then_it_is_closed_with_the_reason(scene: CallbackScene) -> None:
    for _ in range(3):
        try_id, _, callers_leg = scene.agent_accepts()
        scene.callbacks.leg_reported(try_id, False, callers_leg, CallStatus.NO_ANSWER)
        scene.run()
    assert scene.outcomes() == ["caller_no_answer"] * 3
    assert scene.closed() == ["failed"]
    assert scene.callbacks.dial(scene.case, "Anna") is CallbackAnswer.GONE


def test_a_voicemail_gets_no_agent(scene: CallbackScene) -> None:
    try_id, agents_leg, callers_leg = scene.agent_accepts()
    scene.callbacks.caller_answered(try_id, callers_leg)
    scene.callbacks.caller_silent(try_id)
    scene.run()
    assert scene.outcomes() == ["not_confirmed"]
    assert scene.callbacks.caller_confirmed(try_id) is S.NOT_CONFIRMED, "too late"
    assert ("redirect", agents_leg, f"/voice/callback/{try_id}/agent-over") in scene.switchboard.done


def test_an_agent_who_declines_or_misses_costs_no_try(scene: CallbackScene) -> None:
    scene.callbacks.dial(scene.case, "Anna")
    scene.run()
    scene.callbacks.leg_reported(scene.try_id(), True, scene.ringing()[0], CallStatus.NO_ANSWER)
    assert scene.callbacks.dial(scene.case, "Bo") is CallbackAnswer.RINGING
    scene.run()
    scene.callbacks.agent_answered(scene.try_id(), scene.ringing()[0])
    scene.callbacks.agent_refused(scene.try_id())
    assert scene.outcomes() == ["agent_missed", "agent_declined"]
    assert [row["tries"] for row in scene.records.callbacks()] == [0]


def test_an_agent_who_leaves_early_leaves_nobody_in_the_dark(scene: CallbackScene) -> None:
    try_id, agents_leg, callers_leg = scene.agent_accepts()
    scene.switchboard.legs[callers_leg] = "in-progress"
    scene.callbacks.caller_answered(try_id, callers_leg)
    scene.switchboard.legs[agents_leg] = "completed"
    scene.callbacks.leg_reported(try_id, True, agents_leg, CallStatus.COMPLETED)
    scene.run()
    assert scene.outcomes() == ["agent_left"]
    assert ("redirect", callers_leg, f"/voice/callback/{try_id}/caller-over") in scene.switchboard.done


def test_a_lost_answer_is_never_dialed_twice(scene: CallbackScene) -> None:
    scene.switchboard.loses_answer = True
    before = len(scene.switchboard.did("dial"))
    scene.callbacks.dial(scene.case, "Anna")
    scene.run()
    assert len(scene.switchboard.did("dial")) == before + 1
    leg, _ = scene.ringing()
    assert scene.callbacks.agent_answered(scene.try_id(), leg) is S.AGENT_BRIEFED, "it rang after all"


def test_a_refused_dial_ends_the_try(scene: CallbackScene) -> None:
    scene.switchboard.fails_next.append(SwitchboardFailed("no", is_retrying_useful=False))
    scene.callbacks.dial(scene.case, "Anna")
    scene.run()
    assert scene.outcomes() == ["line_failed"]
    assert scene.callbacks.busy_agents() == set()


@pytest.mark.parametrize("steps", range(4))
def test_the_sweep_ends_what_a_crash_left_open(scene: CallbackScene, steps: int) -> None:
    scene.callbacks.dial(scene.case, "Anna")  # steps 0: the process dies before the phone rings
    if steps:
        scene.run()
    if steps > 1:
        scene.callbacks.agent_answered(scene.try_id(), scene.ringing()[0])
    if steps > 2:
        scene.callbacks.agent_accepted(scene.try_id(), scene.ringing()[0])
    scene.executor.waiting.clear()
    for leg in scene.switchboard.legs:
        scene.switchboard.legs[leg] = "completed"
    for _ in range(70):
        scene.clock.advance(1)
        scene.callbacks.sweep()
        scene.run()
    assert len(scene.outcomes()) == 1
    assert scene.callbacks.busy_agents() == set()


def test_one_key_calls_back_a_caller_whose_line_dropped() -> None:
    scene = TransferScene()
    scene.clock.jump((datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("UTC")) - scene.clock.now()).total_seconds())
    transfer_id = scene.caller_asks()
    scene.run()
    leg, _ = scene.ringing()
    scene.desk.agent_answered(transfer_id, 1, leg)
    scene.desk.agent_accepted(transfer_id, 1, leg)
    scene.desk.caller_hung_up(CALLER)
    try_id = scene.parts.callbacks.call_back_now(CALLER, "Anna", leg)
    assert try_id is not None
    assert scene.parts.callbacks.call_back_now(CALLER, "Anna", leg) is None, "once"
    scene.parts.callbacks.agent_accepted(try_id, leg)
    scene.run()
    assert scene.ringing()[1] == "+46701234567"


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", E)
def test_a_try_ends_once_and_every_report_is_harmless(state: TryState, event: TryEvent) -> None:
    target = after(state, event)
    assert (target is None) == (event not in TRANSITIONS.get(state, {}))
    if state in ENDS:
        assert target is None


def test_only_the_callers_own_key_joins() -> None:
    into = {
        (state, event)
        for state, moves in TRANSITIONS.items()
        for event, to in moves.items()
        if to is S.JOINED
    }
    assert into == {(S.CALLER_ASKED, E.CALLER_CONFIRMED)}
    assert {state for state in OPEN if E.AGENT_GONE not in TRANSITIONS[state]} == set()


def test_a_number_that_costs_extra_is_not_called(scene: CallbackScene) -> None:
    case = scene.records.book_callback("CA" + "e" * 32, "+469001234567", "no_input", [])
    assert scene.callbacks.dial(case, "Anna") is CallbackAnswer.NOT_ALLOWED


# One callback per number and day


def another_case(scene: CallbackScene, number: str = "+46701234567") -> str:
    return scene.records.book_callback("CA" + "e" * 32, number, "no_input", [])


def test_a_number_is_called_for_one_case_a_day(scene: CallbackScene) -> None:
    other = another_case(scene)
    try_id, _, _ = scene.agent_accepts()
    scene.callbacks.leg_reported(try_id, False, "CA9", CallStatus.BUSY)
    scene.run()
    assert scene.callbacks.dial(other, "Bo") is CallbackAnswer.NOT_TODAY
    assert scene.callbacks.is_for_tomorrow(other)
    assert not scene.callbacks.is_for_tomorrow(scene.case)
    scene.clock.advance(3600)
    assert scene.callbacks.dial(scene.case, "Bo") is CallbackAnswer.RINGING
    scene.callbacks.leg_reported(scene.try_id(), True, "CA8", CallStatus.NO_ANSWER)
    scene.clock.advance(23 * 3600)
    assert scene.callbacks.dial(other, "Bo") is CallbackAnswer.RINGING


def test_another_number_is_not_held_back(scene: CallbackScene) -> None:
    other = another_case(scene, "+46709999999")
    scene.agent_accepts()
    assert scene.callbacks.dial(other, "Bo") is CallbackAnswer.RINGING


def test_two_cases_of_a_number_do_not_begin_at_once(scene: CallbackScene) -> None:
    other = another_case(scene)
    assert scene.callbacks.dial(scene.case, "Anna") is CallbackAnswer.RINGING
    assert scene.callbacks.dial(other, "Bo") is CallbackAnswer.TAKEN


def test_nobody_is_rung_for_a_case_whose_number_another_process_has_just_rung(scene: CallbackScene) -> None:
    other = another_case(scene)
    assert scene.callbacks.dial(scene.case, "Anna") is CallbackAnswer.RINGING
    scene.run()
    leg, _ = scene.ringing()
    scene.callbacks.agent_answered(scene.try_id(), leg)
    scene.parts.follow_ups.open_try("t9", other, "CA" + "e" * 32, "Bo", S.AGENT_RINGS)
    scene.parts.follow_ups.move_try("t9", S.AGENT_RINGS, S.CALLER_RINGS)
    scene.callbacks.agent_accepted(scene.try_id(), leg)
    scene.run()
    assert scene.outcomes() == ["line_failed"]
    assert [number for _, _, number in scene.switchboard.did("dial")].count("+46701234567") == 0


def test_who_was_reached_is_not_called_for_their_other_cases(scene: CallbackScene) -> None:
    another_case(scene)
    try_id, _, callers_leg = scene.agent_accepts()
    scene.callbacks.caller_answered(try_id, callers_leg)
    scene.callbacks.caller_confirmed(try_id)
    scene.callbacks.leg_left(try_id, is_agent=True)
    assert scene.records.callbacks() == []


def test_a_hundred_calls_that_give_one_number_ring_it_three_times_at_most(scene: CallbackScene) -> None:
    cases = [scene.records.book_callback(f"CB{n:032}", "+46701234567", "no_input", []) for n in range(100)]
    for case in (*cases, scene.case) * 2:
        scene.callbacks.dial(case, "Anna")
        scene.run()
        for one in scene.parts.follow_ups.tries_in(OPEN):
            scene.callbacks.agent_answered(one.try_id, scene.ringing()[0])
            scene.callbacks.agent_accepted(one.try_id, scene.ringing()[0])
            scene.run()
            scene.callbacks.leg_reported(one.try_id, False, "CA9", CallStatus.NO_ANSWER)
            scene.run()
        scene.clock.advance(60)
    rung = [number for _, _, number in scene.switchboard.did("dial") if number == "+46701234567"]
    assert 1 <= len(rung) <= 3
