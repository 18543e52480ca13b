"""Which number keyed-in digits mean, and how a number is read back to its owner. Pure."""

import re

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# ITU-T E.164: codes of zone 1 and 7 have one digit, these two, all others three.
_TWO_DIGIT_CODE = re.compile(r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
_WITHOUT_TRUNK_ZERO = frozenset({"1", "34", "39", "45", "47", "48"})


def read_number(keys: str, home: str) -> str | None:
    """Return the E.164 number that keys mean to somebody in the country of `home`, None for none.

    `00` begins a number with its country's code, one `0` a national one; without either it is national.
    """
    digits = keys.strip("*#")
    if not digits.isdecimal():
        return None
    code = country_code(home)
    if digits.startswith("00"):
        number = f"+{digits[2:]}"
    elif digits.startswith("0"):
        number = f"+{code}{digits[1:]}"
    else:
        number = f"+{code}{digits}"
    return number if _E164.fullmatch(number) else None


def digits_to_read(number: str, home: str) -> str:
    """Return the digits of an E.164 number as people at `home` write them: national where it can be."""
    code = country_code(home)
    if not number.startswith(f"+{code}"):
        return "00" + number[1:]
    national = number[1 + len(code) :]
    return national if code in _WITHOUT_TRUNK_ZERO else "0" + national


def country_code(number: str) -> str:
    """Return the country code of an E.164 number, without the plus."""
    digits = number.removeprefix("+")
    if digits[0] in "17":
        return digits[0]
    return digits[:2] if _TWO_DIGIT_CODE.match(digits) else digits[:3]
