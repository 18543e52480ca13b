"""Where e-mail and street addresses stand in what was said, as written and as spelled out aloud."""

import re
from collections.abc import Iterator

from ivr.privacy.spans import Sensitive, Span

_WRITTEN_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_DOT = r"(?:dot|punkt|punktum|piste|point|\.)"
_AT = r"(?:at|snabel[ -]?a|krøllalfa|krøll[ -]?alfa|alfakrøll|ät|miukumauku|miuku[ -]?mauku|\(at\)|@)"
_DASH = r"(?:-|_|dash|hyphen|underscore|understreck|understrek|bindestreck|strek|streck|alaviiva)"
_BETWEEN = rf"(?:\s*(?:{_DOT}|{_DASH})\s*)"
_PART = r"[^\W_]+"
_ENDINGS = r"(?:com|se|no|fi|dk|net|org|eu|info|nu|uk|io|de|kom)"
_SPOKEN_EMAIL = re.compile(
    rf"\b{_PART}(?:{_BETWEEN}{_PART}){{0,4}}\s+{_AT}\s+{_PART}(?:{_BETWEEN}{_PART}){{0,3}}?\s*{_DOT}\s*{_ENDINGS}\b",
    re.IGNORECASE,
)
_NUMBER = r"\d+(?:[a-zA-Z]|\s?(?-i:[A-H]))?\b"
_ENGLISH_STREET = (
    r"(?:street|st|road|rd|avenue|ave|lane|drive|way|close|court|boulevard|crescent|terrace|square|place|gardens"
    r"|row|hill)"
)
_SCANDINAVIAN = (
    r"(?:gatan|gata|vägen|väg|gränd|gränden|torget|torg|stigen|stig|backen|allén|allé|leden|gaten|gate|veien|vei|vegen"
    r"|veg|plass|plassen|stien|bakken|tunet|lia|kroken)"
)
_FINNISH = r"(?:katu|tie|kuja|polku|tori|kaari|väylä|ranta|rinne|penger|puistikko|kadulla|kadun|tiellä|tien)"
_ADDRESSES = (
    re.compile(rf"\b{_NUMBER},?\s+(?:[^\W\d_]+['’]?[^\W\d_]*\s+){{1,3}}{_ENGLISH_STREET}\b", re.IGNORECASE),
    re.compile(rf"\b[^\W\d_]*{_SCANDINAVIAN},?\s+(?:nummer\s+)?{_NUMBER}", re.IGNORECASE),
    re.compile(rf"\b[^\W\d_]{{3,}}{_FINNISH},?\s+(?:numero\s+)?{_NUMBER}", re.IGNORECASE),
)


def find_emails(text: str) -> Iterator[Span]:
    """Yield e-mail addresses, also "anna dot berg at example dot com" in the four languages."""
    for pattern in (_WRITTEN_EMAIL, _SPOKEN_EMAIL):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), Sensitive.EMAIL)


def find_addresses(text: str) -> Iterator[Span]:
    """Yield streets with a house number; a street alone has a capital letter and counts as a name."""
    for pattern in _ADDRESSES:
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), Sensitive.ADDRESS)
