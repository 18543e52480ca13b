"""Which other calls a caller made lately, and what happened in them: a query by the caller's number."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

from sqlalchemy import Engine, select

from ivr.records import rows
from ivr.records.database import beginning
from ivr.records.kinds import Kind
from ivr.records.models import call_events, calls
from ivr.records.store import CallEvent

LATELY = timedelta(hours=72)  # a matter that was solved does not bring its caller back within three days
MOST_CALLS = 50  # of a number that many share; the newest
TELLING = (
    *(Kind.TURN_ANSWERED, Kind.LOOKED_UP, Kind.NO_MATCH, Kind.NO_INPUT, Kind.ESCALATED),
    *(Kind.CALLBACK_BOOKED, Kind.MESSAGE_TAKEN, Kind.SURVEY_ANSWERED, Kind.CALL_ENDED),
)


def ids_since(database: Engine, begin: datetime) -> list[str]:
    """Return the ids of the calls that began at or after a moment, the oldest first.

    Raises RecordsUnavailable.
    """
    query = select(calls.c.call_id).where(calls.c.started_at >= begin).order_by(calls.c.started_at)
    with beginning(database) as connection:
        return list(connection.execute(query).scalars())


class EarlierContacts(Protocol):
    """Finds a caller's earlier contacts."""

    def of(self, caller: str, call_id: str, at: datetime) -> Sequence[Sequence[CallEvent]]:
        """Return the events (of the kinds in TELLING) of each other call from a number in the 72 h before.

        A call without such events is an empty one. Raises RecordsUnavailable.
        """
        ...


class SqlEarlierContacts:
    """Implements `EarlierContacts` on calls and their events. Safe from any thread."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def of(self, caller: str, call_id: str, at: datetime) -> Sequence[Sequence[CallEvent]]:
        """Return the events of each other call of a number in the 72 h before. Raises RecordsUnavailable."""
        query = (
            select(calls.c.call_id)
            .where(
                calls.c.caller == caller,
                calls.c.call_id != call_id,
                calls.c.started_at >= at - LATELY,
                calls.c.started_at <= at,
            )
            .order_by(calls.c.started_at.desc())
            .limit(MOST_CALLS)
        )
        with beginning(self._database) as connection:
            ids = list(connection.execute(query).scalars())
            wanted = (
                select(call_events)
                .where(call_events.c.call_id.in_(ids), call_events.c.kind.in_(TELLING))
                .order_by(call_events.c.call_id, call_events.c.seq)
            )
            found = [rows.call_event(row) for row in connection.execute(wanted)] if ids else []
        by_call = {one: list(events) for one, events in groupby(found, lambda event: event.call_id)}
        return [by_call.get(one, []) for one in ids]
