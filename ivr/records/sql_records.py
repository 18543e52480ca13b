"""The records in an SQL database: which statement makes each promise of `CallRecords` true under races."""

import secrets
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from ivr.clock import Clock
from ivr.handoff.opening_hours import USUAL_TERMS, CallbackTerms
from ivr.records import agent_rows, rows
from ivr.records.database import STATEMENT_TIMEOUT_MS, beginning
from ivr.records.facts import storable
from ivr.records.feed import Feed
from ivr.records.models import (
    BUSY_STATES,
    LIVE_STATES,
    call_events,
    callbacks,
    calls,
    event_streams,
    transfers,
    webhook_answers,
)
from ivr.records.store import AgentRow, CallEvent, CallRow, RecordsUnavailable, TransferRow

ANSWER_LIFE = timedelta(hours=24)
PURGE_EVERY_S = 3600.0
CASE_NUMBER_DRAWS = 100
CHANGEABLE = frozenset({"agent", "agent_call_id", "tried", "case_number", "briefing"})


def draw_case_number() -> str:
    """Return six random digits; never a leading zero, which people leave out when they say a number."""
    return str(secrets.randbelow(900_000) + 100_000)


class SqlCallRecords:
    """Implements `ReplayableRecords` over SQLite or PostgreSQL. Safe from any thread."""

    def __init__(
        self,
        engine: Engine,
        feed: Feed,
        clock: Clock,
        draw: Callable[[], str] = draw_case_number,
        terms: CallbackTerms = USUAL_TERMS,
    ) -> None:
        """`terms` are those on which callbacks are promised from now on; earlier ones keep theirs."""
        self._engine = engine
        self._feed = feed
        self._clock = clock
        self._draw = draw
        self._terms = terms
        self._insert: Callable[[Table], sqlite.Insert | postgresql.Insert]
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
        # SQLite has one writer at a time and lets the others poll, with pauses that grow to 100 ms. Threads
        # of one process queue here instead; other processes still meet SQLite's own lock.
        self._writer = threading.Lock() if engine.dialect.name == "sqlite" else None
        self._purged_at_s = clock.monotonic()
        self._count_up = (
            self._insert(event_streams)
            .values(last_seq=1)
            .on_conflict_do_update(
                index_elements=["call_id"], set_={"last_seq": event_streams.c.last_seq + 1}
            )
            .returning(event_streams.c.last_seq)
        )

    # Calls and their events

    def open_call(self, call_id: str, caller: str | None, called: str | None, language: str) -> bool:
        """Store a new call; False when it is known already."""
        return self._insert_new(
            calls,
            call_id=call_id,
            caller=caller,
            called=called,
            language=language,
            started_at=self._clock.now(),
        )

    def call(self, call_id: str) -> CallRow | None:
        """Return the call, or None."""
        with self._reading() as connection:
            found = connection.execute(select(calls).where(calls.c.call_id == call_id)).one_or_none()
        return None if found is None else rows.call_row(found)

    def append(self, call_id: str, kind: str, **facts: Any) -> int:
        """Append one event, publish it, and return its seq."""
        at = self._clock.now()
        stored = storable(facts)
        seq = self.append_at(call_id, kind, stored, at, uuid.uuid4().hex)
        self.publish(CallEvent(call_id, seq, at, str(kind), stored))
        return seq

    def append_at(
        self, call_id: str, kind: str, facts: Mapping[str, Any], at: datetime, event_id: str
    ) -> int:
        """Append an event that happened at `at`, once per `event_id`, without publishing it."""
        event = {"call_id": call_id, "event_id": event_id, "at": at, "kind": kind, "facts": storable(facts)}
        try:
            with self._writing() as connection:
                seq: int = connection.execute(self._count_up, {"call_id": call_id}).scalar_one()
                connection.execute(insert(call_events), {**event, "seq": seq})
                return seq
        except IntegrityError:  # stored before; the counter was rolled back with it
            with self._reading() as connection:
                known = select(call_events.c.seq).where(call_events.c.event_id == event_id)
                return int(connection.execute(known).scalar_one())

    def publish(self, event: CallEvent) -> None:
        """Hand an event to those who listen to its call, without storing it."""
        self._feed.publish(event)

    def events(self, call_id: str, after_seq: int = 0) -> list[CallEvent]:
        """Return the call's events in order."""
        wanted = (
            select(call_events)
            .where(call_events.c.call_id == call_id, call_events.c.seq > after_seq)
            .order_by(call_events.c.seq)
        )
        with self._reading() as connection:
            return [rows.call_event(found) for found in connection.execute(wanted)]

    def close_call(self, call_id: str, outcome: str) -> bool:
        """Set the terminal outcome once."""
        return self.close_call_at(call_id, outcome, self._clock.now())

    def close_call_at(self, call_id: str, outcome: str, at: datetime) -> bool:
        """Set the terminal outcome of a call that ended at `at`, once."""
        open_one = update(calls).where(calls.c.call_id == call_id, calls.c.outcome.is_(None))
        with self._writing() as connection:
            return connection.execute(open_one.values(outcome=outcome, ended_at=at)).rowcount == 1

    # Transfers

    def open_transfer(
        self, transfer_id: str, call_id: str, reason: str, case: Mapping[str, Any], briefing: Sequence[str]
    ) -> bool:
        """Store a transfer in state "requested"; False when the call already has a live one."""
        # The partial unique index over live transfers decides the race.
        return self._insert_new(
            transfers,
            transfer_id=transfer_id,
            call_id=call_id,
            state="requested",
            reason=reason,
            case=storable(case),
            briefing=list(briefing),
            tried=[],
            state_since=self._clock.now(),
        )

    def transfer(self, transfer_id: str) -> TransferRow | None:
        """Return the transfer, or None."""
        with self._reading() as connection:
            wanted = select(transfers).where(transfers.c.transfer_id == transfer_id)
            found = connection.execute(wanted).one_or_none()
        return None if found is None else rows.transfer_row(found)

    def transfer_of(self, call_id: str) -> TransferRow | None:
        """Return the call's newest transfer, or None."""
        newest = select(transfers).where(transfers.c.call_id == call_id).order_by(transfers.c.ordinal.desc())
        with self._reading() as connection:
            found = connection.execute(newest.limit(1)).one_or_none()
        return None if found is None else rows.transfer_row(found)

    def move_transfer(self, transfer_id: str, from_state: str, to_state: str, **changes: Any) -> bool:
        """Compare-and-set the state in one statement; False when it is no longer `from_state`."""
        if unknown := changes.keys() - CHANGEABLE:
            raise TypeError(f"move_transfer cannot change {', '.join(sorted(unknown))}")
        changes |= {name: list(changes[name]) for name in ("tried", "briefing") if name in changes}
        changes["state"] = to_state
        if to_state != from_state:
            changes["state_since"] = self._clock.now()
        mine = transfers.c.transfer_id == transfer_id
        try:
            with self._writing() as connection:
                moved = update(transfers).where(mine, transfers.c.state == from_state).values(changes)
                return connection.execute(moved).rowcount == 1
        except IntegrityError:  # back to life, while the call has another live transfer
            return False

    def live_transfers(self) -> list[TransferRow]:
        """Return transfers in state requested, dialing or briefing, the oldest request first."""
        return self.transfers_in(LIVE_STATES)

    def transfers_in(self, states: Collection[str]) -> list[TransferRow]:
        """Return the transfers in these states, the oldest request first."""
        wanted = select(transfers).where(transfers.c.state.in_(states))
        with self._reading() as connection:
            found = connection.execute(wanted.order_by(transfers.c.ordinal))
            return [rows.transfer_row(row) for row in found]

    def unsettled_transfers(self, states: Collection[str], before: datetime) -> list[TransferRow]:
        """Return transfers that stand in these states since before a moment, of calls without an outcome."""
        of_call = transfers.join(calls, calls.c.call_id == transfers.c.call_id)
        wanted = (
            select(transfers)
            .select_from(of_call)
            .where(calls.c.outcome.is_(None), transfers.c.state.in_(states), transfers.c.state_since < before)
        )
        with self._reading() as connection:
            return [
                rows.transfer_row(row) for row in connection.execute(wanted.order_by(transfers.c.ordinal))
            ]

    def busy_agents(self) -> set[str]:
        """Return names of agents who are ringing, being briefed or joined to a caller."""
        wanted = select(transfers.c.agent).where(
            transfers.c.state.in_(BUSY_STATES), transfers.c.agent.is_not(None)
        )
        with self._reading() as connection:
            return set(connection.execute(wanted.distinct()).scalars())

    # Agents

    def enlist_agents(self, agents: Sequence[tuple[str, str]]) -> None:
        """Make these (name, number) the agents, in this order."""
        with self._writing() as connection:
            agent_rows.enlist(connection, self._insert, agents, self._clock.now())

    def agents(self) -> list[AgentRow]:
        """Return the agents in their order."""
        with self._reading() as connection:
            return agent_rows.listed(connection)

    def set_presence(self, name: str, presence: str, missed: int = 0) -> bool:
        """Set an agent's presence and calls missed in a row; False for a name nobody has."""
        with self._writing() as connection:
            return agent_rows.set_presence(connection, name, presence, missed, self._clock.now())

    # Callbacks

    def book_callback(self, call_id: str, number: str | None, reason: str, briefing: Sequence[str]) -> str:
        """Store a callback and return its case number; once per call."""
        for _ in range(CASE_NUMBER_DRAWS):
            self._insert_new(
                callbacks,
                case_number=self._draw(),
                call_id=call_id,
                number=number,
                reason=reason,
                briefing=list(briefing),
                booked_at=self._clock.now(),
                most_tries=self._terms.most_tries,
                from_hour=self._terms.from_hour,
                to_hour=self._terms.to_hour,
            )
            # Not stored: the call has one already, or the number is taken by another call.
            with self._reading() as connection:
                mine = select(callbacks.c.case_number).where(callbacks.c.call_id == call_id)
                case_number: str | None = connection.execute(mine).scalar_one_or_none()
            if case_number is not None:
                return case_number
        raise RecordsUnavailable("no free case number")

    def callbacks(self) -> list[Mapping[str, Any]]:
        """Return open callbacks, oldest first."""
        wanted = select(callbacks).where(callbacks.c.closed_at.is_(None))
        with self._reading() as connection:
            found = connection.execute(wanted.order_by(callbacks.c.booked_at))
            return [rows.callback(row) for row in found]

    def callbacks_to(self, number: str) -> list[Mapping[str, Any]]:
        """Return open and closed callbacks to a number, oldest first."""
        wanted = select(callbacks).where(callbacks.c.number == number).order_by(callbacks.c.booked_at)
        with self._reading() as connection:
            return [rows.callback(row) for row in connection.execute(wanted)]

    def note_callback_try(self, case_number: str) -> int | None:
        """Count a try to call back and return the how-manieth it is; None when there is none left."""
        open_one = update(callbacks).where(
            callbacks.c.case_number == case_number,
            callbacks.c.closed_at.is_(None),
            callbacks.c.tries < callbacks.c.most_tries,
        )
        counted = open_one.values(tries=callbacks.c.tries + 1).returning(callbacks.c.tries)
        with self._writing() as connection:
            return connection.execute(counted).scalar_one_or_none()

    # Answers to webhooks

    def remember_answer(self, request_key: str, body: str) -> None:
        """Keep a webhook's answer for 24 h; the first one stays."""
        now = self._clock.now()
        self._purge_now_and_then()
        statement = self._insert(webhook_answers).on_conflict_do_update(
            index_elements=["request_key"],
            set_={"body": body, "answered_at": now},
            where=webhook_answers.c.answered_at <= now - ANSWER_LIFE,
        )
        with self._writing() as connection:
            connection.execute(statement, {"request_key": request_key, "body": body, "answered_at": now})

    def remembered_answer(self, request_key: str) -> str | None:
        """Return the stored answer to a repeated request, or None."""
        wanted = select(webhook_answers.c.body).where(
            webhook_answers.c.request_key == request_key,
            webhook_answers.c.answered_at > self._clock.now() - ANSWER_LIFE,
        )
        with self._reading() as connection:
            return connection.execute(wanted).scalar_one_or_none()

    def purge_answers(self) -> int:
        """Delete answers older than 24 h and return how many there were."""
        old = delete(webhook_answers).where(webhook_answers.c.answered_at <= self._clock.now() - ANSWER_LIFE)
        with self._writing() as connection:
            return connection.execute(old).rowcount

    def is_ready(self) -> bool:
        """Say whether the database answers and has its tables."""
        try:
            with self._reading() as connection:
                connection.execute(select(calls.c.call_id).limit(1))
        except RecordsUnavailable:
            return False
        return True

    def _purge_now_and_then(self) -> None:
        if self._clock.monotonic() - self._purged_at_s < PURGE_EVERY_S:
            return
        self._purged_at_s = self._clock.monotonic()
        self.purge_answers()

    def _insert_new(self, table: Table, **values: Any) -> bool:
        statement = self._insert(table).on_conflict_do_nothing()
        with self._writing() as connection:
            return connection.execute(statement, values).rowcount == 1

    def _reading(self) -> AbstractContextManager[Connection]:
        return beginning(self._engine)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._writer is None:
            with beginning(self._engine, is_writing=True) as connection:
                yield connection
            return
        if not self._writer.acquire(timeout=STATEMENT_TIMEOUT_MS / 1000):
            raise RecordsUnavailable("too many writers")
        try:
            with beginning(self._engine, is_writing=True) as connection:
                yield connection
        finally:
            self._writer.release()
