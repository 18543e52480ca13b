"""How facts sound in each language: digits one by one, dates in words, codes spelled out. Pure."""

from collections.abc import Callable, Mapping

from ivr.dialogue.spoken.dates import date_aloud


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


# How each slot sounds, from its value and the language; slots not named here are said as they are.
SPOKEN: Mapping[str, Callable[[str, str], str]] = {
    "order_number": digits_aloud,
    "case_number": digits_aloud,
    "digits": digits_aloud,
    "postcode": digits_aloud,
    "tracking_code": code_aloud,
    "delivery_date": date_aloud,
}


def aloud(slot: str, value: str, language: str) -> str:
    """Return how the value of a response's slot is said."""
    spoken = SPOKEN.get(slot)
    return spoken(value, language) if spoken else value
