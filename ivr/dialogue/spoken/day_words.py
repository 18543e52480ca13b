"""The words by which callers name a day in Swedish, Norwegian and Finnish, as `days` reads them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ivr.dialogue.spoken.dates import DATE_WORDS


@dataclass(frozen=True)
class DayWords:
    """One language's words for days. Every phrase is small letters, words apart by one space.

    `weekdays` and `months` count from Monday 0 and January 1; `ordinals` are days of the month;
    `ahead` are phrases for a number of days from today; `next_week` puts a weekday into the week after.
    """

    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    ordinals: Mapping[str, int]
    ahead: Mapping[str, int]
    next_week: Sequence[str] = ()
    ordinal_endings: Sequence[str] = field(default=())


def _numbered(names: Iterable[str], first: int, *endings: str) -> dict[str, int]:
    """Number names from `first`; each also with the endings it takes in a sentence."""
    return {name + ending: number for number, name in enumerate(names, first) for ending in ("", *endings)}


def _ordinals(language: str) -> dict[str, int]:
    return _numbered(DATE_WORDS[language].days, 1)


_SWEDISH_WEEK = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_NORWEGIAN_WEEK = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_FINNISH_WEEK = ("maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai", "sunnuntai")
_SWEDISH_YEAR = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_NORWEGIAN_YEAR = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip
_FINNISH_YEAR = (
    "tammikuu", "helmikuu", "maaliskuu", "huhtikuu", "toukokuu", "kesäkuu",
    "heinäkuu", "elokuu", "syyskuu", "lokakuu", "marraskuu", "joulukuu",
)  # fmt: skip

SWEDISH_DAYS = DayWords(
    weekdays=_numbered(_SWEDISH_WEEK, 0, "en", "ar"),
    months=_numbered(_SWEDISH_YEAR, 1),
    ordinals=_ordinals("sv"),
    ahead={
        "idag": 0, "i dag": 0, "imorgon": 1, "i morgon": 1, "imorron": 1, "i övermorgon": 2, "övermorgon": 2,
        "om två dagar": 2, "om tre dagar": 3, "om fyra dagar": 4, "om fem dagar": 5, "om en vecka": 7,
        "nästa vecka": 7, "om två veckor": 14, "om 2 dagar": 2, "om 3 dagar": 3, "om 2 veckor": 14,
    },
    next_week=("nästa vecka", "veckan därpå"),
    ordinal_endings=("e", "a", "de"),
)  # fmt: skip
NORWEGIAN_DAYS = DayWords(
    weekdays=_numbered(_NORWEGIAN_WEEK, 0, "en", "er"),
    months=_numbered(_NORWEGIAN_YEAR, 1),
    ordinals=_ordinals("nb"),
    ahead={
        "i dag": 0, "idag": 0, "i morgen": 1, "imorgen": 1, "i overmorgen": 2, "overmorgen": 2,
        "om to dager": 2, "om tre dager": 3, "om fire dager": 4, "om fem dager": 5, "om en uke": 7,
        "neste uke": 7, "om to uker": 14, "om 2 dager": 2, "om 3 dager": 3, "om 2 uker": 14,
    },
    next_week=("neste uke",),
)  # fmt: skip
FINNISH_DAYS = DayWords(
    weekdays=_numbered(_FINNISH_WEEK, 0, "na", "ta", "lle", "n"),
    months=_numbered(_FINNISH_YEAR, 1, "ta", "n"),
    ordinals=_ordinals("fi"),
    ahead={
        "tänään": 0, "huomenna": 1, "ylihuomenna": 2, "kahden päivän päästä": 2, "kolmen päivän päästä": 3,
        "neljän päivän päästä": 4, "viiden päivän päästä": 5, "viikon päästä": 7, "ensi viikolla": 7,
        "kahden viikon päästä": 14,
    },
    next_week=("ensi viikolla",),
    ordinal_endings=("päivä", "päivänä"),
)  # fmt: skip
