"""How long a transfer may stand still before the network is asked, and what its answer means."""

import threading

from ivr.handoff.briefing import spoken_s
from ivr.handoff.ledger import TransferLedger
from ivr.handoff.roster import Roster
from ivr.handoff.steering import Steering, is_over
from ivr.handoff.transfer import TransferEvent, TransferState
from ivr.records.store import TransferRow
from ivr.telephony.webhook_forms import CallStatus

RING_GRACE_S = 7  # the network adds about 5 s to a ring time, and its report needs a moment
UNHEARD_S = 12  # a leg that was really placed reports `initiated` within a second or two
ANSWER_GRACE_S = 8  # an answered leg whose webhook is still on its way
REQUESTED_S = 15  # a caller who waits, or is told that the agent left, may have gone without our being told
JOINED_S = 30  # so may a caller and an agent who talk
NO_KEY_S = 20  # silence after the briefing; the leg's own TwiML gives up earlier
# The phone never rang through: nobody missed a call.
UNREACHED = {None, CallStatus.BUSY, CallStatus.FAILED, CallStatus.CANCELED}

S = TransferState
E = TransferEvent


class TransferWatch:
    """Finds transfers that stand still. Asking the network blocks as long as the switchboard does."""

    def __init__(self, ledger: TransferLedger, roster: Roster, steering: Steering, ring_s: int) -> None:
        self._ledger = ledger
        self._roster = roster
        self._steering = steering
        self._ring_s = ring_s
        self._in_hand: set[str] = set()
        self._lock = threading.Lock()

    def overdue(self) -> list[TransferRow]:
        """Return the transfers that stand still for too long and are not being looked after yet."""
        rows = [row for row in self._ledger.unfinished() if self._ledger.age_s(row) > self._patience_s(row)]
        with self._lock:
            overdue = [row for row in rows if row.transfer_id not in self._in_hand]
            self._in_hand.update(row.transfer_id for row in overdue)
        return overdue

    def done(self, row: TransferRow) -> None:
        """Note that an overdue transfer has been looked after, and look again later."""
        if row.state in {S.REQUESTED, S.BRIDGED, S.AGENT_LOST, S.MESSAGE}:
            self._ledger.start_age_anew(row.transfer_id)
        with self._lock:
            self._in_hand.discard(row.transfer_id)

    def is_caller_gone(self, row: TransferRow) -> bool:
        """Ask the network whether the caller's leg has ended without our being told."""
        return self._steering.is_gone(row.call_id)

    def is_agent_gone(self, row: TransferRow) -> bool:
        """Ask the network whether the agent's leg has ended without our being told."""
        return row.agent_call_id is None or self._steering.is_gone(row.agent_call_id)

    def take_from_agent(self, row: TransferRow) -> None:
        """Take the caller from an agent who does not answer or press a key, unless one is just answering."""
        status = self._steering.status(row.agent_call_id)
        is_ringing = row.state == S.DIALING
        is_webhook_due = self._ledger.age_s(row) <= self._patience_s(row) + ANSWER_GRACE_S
        if is_ringing and status == CallStatus.IN_PROGRESS and is_webhook_due:
            return
        event = E.RING_TIMED_OUT if is_ringing else E.KEY_TIMED_OUT
        before = self._ledger.happened(row.transfer_id, event, len(row.tried))
        if before is None:
            return
        if status not in UNREACHED:
            self._roster.call_missed(before.agent)
        if before.agent_call_id is not None and not is_over(status):
            self._steering.end(before.agent_call_id)

    def _patience_s(self, row: TransferRow) -> float:
        if row.state == S.BRIEFING:
            return spoken_s(row.briefing) + NO_KEY_S
        if row.state == S.DIALING:
            return self._ring_s + RING_GRACE_S if row.agent_call_id else UNHEARD_S
        return JOINED_S if row.state == S.BRIDGED else REQUESTED_S
