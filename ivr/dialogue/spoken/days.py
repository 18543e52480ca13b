"""Which day a caller means: "next Tuesday", "the twelfth", "in three days". Words come from the language."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from ivr.dialogue.spoken.day_words import FINNISH_DAYS, NORWEGIAN_DAYS, SWEDISH_DAYS, DayWords

LONGEST_AHEAD = 366
SHORT_ANSWER = 3  # words; a bare number in a longer sentence is not a date
_WORDS = re.compile(r"\d+|[^\W\d_]+")


_UNITS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_ORDINALS = {
    **{word: day for day, word in enumerate(_UNITS, 1)},
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
    **{f"twenty {word}": 20 + day for day, word in enumerate(_UNITS, 1)},
    "thirty first": 31,
}  # fmt: skip
ENGLISH_DAYS = DayWords(
    weekdays={
        name: number
        for number, names in enumerate(
            (
                ("monday", "mondays", "mon"),
                ("tuesday", "tuesdays", "tue", "tues"),
                ("wednesday", "wednesdays", "wed"),
                ("thursday", "thursdays", "thu", "thurs"),
                ("friday", "fridays", "fri"),
                ("saturday", "saturdays"),
                ("sunday", "sundays"),
            )
        )
        for name in names
    },
    months={
        name: number
        for number, names in enumerate(
            (
                ("january", "jan"),
                ("february", "feb"),
                ("march",),
                ("april", "apr"),
                ("may",),
                ("june",),
                ("july",),
                ("august", "aug"),
                ("september", "sept", "sep"),
                ("october", "oct"),
                ("november", "nov"),
                ("december", "dec"),
            ),
            1,
        )
        for name in names
    },
    ordinals=_ORDINALS,
    ahead={
        "today": 0,
        "the day after tomorrow": 2,
        "day after tomorrow": 2,
        "tomorrow": 1,
        "in a week": 7,
        "a week from now": 7,
        "a week from today": 7,
        "next week": 7,
        **{
            f"in {word} days": count
            for count, names in enumerate(
                (("two", "2"), ("three", "3"), ("four", "4"), ("five", "5"), ("six", "6"), ("seven", "7")), 2
            )
            for word in names
        },
        "in two weeks": 14,
        "in 2 weeks": 14,
    },
    next_week=("next week",),
    ordinal_endings=("st", "nd", "rd", "th"),
)
DAY_WORDS: Mapping[str, DayWords] = {
    "en": ENGLISH_DAYS,
    "sv": SWEDISH_DAYS,
    "nb": NORWEGIAN_DAYS,
    "fi": FINNISH_DAYS,
}


def hear_day(text: str, language: str, today: date) -> date | None:
    """Return the last day named in the text ("Monday, no, Tuesday"), from today on; None when there is none.

    A day of the month without a month, and a weekday, are the next such day after today.
    """
    words = DAY_WORDS.get(language, ENGLISH_DAYS)
    said = [part.lower() for part in _WORDS.findall(text)]
    found: date | None = None
    at = 0
    while at < len(said):
        day, took = _day_at(said, at, words, today)
        found = day or found
        at += took
    return found


def _day_at(said: list[str], at: int, words: DayWords, today: date) -> tuple[date | None, int]:
    """Return the day that is named from this word on, and how many words it takes."""
    named, took = _phrase(said, at, words.weekdays)
    if named is not None:
        days = (named - today.weekday() - 1) % 7 + 1
        around = " ".join(said)
        if any(phrase in around for phrase in words.next_week) and days + today.weekday() < 7:
            days += 7
        return today + timedelta(days=days), took
    ahead, took = _phrase(said, at, words.ahead)
    if ahead is not None:
        is_only_week = ahead == 7 and any(word in words.weekdays for word in said)
        return (None if is_only_week else today + timedelta(days=ahead)), took
    number, took = _number(said, at, words)
    if number is None:
        return None, 1
    return _dated(said, at, took, number, words, today)


def _phrase(said: list[str], at: int, table: Mapping[str, int]) -> tuple[int | None, int]:
    for length in range(min(4, len(said) - at), 0, -1):
        value = table.get(" ".join(said[at : at + length]))
        if value is not None:
            return value, length
    return None, 1


def _number(said: list[str], at: int, words: DayWords) -> tuple[int | None, int]:
    ordinal, took = _phrase(said, at, words.ordinals)
    if ordinal is not None:
        return ordinal, took
    if not said[at].isdecimal() or not 1 <= int(said[at]) <= 31:
        return None, 1
    has_ending = at + 1 < len(said) and said[at + 1] in words.ordinal_endings
    is_near_month = any(word in words.months for word in said[max(0, at - 2) : at + 4])
    return (
        (int(said[at]), 2 if has_ending else 1)
        if has_ending or is_near_month or len(said) <= 3
        else (None, 1)
    )


def _dated(
    said: list[str], at: int, took: int, number: int, words: DayWords, today: date
) -> tuple[date | None, int]:
    month: int | None = None
    for near in (*range(at + took, min(at + took + 2, len(said))), *range(max(0, at - 2), at)):
        month = words.months.get(said[near], month)
    return _next(number, month, today), took


def _next(number: int, month: int | None, today: date) -> date | None:
    for ahead in range(1, LONGEST_AHEAD):
        day = today + timedelta(days=ahead)
        if day.day == number and (month is None or day.month == month):
            return day
    return None
