"""Notices in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.insights.notices import PAUSES, Notice, NoticeKind, Way
from ivr.records.database import beginning
from ivr.records.insight_tables import notices

SENT_AT_ONCE = 20
LONGEST_PROBLEM = 200


class SqlNotices:
    """Implements `Notices`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def write(
        self, key: str, kind: NoticeKind, facts: Mapping[str, Any], ways: Sequence[Way], now: datetime
    ) -> bool:
        """Write a notice, once."""
        rows = [
            {
                "key": key,
                "way": way,
                "kind": kind,
                "facts": dict(facts),
                "written_at": now,
                "sent_at": now if way is Way.PAGE else None,
                "next_try_at": None if way is Way.PAGE else now,
                "tries": 0,
            }
            for way in ways
        ]
        try:
            with beginning(self._engine, is_writing=True) as connection:
                connection.execute(insert(notices), rows)
        except IntegrityError:
            return False
        return True

    def written_since(self, prefix: str, since: datetime) -> bool:
        """Say whether such a notice was written."""
        wanted = select(notices.c.key).where(
            notices.c.key.startswith(prefix, autoescape=True), notices.c.written_at >= since
        )
        with beginning(self._engine) as connection:
            return connection.execute(wanted.limit(1)).first() is not None

    def due(self, now: datetime) -> Sequence[Notice]:
        """Return what is to be sent now."""
        wanted = select(notices).where(notices.c.next_try_at <= now)
        with beginning(self._engine) as connection:
            ordered = wanted.order_by(notices.c.next_try_at).limit(SENT_AT_ONCE)
            return [_notice(row) for row in connection.execute(ordered)]

    def sent(self, notice: Notice, now: datetime) -> None:
        """Note that it was handed over."""
        self._change(notice, sent_at=now, next_try_at=None, tries=notice.tries + 1, problem=None)

    def failed(self, notice: Notice, problem: str, now: datetime) -> None:
        """Note that it was not."""
        pause = PAUSES[notice.tries] if notice.tries < len(PAUSES) else None
        self._change(
            notice,
            next_try_at=None if pause is None else now + pause,
            tries=notice.tries + 1,
            problem=problem[:LONGEST_PROBLEM],
        )

    def newest(self, kind: NoticeKind, limit: int) -> Sequence[Notice]:
        """Return the newest notices."""
        wanted = select(notices).where(notices.c.kind == kind)
        ordered = wanted.order_by(notices.c.written_at.desc(), notices.c.key, notices.c.way).limit(limit)
        with beginning(self._engine) as connection:
            return [_notice(row) for row in connection.execute(ordered)]

    def _change(self, notice: Notice, **changes: Any) -> None:
        is_it = (notices.c.key == notice.key) & (notices.c.way == notice.way)
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(update(notices).where(is_it).values(**changes))


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        row.key,
        Way(row.way),
        NoticeKind(row.kind),
        row.facts,
        row.written_at,
        row.sent_at,
        row.tries,
        row.problem,
    )
