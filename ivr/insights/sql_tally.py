"""Counts calls into the database: what changed since last time, or everything anew."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Engine,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from ivr.insights.additions import Additions, fate_of_call, fate_of_row
from ivr.insights.bulk import add_amounts, insert_rows, set_by_value
from ivr.insights.call_summary import CallSummary, plain, summarise
from ivr.insights.fates import RETURN_DAYS
from ivr.insights.sql_figures import MONTH, READ_AT_ONCE, SqlFigures
from ivr.insights.unmet import Unmet
from ivr.insights.unmet import unmet_words as words_without_answer
from ivr.records import rows
from ivr.records.database import beginning
from ivr.records.insight_tables import hour_counts, unmet_words
from ivr.records.models import call_events, call_summaries, calls, day_counts, event_streams, month_counts
from ivr.records.store import CallEvent

RETURN = timedelta(days=RETURN_DAYS)
WRITTEN_AT_ONCE = 50
UNKNOWN_LANGUAGE = "en"
OF_A_DAY = (day_counts, hour_counts)
COUNTED = (call_summaries, unmet_words, *OF_A_DAY, month_counts)


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
        self._summed_until: str | None = None  # the month that was running when months were last summed up

    def catch_up(self, now: datetime, limit: int = READ_AT_ONCE) -> int:
        """Count calls with new events, and those whose time to call back has passed.

        Reads and reckons without a lock and writes in short transactions: live calls write at the same time.
        """
        changed, days = self._take_in(now, limit)
        days |= self._settle(now, limit)
        self._sum_up_months(days, now)
        return changed

    def rebuild(self, now: datetime) -> int:
        """Forget all sums and count every stored call anew, each day once."""
        with beginning(self._engine, is_writing=True) as connection:
            for table in COUNTED:
                connection.execute(delete(table))
            connection.execute(update(event_streams).values(counted_seq=0))
        counted = 0
        while changed := self._changed(READ_AT_ONCE, now):
            counted += len(changed)
            with beginning(self._engine, is_writing=True) as connection:
                self._store(connection, changed)
        with beginning(self._engine, is_writing=True) as connection:
            again = [(call_id, True) for call_id in _who_called_again(connection)]
            set_by_value(connection, call_summaries.c.call_id, call_summaries.c.called_again, again)
            days = set(connection.execute(select(call_summaries.c.day).distinct()).scalars())
        self._count_days(days)
        self._sum_up_months(days, now)
        return counted

    # What changed

    def _take_in(self, now: datetime, limit: int) -> tuple[int, set[str]]:
        """Write the summaries of calls with new events and what they add; return how many, and which days."""
        changed = self._changed(limit, now)
        days: set[str] = set()
        for start in range(0, len(changed), WRITTEN_AT_ONCE):
            some = changed[start : start + WRITTEN_AT_ONCE]
            with beginning(self._engine, is_writing=True) as connection:
                adds = Additions(self._zone)
                known = select(call_summaries)
                known = known.where(call_summaries.c.call_id.in_([one.row["call_id"] for one in some]))
                for before in connection.execute(known):
                    adds.take_away(dict(before._mapping))
                self._store(connection, some)
                for one in some:
                    adds.add(one.row)
                    self._tell_others(connection, one.row, adds)
                days |= self._write_down(connection, adds)
        return len(changed), days

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
        of_same = _same_matter(row["caller_key"], row["order_key"])
        if of_same is None:
            return
        begun, since = call_summaries.c.started_at, row["started_at"]
        is_later = and_(begun > since, begun <= since + RETURN)
        later = connection.execute(select(call_summaries.c.call_id).where(of_same, is_later).limit(1)).first()
        is_earlier = and_(begun < since, begun >= since - RETURN)
        is_this = and_(call_summaries.c.call_id == row["call_id"], literal(later is not None))
        is_meant = or_(and_(of_same, is_earlier), is_this)
        wanted = select(call_summaries).where(is_meant, call_summaries.c.called_again.is_(False))
        self._judge_anew(connection, connection.execute(wanted).all(), adds, called_again=True)

    def _settle(self, now: datetime, limit: int) -> set[str]:
        """Judge calls anew whose callers have had their days to call again."""
        is_due = and_(call_summaries.c.is_settled.is_(False), call_summaries.c.started_at <= now - RETURN)
        with beginning(self._engine) as connection:
            due = connection.execute(select(call_summaries).where(is_due).limit(limit)).all()
        if not due:
            return set()
        with beginning(self._engine, is_writing=True) as connection:
            adds = Additions(self._zone)
            self._judge_anew(connection, due, adds, is_settled=True)
            return self._write_down(connection, adds)

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

    def _write_down(self, connection: Connection, adds: Additions) -> set[str]:
        """Add to the sums in the transaction that changes the calls; return the days they belong to."""
        for table, rows_of_days in zip(OF_A_DAY, adds.rows(), strict=True):
            add_amounts(connection, table, rows_of_days)
            is_empty = and_(table.c.day.in_(adds.days), table.c.amount == 0)
            connection.execute(delete(table).where(is_empty))
        return adds.days

    # What a day comes down to

    def _count_days(self, days: Iterable[str]) -> None:
        for day in sorted(days):
            adds = self._counted(day)
            with beginning(self._engine, is_writing=True) as connection:
                for table, rows_of_day in zip(OF_A_DAY, adds.rows(), strict=True):
                    connection.execute(delete(table).where(table.c.day == day))
                    insert_rows(connection, table, rows_of_day)

    def _sum_up_months(self, days: Iterable[str], now: datetime) -> None:
        """Sum up the months of these days that are over, and those that came to be over meanwhile."""
        this = self._local(now).date().isoformat()[:MONTH]
        touched = {day[:MONTH] for day in days} | ({self._summed_until} if self._summed_until else set())
        self._summed_until = this
        columns = [column for column in day_counts.c if column.name not in {"day", "amount"}]
        for month in sorted(month for month in touched if month < this):
            of_month = day_counts.c.day.between(f"{month}-01", f"{month}-31")
            sums = select(literal(month), *columns, func.sum(day_counts.c.amount)).where(of_month)
            names = ["month", *(column.name for column in columns), "amount"]
            with beginning(self._engine, is_writing=True) as connection:
                connection.execute(delete(month_counts).where(month_counts.c.month == month))
                connection.execute(insert(month_counts).from_select(names, sums.group_by(*columns)))

    def _counted(self, day: str) -> Additions:
        """Count a day's calls; fates that were written before somebody called again are put right."""
        adds = Additions(self._zone)
        changed = []
        of_day = select(call_summaries).where(call_summaries.c.day == day)
        with beginning(self._engine) as connection:
            for row in connection.execute(of_day.execution_options(yield_per=READ_AT_ONCE)):
                fate = adds.add(dict(row._mapping))
                if fate != row.fate:
                    changed.append((row.call_id, fate))
        if changed:
            with beginning(self._engine, is_writing=True) as connection:
                set_by_value(connection, call_summaries.c.call_id, call_summaries.c.fate, changed)
        return adds

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone)


def _same_matter(caller_key: str | None, order_key: str | None) -> Any | None:
    """Return the condition for calls by the same number or about the same order; None without either."""
    same = []
    if caller_key is not None:
        same.append(call_summaries.c.caller_key == caller_key)
    if order_key is not None:
        same.append(call_summaries.c.order_key == order_key)
    return or_(*same) if same else None


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
