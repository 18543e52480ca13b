"""What the trust pages ask of the records: evidence, recordings and listeners, readers of the guide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Evidence:
    """What shows that a call heard that it talks to an AI. `times` counts: also after a person's part."""

    call_id: str
    started_at: datetime
    language: str
    outcome: str | None
    text_version: str | None
    said_in: str | None
    said_at: datetime | None
    times: int
    handed_back: int = 0  # times a person sent the caller back to the bot and it answered
    said_again: int = 0  # of those, with the sentence said again first

    @property
    def is_there(self) -> bool:
        """Say whether the sentence was played to its end, also each time a person had handed back."""
        return self.said_at is not None and self.said_again == self.handed_back


@dataclass(frozen=True)
class Visit:
    """Somebody listened to, exported or deleted a recording."""

    recording_sid: str
    call_id: str
    person: str
    what: str
    at: datetime


@dataclass(frozen=True)
class Recorded:
    """A recording and what allows it: the notice ended before it started."""

    recording_sid: str
    call_id: str
    purpose: str
    agreed_by: str
    notice_version: str
    notice_ended_at: datetime
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Reading:
    """Somebody says they have read the guide."""

    person: str
    version: str
    read_at: datetime


class TrustRecords(Protocol):
    """Raises RecordsUnavailable. Safe from any thread."""

    def evidence(self, first: datetime, last: datetime) -> Iterator[Evidence]:
        """Yield the calls that began in this time (last not included), the newest first."""
        ...

    def share_without(self, first: datetime, last: datetime) -> tuple[int, int]:
        """Return how many ended calls that the bot took have no evidence, and how many there were."""
        ...

    def visits(self) -> Sequence[Visit]:
        """Return who listened to recordings, the newest first."""
        ...

    def recordings(self) -> tuple[int, int]:
        """Return how many recordings there are, and how many were deleted."""
        ...

    def readings(self) -> Sequence[Reading]:
        """Return who has read which version, the newest first."""
        ...

    def read(self, person: str, version: str) -> None:
        """Keep that somebody has read a version; harmless twice."""
        ...
