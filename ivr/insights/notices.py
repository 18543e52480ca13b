"""What people are told of by themselves: alerts and weekly reports, written down before they are sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

# After each try that failed; then it is given up, and the page says so.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))


class Way(StrEnum):
    """Where a notice goes."""

    PAGE = "page"
    EMAIL = "email"
    WEBHOOK = "webhook"


class NoticeKind(StrEnum):
    """What a notice tells of."""

    ALERT = "alert"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Notice:
    """One notice on one way. `key` is the same on every way and tells repeats apart."""

    key: str
    way: Way
    kind: NoticeKind
    facts: Mapping[str, Any]
    written_at: datetime
    sent_at: datetime | None = None
    tries: int = 0
    problem: str | None = None

    @property
    def is_given_up(self) -> bool:
        """Say whether it will not be tried again."""
        return self.sent_at is None and self.tries > len(PAUSES)


class NotSent(Exception):
    """A notice could not be handed over; worth trying again. The message holds no address."""


class Notices(Protocol):
    """The notices there are. Every method raises RecordsUnavailable; safe from any thread."""

    def write(
        self, key: str, kind: NoticeKind, facts: Mapping[str, Any], ways: Sequence[Way], now: datetime
    ) -> bool:
        """Write a notice, once; False when its key is there already."""
        ...

    def written_since(self, prefix: str, since: datetime) -> bool:
        """Say whether a notice whose key begins so was written at or after that moment."""
        ...

    def due(self, now: datetime) -> Sequence[Notice]:
        """Return what is to be sent now, the oldest first."""
        ...

    def sent(self, notice: Notice, now: datetime) -> None:
        """Note that it was handed over."""
        ...

    def failed(self, notice: Notice, problem: str, now: datetime) -> None:
        """Note that it was not; it is due again after a pause, until it is given up."""
        ...

    def newest(self, kind: NoticeKind, limit: int) -> Sequence[Notice]:
        """Return the newest notices on all their ways."""
        ...
