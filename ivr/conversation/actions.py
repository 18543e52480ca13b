"""What the conversation wants done. Imperative; plain values; carried out by the shell in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ivr.conversation.expectation import Expectation
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import CallerInput
from ivr.handoff.case import Case


class Outcome(StrEnum):
    """How a call ends; every call gets exactly one."""

    SOLVED_BY_BOT = "solved_by_bot"
    CONNECTED_TO_PERSON = "connected_to_person"
    CALLBACK_BOOKED = "callback_booked"
    MESSAGE_TAKEN = "message_taken"
    CALLER_HUNG_UP = "caller_hung_up"


@dataclass(frozen=True)
class Say:
    """Say a prompt after whatever must still be heard."""

    prompt: Prompt


@dataclass(frozen=True)
class Listen:
    """Give the floor to the caller once the prompts are out; silence counts from then on."""

    expects: Expectation
    no_input_s: float


@dataclass(frozen=True)
class AskDialogue:
    """Ask the dialogue what to answer; the result comes back as an event with the same turn."""

    turn: int
    heard: CallerInput


@dataclass(frozen=True)
class HandOver:
    """Ask for a person now; leave the line to the transfer once the prompts are out."""

    case: Case


@dataclass(frozen=True)
class HangUp:
    """End the call once the prompts are out."""

    outcome: Outcome


@dataclass(frozen=True)
class Note:
    """Append an event to the call's record. `kind` is a value of records.kinds.Kind."""

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class TapeOrder(StrEnum):
    """What is to happen to a recording."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    DROP = "drop"  # stopped and deleted: it holds what must not be kept


@dataclass(frozen=True)
class Tape:
    """Steer the call's recording. `agreed` are, with START, the purposes and how each was agreed to."""

    order: TapeOrder
    agreed: tuple[tuple[str, str], ...] = ()


Action = Say | Listen | AskDialogue | HandOver | HangUp | Note | Tape
