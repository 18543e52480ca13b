"""The privacy office's records in the database: holds, requests, erasings, and whose calls are whose."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.clock import Clock
from ivr.privacy import wiping
from ivr.privacy.person import FoundCall, Person, as_number, is_case_number
from ivr.privacy.privacy_records import Erasure, Hold, Request
from ivr.records.database import beginning
from ivr.records.models import calls, transfers
from ivr.records.trust_tables import (
    call_recordings,
    erasures,
    legal_holds,
    privacy_requests,
    recording_visits,
)

LONGEST_CALL = timedelta(hours=6)  # a call without an end that began earlier was lost in a crash
TIME_TO_ANSWER = timedelta(days=30)  # the law gives a month
SHOWN = 500


class SqlPrivacyRecords:
    """Implements `PrivacyRecords`. Safe from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def find(self, asked: str) -> Person:
        """Return whose calls a phone or case number stands for."""
        number = None if is_case_number(asked) else as_number(asked)
        with beginning(self._engine) as connection:
            mentions: list[str] = []
            if number is None:
                own = wiping.with_case(connection, asked.strip())
            else:
                own, mentions = wiping.with_number(connection, number)
            rows = connection.execute(
                select(calls).where(calls.c.call_id.in_(own)).order_by(calls.c.started_at)
            ).all()
            cases: dict[str, list[Mapping[str, Any]]] = {}
            for row in connection.execute(
                select(transfers.c.call_id, transfers.c.case).where(transfers.c.call_id.in_(own))
            ):
                cases.setdefault(row.call_id, []).append(row.case)
        held = self.holds(own)
        found = tuple(_found(row, cases.get(row.call_id, []), held) for row in rows)
        return Person(asked, number, found, tuple(mentions))

    def contents(self, call_id: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return every row about a call, by table."""
        tables = (*wiping.OF_A_CALL, privacy_requests)
        with beginning(self._engine) as connection:
            found = {
                table.name: [
                    dict(row._mapping)
                    for row in connection.execute(select(table).where(table.c.call_id == call_id))
                ]
                for table in tables
            }
        found["call_events"].sort(key=lambda event: event["seq"])
        return found

    # Recordings

    def recordings(self, call_ids: Collection[str]) -> Sequence[str]:
        """Return recordings of these calls that may still be at the network."""
        with beginning(self._engine) as connection:
            return wiping.recordings_of(connection, call_ids)

    def recording_gone(self, recording_sid: str | None, call_id: str, at: datetime) -> None:
        """Keep that a recording is deleted and was looked for in vain."""
        is_it = call_recordings.c.recording_sid.is_not_distinct_from(recording_sid)
        is_it &= call_recordings.c.call_id == call_id
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(update(call_recordings).where(is_it).values(deleted_at=at))

    def visited(self, recording_sid: str, call_id: str, person: str, what: str) -> None:
        """Keep that somebody listened to, exported or deleted a recording."""
        row = {"recording_sid": recording_sid, "call_id": call_id, "person": person, "what": what}
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(insert(recording_visits).values(**row, at=self._clock.now()))

    # Emptying

    def is_live(self, call_ids: Collection[str]) -> bool:
        """Say whether one of the calls goes on."""
        with beginning(self._engine) as connection:
            return wiping.is_live(connection, call_ids, self._clock.now() - LONGEST_CALL)

    def wipe(
        self, call_ids: Collection[str], mentions: Collection[str], number: str | None
    ) -> dict[str, int]:
        """Empty these calls of the person, and others of their number; return rows changed by table."""
        with beginning(self._engine, is_writing=True) as connection:
            counts = wiping.words(connection, call_ids)
            counts += wiping.numbers(connection, call_ids, self._clock.now())
            if mentions:
                wiping.forget_number(connection, counts, mentions, number)
        self._clear_log()
        return {name: count for name, count in sorted(counts.items()) if count}

    def call_ids(self) -> Collection[str]:
        """Return the ids of all calls on record."""
        with beginning(self._engine) as connection:
            return set(connection.execute(select(calls.c.call_id)).scalars())

    def _clear_log(self) -> None:
        """Empty SQLite's write-ahead log, which still holds the pages as they were."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    # Holds

    def hold(self, call_ids: Collection[str], reason: str, by: str) -> None:
        """Keep these calls from being erased."""
        now = self._clock.now()
        with beginning(self._engine, is_writing=True) as connection:
            for call_id in call_ids:
                row = {"hold_id": uuid.uuid4().hex, "call_id": call_id, "reason": reason, "held_by": by}
                connection.execute(insert(legal_holds).values(**row, held_at=now))

    def lift(self, call_ids: Collection[str]) -> int:
        """End the holds on these calls; return how many there were."""
        in_force = legal_holds.c.call_id.in_(call_ids) & legal_holds.c.lifted_at.is_(None)
        with beginning(self._engine, is_writing=True) as connection:
            lifting = update(legal_holds).where(in_force).values(lifted_at=self._clock.now())
            return connection.execute(lifting).rowcount

    def holds(self, call_ids: Collection[str] | None = None) -> Sequence[Hold]:
        """Return the holds in force, of these calls or of all."""
        wanted = select(legal_holds).where(legal_holds.c.lifted_at.is_(None)).order_by(legal_holds.c.held_at)
        if call_ids is not None:
            wanted = wanted.where(legal_holds.c.call_id.in_(call_ids))
        with beginning(self._engine) as connection:
            return [Hold(**row._mapping) for row in connection.execute(wanted)]

    # Erasings

    def open_erasure(self, call_ids: Collection[str], number: str | None, by: str) -> Erasure:
        """Store that these calls are to be erased."""
        erasure = Erasure(
            uuid.uuid4().hex, tuple(call_ids), number, by, self._clock.now(), None, None, counts={}
        )
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(insert(erasures).values(**{**vars(erasure), "calls": list(call_ids)}))
        return erasure

    def erasure_waits(self, erasure_id: str, waits_for: str) -> None:
        """Keep why an erasing cannot be done yet."""
        self._change_erasure(erasure_id, waits_for=waits_for)

    def erasure_done(self, erasure_id: str, calls: Sequence[str], counts: Mapping[str, int]) -> None:
        """Keep the proof of an erasing."""
        proof = {"calls": list(calls), "number": None, "done_at": self._clock.now(), "waits_for": None}
        with suppress(IntegrityError), beginning(self._engine, is_writing=True) as connection:
            known = select(erasures.c.erasure_id).where(erasures.c.erasure_id == erasure_id)
            if connection.execute(known).first() is None:  # a restored database does not know it
                row = {"erasure_id": erasure_id, "asked_by": "the ledger", "asked_at": self._clock.now()}
                connection.execute(insert(erasures).values(**row, **proof, counts=dict(counts)))
                return
        self._change_erasure(erasure_id, **proof, counts=dict(counts))
        self._clear_log()

    def erasures(self, is_done: bool | None = None) -> Sequence[Erasure]:
        """Return erasings, the newest first."""
        wanted = select(erasures).order_by(erasures.c.asked_at.desc())
        if is_done is not None:
            wanted = wanted.where(
                erasures.c.done_at.is_not(None) if is_done else erasures.c.done_at.is_(None)
            )
        with beginning(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return [Erasure(**{**row._mapping, "calls": tuple(row.calls)}) for row in rows]

    def _change_erasure(self, erasure_id: str, **changes: Any) -> None:
        is_it = erasures.c.erasure_id == erasure_id
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(update(erasures).where(is_it).values(**changes))

    # Requests

    def open_request(self, case_number: str, call_id: str, wanted: str, order_number: str | None) -> None:
        """Store what a caller asked for; harmless twice."""
        now = self._clock.now()
        row = {"case_number": case_number, "call_id": call_id, "wanted": wanted, "order_number": order_number}
        with suppress(IntegrityError), beginning(self._engine, is_writing=True) as connection:
            connection.execute(
                insert(privacy_requests).values(**row, asked_at=now, due_at=now + TIME_TO_ANSWER)
            )

    def requests(self) -> Sequence[Request]:
        """Return what callers asked for: open ones first, by when they are due."""
        wanted = select(privacy_requests).order_by(
            privacy_requests.c.closed_at.is_not(None), privacy_requests.c.due_at
        )
        with beginning(self._engine) as connection:
            rows = connection.execute(wanted.limit(SHOWN)).all()
        return [
            Request(**{name: value for name, value in row._mapping.items() if name != "order_number"})
            for row in rows
        ]

    def close_request(self, case_number: str, by: str) -> bool:
        """Keep that a request is answered; False when it was before, or there is none."""
        is_open = (privacy_requests.c.case_number == case_number) & privacy_requests.c.closed_at.is_(None)
        closing = update(privacy_requests).where(is_open).values(closed_at=self._clock.now(), closed_by=by)
        with beginning(self._engine, is_writing=True) as connection:
            return connection.execute(closing).rowcount == 1


def _found(row: Row[Any], cases: Sequence[Mapping[str, Any]], held: Sequence[Hold]) -> FoundCall:
    names = sorted({str(case["caller_name"]) for case in cases if case.get("caller_name")})
    matter = next((str(case["intent"]) for case in cases if case.get("intent")), None)
    reasons = tuple(hold.reason for hold in held if hold.call_id == row.call_id)
    return FoundCall(row.call_id, row.started_at, row.language, row.outcome, tuple(names), matter, reasons)
