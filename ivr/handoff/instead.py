"""What a caller gets instead of a person: a callback, or a message that people read."""

from collections.abc import Callable

from ivr.conversation.actions import Outcome
from ivr.handoff.ledger import TransferLedger
from ivr.handoff.transfer import TransferEvent, TransferState
from ivr.handoff.waiting_room import Callback, WaitingRoom
from ivr.records.store import TransferRow

S = TransferState
E = TransferEvent


class InsteadOfWaiting:
    """Ends waits as callers choose. Safe from any thread; the record is written before anything is done.

    `let_agent_go` is told the transfer as it was before, and returns at once.
    """

    def __init__(
        self, ledger: TransferLedger, waiting: WaitingRoom, let_agent_go: Callable[[TransferRow], None]
    ) -> None:
        self._ledger = ledger
        self._waiting = waiting
        self._let_agent_go = let_agent_go

    def choose_callback(self, call_id: str) -> Callback | None:
        """End the wait of a caller who would rather be called back; None when that cannot be promised.

        Harmless twice. Without a number to call, or once an agent has the caller, nothing changes.
        """
        row, number = self._ledger.row_of(call_id), self._waiting.callback_number(call_id)
        if row is None or number is None:
            return None
        before = self._ledger.choose_callback(row.transfer_id, number)
        if before is not None:
            self._let_agent_go(before)
            self._ledger.close_call(call_id, Outcome.CALLBACK_BOOKED)
        now = self._ledger.row_of(call_id)
        if now is None or now.state != S.GIVEN_UP or now.case_number is None:
            return None
        return Callback(now.case_number, is_number_known=True)

    def promise_callback(self, call_id: str) -> Callback | None:
        """Return the callback of a caller nobody is left for; None when there is none to promise."""
        row = self._ledger.row_of(call_id)
        if row is None or row.state != S.GIVEN_UP:
            return None
        return Callback(self._ledger.book_callback(row), row.case["caller_number"] is not None)

    def choose_message(self, call_id: str) -> str | None:
        """Let a caller leave a message instead of waiting and return the case number; harmless twice.

        None once an agent has the caller, or when there is nothing to wait for.
        """
        row = self._ledger.row_of(call_id)
        if row is None:
            return None
        before = self._ledger.choose_message(row.transfer_id)
        if before is not None:
            self._let_agent_go(before)
        now = self._ledger.row_of(call_id)
        if now is None or now.state not in {S.MESSAGE, S.GIVEN_UP}:
            return None
        return now.case_number

    def message_left(self, call_id: str) -> None:
        """Note that the message is kept. Harmless twice and late."""
        row = self._ledger.row_of(call_id)
        if row is not None and self._ledger.happened(row.transfer_id, E.MESSAGE_LEFT) is not None:
            self._ledger.close_call(call_id, Outcome.MESSAGE_TAKEN)
