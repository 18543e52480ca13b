"""A stretch of text that must not be kept, and how stretches that overlap become one. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Sensitive(StrEnum):
    """What a stretch gives away; its value is what is written in its place, between square brackets.

    In the order of gravity: where two overlap, the graver one names the whole.
    """

    CARD = "card number"
    PERSONAL_NUMBER = "personal number"
    PHONE = "phone number"
    EMAIL = "e-mail"
    LONG_NUMBER = "number"
    ADDRESS = "address"
    NAME = "name"


_GRAVITY = {kind: rank for rank, kind in enumerate(Sensitive)}


@dataclass(frozen=True)
class Span:
    """Characters `start` up to, not including, `end` of a text."""

    start: int
    end: int
    kind: Sensitive


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, overlapping ones as one of the graver kind."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
            continue
        last = kept[-1]
        kind = min(last.kind, span.kind, key=_GRAVITY.__getitem__)
        kept[-1] = Span(last.start, max(last.end, span.end), kind)
    return kept
