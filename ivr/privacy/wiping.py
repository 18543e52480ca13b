"""Which statements take a person out of the database: their words, their numbers, or the whole call."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, or_, select, update

from ivr.nlu.studio.inbox import utterances
from ivr.privacy.kept_facts import without_person
from ivr.records.insight_tables import unmet_words
from ivr.records.kinds import Kind
from ivr.records.models import (
    call_events,
    call_summaries,
    callback_tries,
    callbacks,
    calls,
    event_streams,
    messages,
    texts,
    transfers,
    wrap_ups,
)
from ivr.records.rows import call_event
from ivr.records.studio_tables import inbox_decisions
from ivr.records.trust_tables import call_recordings, privacy_requests

LABELLED = (Kind.CALL_STARTED.value, Kind.UTTERANCE_HEARD.value, Kind.LANGUAGE_CHANGED.value)
# Rows that go as a whole once a call is too old for anything; requests, holds and proofs have their own time.
OF_A_CALL: tuple[Table, ...] = (
    call_events,
    event_streams,
    call_summaries,
    unmet_words,
    transfers,
    callback_tries,
    callbacks,
    messages,
    texts,
    wrap_ups,
    call_recordings,
    calls,
)


def words(connection: Connection, call_ids: Collection[str]) -> Counter[str]:
    """Take out what was said, written or read out in these calls; return how many rows changed by table."""
    counts: Counter[str] = Counter()
    _forget_labels(connection, counts, call_ids)
    for event in connection.execute(select(call_events).where(call_events.c.call_id.in_(call_ids))).all():
        kept = without_person(event.facts)
        if kept != event.facts:  # events are never changed, only deleted: what stays is put back
            is_it = (call_events.c.call_id == event.call_id) & (call_events.c.seq == event.seq)
            connection.execute(delete(call_events).where(is_it))
            connection.execute(insert(call_events).values({**event._mapping, "facts": kept}))
            counts["call_events"] += 1
    for transfer in connection.execute(
        select(transfers.c.transfer_id, transfers.c.case).where(transfers.c.call_id.in_(call_ids))
    ).all():
        is_it = transfers.c.transfer_id == transfer.transfer_id
        connection.execute(
            update(transfers).where(is_it).values(case=without_person(transfer.case), briefing=[])
        )
        counts["transfers"] += 1
    of_these = delete(unmet_words).where(unmet_words.c.call_id.in_(call_ids))
    counts["unmet_words"] += connection.execute(of_these).rowcount
    _blank(connection, counts, callbacks, call_ids, briefing=[])
    _blank(connection, counts, messages, call_ids, text=None)
    _blank(connection, counts, texts, call_ids, body="")
    _blank(connection, counts, wrap_ups, call_ids, notes="")
    return counts


def _forget_labels(connection: Connection, counts: Counter[str], call_ids: Collection[str]) -> None:
    """Take these callers' words out of what designers did about them; that they did stays."""
    events = (
        select(call_events)
        .where(call_events.c.call_id.in_(call_ids), call_events.c.kind.in_(LABELLED))
        .order_by(call_events.c.call_id, call_events.c.seq)
    )
    of_calls = select(calls.c.call_id, calls.c.language).where(calls.c.call_id.in_(call_ids))
    languages = {row.call_id: row.language for row in connection.execute(of_calls)}
    said = utterances([call_event(row) for row in connection.execute(events)], languages)
    keys = {one.key for one in said}
    forgetting = update(inbox_decisions).where(inbox_decisions.c.key.in_(keys)).values(sentences=[])
    counts["inbox_decisions"] += connection.execute(forgetting).rowcount


