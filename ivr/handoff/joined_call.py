"""What an agent can do with a caller they talk to: park them, bring them back, leave a part to the bot."""

from enum import StrEnum

from ivr import log
from ivr.handoff.places import room
from ivr.handoff.transfer import TransferState
from ivr.handoff.transfer_desk import TransferDesk
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, TransferRow
from ivr.telephony.switchboard import Switchboard, SwitchboardFailed

HELD_PATH = "/voice/held"

_log = log.get("handoff.joined_call")


class JoinedAnswer(StrEnum):
    """What came of it."""

    DONE = "done"
    NOT_YOURS = "not_yours"  # the agent does not talk to this caller, or does no more
    LINE_FAILED = "line_failed"  # the network did not do it: try again


class JoinedCall:
    """Acts on calls in which caller and agent are joined. Safe from any thread; written before it is done.

    Each method blocks as long as the switchboard does, and is harmless twice.
    """

    def __init__(self, records: CallRecords, desk: TransferDesk, switchboard: Switchboard) -> None:
        self._records = records
        self._desk = desk
        self._switchboard = switchboard

    def hold(self, transfer_id: str, agent: str) -> JoinedAnswer:
        """Park the caller with music; agent and caller do not hear each other."""
        return self._park(transfer_id, agent, is_wanted=True)

    def unhold(self, transfer_id: str, agent: str) -> JoinedAnswer:
        """Bring the caller back into the talk."""
        return self._park(transfer_id, agent, is_wanted=False)

    def is_held(self, transfer_id: str) -> bool:
        """Say whether the caller is parked now."""
        row = self._records.transfer(transfer_id)
        return row is not None and row.state == TransferState.BRIDGED and self._is_parked(row)

    def back_to_bot(self, transfer_id: str, agent: str) -> JoinedAnswer:
        """Leave the caller to the bot, which says what it is again, keeps the case and may fetch a person."""
        row = self._owned(transfer_id, agent)
        if row is None:
            return JoinedAnswer.NOT_YOURS
        self._records.append(row.call_id, Kind.SENT_BACK, transfer_id=transfer_id, agent=agent)
        return JoinedAnswer.DONE if self._desk.send_back(transfer_id, agent) else JoinedAnswer.NOT_YOURS

    def _park(self, transfer_id: str, agent: str, is_wanted: bool) -> JoinedAnswer:
        row = self._owned(transfer_id, agent)
        if row is None:
            return JoinedAnswer.NOT_YOURS
        was_parked = self._is_parked(row)
        if was_parked != is_wanted:
            self._note(row, is_wanted)
        try:
            if is_wanted:
                is_there = self._switchboard.hold(room(transfer_id), row.call_id, HELD_PATH)
            else:
                is_there = self._switchboard.unhold(room(transfer_id), row.call_id)
        except SwitchboardFailed as failed:
            _log.warning("caller_not_parked", transfer_id=transfer_id, why=str(failed))
            if was_parked != is_wanted and not failed.is_outcome_unknown:
                self._note(row, was_parked)
            return JoinedAnswer.LINE_FAILED
        return JoinedAnswer.DONE if is_there else JoinedAnswer.NOT_YOURS

    def _note(self, row: TransferRow, is_parked: bool) -> None:
        kind = Kind.HOLD_STARTED if is_parked else Kind.HOLD_ENDED
        self._records.append(row.call_id, kind, transfer_id=row.transfer_id, agent=row.agent)

    def _owned(self, transfer_id: str, agent: str) -> TransferRow | None:
        row = self._records.transfer(transfer_id)
        is_theirs = row is not None and row.agent == agent and row.state == TransferState.BRIDGED
        return row if is_theirs else None

    def _is_parked(self, row: TransferRow) -> bool:
        parked = False
        for event in self._records.events(row.call_id):
            if event.facts.get("transfer_id") != row.transfer_id:
                continue
            if event.kind == Kind.TRANSFER_MOVED:
                parked = False  # another talk begins without music
            elif event.kind in {Kind.HOLD_STARTED, Kind.HOLD_ENDED}:
                parked = event.kind == Kind.HOLD_STARTED
        return parked
