"""How facts sound in each language, and how they are written: digits one by one, dates in words. Pure."""

from collections.abc import Callable, Mapping
from datetime import date

from babel.dates import format_date
from babel.numbers import get_currency_name

from ivr.dialogue.spoken.dates import date_aloud
from ivr.handoff.opening_words import hour_aloud

# Babel says "Swedish kronor"; at home nobody does.
_HOME_MONEY = {
    ("SEK", "en"): "kronor",
    ("SEK", "sv"): "kronor",
    ("NOK", "nb"): "kroner",
    ("NOK", "en"): "kroner",
}


def digits_aloud(digits: str, language: str = "en") -> str:
    """Return digits to be read one by one, in threes: "471192" is "4 7 1, 1 9 2".

    Every voice names a single figure in its own language.
    """
    digits = "".join(character for character in digits if character.isalnum())
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    if len(groups) > 1 and len(groups[-1]) == 1:  # "4 7 1 1" sounds better than "4 7 1, 1"
        last = groups.pop()
        groups[-1] += last
    return ", ".join(" ".join(group) for group in groups)


def code_aloud(code: str, language: str = "en") -> str:
    """Return a tracking code to be read character by character, in threes."""
    return digits_aloud(code.upper(), language)


def whole_hour_aloud(hour: str, language: str = "en") -> str:
    """Return "eight in the evening" for "20"."""
    return hour_aloud(int(hour), language)


def money_aloud(amount: str, language: str = "en") -> str:
    """Return "1249 kronor" for "1249.00 SEK", and "1249 kronor 50" for "1249.50 SEK"."""
    number, _, currency = amount.partition(" ")
    whole, _, hundredths = number.partition(".")
    name = _HOME_MONEY.get((currency, language)) or get_currency_name(currency, int(whole), language)
    return f"{whole} {name}" if int(hundredths or 0) == 0 else f"{whole} {name} {hundredths}"


# How each slot sounds, from its value and the language; slots not named here are said as they are.
SPOKEN: Mapping[str, Callable[[str, str], str]] = {
    "order_number": digits_aloud,
    "case_number": digits_aloud,
    "digits": digits_aloud,
    "postcode": digits_aloud,
    "tracking_code": code_aloud,
    "return_code": code_aloud,
    "amount": money_aloud,
    "from_hour": whole_hour_aloud,
    "to_hour": whole_hour_aloud,
    **dict.fromkeys(
        ("delivery_date", "new_date", "first_day", "last_day", "due_date", "paid_on", "back_on"), date_aloud
    ),
}


def aloud(slot: str, value: str, language: str) -> str:
    """Return how the value of a response's slot is said."""
    spoken = SPOKEN.get(slot)
    return spoken(value, language) if spoken else value


def on_paper(slot: str, value: str, language: str) -> str:
    """Return how the value of a response's slot is written: "24 Nov", "1249 kronor", else as it is."""
    spoken = SPOKEN.get(slot)
    if spoken is money_aloud:
        return money_aloud(value, language)
    if spoken is not date_aloud:
        return value
    try:
        return format_date(date.fromisoformat(value), "d MMM", locale=language)
    except ValueError:
        return value
