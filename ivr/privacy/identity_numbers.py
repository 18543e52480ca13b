"""Whether a string of digits is somebody's personal number or a payment card, by its own check digits.

The arithmetic is python-stdnum's. Of the Nordic numbers only those whose dates exist are taken.
"""

from collections.abc import Callable

from stdnum import luhn
from stdnum.dk import cpr
from stdnum.fi import hetu
from stdnum.no import fodselsnummer
from stdnum.se import personnummer

CARD_LENGTHS = range(13, 20)  # ISO/IEC 7812
CARD_STARTS = frozenset(
    "23456"
)  # travel, Mastercard, American Express and Diners, Visa, Maestro and Discover
COORDINATION_DAYS = 60  # added to the day in a Swedish coordination number


def is_card(digits: str) -> bool:
    """Say whether the digits (13 to 19) can be a card: a network's first digit and a right check digit."""
    return len(digits) in CARD_LENGTHS and digits[0] in CARD_STARTS and bool(luhn.is_valid(digits))


def is_personal_number(text: str) -> bool:
    """Say whether the text is a Swedish, Norwegian, Danish or Finnish personal number that can exist."""
    return any(is_one(text) for is_one in _COUNTRIES)


def _is_swedish(text: str) -> bool:
    digits = text.replace("-", "").replace("+", "")
    if not digits.isdecimal() or len(digits) not in {10, 12}:
        return False
    day = int(digits[-6:-4])
    if day > COORDINATION_DAYS:  # stdnum knows plain numbers; the check digit counts the raised day
        return bool(luhn.is_valid(digits[-10:])) and day - COORDINATION_DAYS in range(1, 32)
    return bool(personnummer.is_valid(text))


def _is_danish(text: str) -> bool:
    # Since 2007 the check digit no longer holds for all, so a date that exists is all that can be asked.
    digits = text.replace("-", "")
    if not (digits.isdecimal() and len(digits) == 10):
        return False
    try:
        cpr.get_birth_date(digits)
    except ValueError:
        return False
    return True


_COUNTRIES: tuple[Callable[[str], bool], ...] = (
    _is_swedish,
    lambda text: bool(fodselsnummer.is_valid(text)),
    lambda text: bool(hetu.is_valid(text)),
    _is_danish,
)
