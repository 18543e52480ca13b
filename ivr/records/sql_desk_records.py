"""What only the desk asks of the database: agents' transfers, a caller's earlier calls, callbacks done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, and_, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ivr.clock import Clock
from ivr.handoff.desk_records import EarlierCall, SwitchThrow, WrapUp
from ivr.handoff.service_level import PersonRequest, person_requests
from ivr.records import rows
from ivr.records.database import beginning
from ivr.records.kinds import Kind
from ivr.records.models import BUSY_STATES, call_events, callbacks, calls, switch_throws, transfers, wrap_ups
from ivr.records.store import TransferRow

TALKED_STATES = ("agent_lost", "returned", "ended")


class SqlDeskRecords:
    """Implements `DeskRecords` over the tables of `SqlCallRecords`. Safe from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

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
                calls.c.call_id,
                calls.c.started_at,
                calls.c.outcome,
                transfers.c.reason,
                transfers.c.agent,
                wrap_ups.c.disposition,
                func.coalesce(wrap_ups.c.notes, ""),
            )
            .select_from(
                calls.join(this, calls.c.caller == this.c.caller)
                .outerjoin(transfers, of_transfer)
                .outerjoin(wrap_ups, wrap_ups.c.transfer_id == transfers.c.transfer_id)
            )
            .where(calls.c.call_id != call_id, calls.c.started_at <= this.c.started_at)
            .order_by(calls.c.started_at.desc())
            .limit(limit)
        )
        with beginning(self._engine) as connection:
            return [EarlierCall(*row) for row in connection.execute(wanted)]

    def wrap_up(self, transfer_id: str) -> WrapUp | None:
        """Return what is written about a transfer's call, or None."""
        wanted = select(wrap_ups).where(wrap_ups.c.transfer_id == transfer_id)
        with beginning(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        is_finished = row.finished_at is not None
        return WrapUp(row.transfer_id, row.call_id, row.agent, row.disposition, row.notes, is_finished)

    def write_wrap_up(self, wrap_up: WrapUp) -> bool:
        """Store a draft or the finished notes; False when finished ones are there already."""
        written = {
            "agent": wrap_up.agent,
            "disposition": wrap_up.disposition,
            "notes": wrap_up.notes,
            "finished_at": self._clock.now() if wrap_up.is_finished else None,
        }
        key = {"transfer_id": wrap_up.transfer_id, "call_id": wrap_up.call_id}
        is_this = wrap_ups.c.transfer_id == wrap_up.transfer_id
        with beginning(self._engine, is_writing=True) as connection:
            fresh = self._insert(wrap_ups).values(key | written).on_conflict_do_nothing()
            if connection.execute(fresh).rowcount:
                return True
            changed = update(wrap_ups).where(is_this, wrap_ups.c.finished_at.is_(None)).values(written)
            return connection.execute(changed).rowcount == 1

    def unfinished(self, ended_after: datetime) -> Sequence[TransferRow]:
        """Return talks that ended after a moment and have no finished notes yet, the oldest first.

        Their agent is who wrote the draft, where there is one: the caller may be with somebody else by now.
        """
        owner = func.coalesce(wrap_ups.c.agent, transfers.c.agent)
        is_over = transfers.c.state.in_(TALKED_STATES)
        is_left = and_(wrap_ups.c.transfer_id.is_not(None), func.coalesce(transfers.c.agent, "") != owner)
        wanted = (
            select(transfers, owner.label("owner"))
            .outerjoin(wrap_ups, wrap_ups.c.transfer_id == transfers.c.transfer_id)
            .where(
                wrap_ups.c.finished_at.is_(None),
                owner.is_not(None),
                transfers.c.state_since > ended_after,
                or_(is_over, is_left),
            )
            .order_by(transfers.c.ordinal)
        )
        with beginning(self._engine) as connection:
            found = connection.execute(wanted).all()
        return [replace(rows.transfer_row(row), agent=row.owner) for row in found]

    def requests_since(self, moment: datetime) -> Sequence[PersonRequest]:
        """Return how everybody fared who asked for a person since a moment, the oldest request first."""
        recent = select(transfers.c.call_id).where(transfers.c.state_since > moment)
        is_move = call_events.c.kind == str(Kind.TRANSFER_MOVED)
        wanted = (
            select(call_events.c.at, call_events.c.facts)
            .where(call_events.c.call_id.in_(recent), is_move)
            .order_by(call_events.c.call_id, call_events.c.seq)
        )
        with beginning(self._engine) as connection:
            moves = [
                (row.at, str(row.facts["transfer_id"]), str(row.facts["state"]))
                for row in connection.execute(wanted)
            ]
        found = person_requests(moves)
        return sorted((one for one in found if one.asked_at >= moment), key=lambda one: one.asked_at)

    def throw_switch(self, name: str, is_on: bool, by: str) -> None:
        """Store that somebody threw a switch for the whole house."""
        throw = {"name": name, "is_on": is_on, "thrown_by": by, "thrown_at": self._clock.now()}
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(insert(switch_throws).values(throw))

    def switch(self, name: str) -> SwitchThrow | None:
        """Return how a switch stands; None when nobody ever threw it."""
        newest = switch_throws.c.ordinal.desc()
        wanted = select(switch_throws).where(switch_throws.c.name == name).order_by(newest).limit(1)
        with beginning(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else SwitchThrow(row.is_on, row.thrown_by, row.thrown_at)

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
