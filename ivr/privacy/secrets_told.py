"""Whether a caller just told something that must go nowhere: a card, its code, a personal number. Pure."""

import re
from enum import StrEnum

from ivr.privacy.digit_runs import digits_said, find_numbers
from ivr.privacy.identity_numbers import is_card
from ivr.privacy.spans import Sensitive

# What is said of a card beside its number: its code (3 or 4 digits), its end (4), both (7 or 8).
BESIDE_A_CARD = frozenset({3, 4, 7, 8})
_AS_BORN = re.compile(r"\d{6}\s*[-+]\s*\d{4}")


class Secret(StrEnum):
    """What was told."""

    CARD = "card"
    PERSONAL_NUMBER = "personal_number"


def secret_in(text: str, language: str, is_card_fresh: bool, is_phone_asked: bool) -> Secret | None:
    """Return the gravest secret in what was said, None when there is none.

    `is_card_fresh`: the turn before told a card, so a few lone digits are its code. A phone number that was
    asked for can look like a personal number and is none.
    """
    found = find_numbers(text, language)
    kinds = {span.kind for span in found}
    if Sensitive.CARD in kinds:
        return Secret.CARD
    if is_card_fresh and len(digits_said(text, language)) in BESIDE_A_CARD:
        return Secret.CARD
    told = [text[span.start : span.end] for span in found if span.kind is Sensitive.PERSONAL_NUMBER]
    is_personal = any(not _looks_like_a_phone(number, language) for number in told)
    return Secret.PERSONAL_NUMBER if is_personal and not is_phone_asked else None


def _looks_like_a_phone(number: str, language: str) -> bool:
    """Say whether ten digits that begin with 0 are written as a phone number rather than as a birth date."""
    digits = digits_said(number, language)
    return len(digits) == 10 and digits[0] == "0" and _AS_BORN.search(number) is None


def secret_in_keys(digits: str, is_card_fresh: bool) -> Secret | None:
    """Return whether keys pressed in one go are a card, or the code of one that was told just before.

    A personal number cannot be told from a phone number on a keypad and is what redaction makes of it.
    """
    if is_card(digits) or (is_card_fresh and len(digits) in BESIDE_A_CARD):
        return Secret.CARD
    return None
