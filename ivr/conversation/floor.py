"""Who has the right to speak: a table of states and events, nothing else."""

from dataclasses import dataclass
from enum import StrEnum


class FloorState(StrEnum):
    """Whose turn it is."""

    DISCLOSING = "disclosing"  # the bot speaks and cannot be interrupted
    BOT = "bot"  # the bot speaks and can be interrupted
    OPEN = "open"  # nobody speaks; the caller is expected to
    CALLER = "caller"  # the caller speaks
    PAUSE = "pause"  # the caller stopped; the turn may be over
    WORKING = "working"  # the turn is over and an answer is being made
    LEAVING = "leaving"  # last prompts are out, then the line is given away or closed


class FloorEvent(StrEnum):
    """What moves the floor."""

    DISCLOSURE_BEGAN = "disclosure_began"
    PROMPT_BEGAN = "prompt_began"
    PROMPTS_ENDED = "prompts_ended"
    WAIT_WENT_ON = "wait_went_on"  # the prompts ended, and the answer is still being made
    SPEECH_STARTED = "speech_started"
    BARGED_IN = "barged_in"
    SPEECH_STOPPED = "speech_stopped"
    TURN_ENDED = "turn_ended"
    NOTHING_TO_ANSWER = "nothing_to_answer"
    KEYS_ENTERED = "keys_entered"
    LEAVE_BEGAN = "leave_began"


S, E = FloorState, FloorEvent

TRANSITIONS: dict[FloorState, dict[FloorEvent, FloorState]] = {
    S.DISCLOSING: {
        E.PROMPT_BEGAN: S.BOT,
        E.PROMPTS_ENDED: S.OPEN,
        E.WAIT_WENT_ON: S.WORKING,
        E.KEYS_ENTERED: S.DISCLOSING,
        E.LEAVE_BEGAN: S.LEAVING,
    },
    S.BOT: {
        E.DISCLOSURE_BEGAN: S.DISCLOSING,
        E.PROMPTS_ENDED: S.OPEN,
        E.WAIT_WENT_ON: S.WORKING,
        E.BARGED_IN: S.CALLER,
        E.KEYS_ENTERED: S.WORKING,
        E.LEAVE_BEGAN: S.LEAVING,
    },
    S.OPEN: {
        E.DISCLOSURE_BEGAN: S.DISCLOSING,
        E.PROMPT_BEGAN: S.BOT,
        E.SPEECH_STARTED: S.CALLER,
        E.KEYS_ENTERED: S.WORKING,
        E.LEAVE_BEGAN: S.LEAVING,
    },
    S.CALLER: {
        # An answer to the turn before, or the disclosure, meets a caller who spoke again: it is said,
        # and the caller takes the floor back by barging in.
        E.PROMPT_BEGAN: S.BOT,
        E.DISCLOSURE_BEGAN: S.DISCLOSING,
        E.SPEECH_STOPPED: S.PAUSE,
        E.TURN_ENDED: S.WORKING,
        E.KEYS_ENTERED: S.WORKING,
        E.LEAVE_BEGAN: S.LEAVING,
    },
    S.PAUSE: {
        E.PROMPT_BEGAN: S.BOT,
        E.DISCLOSURE_BEGAN: S.DISCLOSING,
        E.SPEECH_STARTED: S.CALLER,
        E.TURN_ENDED: S.WORKING,
        E.KEYS_ENTERED: S.WORKING,
        E.LEAVE_BEGAN: S.LEAVING,
    },
    S.WORKING: {
        E.SPEECH_STARTED: S.CALLER,
        E.PROMPT_BEGAN: S.BOT,
        E.DISCLOSURE_BEGAN: S.DISCLOSING,
        E.NOTHING_TO_ANSWER: S.OPEN,
        E.KEYS_ENTERED: S.WORKING,
        E.LEAVE_BEGAN: S.LEAVING,
    },
    S.LEAVING: {},
}

HARMLESS: dict[FloorState, frozenset[FloorEvent]] = {
    # Speech under the disclosure is kept for afterwards; a second prompt of one answer changes nothing.
    S.DISCLOSING: frozenset({E.DISCLOSURE_BEGAN, E.SPEECH_STARTED, E.SPEECH_STOPPED}),
    # Speech over a prompt counts only once it has lasted long enough to be a barge-in.
    S.BOT: frozenset({E.PROMPT_BEGAN, E.SPEECH_STARTED, E.SPEECH_STOPPED}),
    # The end of a sound too short to be speech, or of a prompt that was cleared.
    S.OPEN: frozenset({E.SPEECH_STOPPED, E.PROMPTS_ENDED, E.WAIT_WENT_ON, E.NOTHING_TO_ANSWER}),
    S.CALLER: frozenset({E.SPEECH_STARTED, E.PROMPTS_ENDED, E.WAIT_WENT_ON}),
    S.PAUSE: frozenset({E.SPEECH_STOPPED, E.PROMPTS_ENDED, E.WAIT_WENT_ON}),
    S.WORKING: frozenset({E.SPEECH_STOPPED, E.PROMPTS_ENDED, E.WAIT_WENT_ON, E.TURN_ENDED}),
    S.LEAVING: frozenset(FloorEvent),
}


class FloorViolated(Exception):
    """An event came that this state does not allow; the state is unchanged."""


@dataclass
class Floor:
    """The floor of one call."""

    state: FloorState = FloorState.WORKING

    def take(self, event: FloorEvent) -> FloorState:
        """Move by the table and return the new state. Raises FloorViolated, then nothing changed."""
        moved = TRANSITIONS[self.state].get(event)
        if moved is not None:
            self.state = moved
        elif event not in HARMLESS[self.state]:
            raise FloorViolated(f"{event} is not allowed while the floor is {self.state}")
        return self.state
