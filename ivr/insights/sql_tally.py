"""Counts calls into the database: what changed since last time, or everything anew."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    and_,
    cast,
    delete,
    func,
    select,
    update,
)

from ivr.insights.additions import DAY, MONTH_LETTERS, Additions, fate_of_call, fate_of_row
from ivr.insights.bulk import insert_rows, only_one_counts, set_by_value
from ivr.insights.call_summary import CallSummary, plain, summarise
from ivr.insights.fates import RETURN_DAYS, Fate
from ivr.insights.sql_figures import READ_AT_ONCE, SqlFigures, steps_of
from ivr.insights.sql_sums import add_sums, add_up_month, replace_day
from ivr.insights.unmet import Unmet
from ivr.insights.unmet import unmet_words as words_without_answer
from ivr.records import rows
from ivr.records.database import beginning
from ivr.records.insight_tables import figure_sums, unmet_words
from ivr.records.models import IS_UNSETTLED, call_events, call_summaries, calls, event_streams
from ivr.records.store import CallEvent

RETURN = timedelta(days=RETURN_DAYS)
WRITTEN_AT_ONCE = 50
UNKNOWN_LANGUAGE = "en"
COUNTED = (call_summaries, unmet_words, figure_sums)


@dataclass(frozen=True)
class _Changed:
    """A call with new events: its row, its words without an answer, up to which event it reaches."""

    row: dict[str, Any]
    unmet: list[Unmet]
    last_seq: int


class SqlTally(SqlFigures):
    """Implements `Tally`. One thread counts; any may ask.

    `key_of` turns a phone or order number into one that cannot be turned back and stays the same.
    """

    def __init__(self, engine: Engine, zone: ZoneInfo, key_of: Callable[[str], str]) -> None:
        super().__init__(engine)
        self._zone = zone
        self._key_of = key_of

    def catch_up(self, now: datetime, limit: int = READ_AT_ONCE) -> int:
        """Count calls with new events, and those whose time to call back has passed.

        Reads and reckons without a lock and writes in short transactions: live calls write at the same time.
        """
        changed = self._take_in(now, limit)
        self._settle(now, limit)
        return changed

    def rebuild(self, now: datetime) -> int:
        """Forget all sums and count every stored call anew, each day once."""
        with self._counting() as connection:
            for table in COUNTED:
                connection.execute(delete(table))
            connection.execute(update(event_streams).values(counted_seq=0))
        counted = 0
        while changed := self._changed(READ_AT_ONCE, now):
            counted += len(changed)
            with self._counting() as connection:
                self._store(connection, changed)
        with self._counting() as connection:
            again = [(call_id, True) for call_id in _who_called_again(connection)]
            set_by_value(connection, call_summaries.c.call_id, call_summaries.c.called_again, again)
            days = sorted(connection.execute(select(call_summaries.c.day).distinct()).scalars())
        for day in days:
            self._count_day(day)
        for month in sorted({day[:MONTH_LETTERS] for day in days}):
            with self._counting() as connection:
                add_up_month(connection, month)
        return counted

    # What changed

    def _take_in(self, now: datetime, limit: int) -> int:
        """Write the summaries of calls with new events and what they add; return how many."""
        changed = self._changed(limit, now)
        for start in range(0, len(changed), WRITTEN_AT_ONCE):
            some = changed[start : start + WRITTEN_AT_ONCE]
            with self._counting() as connection:
                adds = Additions(self._zone)
                known = select(call_summaries)
                known = known.where(call_summaries.c.call_id.in_([one.row["call_id"] for one in some]))
                for before in connection.execute(known):
                    adds.take_away(dict(before._mapping))
                self._store(connection, some)
                for one in some:
                    adds.add(one.row)
                    self._tell_others(connection, one.row, adds)
                add_sums(connection, adds.sums())
        return len(changed)

    def _changed(self, limit: int, now: datetime) -> list[_Changed]:
        """Return the calls with new events."""
        is_uncounted = event_streams.c.last_seq != event_streams.c.counted_seq
        with beginning(self._engine) as connection:
            wanted = select(event_streams.c.call_id).where(is_uncounted).limit(limit)
            call_ids = list(connection.execute(wanted).scalars())
            of_these = select(calls).where(calls.c.call_id.in_(call_ids))
            known = {call.call_id: call for call in connection.execute(of_these)}
            events: dict[str, list[CallEvent]] = {}
            told = select(call_events).where(call_events.c.call_id.in_(call_ids))
            for told_one in connection.execute(told.order_by(call_events.c.call_id, call_events.c.seq)):
                events.setdefault(told_one.call_id, []).append(rows.call_event(told_one))
        found = []
        for call_id, happened in events.items():
            call = known.get(call_id)
            language = call.language if call is not None else UNKNOWN_LANGUAGE
            summary = summarise(happened, language)
            row = self._row(summary, call.caller if call is not None else None, now)
            found.append(_Changed(row, words_without_answer(happened, language), happened[-1].seq))
        return found

    def _row(self, summary: CallSummary, caller: str | None, now: datetime) -> dict[str, Any]:
        is_settled = now - summary.started_at >= RETURN
        return {
            "call_id": summary.call_id,
            "day": self._local(summary.started_at).date().isoformat(),
            "started_at": summary.started_at,
            "intent": summary.intent,
            "language": summary.language,
            "release": summary.release,
            "is_synthetic": summary.is_synthetic,
            "fate": fate_of_call(summary, called_again=False, is_settled=is_settled),
            "caller_key": None if caller is None else self._key_of(caller),
            "order_key": None if summary.order_number is None else self._key_of(summary.order_number),
            "is_settled": is_settled,
            "called_again": False,
            "steps": steps_of(summary),
            "summary": plain(summary),
        }

    def _store(self, connection: Connection, changed: Sequence[_Changed]) -> None:
        """Write summaries and how far each call is counted. Who called again is told afterwards."""
        call_ids = [one.row["call_id"] for one in changed]
        for table in (call_summaries, unmet_words):
            connection.execute(delete(table).where(table.c.call_id.in_(call_ids)))
        same = ("call_id", "day", "is_synthetic", "intent", "release")
        told = [
            {**{name: one.row[name] for name in same}, **unmet.__dict__}
            for one in changed
            for unmet in one.unmet
        ]
        insert_rows(connection, call_summaries, [one.row for one in changed])
        insert_rows(connection, unmet_words, told)
        seen = ((one.row["call_id"], one.last_seq) for one in changed)
        set_by_value(connection, event_streams.c.call_id, event_streams.c.counted_seq, seen)

    def _tell_others(self, connection: Connection, row: Mapping[str, Any], adds: Additions) -> None:
        """Mark who called again: this caller if there is a later call, the same caller's calls before."""
        begun, since = call_summaries.c.started_at, row["started_at"]
        is_later = and_(begun > since, begun <= since + RETURN)
        is_earlier = and_(begun < since, begun >= since - RETURN, call_summaries.c.called_again.is_(False))
        met: dict[str, Any] = {}
        has_later = False
        for name in ("caller_key", "order_key"):  # one after the other: each has an index of its own
            if row[name] is None:
                continue
            is_same = call_summaries.c[name] == row[name]
            later = select(call_summaries.c.call_id).where(is_same, is_later).limit(1)
            has_later = has_later or connection.execute(later).first() is not None
            earlier = connection.execute(select(call_summaries).where(is_same, is_earlier))
            met |= {one.call_id: one for one in earlier}
        if has_later:
            this = select(call_summaries).where(call_summaries.c.call_id == row["call_id"])
            met |= {one.call_id: one for one in connection.execute(this)}
        self._judge_anew(connection, met.values(), adds, called_again=True)

    def _settle(self, now: datetime, limit: int) -> None:
        """Judge calls anew whose callers have had their days to call again."""
        is_due = and_(IS_UNSETTLED, call_summaries.c.started_at <= now - RETURN)
        with beginning(self._engine) as connection:
            due = connection.execute(select(call_summaries).where(is_due).limit(limit)).all()
        if not due:
            return
        with self._counting() as connection:
            adds = Additions(self._zone)
            self._judge_anew(connection, due, adds, is_settled=True)
            add_sums(connection, adds.sums())

    def _judge_anew(
        self, connection: Connection, found: Iterable[Any], adds: Additions, **changes: bool
    ) -> None:
        for row in found:
            judged = {**row._mapping, **changes}
            judged["fate"] = fate_of_row(judged)
            adds.take_away(dict(row._mapping))
            adds.add(judged)
            changed = update(call_summaries).where(call_summaries.c.call_id == row.call_id)
            connection.execute(changed.values(fate=judged["fate"], **changes))

    # What a day comes down to

    def _count_day(self, day: str) -> None:
        """Count a day's calls; once more where a live call of that day was counted meanwhile.

        Reckons without a lock: it takes longer than live calls may wait to write.
        """
        while True:
            with beginning(self._engine) as connection:
                before = _how_far(connection, day)
            adds, changed = self._counted(day)
            sums = adds.sums((DAY,))
            with self._counting() as connection:
                if _how_far(connection, day) == before:
                    set_by_value(connection, call_summaries.c.call_id, call_summaries.c.fate, changed)
                    replace_day(connection, day, sums)
                    return

    def _counted(self, day: str) -> tuple[Additions, list[tuple[str, Fate | None]]]:
        """Return what a day's calls add, and the fates written before somebody called again."""
        adds = Additions(self._zone)
        changed = []
        of_day = select(call_summaries).where(call_summaries.c.day == day)
        with beginning(self._engine) as connection:
            for row in connection.execute(of_day.execution_options(yield_per=READ_AT_ONCE)):
                fate = adds.add(dict(row._mapping))
                if fate != row.fate:
                    changed.append((row.call_id, fate))
        return adds, changed

    @contextmanager
    def _counting(self) -> Iterator[Connection]:
        """Write, while no other process counts: `ivr insights rebuild` runs beside the service."""
        with beginning(self._engine, is_writing=True) as connection:
            only_one_counts(connection, figure_sums)
            yield connection

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone)


