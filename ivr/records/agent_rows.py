"""The statements about agents: who they are, whether they take calls, and since when."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, case, delete, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ivr.records.models import UtcDateTime, agents
from ivr.records.store import AgentRow

Insert = Callable[[Table], sqlite.Insert | postgresql.Insert]


def listed(connection: Connection) -> list[AgentRow]:
    """Return the agents in their order."""
    found = connection.execute(select(agents).order_by(agents.c.position))
    return [AgentRow(row.name, row.number, row.presence, row.since, row.missed) for row in found]


def enlist(
    connection: Connection, inserting: Insert, wanted: Sequence[tuple[str, str]], now: datetime
) -> None:
    """Make the wanted (name, number) the agents; who is known keeps presence, who is not wanted goes."""
    connection.execute(delete(agents).where(agents.c.name.not_in([name for name, _ in wanted])))
    for position, (name, number) in enumerate(wanted):
        where_and_who = {"number": number, "position": position}
        fresh = {"name": name, "presence": "available", "since": now, "missed": 0}
        statement = inserting(agents).values(fresh | where_and_who)
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=where_and_who))


def set_presence(connection: Connection, name: str, presence: str, missed: int, now: datetime) -> bool:
    """Set presence and missed calls; `since` starts anew only when the presence is another."""
    since = case((agents.c.presence == presence, agents.c.since), else_=literal(now, UtcDateTime))
    changed = update(agents).where(agents.c.name == name)
    return connection.execute(changed.values(presence=presence, missed=missed, since=since)).rowcount == 1
