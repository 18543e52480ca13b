"""What only the desk asks of the database: agents' transfers, a caller's earlier calls, callbacks done."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, func, or_, select, update

from ivr.clock import Clock
from ivr.handoff.desk_records import EarlierCall
from ivr.records import rows
from ivr.records.database import beginning
from ivr.records.kinds import Kind
from ivr.records.models import BUSY_STATES, call_events, callbacks, calls, transfers
from ivr.records.store import TransferRow


class SqlDeskRecords:
    """Implements `DeskRecords` over the tables of `SqlCallRecords`. Safe from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def with_agents(self, ended_after: datetime) -> Sequence[TransferRow]:
        """Return transfers with an agent that are not over, or ended after that moment; newest last."""
        is_recent = or_(transfers.c.state.in_(BUSY_STATES), transfers.c.state_since > ended_after)
        wanted = select(transfers).where(transfers.c.agent.is_not(None), is_recent)
        with beginning(self._engine) as connection:
            found = connection.execute(wanted.order_by(transfers.c.ordinal))
            return [rows.transfer_row(row) for row in found]

    def requested_at(self, call_id: str) -> datetime | None:
        """Return when the call was first waiting for a person."""
        moved = call_events.c.kind == str(Kind.TRANSFER_MOVED)
        wanted = select(call_events.c.at).where(call_events.c.call_id == call_id, moved)
        with beginning(self._engine) as connection:
            found: datetime | None = connection.execute(
                wanted.order_by(call_events.c.seq).limit(1)
            ).scalar_one_or_none()
        return found

    def earlier_calls(self, call_id: str, limit: int) -> Sequence[EarlierCall]:
        """Return calls the same number made before this one, newest first."""
        this = select(calls.c.caller, calls.c.started_at).where(calls.c.call_id == call_id).subquery()
        of_call = transfers.alias()
        newest = select(func.max(of_call.c.ordinal)).where(of_call.c.call_id == calls.c.call_id)
        of_transfer = transfers.c.ordinal == newest.scalar_subquery()
        wanted = (
            select(
                calls.c.call_id, calls.c.started_at, calls.c.outcome, transfers.c.reason, transfers.c.agent
            )
            .select_from(calls.join(this, calls.c.caller == this.c.caller).outerjoin(transfers, of_transfer))
            .where(calls.c.call_id != call_id, calls.c.started_at <= this.c.started_at)
            .order_by(calls.c.started_at.desc())
            .limit(limit)
        )
        with beginning(self._engine) as connection:
            return [EarlierCall(*row) for row in connection.execute(wanted)]

    def close_callback(self, case_number: str) -> str | None:
        """Close an open callback once and return its call's id."""
        return self._set_closed(case_number, callbacks.c.closed_at.is_(None), self._clock.now())

    def reopen_callback(self, case_number: str) -> str | None:
        """Open a closed callback again and return its call's id."""
        return self._set_closed(case_number, callbacks.c.closed_at.is_not(None), None)

    def _set_closed(self, case_number: str, condition: object, at: datetime | None) -> str | None:
        statement = update(callbacks).where(callbacks.c.case_number == case_number, condition)  # type: ignore[arg-type]
        statement = statement.values(closed_at=at)
        with beginning(self._engine, is_writing=True) as connection:
            found: str | None = connection.execute(
                statement.returning(callbacks.c.call_id)
            ).scalar_one_or_none()
        return found
