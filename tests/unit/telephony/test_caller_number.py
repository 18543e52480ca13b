"""Which caller numbers are somebody's (fault table row 64)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.caller_number import known_number


@pytest.mark.parametrize(
    "number", ["+46701234567", "+4712345678", "+358401234567", "+12025550123", "+2901234"]
)
def test_plain_numbers_are_known(number: str) -> None:
    assert known_number(number) == number


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        " ",
        "anonymous",
        "Anonymous",
        "ANONYMOUS",
        "Restricted",
        "unavailable",
        "unknown",
        "+266696687",  # ANONYMOUS on a keypad
        "+7378742833",  # RESTRICTED
        "+2562533",  # BLOCKED
        "+8656696",  # UNKNOWN
        "+86282452253",  # UNAVAILABLE
        "sip:anna@example.com",
        "sip:+46701234567@sip.example.com",
        "sips:+46701234567@sip.example.com;transport=tls",
        "tel:+46701234567",
        "client:anna",
        "whatsapp:+46701234567",
        "46701234567",
        " 46701234567",
        "0701234567",
        "0046701234567",
        "+46 70 123 45 67",
        "+46701234567 ",
        "+46701234567\n",
        "\n+46701234567",
        "+0701234567",
        "+467",
        "+",
        "+" + "4" * 16,
        "4" * 40,
        "+" + "4" * 40,
        "+４６７０１２３４５６７",
        "+46701234567,+46709999999",
        "+46701234567\x00",
        "\u202e+46701234567",
        46701234567,
        ["+46701234567"],
        b"+46701234567",
    ],
)
def test_anything_else_is_nobody(raw: object) -> None:
    assert known_number(raw) is None


@given(st.text())
def test_no_text_makes_it_fail_or_lets_anything_but_a_number_through(raw: str) -> None:
    known = known_number(raw)
    assert known is None or (known == raw and re.fullmatch(r"\+[1-9][0-9]{6,14}", raw, re.ASCII))
