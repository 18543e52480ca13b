"""How often a caller has phoned about their case lately: a query over calls, by the caller's number."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from ivr.records.models import calls
from ivr.records.store import RecordsUnavailable

SAME_CASE = timedelta(hours=72)  # a matter that was solved does not bring its caller back within three days


def ids_since(database: Engine, begin: datetime) -> list[str]:
    """Return the ids of the calls that began at or after a moment, the oldest first."""
    query = select(calls.c.call_id).where(calls.c.started_at >= begin).order_by(calls.c.started_at)
    with database.connect() as connection:
        return list(connection.execute(query).scalars())


class EarlierContacts(Protocol):
    """Counts a caller's earlier contacts."""

    def count(self, caller: str, call_id: str, at: datetime) -> int:
        """Return how many other calls came from a number in the 72 h before. Raises RecordsUnavailable."""
        ...


class SqlEarlierContacts:
    """Implements `EarlierContacts` on the calls' table. Safe from any thread."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def count(self, caller: str, call_id: str, at: datetime) -> int:
        """Return how many other calls came from a number in the 72 h before. Raises RecordsUnavailable."""
        query = select(func.count()).where(
            calls.c.caller == caller,
            calls.c.call_id != call_id,
            calls.c.started_at >= at - SAME_CASE,
            calls.c.started_at <= at,
        )
        try:
            with self._database.connect() as connection:
                return int(connection.execute(query).scalar_one())
        except SQLAlchemyError as failed:
            raise RecordsUnavailable(str(failed)) from failed
