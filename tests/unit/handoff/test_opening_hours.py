"""When people answer: by weekday, on days off, across time zones; what is wrong with a policy is said."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ivr.errors import SettingsInvalid
from ivr.handoff.opening_hours import (
    ALWAYS_OPEN,
    load_hours,
    load_policy,
    read_hours,
    read_policy,
)
from ivr.handoff.opening_words import hour_aloud, opening_aloud
from tests.support.transfer_scene import CALLER, TransferScene

ROOT = Path(__file__).parents[3]
WEEK: dict[str, Any] = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-18:00")
WEEK |= {"saturday": "10:15-15:00", "sunday": "closed"}
POLICY = {"time_zone": "Europe/Stockholm", "hours": WEEK, "closed_on": [date(2026, 12, 25)]}
HOURS = read_hours(POLICY)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("2026-11-20 07:59", False, "today at nine in the morning"),
        ("2026-11-20 08:00", True, None),
        ("2026-11-20 16:59", True, None),
        ("2026-11-20 17:00", False, "tomorrow at ten fifteen in the morning"),
        ("2026-11-21 14:00", False, "on Monday at nine in the morning"),
        ("2026-11-22 12:00", False, "tomorrow at nine in the morning"),
        ("2026-12-24 17:30", False, "on Saturday at ten fifteen in the morning"),  # the 25th is off
        ("2026-07-17 07:00", True, None),  # summer time
    ],
)
def test_hours(moment: str, is_open: bool, opens: str | None) -> None:
    now = at(moment)
    assert HOURS.is_open(now) is is_open
    if opens is not None:
        following = HOURS.next_opening(now)
        assert following is not None
        assert opening_aloud(following, now) == opens
        assert HOURS.is_open(following)


def test_never_open_has_no_next_opening() -> None:
    hours = read_hours(POLICY | {"hours": dict.fromkeys(WEEK, "closed")})
    assert hours.next_opening(at("2026-11-20 12:00")) is None


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"hours": None}, "no `hours:`"),
        ({"time_zone": "Nordlys/Nowhere"}, "time_zone"),
        ({"time_zone": None}, "time_zone"),
        ({"hours": {"monday": "closed"}}, "friday"),
        ({"hours": WEEK | {"monday": "9-18"}}, "monday: write"),
        ({"hours": WEEK | {"monday": "18:00-09:00"}}, "monday: closes before"),
        ({"hours": WEEK | {"monday": "09:00-24:15"}}, "monday: closes before"),
        ({"closed_on": ["christmas"]}, "closed_on"),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, Any], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        read_hours(POLICY | change)


def test_a_file_that_is_wrong_names_itself(tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text("hours: [")
    with pytest.raises(SettingsInvalid, match=r"policy\.yml"):
        load_hours(tmp_path)


def test_without_a_file_people_always_answer(tmp_path: Path) -> None:
    assert load_hours(tmp_path) is ALWAYS_OPEN


def test_the_policy_that_is_shipped_lets_the_demo_be_tried_at_any_time() -> None:
    shipped = load_hours(ROOT / "nlu_data")
    assert all(shipped.is_open(at(f"2026-11-2{day} {hour:02}:30")) for day in range(7) for hour in range(24))


def scene_at_night() -> TransferScene:
    scene = TransferScene(hours=HOURS)
    night = at("2026-11-20 21:00")
    scene.clock.jump((night - scene.clock.now()).total_seconds())
    return scene


def test_outside_the_hours_nobody_is_phoned_and_a_callback_is_booked() -> None:
    scene = scene_at_night()
    transfer_id = scene.caller_asks()
    scene.desk.whereabouts(CALLER)
    scene.run()
    assert (scene.row(transfer_id).state, scene.outcome()) == ("given_up", "callback_booked")
    assert scene.switchboard.did("dial") == []
    assert scene.desk.when_open() == "tomorrow at ten fifteen in the morning"


def test_who_asked_before_closing_time_is_still_served_after_it() -> None:
    scene = scene_at_night()
    scene.clock.jump(-4 * 3600 - 1)
    transfer_id = scene.caller_asks()
    scene.clock.jump(3600)
    scene.run()
    assert scene.row(transfer_id).state == "dialing"


@pytest.mark.parametrize(
    ("language", "hour", "words"),
    [
        ("en", 8, "eight in the morning"),
        ("en", 24, "midnight"),
        ("sv", 20, "åtta på kvällen"),
        ("nb", 13, "ett om ettermiddagen"),
        ("fi", 20, "kahdenkymmenen"),
    ],
)
def test_whole_hours_as_said_after_between(language: str, hour: int, words: str) -> None:
    assert hour_aloud(hour, language) == words


@pytest.mark.parametrize(
    ("country", "day", "is_off"),
    [
        ("SE", "2026-12-24", True),
        ("SE", "2026-06-19", True),
        ("SE", "2026-06-18", False),
        ("SE", "2027-01-06", True),
        ("NO", "2026-05-17", True),
        ("FI", "2026-12-06", True),
        ("FI", "2026-05-17", False),
        (None, "2026-12-25", False),
    ],
)
def test_holidays_of_a_country(country: str | None, day: str, is_off: bool) -> None:
    hours = read_hours({"time_zone": "Europe/Stockholm", "hours": dict.fromkeys(WEEK, "00:00-24:00"),
                        "holidays_of": country})  # fmt: skip
    assert hours.is_open(at(f"{day} 12:00")) is not is_off


def test_another_language_may_have_other_hours() -> None:
    policy = POLICY | {"by_language": {"fi": {"time_zone": "Europe/Helsinki", "holidays_of": "FI"}}}
    hours = read_hours(policy)
    assert hours.of("fi").zone.key == "Europe/Helsinki"
    assert not hours.of("fi").is_open(at("2026-12-07 03:00"))
    assert hours.of("sv") is hours


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"holidays_of": "XX"}, "holidays_of"),
        ({"by_language": ["fi"]}, "by_language"),
        ({"by_language": {"fi": {"time_zone": "Moon"}}}, "time_zone"),
        ({"callbacks": {"from_hour": 20, "to_hour": 8}}, "from_hour"),
        ({"callbacks": {"tries": 0}}, "tries"),
        ({"survey": {"after_bot": "yes"}}, "after_bot"),
        ({"survey": True}, "survey"),
    ],
)
def test_what_is_wrong_with_a_policy_is_said(change: dict[str, Any], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        read_policy(POLICY | change)


def test_the_shipped_policy_calls_back_from_eight_to_twenty() -> None:
    shipped = load_policy(ROOT / "nlu_data")
    assert (shipped.callbacks.from_hour, shipped.callbacks.to_hour, shipped.callbacks.most_tries) == (
        8,
        20,
        3,
    )
    assert shipped.survey.is_after_bot


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", "i morgon halv tio på förmiddagen"),
        ("nb", "i morgen halv ti om formiddagen"),
        ("fi", "huomenna puoli kymmenen aamupäivällä"),
    ],
)
def test_half_past_is_named_after_the_hour_to_come(language: str, said: str) -> None:
    assert opening_aloud(at("2026-11-21 09:30"), at("2026-11-20 17:00"), language) == said
