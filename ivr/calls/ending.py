"""That a call ends once, with one outcome, and that its record says so."""

from enum import StrEnum

from ivr.conversation.actions import Outcome
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords


class StreamEnd(StrEnum):
    """Why the stream is over, and so what the network should be told next."""

    HUNG_UP = "hung_up"
    HANDED_OVER = "handed_over"
    LOST = "lost"


def end_call(records: CallRecords, call_id: str, outcome: Outcome, step: str) -> None:
    """Store the outcome and the step the call was at, unless the call has ended already."""
    if records.close_call(call_id, outcome):
        records.append(call_id, Kind.CALL_ENDED, outcome=outcome, step=step)
