"""Whether our own desk finds a person, or a company's contact centre does, and what that one is told."""

import json
from typing import Protocol

from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, TransferRow


class Routing(Protocol):
    """Finds people for waiting callers."""

    @property
    def workflow_sid(self) -> str | None:
        """Return the workflow that callers are handed to; None when we phone our own agents."""
        ...

    def task(self, row: TransferRow) -> str:
        """Return what the contact centre is told about a caller, as JSON."""
        ...


class OwnRouting:
    """Implements `Routing`: our desk phones its agents."""

    workflow_sid: str | None = None

    def task(self, row: TransferRow) -> str:
        """Return nothing to tell."""
        return "{}"


class TaskRouterRouting:
    """Implements `Routing` by a Twilio TaskRouter workflow, as Flex uses it: the briefing is the task."""

    def __init__(self, workflow_sid: str) -> None:
        self.workflow_sid: str | None = workflow_sid

    def task(self, row: TransferRow) -> str:
        """Return the task's attributes. The caller's number is in every task already."""
        known = ("language", "is_verified", "wanted", "intent", "order_number", "order_status")
        attributes = {name: row.case.get(name) for name in known}
        told = {
            "transfer_id": row.transfer_id,
            "reason": row.reason,
            "tried": list(row.case.get("tried", ())),
            "briefing": list(row.briefing),
        }
        return json.dumps({**attributes, **told}, ensure_ascii=False)


class Elsewhere:
    """Says who looks after a transfer: the contact centre, until it has failed this caller once."""

    def __init__(self, records: CallRecords, routing: Routing) -> None:
        self._records = records
        self.routing = routing

    def has(self, row: TransferRow) -> bool:
        """Say whether the contact centre looks for a person, not we."""
        return self.routing.workflow_sid is not None and not self._has_failed(row)

    def failed(self, row: TransferRow, why: str) -> None:
        """Note that the contact centre could not take this caller: from now on we phone."""
        self._records.append(row.call_id, Kind.ROUTING_FAILED, transfer_id=row.transfer_id, why=why)

    def _has_failed(self, row: TransferRow) -> bool:
        return any(
            event.kind == Kind.ROUTING_FAILED and event.facts["transfer_id"] == row.transfer_id
            for event in self._records.events(row.call_id)
        )
