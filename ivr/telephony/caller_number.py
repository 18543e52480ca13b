"""Whether a caller's number is known: only a plain E.164 number is, everything else is nobody's. Pure."""

import re

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

# What the network writes in From when the number is withheld: the words on a telephone keypad.
_WITHHELD = {
    "+266696687": "ANONYMOUS",
    "+7378742833": "RESTRICTED",
    "+2562533": "BLOCKED",
    "+8656696": "UNKNOWN",
    "+86282452253": "UNAVAILABLE",
}


def known_number(raw: object) -> str | None:
    """Return the caller's number in E.164, or None when it is withheld, empty or anything else.

    SIP addresses, client names and numbers in national form are None too: they must never match somebody.
    """
    if not isinstance(raw, str) or raw in _WITHHELD:
        return None
    return raw if _E164.fullmatch(raw) else None
