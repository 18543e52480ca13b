"""The work after a call: notes and how it ended, written as drafts while the agent types."""

from collections.abc import Mapping

from ivr.handoff.desk_actions import DeskAnswer
from ivr.handoff.desk_records import DeskRecords, WrapUp
from ivr.handoff.presence import Presence
from ivr.handoff.transfer import TransferState
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, TransferRow

NOTES_LIMIT = 4000
_WRITABLE = frozenset(
    {TransferState.BRIDGED, TransferState.AGENT_LOST, TransferState.RETURNED, TransferState.ENDED}
)


class DeskWrapUp:
    """Keeps notes. Safe from any thread; every method raises RecordsUnavailable."""

    def __init__(
        self, records: CallRecords, desk_records: DeskRecords, dispositions: Mapping[str, str]
    ) -> None:
        self._records = records
        self._desk_records = desk_records
        self.dispositions = dispositions

    def begin(self, agent: str) -> None:
        """Give an agent whose call is over the time to write; their phone does not ring meanwhile."""
        me = next((row for row in self._records.agents() if row.name == agent), None)
        if me is not None and me.presence == Presence.WRAP_UP:
            self._records.set_presence(agent, Presence.WRITING, me.missed)

    def draft(self, transfer_id: str, agent: str, disposition: str | None, notes: str) -> DeskAnswer:
        """Keep what is written so far; it survives a reload, another tab, and a crash."""
        row = self._records.transfer(transfer_id)
        if row is None or not self._is_writable(row, agent):
            return DeskAnswer.NOT_YOURS
        return self._write(row, agent, disposition, notes, is_finished=False)

    def finish(self, transfer_id: str, agent: str, disposition: str, notes: str) -> DeskAnswer:
        """Close the notes of a call and make its agent available. Twice is harmless."""
        row = self._records.transfer(transfer_id)
        if row is None or not self._is_writable(row, agent):
            return DeskAnswer.NOT_YOURS
        if row.state == TransferState.BRIDGED and row.agent == agent:
            return DeskAnswer.STILL_TALKING
        if disposition not in self.dispositions:
            return DeskAnswer.CHOOSE_ONE
        answer = self._write(row, agent, disposition, notes, is_finished=True)
        if answer is DeskAnswer.NOTED:
            self._records.append(
                row.call_id,
                Kind.WRAPPED_UP,
                transfer_id=transfer_id,
                agent=agent,
                disposition=disposition,
            )
        self._free(agent)
        return answer

    def _write(
        self, row: TransferRow, agent: str, disposition: str | None, notes: str, is_finished: bool
    ) -> DeskAnswer:
        chosen = disposition if disposition in self.dispositions else None
        text = notes.replace("\x00", "").strip()[:NOTES_LIMIT]
        wrap_up = WrapUp(row.transfer_id, row.call_id, agent, chosen, text, is_finished)
        is_kept = self._desk_records.write_wrap_up(wrap_up)
        return DeskAnswer.NOTED if is_kept else DeskAnswer.ALREADY_NOTED

    def _free(self, agent: str) -> None:
        me = next((row for row in self._records.agents() if row.name == agent), None)
        if me is not None and me.presence in {Presence.WRAP_UP, Presence.WRITING}:
            self._records.set_presence(agent, Presence.AVAILABLE, me.missed)

    def _is_writable(self, row: TransferRow, agent: str) -> bool:
        if row.agent == agent and row.state in _WRITABLE:
            return True
        draft = self._desk_records.wrap_up(row.transfer_id)  # the caller has gone on to somebody else
        return draft is not None and draft.agent == agent
