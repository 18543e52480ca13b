"""Evidence of disclosure, listeners and readers in the database."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from ivr.clock import Clock
from ivr.records.database import beginning
from ivr.records.kinds import Kind
from ivr.records.models import call_events, calls
from ivr.records.trust_tables import call_recordings, guide_readings, recording_visits
from ivr.trust.trust_records import Evidence, Reading, Visit

AT_ONCE = 500
SHOWN = 200
EVIDENCE = (Kind.DISCLOSURE_PLAYED.value, Kind.SENT_BACK.value, Kind.TURN_ANSWERED.value)

# A synthetic call is no evidence: nobody was told anything.
_IS_MADE_UP = (
    select(call_events.c.call_id)
    .where(
        call_events.c.call_id == calls.c.call_id,
        call_events.c.kind == Kind.CALL_STARTED.value,
        call_events.c.facts["is_synthetic"].as_boolean(),
    )
    .exists()
)


class SqlTrustRecords:
    """Implements `TrustRecords`. Safe from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def evidence(self, first: datetime, last: datetime) -> Iterator[Evidence]:
        """Yield the calls that began in this time (last not included), the newest first, page by page."""
        before = last
        seen: set[str] = set()
        while True:
            wanted = (
                select(calls)
                .where(calls.c.started_at >= first, calls.c.started_at <= before, calls.c.started_at < last)
                .where(~_IS_MADE_UP)
                .order_by(calls.c.started_at.desc(), calls.c.call_id)
                .limit(AT_ONCE)
            )
            with beginning(self._engine) as connection:
                page = connection.execute(wanted).all()
                told = self._told(connection, [row.call_id for row in page])
            fresh = [row for row in page if row.call_id not in seen]
            yield from (_evidence(row, told.get(row.call_id, [])) for row in fresh)
            if len(page) < AT_ONCE or not fresh:
                return
            seen = {row.call_id for row in page}
            before = page[-1].started_at

    def share_without(self, first: datetime, last: datetime) -> tuple[int, int]:
        """Return how many ended calls that the bot took have no evidence, and how many there were."""
        # Whoever hung up during the sentence has heard enough of it or nothing at all: no turn was taken.
        took = select(call_events.c.call_id).where(
            call_events.c.call_id == calls.c.call_id, call_events.c.kind == Kind.TURN_ANSWERED.value
        )
        said = select(call_events.c.call_id).where(
            call_events.c.call_id == calls.c.call_id,
            call_events.c.kind == Kind.DISCLOSURE_PLAYED.value,
            call_events.c.facts["is_complete"].as_boolean(),
        )
        in_time = (calls.c.started_at >= first) & (calls.c.started_at < last) & calls.c.outcome.is_not(None)
        in_time &= ~_IS_MADE_UP
        served = select(func.count()).select_from(calls).where(in_time, took.exists())
        with beginning(self._engine) as connection:
            all_of_them = int(connection.execute(served).scalar_one())
            without = int(connection.execute(served.where(~said.exists())).scalar_one())
            back = select(call_events.c.call_id).where(call_events.c.kind == Kind.SENT_BACK.value)
            sent_back = select(calls.c.call_id).where(
                in_time, took.exists(), said.exists(), calls.c.call_id.in_(back)
            )
            told = self._told(connection, list(connection.execute(sent_back).scalars()))
        silent = sum(again < back for back, again in map(_handed_back, told.values()))
        return without + silent, all_of_them

    def visits(self) -> Sequence[Visit]:
        """Return who listened to recordings, the newest first."""
        wanted = select(recording_visits).order_by(recording_visits.c.ordinal.desc()).limit(SHOWN)
        with beginning(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return [Visit(row.recording_sid, row.call_id, row.person, row.what, row.at) for row in rows]

    def recordings(self) -> tuple[int, int]:
        """Return how many recordings there are, and how many were deleted."""
        wanted = select(func.count(), func.count(call_recordings.c.deleted_at)).select_from(call_recordings)
        with beginning(self._engine) as connection:
            made, deleted = connection.execute(wanted).one()
        return int(made) - int(deleted), int(deleted)

    def readings(self) -> Sequence[Reading]:
        """Return who has read which version, the newest first."""
        wanted = select(guide_readings).order_by(guide_readings.c.read_at.desc()).limit(SHOWN)
        with beginning(self._engine) as connection:
            return [Reading(row.person, row.version, row.read_at) for row in connection.execute(wanted)]

    def read(self, person: str, version: str) -> None:
        """Keep that somebody has read a version; harmless twice."""
        row = {"person": person, "version": version, "read_at": self._clock.now()}
        with suppress(IntegrityError), beginning(self._engine, is_writing=True) as connection:
            connection.execute(insert(guide_readings).values(**row))

    def _told(self, connection: Any, call_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
        is_of_use = (call_events.c.call_id.in_(call_ids)) & (call_events.c.kind.in_(EVIDENCE))
        found: dict[str, list[Row[Any]]] = {}
        for row in connection.execute(select(call_events).where(is_of_use).order_by(call_events.c.seq)):
            found.setdefault(row.call_id, []).append(row)
        return found


def _handed_back(told: Sequence[Row[Any]]) -> tuple[int, int]:
    """Return how often the bot answered after a person had handed back, and how often it said so first."""
    parts: list[list[Row[Any]]] = [[]]
    for event in told:
        if event.kind == Kind.SENT_BACK:
            parts.append([])
        parts[-1].append(event)
    answered = [part for part in parts[1:] if any(one.kind == Kind.TURN_ANSWERED for one in part)]
    return len(answered), sum(any(map(_is_said, part)) for part in answered)


def _is_said(event: Row[Any]) -> bool:
    return event.kind == Kind.DISCLOSURE_PLAYED and event.facts.get("is_complete") is True


def _evidence(call: Row[Any], told: Sequence[Row[Any]]) -> Evidence:
    whole = [event for event in told if _is_said(event)]
    back, again = _handed_back(told)
    first = whole[0] if whole else None
    return Evidence(
        call_id=call.call_id,
        started_at=call.started_at,
        language=call.language,
        outcome=call.outcome,
        text_version=None if first is None else str(first.facts.get("text_version")),
        said_in=None if first is None else str(first.facts.get("language")),
        said_at=None if first is None else first.at,
        times=len(whole),
        handed_back=back,
        said_again=again,
    )
