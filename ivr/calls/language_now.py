"""The language a call is in now, by its record: whoever asks need not be who talks to the caller."""

from ivr.records.kinds import Kind
from ivr.records.store import CallRecords


def language_now(records: CallRecords, call_id: str, first: str) -> str:
    """Return the language a call was last changed to, `first` when it never was. Blocking."""
    changes = [event.facts["to"] for event in records.events(call_id) if event.kind == Kind.LANGUAGE_CHANGED]
    return str(changes[-1]) if changes else first
