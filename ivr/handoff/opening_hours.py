"""When people answer: hours by weekday, days off, and other hours for some languages, as policy.yml says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from ivr.errors import SettingsInvalid
from ivr.handoff.days_off import CountryUnknown, DaysOff

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LOOK_AHEAD_DAYS = 30
_HOURS = re.compile(r"([01][0-9]|2[0-3]):(00|15|30|45)-(?:([01][0-9]|2[0-4]):(00|15|30|45))")
_CLOSED = "closed"


@dataclass(frozen=True)
class OpeningHours:
    """Minutes after midnight (from, to) by weekday, Monday first; None is closed.

    `others` are the hours of the people who answer in some languages, by the language's code.
    """

    zone: ZoneInfo
    week: tuple[tuple[int, int] | None, ...]
    closed_on: DaysOff
    others: Mapping[str, "OpeningHours"] = field(default_factory=dict)

    def of(self, language: str) -> "OpeningHours":
        """Return when people answer in this language."""
        return self.others.get(language, self)

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


ALWAYS_OPEN = OpeningHours(ZoneInfo("UTC"), ((0, 24 * 60),) * 7, DaysOff())


@dataclass(frozen=True)
class CallbackTerms:
    """When and how often somebody is called back; whole hours, local time of the opening hours' zone."""

    from_hour: int = 8
    to_hour: int = 20
    most_tries: int = 3
    countries: tuple[str, ...] = ()  # two letters each; none are all

    def __post_init__(self) -> None:
        if self.from_hour >= self.to_hour:
            raise ValueError("`from_hour` of `callbacks` must come before `to_hour`")

    def is_time(self, local: datetime) -> bool:
        """Say whether somebody may be called at this local time."""
        return self.from_hour <= local.hour < self.to_hour


USUAL_TERMS = CallbackTerms()


@dataclass(frozen=True)
class Survey:
    """After which calls two questions are asked."""

    is_after_bot: bool = True
    is_after_agent: bool = True


@dataclass(frozen=True)
class ServicePolicy:
    """What the designers decide about people and their callers."""

    hours: OpeningHours = ALWAYS_OPEN
    callbacks: CallbackTerms = USUAL_TERMS
    survey: Survey = Survey()


def load_hours(nlu_data_dir: Path) -> OpeningHours:
    """Read when people answer; without policy.yml they always do. Raises SettingsInvalid."""
    return load_policy(nlu_data_dir).hours


def load_policy(nlu_data_dir: Path) -> ServicePolicy:
    """Read what policy.yml says about hours, callbacks and questions. Raises SettingsInvalid."""
    file = nlu_data_dir / "policy.yml"
    if not file.exists():
        return ServicePolicy()
    try:
        return read_policy(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as wrong:
        raise SettingsInvalid(f"{file}: {wrong}") from None


def read_policy(policy: Any) -> ServicePolicy:
    """Return what a policy says. Raises ValueError, which says what is wrong."""
    hours = read_hours(policy)
    callbacks = policy.get("callbacks") or {}
    survey = policy.get("survey") or {}
    if not isinstance(callbacks, Mapping) or not isinstance(survey, Mapping):
        raise ValueError("`callbacks` and `survey` need names below them, as in the file that is shipped")
    return ServicePolicy(
        hours,
        CallbackTerms(
            from_hour=_number(callbacks, "from_hour", 8, 0, 23),
            to_hour=_number(callbacks, "to_hour", 20, 1, 24),
            most_tries=_number(callbacks, "tries", 3, 1, 10),
            countries=_countries(callbacks),
        ),
        Survey(_yes_or_no(survey, "after_bot"), _yes_or_no(survey, "after_agent")),
    )


def _number(part: Mapping[str, Any], name: str, default: int, least: int, most: int) -> int:
    value = part.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"`{name}` is a whole number from {least} to {most}")
    return value


def _countries(part: Mapping[str, Any]) -> tuple[str, ...]:
    listed = part.get("countries", [])
    if not isinstance(listed, list) or not all(re.fullmatch("[A-Z]{2}", str(one)) for one in listed):
        raise ValueError('`countries` lists two letters each, such as [SE, "NO"]')
    return tuple(listed)


def _yes_or_no(part: Mapping[str, Any], name: str) -> bool:
    value = part.get(name, True)
    if not isinstance(value, bool):
        raise ValueError(f"`{name}` is true or false")
    return value


def read_hours(policy: Any) -> OpeningHours:
    """Return the opening hours of a policy. Raises ValueError, which says what is wrong."""
    if not isinstance(policy, Mapping):
        raise ValueError("there is no `hours:` with one line for each weekday")
    own = policy.get("by_language") or {}
    if not isinstance(own, Mapping) or not all(isinstance(part, Mapping) for part in own.values()):
        raise ValueError("`by_language` needs a language's code, and below it what is different there")
    hours = _read_one(policy)
    others = {str(language): _read_one({**policy, **part}) for language, part in own.items()}
    return replace(hours, others=others)


def _read_one(policy: Mapping[str, Any]) -> OpeningHours:
    if not isinstance(policy.get("hours"), Mapping):
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
    if not isinstance(closed_on, list) or not all(isinstance(day, date) for day in closed_on):
        raise ValueError("`closed_on` lists dates such as 2026-12-24")
    country = policy.get("holidays_of")
    try:
        return OpeningHours(zone, week, DaysOff(country and str(country), frozenset(closed_on)))
    except CountryUnknown:
        raise ValueError("`holidays_of` is not a country's two letters such as SE") from None


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
