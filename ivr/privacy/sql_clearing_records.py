"""What is cleared out of the database by age: in small pieces, so that calls never wait for it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, or_, select, update

from ivr.clock import Clock
from ivr.privacy import wiping
from ivr.privacy.privacy_records import Run
from ivr.records.database import beginning
from ivr.records.models import calls, webhook_answers
from ivr.records.trust_tables import (
    DROPPED,
    call_recordings,
    erasures,
    legal_holds,
    privacy_requests,
    recording_visits,
    retention_runs,
)

AT_ONCE = 20  # calls per transaction
Wipe = Callable[[Connection, Collection[str]], Counter[str]]

# Classes that are rows with a moment of their own, and which.
_BY_MOMENT = {
    "webhook_answers": ((webhook_answers, webhook_answers.c.answered_at),),
    "requests": ((privacy_requests, privacy_requests.c.closed_at), (erasures, erasures.c.done_at)),
    "listeners": ((recording_visits, recording_visits.c.at),),
}


class SqlClearingRecords:
    """Implements `ClearingRecords`. Safe from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._of_calls: dict[str, Wipe] = {
            "transcripts": wiping.words,
            "numbers": lambda connection, ids: wiping.numbers(connection, ids, clock.now()),
            "calls": wiping.whole_calls,
        }

    def clear(self, name: str, since: datetime | None, before: datetime, is_dry: bool) -> Counter[str]:
        """Clear one class of data; of calls only those that began after `since` and are not held."""
        if name in _BY_MOMENT:
            return self._clear_rows(name, before, is_dry)
        wanted = select(calls.c.call_id).where(calls.c.started_at <= before, ~_is_held())
        if since is not None and name != "calls":  # deleted calls need no bookmark
            wanted = wanted.where(calls.c.started_at > since)
        if is_dry:
            with beginning(self._engine) as connection:
                count = connection.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
            return Counter(calls=int(count))
        return self._in_pieces(name, wanted)

    def clear_lifted(self, name: str, since: datetime | None, before: datetime) -> Counter[str]:
        """Clear calls whose hold was lifted after `since` and that began before `before`."""
        if name in _BY_MOMENT or since is None:
            return Counter()
        lifted = select(legal_holds.c.call_id).where(legal_holds.c.lifted_at > since)
        return self._in_pieces(
            name,
            select(calls.c.call_id).where(
                calls.c.call_id.in_(lifted), calls.c.started_at <= before, ~_is_held()
            ),
        )

    def old_recordings(self, before: datetime) -> Sequence[tuple[str | None, str]]:
        """Return (recording, call) of those that began before a moment, are not deleted and not held.

        One that was dropped goes at once. The name is None where a crash kept it from being stored.
        """
        held = select(legal_holds.c.call_id).where(legal_holds.c.lifted_at.is_(None))
        wanted = (
            select(call_recordings.c.recording_sid, call_recordings.c.call_id)
            .where(
                or_(call_recordings.c.started_at <= before, call_recordings.c.purpose == DROPPED),
                call_recordings.c.deleted_at.is_(None),
                call_recordings.c.call_id.not_in(held),
            )
            .distinct()
        )
        with beginning(self._engine) as connection:
            return [(row.recording_sid, row.call_id) for row in connection.execute(wanted)]

    def begin_run(self) -> int:
        """Keep that clearing out began; return its number."""
        row = {"began_at": self._clock.now(), "is_ok": False, "counts": {}, "reached": {}}
        with beginning(self._engine, is_writing=True) as connection:
            made = insert(retention_runs).values(**row, problem="did not come to its end")
            return int(connection.execute(made.returning(retention_runs.c.ordinal)).scalar_one())

    def end_run(self, run: int, counts: Mapping[str, int], reached: Mapping[str, str]) -> None:
        """Keep that a run came to its end."""
        self._change_run(run, is_ok=True, counts=dict(counts), reached=dict(reached), problem=None)

    def fail_run(self, run: int, problem: str) -> None:
        """Keep why a run did not come to its end."""
        self._change_run(run, problem=problem)

    def runs(self, limit: int = 30) -> Sequence[Run]:
        """Return the last runs, the newest first."""
        wanted = select(retention_runs).order_by(retention_runs.c.ordinal.desc()).limit(limit)
        with beginning(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return [
            Run(row.began_at, row.ended_at, row.is_ok, row.counts, row.reached, row.problem) for row in rows
        ]

    def _change_run(self, run: int, **changes: Any) -> None:
        is_it = retention_runs.c.ordinal == run
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(
                update(retention_runs).where(is_it).values(ended_at=self._clock.now(), **changes)
            )

    def _clear_rows(self, name: str, before: datetime, is_dry: bool) -> Counter[str]:
        counts: Counter[str] = Counter()
        for table, moment in _BY_MOMENT[name]:
            with beginning(self._engine, is_writing=not is_dry) as connection:
                if is_dry:
                    old = select(func.count()).select_from(table).where(moment <= before)
                    counts[table.name] += int(connection.execute(old).scalar_one())
                else:
                    counts[table.name] += connection.execute(delete(table).where(moment <= before)).rowcount
        return counts

    def _in_pieces(self, name: str, wanted: Select[Any]) -> Counter[str]:
        with beginning(self._engine) as connection:
            call_ids = list(connection.execute(wanted.order_by(calls.c.started_at)).scalars())
        counts: Counter[str] = Counter()
        for start in range(0, len(call_ids), AT_ONCE):
            with beginning(self._engine, is_writing=True) as connection:
                counts += self._of_calls[name](connection, call_ids[start : start + AT_ONCE])
        return counts


def _is_held() -> Any:
    in_force = legal_holds.c.lifted_at.is_(None)
    return select(legal_holds.c.hold_id).where(legal_holds.c.call_id == calls.c.call_id, in_force).exists()
