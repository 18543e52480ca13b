"""How each language says when people answer next and when they call back: "nine in the morning". Pure."""

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
    midnight: str = ""
    hours_between: tuple[str, ...] = ()  # 0 to 24, where "between eight and nine" bends them


OPENING_WORDS: Mapping[str, OpeningWords] = {
    "en": OpeningWords(
        ("today", "tomorrow"),
        ("on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday"),
        "in {days} days",
        ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
        {0: "at {hour}", 15: "at {hour} fifteen", 30: "at {hour} thirty", 45: "at {hour} forty-five"},
        ("in the morning", "in the afternoon", "in the evening"),
        midnight="midnight",
    ),
    "sv": OpeningWords(
        ("i dag", "i morgon"),
        ("på måndag", "på tisdag", "på onsdag", "på torsdag", "på fredag", "på lördag", "på söndag"),
        "om {days} dagar",
        ("tolv", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva"),
        {0: "klockan {hour}", 15: "kvart över {hour}", 30: "halv {next}", 45: "kvart i {next}"},
        ("på förmiddagen", "på eftermiddagen", "på kvällen"),
        midnight="midnatt",
    ),
    "nb": OpeningWords(
        ("i dag", "i morgen"),
        ("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
        "om {days} dager",
        ("tolv", "ett", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve"),
        {0: "klokka {hour}", 15: "kvart over {hour}", 30: "halv {next}", 45: "kvart på {next}"},
        ("om formiddagen", "om ettermiddagen", "om kvelden"),
        midnight="midnatt",
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
        hours_between=(
            *("nollan", "yhden", "kahden", "kolmen", "neljän", "viiden", "kuuden", "seitsemän", "kahdeksan"),
            *("yhdeksän", "kymmenen", "yhdentoista", "kahdentoista", "kolmentoista", "neljäntoista"),
            *("viidentoista", "kuudentoista", "seitsemäntoista", "kahdeksantoista", "yhdeksäntoista"),
            *("kahdenkymmenen", "kahdenkymmenenyhden", "kahdenkymmenenkahden", "kahdenkymmenenkolmen"),
            "kahdenkymmenenneljän",
        ),
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
    return f"{day} {time} {_part(words, opens.hour)}"


def hour_aloud(hour: int, language: str = "en") -> str:
    """Return a whole hour from 0 to 24 as said after "between": "eight in the morning", "midnight"."""
    words = OPENING_WORDS[language]
    if words.hours_between:
        return words.hours_between[hour]
    if hour % 24 == 0:
        return words.midnight
    return f"{words.hours[hour % 12]} {_part(words, hour)}"


def _part(words: OpeningWords, hour: int) -> str:
    return words.parts[0 if hour < NOON else 1 if hour < EVENING else 2]
