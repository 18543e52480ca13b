"""What the privacy office asks of the records; the rows its pages and files are made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ivr.privacy.person import Person


@dataclass(frozen=True)
class Request:
    """What a caller asked for about their data."""

    case_number: str
    call_id: str
    wanted: str
    asked_at: datetime
    due_at: datetime
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True)
class Erasure:
    """One erasing; `calls` are ids while it waits and fingerprints once it is done."""

    erasure_id: str
    calls: tuple[str, ...]
    number: str | None
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    waits_for: str | None
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Hold:
    """A call that must not be erased for now."""

    hold_id: str
    call_id: str
    reason: str
    held_by: str
    held_at: datetime
    lifted_at: datetime | None


@dataclass(frozen=True)
class Run:
    """One clearing out."""

    began_at: datetime
    ended_at: datetime | None
    is_ok: bool
    counts: Mapping[str, int]
    reached: Mapping[str, str]
    problem: str | None


class PrivacyRecords(Protocol):
    """Finds, empties and holds calls. Safe from any thread. Raises RecordsUnavailable."""

    def find(self, asked: str) -> Person:
        """Return whose calls a phone or case number stands for; nobody's when there are none."""
        ...

    def contents(self, call_id: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return every row about a call, by table."""
        ...

    def recordings(self, call_ids: Collection[str]) -> Sequence[str]:
        """Return recordings of these calls that may still be at the network."""
        ...

    def recording_gone(self, recording_sid: str | None, call_id: str, at: datetime) -> None:
        """Keep that a recording is deleted and was looked for in vain; None is one without a name."""
        ...

    def visited(self, recording_sid: str, call_id: str, person: str, what: str) -> None:
        """Keep that somebody listened to, exported or deleted a recording."""
        ...

    def is_live(self, call_ids: Collection[str]) -> bool:
        """Say whether one of the calls goes on."""
        ...

    def wipe(
        self, call_ids: Collection[str], mentions: Collection[str], number: str | None
    ) -> dict[str, int]:
        """Empty these calls of the person, and others of their number; return rows changed by table."""
        ...

    def hold(self, call_ids: Collection[str], reason: str, by: str) -> None:
        """Keep these calls from being erased."""
        ...

    def lift(self, call_ids: Collection[str]) -> int:
        """End the holds on these calls; return how many there were."""
        ...

    def holds(self, call_ids: Collection[str] | None = None) -> Sequence[Hold]:
        """Return the holds in force, of these calls or of all."""
        ...

    def open_erasure(self, call_ids: Collection[str], number: str | None, by: str) -> Erasure:
        """Store that these calls are to be erased."""
        ...

    def erasure_waits(self, erasure_id: str, waits_for: str) -> None:
        """Keep why an erasing cannot be done yet."""
        ...

    def erasure_done(self, erasure_id: str, calls: Sequence[str], counts: Mapping[str, int]) -> None:
        """Keep the proof of an erasing; it knows neither the calls nor the number any more."""
        ...

    def erasures(self, is_done: bool | None = None) -> Sequence[Erasure]:
        """Return erasings, the newest first."""
        ...

    def call_ids(self) -> Collection[str]:
        """Return the ids of all calls on record."""
        ...

    def requests(self) -> Sequence[Request]:
        """Return what callers asked for: open ones first, by when they are due."""
        ...

    def close_request(self, case_number: str, by: str) -> bool:
        """Keep that a request is answered; False when it was before, or there is none."""
        ...
