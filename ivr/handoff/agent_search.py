"""Finds an agent for a caller who waits: phones one after the other, and books a callback at the end."""

from ivr import log
from ivr.conversation.actions import Outcome
from ivr.handoff.elsewhere import Elsewhere
from ivr.handoff.ledger import TransferLedger
from ivr.handoff.opening_hours import OpeningHours
from ivr.handoff.steering import Steering
from ivr.handoff.transfer import TransferEvent, TransferState
from ivr.records.store import AgentRow, TransferRow
from ivr.telephony.switchboard import Switchboard, SwitchboardFailed

S = TransferState
E = TransferEvent
_log = log.get("handoff.search")


class AgentSearch:
    """Asks agents in order. Blocks as long as the switchboard does: run it off the call's thread."""

    def __init__(
        self,
        ledger: TransferLedger,
        switchboard: Switchboard,
        steering: Steering,
        ring_s: int,
        hours: OpeningHours,
        elsewhere: Elsewhere,
    ) -> None:
        self._ledger = ledger
        self._switchboard = switchboard
        self._steering = steering
        self._ring_s = ring_s
        self._hours = hours
        self._elsewhere = elsewhere
        self._off_stream: set[str] = set()

    def note_off_stream(self, call_id: str) -> None:
        """Remember that a caller's leg has left the stream and asks the webhooks where to go."""
        self._off_stream.add(call_id)

    def forget(self, call_id: str) -> None:
        """Forget a caller who is gone."""
        self._off_stream.discard(call_id)

    def ask_next(self, transfer_id: str) -> None:
        """Phone the next agent, if one is free; the one after when that fails.

        Books a callback when nobody is left who could come free.
        """
        waiting = self._ledger.row(transfer_id)
        if waiting is not None and self._was_closed(waiting):
            self._give_up(waiting)
            return
        if waiting is not None and self._elsewhere.has(waiting):
            return
        while True:
            row, agent = self._ledger.reserve_next(transfer_id)
            if row is None:
                return
            if agent is None:
                self._give_up(row)
                return
            if self._dial(row, agent):
                return

    def ask_chosen(self, before: TransferRow, row: TransferRow, agent: AgentRow) -> None:
        """Phone the agent a caller was assigned to, and stop the phone that rang before."""
        if before.agent_call_id is not None:
            self._steering.end(before.agent_call_id)
        if not self._dial(row, agent):
            self.ask_next(row.transfer_id)

    def _was_closed(self, row: TransferRow) -> bool:
        # Who asked while we were open is served, also after closing time.
        hours = self._hours.of(str(row.case["language"]))
        return row.state == S.REQUESTED and not hours.is_open(row.state_since) and not row.tried

    def _dial(self, row: TransferRow, agent: AgentRow) -> bool:
        """Phone the agent; False when that failed and the next one is to be asked."""
        base, attempt = f"/voice/agent/{row.transfer_id}", len(row.tried)
        try:
            placed = self._switchboard.dial(
                agent.number,
                f"{base}/briefing?attempt={attempt}&round=1",
                f"{base}/status?attempt={attempt}",
                self._ring_s,
            )
        except SwitchboardFailed as failed:
            _log.warning("agent_not_dialed", transfer_id=row.transfer_id, attempt=attempt, why=str(failed))
            if failed.is_outcome_unknown:
                return True  # the phone may ring: its reports or the sweep decide, a second call never
            return self._ledger.happened(row.transfer_id, E.AGENT_DROPPED, attempt) is None
        if not self._ledger.note_leg(row.transfer_id, attempt, placed.call_id):
            self._steering.end(placed.call_id)  # caller or clock were faster than the network's answer
        return True

    def _give_up(self, row: TransferRow) -> None:
        case_number = self._ledger.book_callback(row)
        if self._ledger.happened(row.transfer_id, E.NO_AGENT_LEFT, case_number=case_number) is None:
            return
        self._ledger.close_call(row.call_id, Outcome.CALLBACK_BOOKED)
        # A caller still on the stream hears the bot out and then asks where to go.
        if row.call_id in self._off_stream:
            self._steering.send(row.call_id, f"/voice/no-agent/{row.transfer_id}")
