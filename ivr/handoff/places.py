"""Where a transfer's state puts the caller, and what it means to the agent's leg. Pure."""

from enum import StrEnum

from ivr.conversation.actions import Outcome
from ivr.handoff.transfer import TransferState

S = TransferState


class CallerPlace(StrEnum):
    """Where the caller's leg belongs."""

    QUEUE = "queue"
    CONFERENCE = "conference"
    LEFT_ALONE = "left_alone"
    MESSAGE = "message"
    BOT = "bot"
    NO_AGENT = "no_agent"
    NOWHERE = "nowhere"


PLACES = {
    S.REQUESTED: CallerPlace.QUEUE,
    S.DIALING: CallerPlace.QUEUE,
    S.BRIEFING: CallerPlace.QUEUE,
    S.BRIDGED: CallerPlace.CONFERENCE,
    S.AGENT_LOST: CallerPlace.LEFT_ALONE,
    S.MESSAGE: CallerPlace.MESSAGE,
    S.RETURNED: CallerPlace.BOT,
    S.GIVEN_UP: CallerPlace.NO_AGENT,
    S.ENDED: CallerPlace.NOWHERE,
    S.ABANDONED: CallerPlace.NOWHERE,
}


OUTCOME_OF_HANGING_UP = {
    S.BRIDGED: Outcome.CONNECTED_TO_PERSON,
    S.AGENT_LOST: Outcome.CONNECTED_TO_PERSON,
    S.MESSAGE: Outcome.MESSAGE_TAKEN,
}


class AgentHears(StrEnum):
    """What an agent's leg is told."""

    BRIEFING = "briefing"
    JOIN = "join"
    CALLER_GONE = "caller_gone"
    CALLBACK_BOOKED = "callback_booked"
    BACK_WITH_BOT = "back_with_bot"
    LINE_LOST = "line_lost"
    TAKEN = "taken"


FAREWELLS = {
    S.GIVEN_UP: AgentHears.CALLBACK_BOOKED,
    S.MESSAGE: AgentHears.CALLBACK_BOOKED,
    S.RETURNED: AgentHears.BACK_WITH_BOT,
}


def room(transfer_id: str) -> str:
    """Return the name of the queue and of the conference of a transfer."""
    return f"handoff-{transfer_id}"
