"""What callers said, and what designers did about it, in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.nlu.studio.inbox_records import Decision, HeardEvents
from ivr.records import rows
from ivr.records.database import beginning
from ivr.records.kinds import Kind
from ivr.records.models import call_events, calls
from ivr.records.studio_tables import inbox_decisions

READ = (
    Kind.CALL_STARTED,
    Kind.UTTERANCE_HEARD,
    Kind.TURN_ANSWERED,
    Kind.ESCALATED,
    Kind.WRAPPED_UP,
    Kind.LANGUAGE_CHANGED,
)


class SqlInboxRecords:
    """Implements `InboxRecords` over the tables of `SqlCallRecords`. Safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def heard_since(self, since: datetime, most_calls: int) -> HeardEvents:
        """Return the events of the newest calls that began since then."""
        newest = (
            select(calls.c.call_id, calls.c.language)
            .where(calls.c.started_at >= since)
            .order_by(calls.c.started_at.desc())
            .limit(most_calls)
        )
        of_these = newest.subquery()
        wanted = (
            select(call_events)
            .join(of_these, of_these.c.call_id == call_events.c.call_id)
            .where(call_events.c.kind.in_([str(kind) for kind in READ]))
            .order_by(call_events.c.call_id, call_events.c.seq)
        )
        with beginning(self._engine) as connection:
            languages = {row.call_id: row.language for row in connection.execute(newest)}
            return HeardEvents([rows.call_event(row) for row in connection.execute(wanted)], languages)

    def decide(self, decision: Decision) -> bool:
        """Keep what was done about words; False when somebody was faster, and theirs stays."""
        values = {**decision.__dict__, "sentences": [list(pair) for pair in decision.sentences]}
        try:
            with beginning(self._engine, is_writing=True) as connection:
                connection.execute(insert(inbox_decisions).values(**values))
        except IntegrityError:
            return False
        return True

    def amend(self, key: str, sentences: Sequence[tuple[str, str]]) -> None:
        """Note what was written for words that are decided."""
        change = update(inbox_decisions).where(inbox_decisions.c.key == key)
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(change.values(sentences=[list(pair) for pair in sentences]))

    def decision(self, key: str) -> Decision | None:
        """Return what was done about these words, or None."""
        with beginning(self._engine) as connection:
            row = connection.execute(select(inbox_decisions).where(inbox_decisions.c.key == key)).first()
        return None if row is None else _decision(row)

    def decided(self) -> Mapping[str, str]:
        """Return the keys of all words somebody dealt with, and what was done."""
        with beginning(self._engine) as connection:
            found = connection.execute(select(inbox_decisions.c.key, inbox_decisions.c.what))
            return {row.key: row.what for row in found}

    def newest_decision(self, who: str) -> Decision | None:
        """Return what this designer did last, or None."""
        wanted = select(inbox_decisions).where(inbox_decisions.c.who == who)
        with beginning(self._engine) as connection:
            row = connection.execute(wanted.order_by(inbox_decisions.c.at.desc()).limit(1)).first()
        return None if row is None else _decision(row)

    def undecide(self, key: str) -> None:
        """Forget what was done about words: they are back in the inbox."""
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(delete(inbox_decisions).where(inbox_decisions.c.key == key))


def _decision(row: Row[Any]) -> Decision:
    pairs = tuple((intent, sentence) for intent, sentence in row.sentences)
    return Decision(row.key, row.language, row.what, pairs, row.who, row.at)
