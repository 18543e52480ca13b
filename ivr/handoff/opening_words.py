"""How each language says when people answer next: "tomorrow at nine in the morning". Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

WEEK_DAYS = 7
NOON, EVENING = 12, 18


@dataclass(frozen=True)
class OpeningWords:
    """One language's words. `hours` run from twelve to eleven; `quarters` have {hour}, or {next} after it."""

    days: tuple[str, str]  # today, tomorrow
    weekdays: tuple[str, ...]  # Monday first, as in "on Monday"
    in_days: str
    hours: tuple[str, ...]
    quarters: Mapping[int, str]
    parts: tuple[str, str, str]  # of the day: before noon, before evening, evening


OPENING_WORDS: Mapping[str, OpeningWords] = {
    "en": OpeningWords(
        ("today", "tomorrow"),
        ("on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday"),
        "in {days} days",
        ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
        {0: "at {hour}", 15: "at {hour} fifteen", 30: "at {hour} thirty", 45: "at {hour} forty-five"},
        ("in the morning", "in the afternoon", "in the evening"),
    ),
    "sv": OpeningWords(
        ("i dag", "i morgon"),
        ("på måndag", "på tisdag", "på onsdag", "på torsdag", "på fredag", "på lördag", "på söndag"),
        "om {days} dagar",
        ("tolv", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva"),
        {0: "klockan {hour}", 15: "kvart över {hour}", 30: "halv {next}", 45: "kvart i {next}"},
        ("på förmiddagen", "på eftermiddagen", "på kvällen"),
    ),
    "nb": OpeningWords(
        ("i dag", "i morgen"),
        ("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
        "om {days} dager",
        ("tolv", "ett", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve"),
        {0: "klokka {hour}", 15: "kvart over {hour}", 30: "halv {next}", 45: "kvart på {next}"},
        ("om formiddagen", "om ettermiddagen", "om kvelden"),
    ),
    "fi": OpeningWords(
        ("tänään", "huomenna"),
        (
            "maanantaina",
            "tiistaina",
            "keskiviikkona",
            "torstaina",
            "perjantaina",
            "lauantaina",
            "sunnuntaina",
        ),
        "{days} päivän päästä",
        (
            *("kaksitoista", "yksi", "kaksi", "kolme", "neljä", "viisi", "kuusi", "seitsemän", "kahdeksan"),
            *("yhdeksän", "kymmenen", "yksitoista"),
        ),
        {0: "kello {hour}", 15: "vartin yli {hour}", 30: "puoli {next}", 45: "varttia vaille {next}"},
        ("aamupäivällä", "iltapäivällä", "illalla"),
    ),
}


def opening_aloud(opens: datetime, now: datetime, language: str = "en") -> str:
    """Return "today at nine in the morning", "tomorrow at ...", or "on Monday at ..."."""
    words = OPENING_WORDS[language]
    days = (opens.date() - now.astimezone(opens.tzinfo).date()).days
    if days >= WEEK_DAYS:
        day = words.in_days.format(days=days)
    else:
        day = words.days[days] if days < len(words.days) else words.weekdays[opens.weekday()]
    hour, following = words.hours[opens.hour % 12], words.hours[(opens.hour + 1) % 12]
    time = words.quarters[opens.minute].format(hour=hour, next=following)
    part = words.parts[0 if opens.hour < NOON else 1 if opens.hour < EVENING else 2]
    return f"{day} {time} {part}"
