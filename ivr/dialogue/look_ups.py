"""Where it is noted which of the company's systems a call asked, and whether they knew."""

from typing import Protocol

from ivr.records.kinds import Kind
from ivr.records.store import CallRecords


class LookUps(Protocol):
    """Takes note of look-ups."""

    def note(self, call_id: str, system: str, is_found: bool, order_number: str | None = None) -> None:
        """Note one look-up; `order_number` only of a caller who was checked. Any thread."""
        ...


class NotedNowhere:
    """For talks that leave no record: trials and test conversations."""

    def note(self, call_id: str, system: str, is_found: bool, order_number: str | None = None) -> None:
        """Do nothing."""


class RecordedLookUps:
    """Implements `LookUps` over the call records, whose journal takes what the database cannot."""

    def __init__(self, records: CallRecords) -> None:
        self._records = records

    def note(self, call_id: str, system: str, is_found: bool, order_number: str | None = None) -> None:
        """Append it to the call's stream."""
        known = {} if order_number is None else {"order_number": order_number}
        self._records.append(call_id, Kind.LOOKED_UP, system=system, found=is_found, **known)
