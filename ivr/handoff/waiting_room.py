"""What a caller who waits for a person can be told and can choose meanwhile."""

from dataclasses import dataclass

from ivr.handoff.ledger import TransferLedger
from ivr.handoff.roster import Roster
from ivr.handoff.transfer import TransferState
from ivr.handoff.waiting import Outlook, likely_wait
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords

S = TransferState


@dataclass(frozen=True)
class Callback:
    """A promise to call back. Without a number the caller has to call again with the case number."""

    case_number: str
    is_number_known: bool


class WaitingRoom:
    """Looks ahead for waiting callers. Safe from any thread."""

    def __init__(self, records: CallRecords, ledger: TransferLedger, roster: Roster) -> None:
        self._records = records
        self._ledger = ledger
        self._roster = roster

    def outlook(self, call_id: str) -> Outlook:
        """Say how things stand for a caller in the queue."""
        row = self._ledger.row_of(call_id)
        waiting = [other.call_id for other in self._records.transfers_in([S.REQUESTED])]
        ahead = waiting.index(call_id) if call_id in waiting else 0
        free, at_work = self._roster.strength()
        is_asked_for = row is not None and row.state in {S.DIALING, S.BRIEFING}
        likely = likely_wait(ahead, free + is_asked_for, at_work, self._ledger.recent)
        return Outlook(row is not None and row.state == S.BRIEFING, ahead + 1, likely)

    def callback_number(self, call_id: str) -> str | None:
        """Return where the caller would be called back: the number given by key, else their own."""
        given = [e for e in self._records.events(call_id) if e.kind == Kind.CALLBACK_NUMBER_GIVEN]
        if given:
            return str(given[-1].facts["number"])
        call = self._records.call(call_id)
        return None if call is None else call.caller

    def give_number(self, call_id: str, number: str) -> None:
        """Keep another number to call back, E.164, until the caller confirms it."""
        self._records.append(call_id, Kind.CALLBACK_NUMBER_GIVEN, number=number)
