"""What a supervisor does at the desk: give a waiting caller to an agent, send all calls to people."""

from ivr.handoff.desk_actions import DeskAnswer
from ivr.handoff.house_switch import PeopleFirst
from ivr.handoff.transfer_desk import TransferDesk
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords


class DeskSupervision:
    """Safe from any thread; every method raises RecordsUnavailable."""

    def __init__(self, records: CallRecords, desk: TransferDesk, people_first: PeopleFirst) -> None:
        self._records = records
        self._desk = desk
        self.people_first = people_first

    def assign(self, transfer_id: str, agent: str, by: str) -> DeskAnswer:
        """Let an agent's phone ring for a caller nobody has answered yet."""
        row = self._records.transfer(transfer_id)
        if row is None or not self._desk.assign(transfer_id, agent):
            return DeskAnswer.NOT_ASSIGNED
        self._records.append(row.call_id, Kind.TRANSFER_ASSIGNED, transfer_id=transfer_id, agent=agent, by=by)
        return DeskAnswer.ASSIGNED

    def send_all_to_people(self, is_on: bool, by: str) -> DeskAnswer:
        """Send every new call to a person at once, and offer one to the calls with the bot; or stop that."""
        self.people_first.turn(is_on, by)
        return DeskAnswer.PEOPLE_FIRST_ON if is_on else DeskAnswer.PEOPLE_FIRST_OFF
