"""How facts sound: digits one by one, dates in words, codes spelled out. Pure."""

from collections.abc import Callable, Mapping
from datetime import date

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip


def digits_aloud(digits: str) -> str:
    """Return digits to be read one by one, in threes: "471192" is "4 7 1, 1 9 2"."""
    digits = "".join(character for character in digits if character.isalnum())
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    if len(groups) > 1 and len(groups[-1]) == 1:  # "4 7 1 1" sounds better than "4 7 1, 1"
        last = groups.pop()
        groups[-1] += last
    return ", ".join(" ".join(group) for group in groups)


def code_aloud(code: str) -> str:
    """Return a tracking code to be read character by character, in threes."""
    return digits_aloud(code.upper())


def date_aloud(iso_date: str) -> str:
    """Return "Tuesday the twenty-fourth of November" for "2026-11-24"; other text stays as it is."""
    try:
        day = date.fromisoformat(iso_date)
    except ValueError:
        return iso_date
    return f"{_WEEKDAYS[day.weekday()]} the {_ordinal(day.day)} of {_MONTHS[day.month - 1]}"


def _ordinal(day: int) -> str:
    if day <= 20:
        return _ORDINALS[day - 1]
    if day == 30:
        return "thirtieth"
    return f"{'thirty' if day > 30 else 'twenty'}-{_ORDINALS[day % 10 - 1]}"


# How each slot sounds; slots not named here are said as they are.
SPOKEN: Mapping[str, Callable[[str], str]] = {
    "order_number": digits_aloud,
    "case_number": digits_aloud,
    "digits": digits_aloud,
    "postcode": digits_aloud,
    "tracking_code": code_aloud,
    "delivery_date": date_aloud,
}
