"""When the figures of some hours are worth an alert, and when they are chance."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.insights.alert_policy import AlertsUnreadable, load_alert_policy
from ivr.insights.anomalies import ALL_RELEASES, Anomaly, Signal, Window, anomalies, window
from ivr.insights.tally import HourOfRelease

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"
POLICY = load_alert_policy(NLU_DATA)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 20, 13, 20, tzinfo=UTC)  # a Friday, 14:20 in Stockholm
LOOKED_AT = window(NOW, STOCKHOLM, POLICY)
Hours = dict[HourOfRelease, dict[str, dict[str, int]]]


def an_hour(calls: int, annoyed: int = 0, gave_up: int = 0, slow: int = 0) -> dict[str, dict[str, int]]:
    return {
        "calls": {"": calls},
        "annoyed": {"": annoyed},
        "fate": {"unknown": calls - gave_up, "gave_up": gave_up},
        "answers": {"": 3 * calls},
        "slow_answers": {"": slow},
        "turns": {"": 3 * calls},
        "heard": {"": 3 * calls},
    }


def past(release: str = "r1", calls: int = 20) -> Hours:
    return {HourOfRelease(*at, release): an_hour(calls, annoyed=1) for at in LOOKED_AT.same_weekday}


def present(release: str = "r1", **sums: int) -> Hours:
    return {HourOfRelease(*at, release): an_hour(**sums) for at in LOOKED_AT.now}


def signals(found: list[Anomaly]) -> list[tuple[Signal, str]]:
    return [(anomaly.signal, anomaly.release) for anomaly in found]


def test_the_last_full_hours_are_compared_with_the_same_of_that_weekday() -> None:
    assert LOOKED_AT.now == (("2026-11-20", "11"), ("2026-11-20", "12"), ("2026-11-20", "13"))
    assert ("2026-11-13", "12") in LOOKED_AT.same_weekday
    assert ("2026-11-19", "12") not in LOOKED_AT.same_weekday
    assert ("2026-11-19", "12") in LOOKED_AT.any_day
    assert ("2026-11-20", "12") not in LOOKED_AT.any_day


def test_hours_over_midnight_and_the_change_of_the_clock_keep_the_companys_hours() -> None:
    at_night = window(datetime(2026, 10, 25, 2, 30, tzinfo=UTC), STOCKHOLM, POLICY)  # 02 happens twice
    assert at_night.now == (("2026-10-25", "01"), ("2026-10-25", "02"), ("2026-10-25", "02"))
    assert window(datetime(2026, 11, 20, 0, 30, tzinfo=UTC), STOCKHOLM, POLICY).now[0] == ("2026-11-19", "22")


def test_many_annoyed_callers_are_told_of() -> None:
    (found,) = anomalies(past() | present(calls=20, annoyed=6), LOOKED_AT, POLICY)
    assert (found.signal, found.release, found.now.n) == (Signal.FRUSTRATION, "r1", 60)
    assert found.now.value == pytest.approx(0.3)
    assert found.before.value == pytest.approx(0.05)


def test_calls_that_are_given_up_and_slow_answers_are_told_of_the_surest_first() -> None:
    found = anomalies(past() | present(calls=20, annoyed=1, gave_up=12, slow=30), LOOKED_AT, POLICY)
    assert signals(found) == [(Signal.LATENCY, "r1"), (Signal.CONTAINMENT, "r1")]


def test_a_new_release_is_compared_with_all_before_it() -> None:
    hours = past() | present(calls=60, annoyed=3) | present("r2", calls=20, annoyed=8)
    assert signals(anomalies(hours, LOOKED_AT, POLICY)) == [
        (Signal.FRUSTRATION, "r2"),
        (Signal.FRUSTRATION, ALL_RELEASES),
    ]


def test_what_got_better_is_no_alert() -> None:
    worse_before = {HourOfRelease(*at, "r1"): an_hour(20, annoyed=10) for at in LOOKED_AT.same_weekday}
    assert anomalies(worse_before | present(calls=20), LOOKED_AT, POLICY) == []


@pytest.mark.parametrize(
    "hours",
    [{}, past(), present(calls=20, annoyed=20), past() | present(calls=4, annoyed=4)],
    ids=["nothing", "nobody calls now", "nothing before", "too few now"],
)
def test_too_few_say_nothing(hours: Hours) -> None:
    assert anomalies(hours, LOOKED_AT, POLICY) == []


def test_without_that_weekday_the_same_hours_of_other_days_stand_in() -> None:
    other_days = {
        HourOfRelease(day, hour, "r1"): an_hour(20, annoyed=1)
        for day, hour in LOOKED_AT.any_day
        if (day, hour) not in LOOKED_AT.same_weekday
    }
    assert signals(anomalies(other_days | present(calls=20, annoyed=8), LOOKED_AT, POLICY)) == [
        (Signal.FRUSTRATION, "r1")
    ]


def test_ordinary_weeks_do_not_alert_and_a_bad_hour_does() -> None:
    chance = random.Random(7)
    first = datetime(2026, 9, 7, tzinfo=UTC)
    hours: Hours = {}
    for number in range(24 * 7 * 10):
        at = first + timedelta(hours=number)
        if 8 <= at.hour < 19:
            annoyed, gave_up = (sum(chance.random() < p for _ in range(40)) for p in (0.06, 0.12))
            hours[HourOfRelease(at.date().isoformat(), f"{at.hour:02}", "r1")] = an_hour(40, annoyed, gave_up)
    alerts = [
        anomaly
        for number in range(24 * 7 * 8, 24 * 7 * 10, 4)
        for anomaly in anomalies(hours, _at(first + timedelta(hours=number)), POLICY)
    ]
    assert alerts == [], "two ordinary weeks after eight"
    bad = first + timedelta(days=65, hours=15)
    for back in range(1, 4):
        at = bad - timedelta(hours=back)
        hours[HourOfRelease(at.date().isoformat(), f"{at.hour:02}", "r1")] = an_hour(40, 10, 5)
    assert signals(anomalies(hours, _at(bad), POLICY)) == [(Signal.FRUSTRATION, "r1")]


def _at(now: datetime) -> Window:
    return window(now, ZoneInfo("UTC"), POLICY)


@pytest.mark.parametrize(
    "text", ["", "hours: 3", "a: [", "hours: 0\ncompare_weeks: 8\nquiet_hours: 1\nsureness: 4\nsignals: {}"]
)
def test_a_policy_with_mistakes_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "alerts.yml").write_text(text)
    with pytest.raises(AlertsUnreadable, match=r"alerts\.yml"):
        load_alert_policy(tmp_path)
