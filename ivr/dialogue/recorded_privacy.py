"""Requests about a caller's data, written into the record of the call that made them."""

import hashlib
from typing import Protocol

from ivr.dialogue.privacy_desk import PrivacyDeskUnavailable, PrivacyRequest
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, RecordsUnavailable

FIRST_NUMBER = 100_000
NUMBERS = 900_000


class Tickets(Protocol):
    """Where people find the requests they must answer."""

    def open_request(self, case_number: str, call_id: str, wanted: str, order_number: str | None) -> None:
        """Store a request; harmless twice."""
        ...


class RecordedPrivacyDesk:
    """Implements `PrivacyDesk` over the call records and the tickets. Safe from any thread."""

    def __init__(self, records: CallRecords, tickets: Tickets | None = None) -> None:
        self._records = records
        self._tickets = tickets

    def open_request(self, call_id: str, wanted: PrivacyRequest, order_number: str | None) -> str:
        """Write the request once per call and return its case number."""
        number = _case_number(call_id, wanted)
        try:
            known = [event for event in self._records.events(call_id) if event.kind == Kind.PRIVACY_REQUESTED]
            if not any(event.facts.get("case_number") == number for event in known):
                facts = {"case_number": number, "wanted": wanted.value, "order_number": order_number}
                self._records.append(call_id, Kind.PRIVACY_REQUESTED, **facts)
            if self._tickets is not None:
                self._tickets.open_request(number, call_id, wanted.value, order_number)
        except RecordsUnavailable as problem:
            raise PrivacyDeskUnavailable(str(problem)) from problem
        return number


def _case_number(call_id: str, wanted: PrivacyRequest) -> str:
    """Return six digits that follow from the call, so that a repeated request needs no look-up."""
    drawn = int.from_bytes(hashlib.sha256(f"{call_id}:{wanted}".encode()).digest()[:8])
    return str(FIRST_NUMBER + drawn % NUMBERS)
