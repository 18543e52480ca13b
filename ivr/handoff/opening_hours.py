"""When people answer: hours for each weekday and whole days off, as the designers' policy.yml says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from ivr.errors import SettingsInvalid

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LOOK_AHEAD_DAYS = 30
_HOURS = re.compile(r"([01][0-9]|2[0-3]):(00|15|30|45)-(?:([01][0-9]|2[0-4]):(00|15|30|45))")
_CLOSED = "closed"
_CLOCK = (
    "twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
)  # fmt: skip
_QUARTERS = {0: "", 15: " fifteen", 30: " thirty", 45: " forty-five"}


@dataclass(frozen=True)
class OpeningHours:
    """Minutes after midnight (from, to) by weekday, Monday first; None is closed."""

    zone: ZoneInfo
    week: tuple[tuple[int, int] | None, ...]
    closed_on: frozenset[date]

    def is_open(self, at: datetime) -> bool:
        """Say whether people answer at an aware moment."""
        here = at.astimezone(self.zone)
        hours = self._on(here.date())
        return hours is not None and hours[0] <= here.hour * 60 + here.minute < hours[1]

    def next_opening(self, at: datetime) -> datetime | None:
        """Return when people answer next, in local time; None within a month."""
        here = at.astimezone(self.zone)
        for ahead in range(LOOK_AHEAD_DAYS):
            day = here.date() + timedelta(days=ahead)
            hours = self._on(day)
            if hours is None:
                continue
            opens = datetime.combine(day, time(hours[0] // 60, hours[0] % 60), self.zone)
            if opens > here:
                return opens
        return None

    def _on(self, day: date) -> tuple[int, int] | None:
        return None if day in self.closed_on else self.week[day.weekday()]


ALWAYS_OPEN = OpeningHours(ZoneInfo("UTC"), ((0, 24 * 60),) * 7, frozenset())


def opening_aloud(opens: datetime, now: datetime) -> str:
    """Return "today at nine in the morning", "tomorrow at ...", or "on Monday at ..."."""
    days = (opens.date() - now.astimezone(opens.tzinfo).date()).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {WEEKDAYS[opens.weekday()].capitalize()}")
    part = (
        "in the morning" if opens.hour < 12 else "in the afternoon" if opens.hour < 18 else "in the evening"
    )
    if days >= 7:
        day = f"in {days} days"
    return f"{day} at {_CLOCK[opens.hour % 12]}{_QUARTERS[opens.minute]} {part}"


def load_hours(nlu_data_dir: Path) -> OpeningHours:
    """Read policy.yml; without the file people always answer. Raises SettingsInvalid."""
    file = nlu_data_dir / "policy.yml"
    if not file.exists():
        return ALWAYS_OPEN
    try:
        return read_hours(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as wrong:
        raise SettingsInvalid(f"{file}: {wrong}") from None


def read_hours(policy: Any) -> OpeningHours:
    """Return the opening hours of a policy. Raises ValueError, which says what is wrong."""
    if not isinstance(policy, Mapping) or not isinstance(policy.get("hours"), Mapping):
        raise ValueError("there is no `hours:` with one line for each weekday")
    try:
        zone = ZoneInfo(str(policy.get("time_zone")))
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("`time_zone` is not a name such as Europe/Stockholm") from None
    if missing := set(WEEKDAYS) ^ set(policy["hours"]):
        raise ValueError(
            f"`hours` needs exactly the seven weekdays; check {', '.join(sorted(map(str, missing)))}"
        )
    week = tuple(_read_day(weekday, policy["hours"][weekday]) for weekday in WEEKDAYS)
    closed_on = policy.get("closed_on") or []
    if not all(isinstance(day, date) for day in closed_on):
        raise ValueError("`closed_on` lists dates such as 2026-12-24")
    return OpeningHours(zone, week, frozenset(closed_on))


def _read_day(weekday: str, text: Any) -> tuple[int, int] | None:
    if text == _CLOSED:
        return None
    found = _HOURS.fullmatch(str(text))
    if found is None:
        raise ValueError(f'{weekday}: write "09:00-18:00" in quarters of an hour, or closed')
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    hours = (from_hour * 60 + from_minute, to_hour * 60 + to_minute)
    if not hours[0] < hours[1] <= 24 * 60:
        raise ValueError(f"{weekday}: closes before it opens")
    return hours
