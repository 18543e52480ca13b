"""What an agent can do with a caller at the desk; the phone stays the way the voices go."""

from enum import StrEnum

from ivr import log
from ivr.handoff.transfer import TransferState
from ivr.handoff.transfer_desk import AgentHears, TransferDesk
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, TransferRow
from ivr.telephony.switchboard import Switchboard, SwitchboardFailed

S = TransferState
_log = log.get("handoff.desk_actions")


class DeskAnswer(StrEnum):
    """What came of an action."""

    JOINING = "joining"
    PICK_UP = "pick_up"  # the phone still rings: only who answers it can talk
    PRESS_ONE = "press_one"  # the caller is theirs, but the phone could not be told
    DECLINED = "declined"
    TAKEN = "taken"
    CALLER_GONE = "caller_gone"
    STILL_TALKING = "still_talking"
    ASSIGNED = "assigned"
    NOT_ASSIGNED = "not_assigned"
    PEOPLE_FIRST_ON = "people_first_on"
    PEOPLE_FIRST_OFF = "people_first_off"
    NOTED = "noted"
    ALREADY_NOTED = "already_noted"
    CHOOSE_ONE = "choose_one"  # a finished call has a disposition
    NOT_YOURS = "not_yours"  # the notes of somebody else's call


class DeskActions:
    """Accepts and declines at the desk as the keys 1 and 3 do on the phone. Safe from any thread."""

    def __init__(self, records: CallRecords, desk: TransferDesk, switchboard: Switchboard) -> None:
        self._records = records
        self._desk = desk
        self._switchboard = switchboard

    def accept(self, transfer_id: str, agent: str) -> DeskAnswer:
        """Give the caller to this agent, whose phone is answered, and join both. Twice is harmless."""
        row = self._records.transfer(transfer_id)
        problem = _not_theirs(row, agent)
        if row is None or problem is not None:
            return problem or DeskAnswer.CALLER_GONE
        if row.state == S.DIALING or row.agent_call_id is None:
            return DeskAnswer.PICK_UP
        attempt = len(row.tried)
        hears = self._desk.agent_accepted(transfer_id, attempt, row.agent_call_id)
        if hears is not AgentHears.JOIN:
            return DeskAnswer.CALLER_GONE if hears is AgentHears.CALLER_GONE else DeskAnswer.TAKEN
        if row.state == S.BRIDGED:
            return DeskAnswer.JOINING
        return self._join(row.agent_call_id, transfer_id, attempt)

    def decline(self, transfer_id: str, agent: str, why: str) -> DeskAnswer:
        """Stop this agent's phone and ask the next one; the reason is kept in the call's record."""
        row = self._records.transfer(transfer_id)
        problem = _not_theirs(row, agent)
        if row is None or problem is not None:
            return problem or DeskAnswer.CALLER_GONE
        if row.state == S.BRIDGED:
            return DeskAnswer.TAKEN
        self._records.append(
            row.call_id, Kind.TRANSFER_DECLINED, transfer_id=transfer_id, agent=agent, why=why
        )
        attempt = len(row.tried)
        self._desk.agent_declined(transfer_id, attempt)
        still = self._records.transfer(transfer_id)
        if still is not None and still.state == S.DIALING and len(still.tried) == attempt:
            self._desk.agent_leg_ended(transfer_id, attempt)  # declined before it was answered
        self._silence(row.agent_call_id)
        return DeskAnswer.DECLINED

    def _join(self, leg: str, transfer_id: str, attempt: int) -> DeskAnswer:
        # Asked again, the briefing's webhook sends an agent who has accepted to the room. Round 0 makes it
        # another webhook than the first, which a repeated-webhook guard would answer from memory.
        path = f"/voice/agent/{transfer_id}/briefing?attempt={attempt}&round=0"
        try:
            is_there = self._switchboard.redirect(leg, path)
        except SwitchboardFailed as failed:
            _log.warning("agent_leg_not_joined", transfer_id=transfer_id, why=str(failed))
            return DeskAnswer.PRESS_ONE
        return DeskAnswer.JOINING if is_there else DeskAnswer.TAKEN

    def _silence(self, leg: str | None) -> None:
        if leg is None:
            return
        try:
            self._switchboard.hang_up(leg)
        except SwitchboardFailed as failed:
            _log.warning(
                "agent_leg_not_ended", why=str(failed)
            )  # it stops by itself when the ring time is up


def _not_theirs(row: TransferRow | None, agent: str) -> DeskAnswer | None:
    if row is None or row.state in {S.ABANDONED, S.ENDED}:
        return DeskAnswer.CALLER_GONE
    if row.agent != agent or row.state not in {S.DIALING, S.BRIEFING, S.BRIDGED}:
        return DeskAnswer.TAKEN
    return None
