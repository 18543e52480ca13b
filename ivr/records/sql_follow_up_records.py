"""Messages, texts and tries to call back in the database: which statement makes each promise true."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, Table, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from ivr.clock import Clock
from ivr.handoff.callback_try import CALLER_WAS_RUNG
from ivr.handoff.follow_up_records import CallbackTry, Message, MessageState, OwedText, TextState
from ivr.records.database import beginning
from ivr.records.models import callback_tries, callbacks, messages, texts


class SqlFollowUpRecords:
    """Implements `FollowUpRecords` beside `SqlCallRecords`. Safe from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._insert: Callable[[Table], sqlite.Insert | postgresql.Insert]
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    # Messages

    def open_message(self, case_number: str, call_id: str, language: str) -> bool:
        """Store that a caller is asked to speak a message; False when the call has one already."""
        return self._store(
            messages,
            case_number=case_number,
            call_id=call_id,
            language=language,
            state=MessageState.RECORDING,
            tries=0,
            taken_at=self._clock.now(),
        )

    def message_of(self, call_id: str) -> Message | None:
        """Return the call's message, or None."""
        found = self._messages(messages.c.call_id == call_id)
        return found[0] if found else None

    def messages(self) -> Sequence[Message]:
        """Return the messages whose case is open, oldest first."""
        return self._messages(and_(callbacks.c.case_number.is_not(None), callbacks.c.closed_at.is_(None)))

    def messages_in(self, state: MessageState) -> Sequence[Message]:
        """Return the messages in a state, oldest first."""
        return self._messages(messages.c.state == str(state))

    def move_message(
        self,
        case_number: str,
        from_state: MessageState,
        to_state: MessageState,
        *,
        recording_sid: str | None = None,
        text: str | None = None,
        is_tried: bool = False,
    ) -> bool:
        """Compare-and-set."""
        changes: dict[str, Any] = {"state": str(to_state)}
        changes |= _set(recording_sid=recording_sid, text=text)
        if is_tried:
            changes["tries"] = messages.c.tries + 1
        is_there = and_(messages.c.case_number == case_number, messages.c.state == str(from_state))
        return self._change(messages, is_there, changes)

    def _messages(self, condition: ColumnElement[bool]) -> list[Message]:
        joined = messages.outerjoin(callbacks, callbacks.c.case_number == messages.c.case_number)
        wanted = select(messages, callbacks.c.number).select_from(joined).where(condition)
        return [
            Message(
                case_number=row.case_number,
                call_id=row.call_id,
                language=row.language,
                state=MessageState(row.state),
                recording_sid=row.recording_sid,
                text=row.text,
                tries=row.tries,
                taken_at=row.taken_at,
                number=row.number,
            )
            for row in self._read(wanted.order_by(messages.c.taken_at))
        ]

    # Texts

    def owe_text(self, text_id: str, call_id: str, number: str, body: str) -> bool:
        """Store a text message to send; False when it is stored already."""
        return self._store(
            texts,
            text_id=text_id,
            call_id=call_id,
            number=number,
            body=body,
            state=TextState.OWED,
            since=self._clock.now(),
        )

    def texts_in(self, state: TextState) -> Sequence[OwedText]:
        """Return the text messages in a state, oldest first."""
        wanted = select(texts).where(texts.c.state == str(state)).order_by(texts.c.since)
        return [
            OwedText(r.text_id, r.call_id, r.number, r.body, TextState(r.state), r.sid, r.since)
            for r in self._read(wanted)
        ]

    def move_text(
        self, text_id: str, from_state: TextState, to_state: TextState, sid: str | None = None
    ) -> bool:
        """Compare-and-set."""
        is_there = and_(texts.c.text_id == text_id, texts.c.state == str(from_state))
        changes = {"state": str(to_state), "since": self._clock.now()} | _set(sid=sid)
        return self._change(texts, is_there, changes)

    # Tries to call back

    def open_try(self, try_id: str, case_number: str, call_id: str, agent: str, state: str) -> bool:
        """Store a try; False when the agent or the case has an open one."""
        # The partial unique indexes over open tries decide the race.
        return self._store(
            callback_tries,
            try_id=try_id,
            case_number=case_number,
            call_id=call_id,
            agent=agent,
            state=state,
            since=self._clock.now(),
        )

    def callback_try(self, try_id: str) -> CallbackTry | None:
        """Return the try, or None."""
        found = self._tries(callback_tries.c.try_id == try_id)
        return found[0] if found else None

    def tries_in(self, states: Collection[str]) -> Sequence[CallbackTry]:
        """Return the tries in these states, oldest first."""
        return self._tries(callback_tries.c.state.in_([str(state) for state in states]))

    def tries_of(self, case_number: str) -> Sequence[CallbackTry]:
        """Return a case's tries, oldest first."""
        return self._tries(callback_tries.c.case_number == case_number)

    def rung_since(self, case_numbers: Collection[str], moment: datetime) -> Collection[str]:
        """Return those of the cases whose caller's phone was rung since a moment, or rings now."""
        was_rung = and_(
            callback_tries.c.case_number.in_(case_numbers),
            callback_tries.c.state.in_([str(state) for state in CALLER_WAS_RUNG]),
            callback_tries.c.since >= moment,
        )
        return {one.case_number for one in self._tries(was_rung)}

    def move_try(
        self,
        try_id: str,
        from_state: str,
        to_state: str,
        *,
        agent_call_id: str | None = None,
        caller_call_id: str | None = None,
    ) -> bool:
        """Compare-and-set; the legs are kept when None."""
        changes: dict[str, Any] = {"state": str(to_state)}
        changes |= _set(agent_call_id=agent_call_id, caller_call_id=caller_call_id)
        if from_state != to_state:
            changes["since"] = self._clock.now()
        is_there = and_(callback_tries.c.try_id == try_id, callback_tries.c.state == str(from_state))
        return self._change(callback_tries, is_there, changes)

    def _tries(self, condition: ColumnElement[bool]) -> list[CallbackTry]:
        wanted = select(callback_tries).where(condition).order_by(callback_tries.c.since)
        return [CallbackTry(**row._mapping) for row in self._read(wanted)]

    # The database

    def _read(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        with beginning(self._engine) as connection:
            return connection.execute(wanted).all()

    def _store(self, table: Table, **values: Any) -> bool:
        statement = self._insert(table).on_conflict_do_nothing()
        with beginning(self._engine, is_writing=True) as connection:
            return connection.execute(statement, values).rowcount == 1

    def _change(self, table: Table, is_there: ColumnElement[bool], changes: dict[str, Any]) -> bool:
        try:
            with beginning(self._engine, is_writing=True) as connection:
                return connection.execute(update(table).where(is_there).values(changes)).rowcount == 1
        except IntegrityError:  # back to life, while another one is open
            return False


def _set(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
