"""What is taken out of a text before it is stored or logged, and what stands in its place.

Redaction makes less of a text personal; it is no anonymisation, and nothing may treat it as one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.privacy.contact_places import find_addresses, find_emails
from ivr.privacy.digit_runs import find_numbers
from ivr.privacy.names import find_names
from ivr.privacy.spans import Sensitive, Span, merged


@dataclass(frozen=True)
class Redacted:
    """The text that may be kept, and what was taken out of it, in order."""

    text: str
    kinds: tuple[Sensitive, ...]


def redact(text: str, language: str, keep: frozenset[str] = frozenset()) -> Redacted:
    """Replace card, personal, phone and other long numbers, e-mail and street addresses, and names.

    `language` is the call's ("en", "sv", "nb", "fi"; others are read as English); `keep` are words in small
    letters that look like names and are none, such as the company's and its products'.
    """
    spans = merged(_spans(text, language, keep))
    pieces = []
    at = 0
    for span in spans:
        pieces += [text[at : span.start], f"[{span.kind}]"]
        at = span.end
    return Redacted("".join([*pieces, text[at:]]), tuple(span.kind for span in spans))


def _spans(text: str, language: str, keep: frozenset[str]) -> Iterator[Span]:
    yield from find_numbers(text, language)
    yield from find_emails(text)
    yield from find_addresses(text)
    yield from find_names(text, language, keep)
