"""What the webhooks ask of a call and what they get back: the words between `web/voice.py` and the calls."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.conversation.prompt import Prompt


class AfterStream(StrEnum):
    """Why the media stream of a call is over."""

    ENDED = "ended"  # the conversation reached its end: hang up
    TRANSFER = "transfer"  # a person was asked for: the caller waits for the agent
    CONTINUE_BY_WEBHOOK = "continue_by_webhook"  # the stream was lost or never came: go on turn by turn


@dataclass(frozen=True)
class StreamOutcome:
    """How a call goes on after its stream; `transfer_id` is set only with TRANSFER."""

    next: AfterStream
    transfer_id: str | None = None


@dataclass(frozen=True)
class WebhookTurn:
    """One turn taken without a stream.

    `number` is the turn that was asked for (0 before the first question), so that a late answer
    cannot answer a newer question. Nothing said and nothing pressed is no input.
    """

    number: int = 0
    digits: str = ""
    recording_sid: str | None = None
    is_hung_up: bool = False


class NextStep(StrEnum):
    """What the network does after the prompts of a turn."""

    LISTEN = "listen"
    KEYS = "keys"
    TRANSFER = "transfer"
    HANG_UP = "hang_up"


@dataclass(frozen=True)
class WebhookAnswer:
    """What to say now and what comes after; `number` names the turn that is now asked for."""

    prompts: tuple[Prompt, ...]
    next: NextStep
    expects: Expectation = OPEN_QUESTION
    number: int = 0
    transfer_id: str | None = None
