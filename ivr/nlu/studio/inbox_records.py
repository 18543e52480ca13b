"""The port to what callers said and to what designers did about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.records.store import CallEvent


@dataclass(frozen=True)
class HeardEvents:
    """Events of calls, call by call in order, and the language each call began in."""

    events: Sequence[CallEvent]
    languages: Mapping[str, str]


@dataclass(frozen=True)
class Decision:
    """What a designer did about words: "added" or "skipped". `sentences` were written: (intent, sentence)."""

    key: str
    language: str
    what: str
    sentences: tuple[tuple[str, str], ...]
    who: str
    at: datetime


class InboxRecords(Protocol):
    """Safe from any thread; every method raises RecordsUnavailable when the database fails."""

    def heard_since(self, since: datetime, most_calls: int) -> HeardEvents:
        """Return the events of the newest calls that began since then."""
        ...

    def decide(self, decision: Decision) -> bool:
        """Keep what was done about words; False when somebody was faster, and theirs stays."""
        ...

    def amend(self, key: str, sentences: Sequence[tuple[str, str]]) -> None:
        """Note what was written for words that are decided."""
        ...

    def decision(self, key: str) -> Decision | None:
        """Return what was done about these words, or None."""
        ...

    def decided(self) -> Mapping[str, str]:
        """Return the keys of all words somebody dealt with, and what was done."""
        ...

    def newest_decision(self, who: str) -> Decision | None:
        """Return what this designer did last, or None."""
        ...

    def undecide(self, key: str) -> None:
        """Forget what was done about words: they are back in the inbox."""
        ...
