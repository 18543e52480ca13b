"""How each language says a date: "tisdag den tjugofjärde november". Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names, get_month_names


@dataclass(frozen=True)
class DateWords:
    """`pattern` has the places {weekday}, {day} and {month}; `days` are the ordinals from 1 to 31.

    num2words has the ordinals too, but its Swedish ones are wrong ("tjugode", "förtio").
    """

    pattern: str
    days: tuple[str, ...]


_ENGLISH = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_SWEDISH = (
    "första", "andra", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde", "nionde", "tionde",
    "elfte", "tolfte", "trettonde", "fjortonde", "femtonde", "sextonde", "sjuttonde", "artonde",
    "nittonde", "tjugonde",
)  # fmt: skip
_NORWEGIAN = (
    "første", "andre", "tredje", "fjerde", "femte", "sjette", "sjuende", "åttende", "niende", "tiende",
    "ellevte", "tolvte", "trettende", "fjortende", "femtende", "sekstende", "syttende", "attende",
    "nittende", "tjuende",
)  # fmt: skip
_FINNISH = (
    "ensimmäinen", "toinen", "kolmas", "neljäs", "viides", "kuudes", "seitsemäs", "kahdeksas", "yhdeksäs",
    "kymmenes", "yhdestoista", "kahdestoista", "kolmastoista", "neljästoista", "viidestoista",
    "kuudestoista", "seitsemästoista", "kahdeksastoista", "yhdeksästoista", "kahdeskymmenes",
)  # fmt: skip


def _to_31(first: tuple[str, ...], twenty: str, thirtieth: str, thirty: str) -> tuple[str, ...]:
    """Return the ordinals from 1 to 31 from those to 20; `twenty` and `thirty` go before another."""
    return (*first, *(twenty + unit for unit in first[:9]), thirtieth, thirty + first[0])


DATE_WORDS: Mapping[str, DateWords] = {
    "en": DateWords("{weekday} the {day} of {month}", _to_31(_ENGLISH, "twenty-", "thirtieth", "thirty-")),
    "sv": DateWords("{weekday} den {day} {month}", _to_31(_SWEDISH, "tjugo", "trettionde", "trettio")),
    "nb": DateWords("{weekday} den {day} {month}", _to_31(_NORWEGIAN, "tjue", "trettiende", "tretti")),
    "fi": DateWords(
        "{weekday} {day} {month}", _to_31(_FINNISH, "kahdeskymmenes", "kolmaskymmenes", "kolmaskymmenes")
    ),
}


def date_aloud(iso_date: str, language: str) -> str:
    """Return "Tuesday the twenty-fourth of November" for "2026-11-24"; other text stays as it is.

    So does a date in a language that is not known here.
    """
    words = DATE_WORDS.get(language)
    try:
        day = date.fromisoformat(iso_date)
    except ValueError:
        return iso_date
    if words is None:
        return iso_date
    return words.pattern.format(
        weekday=get_day_names("wide", "format", language)[day.weekday()],
        day=words.days[day.day - 1],
        month=get_month_names("wide", "format", language)[day.month],
    )
