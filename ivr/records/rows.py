"""What a row of the database means in the port's own words. Pure."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from ivr.records.store import CallEvent, CallRow, TransferRow


def call_row(row: Row[Any]) -> CallRow:
    """Return the call that a row of `calls` describes."""
    return CallRow(
        call_id=row.call_id,
        caller=row.caller,
        called=row.called,
        language=row.language,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
    )


def call_event(row: Row[Any]) -> CallEvent:
    """Return the event that a row of `call_events` describes."""
    return CallEvent(call_id=row.call_id, seq=row.seq, at=row.at, kind=row.kind, facts=row.facts)


def transfer_row(row: Row[Any]) -> TransferRow:
    """Return the transfer that a row of `transfers` describes."""
    return TransferRow(
        transfer_id=row.transfer_id,
        call_id=row.call_id,
        state=row.state,
        reason=row.reason,
        case=row.case,
        briefing=tuple(row.briefing),
        agent=row.agent,
        agent_call_id=row.agent_call_id,
        tried=tuple(row.tried),
        state_since=row.state_since,
        case_number=row.case_number,
    )


def callback(row: Row[Any]) -> Mapping[str, Any]:
    """Return the callback that a row of `callbacks` describes."""
    return {
        "case_number": row.case_number,
        "call_id": row.call_id,
        "number": row.number,
        "reason": row.reason,
        "briefing": list(row.briefing),
        "booked_at": row.booked_at,
        "is_open": row.closed_at is None,
        "tries": row.tries,
        "most_tries": row.most_tries,
        "from_hour": row.from_hour,
        "to_hour": row.to_hour,
    }
