"""The port to what has been counted so far, and what a question to it may narrow down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol


@dataclass(frozen=True)
class Scope:
    """Which calls a page is about. Days are YYYY-MM-DD, both included; None means all."""

    first_day: str
    last_day: str
    intent: str | None = None
    language: str | None = None
    release: str | None = None
    is_synthetic: bool = False


@dataclass(frozen=True)
class CallOnList:
    """One call as a list of calls shows it; nothing of it is personal."""

    call_id: str
    started_at: datetime
    intent: str
    language: str
    release: str
    fate: str | None
    summary: Mapping[str, Any]


@dataclass(frozen=True)
class QuotedCall:
    """Words of a call that met no answer, redacted, and how the call ended."""

    call_id: str
    day: str
    language: str
    intent: str
    step: str
    why: str
    text: str
    fate: str | None


class HourOfRelease(NamedTuple):
    """One hour of one day with one release; the company's own time."""

    day: str
    hour: str
    release: str


class Tally(Protocol):
    """Sums of whole numbers by day. Safe from any thread.

    Every method raises RecordsUnavailable when the database fails.
    """

    def catch_up(self, now: datetime, limit: int = 500) -> int:
        """Count calls with new events, at most `limit`; return how many there were."""
        ...

    def rebuild(self, now: datetime) -> int:
        """Forget all sums and count every stored call anew; return how many there were."""
        ...

    def amounts(self, measures: Sequence[str], scope: Scope) -> Mapping[str, Mapping[str, int]]:
        """Return the sums of each measure by key ("" where it has no kinds)."""
        ...

    def split(self, measure: str, by: str, scope: Scope) -> Mapping[str, Mapping[str, int]]:
        """Return a measure's sums by key, for each "day", "intent", "language" or "release"."""
        ...

    def splits(
        self, measures: Sequence[str], by: str, scope: Scope
    ) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
        """Return the same for several measures: value, measure, key."""
        ...

    def by_hour(self, measures: Sequence[str], scope: Scope) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
        """Return the sums for each hour of the day "00" to "23"."""
        ...

    def hours(
        self, measures: Sequence[str], days: Sequence[str]
    ) -> Mapping[HourOfRelease, Mapping[str, Mapping[str, int]]]:
        """Return the sums of real calls in each hour of these days, by release."""
        ...

    def quotes(self, scope: Scope, limit: int) -> Sequence[QuotedCall]:
        """Return the newest words that met no answer."""
        ...

    def calls(
        self, scope: Scope, fate: str | None = None, step: str | None = None, limit: int = 50
    ) -> Sequence[CallOnList]:
        """Return the newest calls of the scope, of one fate, or whose way goes through the step."""
        ...