def _how_far(connection: Connection, day: str) -> tuple[int, ...]:
    """Return numbers that change whenever a call of the day is counted again."""
    own, seen = call_summaries.c, event_streams.c
    is_again, is_settled = func.sum(cast(own.called_again, Integer)), func.sum(cast(own.is_settled, Integer))
    wanted = select(func.count(), func.sum(seen.counted_seq), is_again, is_settled).where(own.day == day)
    of_day = wanted.join_from(call_summaries, event_streams, seen.call_id == own.call_id)
    return tuple(int(number or 0) for number in connection.execute(of_day).one())


def _who_called_again(connection: Connection) -> Iterator[str]:
    """Yield every call followed by another from the same number, or about the same order, within RETURN."""
    for key in (call_summaries.c.caller_key, call_summaries.c.order_key):
        wanted = select(key, call_summaries.c.call_id, call_summaries.c.started_at).where(key.is_not(None))
        found = connection.execute(wanted.order_by(key, call_summaries.c.started_at))
        for _, group in groupby(found, key=itemgetter(0)):
            made = [(row.started_at, row.call_id) for row in group]
            for begun, call_id in made:
                after = bisect_right(made, begun, key=itemgetter(0))
                if after < len(made) and made[after][0] <= begun + RETURN:
                    yield call_id
