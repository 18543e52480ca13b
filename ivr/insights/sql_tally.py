"""Counts calls into the database: what changed since last time, or everything anew."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ivr.insights.call_summary import CallSummary, plain, read_summary, summarise
from ivr.insights.counts import Slice, Subject, counts_of
from ivr.insights.fates import RETURN_DAYS, fate_of
from ivr.insights.tally import CallOnList, Scope
from ivr.records import rows
from ivr.records.database import beginning
from ivr.records.models import call_events, call_summaries, calls, day_counts, event_streams, month_counts
from ivr.records.store import CallEvent

RETURN = timedelta(days=RETURN_DAYS)
READ_AT_ONCE = 500
WRITTEN_AT_ONCE = 50
UNKNOWN_LANGUAGE = "en"
MONTH = 7  # characters of YYYY-MM
SPLITS = {"day", "intent", "language", "release"}


class SqlTally:
    """Implements `Tally`. One thread counts; any may ask.

    `key_of` turns a phone or order number into one that cannot be turned back and stays the same.
    """

    def __init__(self, engine: Engine, zone: ZoneInfo, key_of: Callable[[str], str]) -> None:
        self._engine = engine
        self._zone = zone
        self._key_of = key_of
        self._summed_until: str | None = None  # the month that was running when months were last summed up
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    def catch_up(self, now: datetime, limit: int = READ_AT_ONCE) -> int:
        """Count calls with new events, and those whose time to call back has passed.

        Reads and reckons without a lock and writes in short transactions: live calls write at the same time.
        """
        changed, days = self._take_in(now, limit)
        days |= self._settle(now, limit)
        self._count_days(days)
        self._sum_up_months(days, now)
        return changed

    def rebuild(self, now: datetime) -> int:
        """Forget all sums and count every stored call anew, each day once."""
        with beginning(self._engine, is_writing=True) as connection:
            connection.execute(delete(call_summaries))
            connection.execute(delete(day_counts))
            connection.execute(delete(month_counts))
            connection.execute(update(event_streams).values(counted_seq=0))
        counted = 0
        while changed := self._changed(READ_AT_ONCE, now):
            counted += len(changed)
            with beginning(self._engine, is_writing=True) as connection:
                self._store(connection, changed)
        with beginning(self._engine, is_writing=True) as connection:
            again = [{"id": call_id} for call_id in _who_called_again(connection)]
            if again:
                marked = update(call_summaries).where(call_summaries.c.call_id == bindparam("id"))
                connection.execute(marked.values(called_again=True), again)
            days = set(connection.execute(select(call_summaries.c.day).distinct()).scalars())
        self._count_days(days)
        self._sum_up_months(days, now)
        return counted

    def amounts(self, measures: Sequence[str], scope: Scope) -> Mapping[str, Mapping[str, int]]:
        """Return the sums of each measure by key."""
        found: dict[str, dict[str, int]] = {measure: {} for measure in measures}
        for measure, key, amount in self._sums("measure", measures, scope):
            found[measure][key] = found[measure].get(key, 0) + amount
        return found

    def split(self, measure: str, by: str, scope: Scope) -> Mapping[str, Mapping[str, int]]:
        """Return a measure's sums by key for each value of a column. Raises ValueError for another column."""
        if by not in SPLITS:
            raise ValueError(f"figures are split by {', '.join(sorted(SPLITS))}")
        found: dict[str, dict[str, int]] = {}
        for value, key, amount in self._sums(by, [measure], scope):
            of_value = found.setdefault(value, {})
            of_value[key] = of_value.get(key, 0) + amount
        return dict(sorted(found.items()))

    def _sums(self, by: str, measures: Sequence[str], scope: Scope) -> list[tuple[str, str, int]]:
        """Return (value, key, amount); a pair may come twice, from whole months and from single days."""
        with beginning(self._engine) as connection:
            months = [] if by == "day" else self._whole_months(connection, scope)
            of_months = month_counts.c.month.in_(months)
            of_days = and_(
                day_counts.c.day.between(scope.first_day, scope.last_day),
                func.substr(day_counts.c.day, 1, MONTH).not_in(months),
            )
            found: list[tuple[str, str, int]] = []
            parts = [(day_counts, of_days), *([(month_counts, of_months)] if months else [])]
            for table, is_within in parts:
                columns = (table.c[by], table.c.key)
                wanted = select(*columns, func.sum(table.c.amount)).where(
                    table.c.measure.in_(measures), is_within
                )
                wanted = _narrowed(table.c, wanted, scope).group_by(*columns)
                found += [(row[0], row[1], int(row[2])) for row in connection.execute(wanted)]
        return found

    def _whole_months(self, connection: Connection, scope: Scope) -> list[str]:
        """Return the months that are summed up and lie in the scope from their first to their last day."""
        first = scope.first_day[:MONTH] if scope.first_day.endswith("-01") else f"{scope.first_day[:MONTH]}~"
        after = (date.fromisoformat(scope.last_day) + timedelta(days=1)).isoformat()[:MONTH]
        known = select(month_counts.c.month).where(month_counts.c.measure == "calls").distinct()
        is_inside = and_(month_counts.c.month >= first, month_counts.c.month < after)
        return list(connection.execute(known.where(is_inside)).scalars())

    def calls(
        self, scope: Scope, fate: str | None = None, step: str | None = None, limit: int = 50
    ) -> Sequence[CallOnList]:
        """Return the newest calls of the scope."""
        is_inside = call_summaries.c.day.between(scope.first_day, scope.last_day)
        wanted = _narrowed(call_summaries.c, select(call_summaries).where(is_inside), scope)
        if fate is not None:
            wanted = wanted.where(call_summaries.c.fate == fate)
        found = []
        with beginning(self._engine) as connection:
            for row in connection.execute(wanted.order_by(call_summaries.c.started_at.desc())).yield_per(
                READ_AT_ONCE
            ):
                if step is not None and all(stay["step"] != step for stay in row.summary["way"]):
                    continue
                found.append(
                    CallOnList(
                        row.call_id,
                        row.started_at,
                        row.intent,
                        row.language,
                        row.release,
                        row.fate,
                        row.summary,
                    )
                )
                if len(found) == limit:
                    break
        return found

    # What changed

    def _take_in(self, now: datetime, limit: int) -> tuple[int, set[str]]:
        """Write the summaries of calls with new events; return how many, and the days to count anew."""
        changed = self._changed(limit, now)
        days: set[str] = set()
        for start in range(0, len(changed), WRITTEN_AT_ONCE):
            some = changed[start : start + WRITTEN_AT_ONCE]
            with beginning(self._engine, is_writing=True) as connection:
                before = select(call_summaries.c.day)
                before = before.where(call_summaries.c.call_id.in_([row["call_id"] for row, _ in some]))
                days |= set(connection.execute(before).scalars())
                self._store(connection, some)
                for row, _ in some:
                    days |= {row["day"], *self._tell_others(connection, row)}
        return len(changed), days

    def _changed(self, limit: int, now: datetime) -> list[tuple[dict[str, Any], int]]:
        """Return rows of calls with new events, and up to which event each one reaches."""
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
            summary = summarise(happened, call.language if call is not None else UNKNOWN_LANGUAGE)
            row = self._row(summary, call.caller if call is not None else None, now)
            found.append((row, happened[-1].seq))
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
            "fate": _fate(summary, called_again=False, is_settled=is_settled),
            "caller_key": None if caller is None else self._key_of(caller),
            "order_key": None if summary.order_number is None else self._key_of(summary.order_number),
            "is_settled": is_settled,
            "called_again": False,
            "summary": plain(summary),
        }

    def _store(self, connection: Connection, changed: Sequence[tuple[dict[str, Any], int]]) -> None:
        """Write summaries and how far each call is counted. Who called again is told afterwards."""
        stored = self._insert(call_summaries)
        changes = {column.name: stored.excluded[column.name] for column in call_summaries.c}
        connection.execute(
            stored.on_conflict_do_update(index_elements=["call_id"], set_=changes),
            [row for row, _ in changed],
        )
        done = update(event_streams).where(event_streams.c.call_id == bindparam("id"))
        reached = [{"id": row["call_id"], "seen": seen} for row, seen in changed]
        connection.execute(done.values(counted_seq=bindparam("seen")), reached)

    def _tell_others(self, connection: Connection, row: Mapping[str, Any]) -> set[str]:
        """Mark who called again: this caller if there is a later call, the same caller's calls before."""
        of_same = _same_matter(row["caller_key"], row["order_key"])
        if of_same is None:
            return set()
        begun, since = call_summaries.c.started_at, row["started_at"]
        is_later = and_(begun > since, begun <= since + RETURN)
        later = connection.execute(select(call_summaries.c.call_id).where(of_same, is_later).limit(1)).first()
        is_earlier = and_(begun < since, begun >= since - RETURN)
        is_this = and_(call_summaries.c.call_id == row["call_id"], literal(later is not None))
        is_meant = or_(and_(of_same, is_earlier), is_this)
        wanted = select(call_summaries).where(is_meant, call_summaries.c.called_again.is_(False))
        return self._judge_anew(connection, connection.execute(wanted).all(), called_again=True)

    def _settle(self, now: datetime, limit: int) -> set[str]:
        """Judge calls anew whose callers have had their days to call again."""
        is_due = and_(call_summaries.c.is_settled.is_(False), call_summaries.c.started_at <= now - RETURN)
        with beginning(self._engine) as connection:
            due = connection.execute(select(call_summaries).where(is_due).limit(limit)).all()
        if not due:
            return set()
        with beginning(self._engine, is_writing=True) as connection:
            return self._judge_anew(connection, due, is_settled=True)

    def _judge_anew(self, connection: Connection, found: Iterable[Any], **changes: bool) -> set[str]:
        days = set()
        for row in found:
            called_again = changes.get("called_again", row.called_again)
            is_settled = changes.get("is_settled", row.is_settled)
            fate = _fate(read_summary(row.summary), called_again, is_settled)
            changed = update(call_summaries).where(call_summaries.c.call_id == row.call_id)
            connection.execute(changed.values(fate=fate, **changes))
            days.add(row.day)
        return days

    # What a day comes down to

    def _count_days(self, days: Iterable[str]) -> None:
        for day in sorted(days):
            counted = self._counted(day)
            sums = [
                {**slice_._asdict(), "measure": subject.measure, "key": subject.key, "amount": amount}
                for (slice_, subject), amount in counted.items()
            ]
            with beginning(self._engine, is_writing=True) as connection:
                connection.execute(delete(day_counts).where(day_counts.c.day == day))
                if sums:
                    connection.execute(insert(day_counts), sums)

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

    def _counted(self, day: str) -> Counter[tuple[Slice, Subject]]:
        """Count a day's calls; fates that were written before somebody called again are put right."""
        counted: Counter[tuple[Slice, Subject]] = Counter()
        changed = []
        of_day = select(call_summaries).where(call_summaries.c.day == day)
        with beginning(self._engine) as connection:
            for row in connection.execute(of_day.execution_options(yield_per=READ_AT_ONCE)):
                summary = read_summary(row.summary)
                slice_ = Slice(day, row.intent, row.language, row.release, row.is_synthetic)
                fate = _fate(summary, row.called_again, row.is_settled)
                if fate != row.fate:
                    changed.append({"id": row.call_id, "right": fate})
                hour = self._local(row.started_at).hour
                for subject, amount in counts_of(summary, fate, row.called_again, hour).items():
                    counted[slice_, subject] += amount
        if changed:
            put_right = update(call_summaries).where(call_summaries.c.call_id == bindparam("id"))
            with beginning(self._engine, is_writing=True) as connection:
                connection.execute(put_right.values(fate=bindparam("right")), changed)
        return counted

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone)


def _narrowed(columns: Any, wanted: Select[Any], scope: Scope) -> Select[Any]:
    wanted = wanted.where(columns.is_synthetic.is_(scope.is_synthetic))
    for name in ("intent", "language", "release"):
        value = getattr(scope, name)
        if value is not None:
            wanted = wanted.where(columns[name] == value)
    return wanted


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


def _fate(summary: CallSummary, called_again: bool, is_settled: bool) -> Any:
    return fate_of(
        summary.outcome,
        is_escalated=summary.is_escalated,
        has_reached_person=summary.has_reached_person,
        has_answer=summary.has_answer,
        failures=summary.failures,
        is_frustrated=summary.is_frustrated,
        said_solved=summary.said_solved,
        called_again=called_again,
        is_settled=is_settled,
    )