def numbers(connection: Connection, call_ids: Collection[str], now: datetime) -> Counter[str]:
    """Take out what these callers can be reached or recognised by; a promise to call back ends with it."""
    counts: Counter[str] = Counter()
    _blank(connection, counts, calls, call_ids, caller=None)
    open_ones = update(callbacks).where(callbacks.c.call_id.in_(call_ids), callbacks.c.closed_at.is_(None))
    connection.execute(open_ones.values(closed_at=now))
    forget_number(connection, counts, call_ids)
    _blank(connection, counts, messages, call_ids, recording_sid=None)
    _blank(connection, counts, privacy_requests, call_ids, order_number=None)
    for row in connection.execute(
        select(call_summaries.c.call_id, call_summaries.c.summary).where(
            call_summaries.c.call_id.in_(call_ids)
        )
    ).all():
        summary = {**row.summary, "order_number": None}
        _blank(
            connection,
            counts,
            call_summaries,
            [row.call_id],
            caller_key=None,
            order_key=None,
            summary=summary,
        )
    return counts


def forget_number(
    connection: Connection, counts: Counter[str], call_ids: Collection[str], number: str | None = None
) -> None:
    """Take the number to call back or to text out of these calls; only this one when it is given."""
    for table, blank in ((callbacks, None), (texts, "")):
        blanking = update(table).where(table.c.call_id.in_(call_ids)).values(number=blank)
        if number is not None:
            blanking = blanking.where(table.c.number == number)
        counts[table.name] += connection.execute(blanking).rowcount


def whole_calls(connection: Connection, call_ids: Collection[str]) -> Counter[str]:
    """Delete everything about these calls; return how many rows went by table."""
    gone: Counter[str] = Counter()
    for table in OF_A_CALL:
        gone[table.name] += connection.execute(delete(table).where(table.c.call_id.in_(call_ids))).rowcount
    return gone


def recordings_of(connection: Connection, call_ids: Collection[str]) -> list[str]:
    """Return the network's names of recordings of these calls that may still be there."""
    kept = select(call_recordings.c.recording_sid).where(
        call_recordings.c.call_id.in_(call_ids), call_recordings.c.deleted_at.is_(None)
    )
    spoken = select(messages.c.recording_sid).where(messages.c.call_id.in_(call_ids))
    found = connection.execute(kept.union(spoken)).scalars()
    return sorted(sid for sid in found if sid)


def is_live(connection: Connection, call_ids: Collection[str], since: datetime) -> bool:
    """Say whether one of the calls goes on; one without an end that began before `since` does not."""
    going = select(func.count()).where(
        calls.c.call_id.in_(call_ids), calls.c.outcome.is_(None), calls.c.started_at > since
    )
    return bool(connection.execute(going).scalar_one())


def with_number(connection: Connection, number: str) -> tuple[list[str], list[str]]:
    """Return the calls of a number, and calls of other numbers in which it was left.

    A call whose own number was withheld is that of the number it left.
    """
    own = list(
        connection.execute(
            select(calls.c.call_id).where(calls.c.caller == number).order_by(calls.c.started_at)
        ).scalars()
    )
    left = select(callbacks.c.call_id).where(callbacks.c.number == number)
    left = left.union(select(texts.c.call_id).where(texts.c.number == number))  # type: ignore[assignment]
    others = connection.execute(
        select(calls.c.call_id, calls.c.caller).where(
            calls.c.call_id.in_(left), or_(calls.c.caller != number, calls.c.caller.is_(None))
        )
    ).all()
    own += [row.call_id for row in others if row.caller is None]
    return own, [row.call_id for row in others if row.caller is not None]


def with_case(connection: Connection, case_number: str) -> list[str]:
    """Return the calls that were given this case number."""
    found: set[str] = set()
    for table in (callbacks, messages, privacy_requests, transfers):
        of_case = select(table.c.call_id).where(table.c.case_number == case_number)
        found |= set(connection.execute(of_case).scalars())
    return sorted(found)


def _blank(
    connection: Connection, counts: Counter[str], table: Table, call_ids: Collection[str], **values: Any
) -> None:
    done = connection.execute(update(table).where(table.c.call_id.in_(call_ids)).values(**values))
    counts[table.name] += done.rowcount
