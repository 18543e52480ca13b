"""How long a wait is said to be, and where a caller is called back."""

import pytest

from ivr.handoff.callback_number import country_code, digits_to_read, read_number
from ivr.handoff.waiting import LikelyWait, Outlook, RecentTalks, likely_wait
from tests.support.transfer_scene import ANNA, CALLER, TransferScene

SECOND = "CA" + "d" * 32
BOT = "+46850000000"
L = LikelyWait


@pytest.mark.parametrize(
    ("ahead", "free", "at_work", "likely"),
    [
        (0, 1, 2, L.UNDER_A_MINUTE),
        (1, 2, 2, L.UNDER_A_MINUTE),
        (0, 0, 2, L.A_FEW_MINUTES),
        (0, 0, 4, L.A_MINUTE_OR_TWO),
        (1, 1, 1, L.A_FEW_MINUTES),
        (1, 0, 1, L.ABOUT_TEN_MINUTES),
        (9, 0, 2, L.OVER_A_QUARTER),
        (0, 0, 0, L.A_FEW_MINUTES),
    ],
)
def test_without_experience(ahead: int, free: int, at_work: int, likely: LikelyWait) -> None:
    assert likely_wait(ahead, free, at_work, RecentTalks()) is likely


def test_recent_talks_and_pick_ups_count() -> None:
    talks = RecentTalks()
    for nth in range(3):
        talks.asked(f"T{nth}", 0)
        talks.asked(f"T{nth}", 15)  # the next agent's phone: the wait began before
        talks.joined(f"T{nth}", 20)
        talks.over(f"T{nth}", 60)
    assert likely_wait(0, 0, 2, talks) is L.UNDER_A_MINUTE
    assert (list(talks.pick_ups_s), list(talks.talks_s)) == ([20.0] * 3, [40.0] * 3)
    talks.asked("T9", 0)
    talks.over("T9", 5)  # nobody joined
    assert len(talks.talks_s) == 3


def test_the_second_in_line_hears_the_position() -> None:
    scene = TransferScene(ANNA)
    scene.caller_asks()
    scene.run()
    scene.caller_asks(SECOND)
    scene.caller_asks("CA" + "e" * 32)
    scene.run()
    assert scene.desk.waiting.outlook(CALLER) == Outlook(False, 1, L.UNDER_A_MINUTE)
    assert scene.desk.waiting.outlook(SECOND) == Outlook(False, 1, L.A_FEW_MINUTES)
    assert scene.desk.waiting.outlook("CA" + "e" * 32) == Outlook(False, 2, L.ABOUT_TEN_MINUTES)
    scene.desk.agent_answered(scene.records.transfers_in(["dialing"])[0].transfer_id, 1, scene.ringing()[0])
    assert scene.desk.waiting.outlook(CALLER).is_agent_briefed


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ("0701234567", "+46701234567"),
        ("0701234567#", "+46701234567"),
        ("004740123456", "+4740123456"),
        ("812345678", "+46812345678"),
        ("1", None),
        ("", None),
        ("12", None),
        ("#", None),
        ("07*1", None),
        ("0" * 20, None),
        ("00" + "4" * 16, None),
    ],
)
def test_keys_as_a_number(keys: str, number: str | None) -> None:
    assert read_number(keys, BOT) == number


@pytest.mark.parametrize(
    ("number", "home", "digits"),
    [
        ("+46701234567", BOT, "0701234567"),
        ("+4740123456", BOT, "004740123456"),
        ("+4740123456", "+4721000000", "40123456"),
        ("+358401234567", "+35891000000", "0401234567"),
        ("+12125550123", "+12125550000", "2125550123"),
    ],
)
def test_number_read_back_as_people_there_write_it(number: str, home: str, digits: str) -> None:
    assert digits_to_read(number, home) == digits
    assert read_number(digits, home) == number


def test_country_codes() -> None:
    assert [country_code(n) for n in ("+12125550123", "+79161234567", "+46701234567", "+358401234567")] == [
        "1",
        "7",
        "46",
        "358",
    ]


@pytest.mark.parametrize("state", ["requested", "dialing", "briefing"])
def test_a_callback_may_be_chosen_at_any_moment_of_the_wait(state: str) -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    if state != "requested":
        scene.run()
    if state == "briefing":
        scene.desk.agent_answered(transfer_id, 1, scene.ringing()[0])
    assert scene.row(transfer_id).state == state
    callback = scene.desk.instead.choose_callback(CALLER)
    assert callback is not None
    assert scene.desk.instead.choose_callback(CALLER) == callback
    scene.run()
    assert (scene.row(transfer_id).state, scene.outcome()) == ("given_up", "callback_booked")
    assert [booked["case_number"] for booked in scene.records.callbacks()] == [callback.case_number]
    if state == "dialing":
        assert scene.switchboard.done[-1][0] == "hang_up"
    if state == "briefing":
        assert scene.switchboard.done[-1][2] == f"/voice/agent/{transfer_id}/caller-gone"
        assert scene.desk.farewell(transfer_id) == "callback_booked"
        assert scene.desk.agent_accepted(transfer_id, 1, scene.ringing()[0]) == "callback_booked"


def test_a_callback_needs_a_number() -> None:
    scene = TransferScene(number=None)
    scene.caller_asks()
    assert scene.desk.instead.choose_callback(CALLER) is None
    scene.desk.waiting.give_number(CALLER, "+46812345678")
    assert scene.desk.instead.choose_callback(CALLER) is not None
    assert [booked["number"] for booked in scene.records.callbacks()] == ["+46812345678"]


def test_who_talks_already_gets_no_callback() -> None:
    scene = TransferScene()
    transfer_id = scene.caller_asks()
    scene.run()
    leg, _ = scene.ringing()
    scene.desk.agent_answered(transfer_id, 1, leg)
    scene.desk.agent_accepted(transfer_id, 1, leg)
    assert scene.desk.instead.choose_callback(CALLER) is None
    assert scene.desk.instead.choose_callback("CA" + "9" * 32) is None
    assert scene.records.callbacks() == []
