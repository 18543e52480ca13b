"""The port through which the service understands: a caller's input in, the next thing to say out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.conversation.prompt import Prompt
from ivr.handoff.escalation import EscalationReason


@dataclass(frozen=True)
class Spoken:
    """Words the caller said; `readings` are others that the sound may have been, likeliest first.

    `takes_back` says that the input before was only their beginning, and is to be as if never said.
    """

    text: str
    readings: tuple[str, ...] = ()
    takes_back: bool = False


@dataclass(frozen=True)
class Keyed:
    """Digits the caller entered on the keypad (0-9 only, at most 32)."""

    digits: str


CallerInput = Spoken | Keyed


class Verdict(StrEnum):
    """What the dialogue made of the input."""

    ANSWERED = "answered"  # say the prompts, then listen for `expects`
    NO_MATCH = "no_match"  # not understood on this step: the core reprompts
    REPEAT = "repeat"  # the caller asked to hear the last thing again
    CHANGE_LANGUAGE = "change_language"  # the caller wants another language and did not say which
    HAND_OVER = "hand_over"  # a person, because of `escalation`
    HANG_UP = "hang_up"  # say the prompts, then end the call


@dataclass(frozen=True)
class DialogueReply:
    """One turn's answer. `facts` are what is known now: order_number, order_status, is_verified, ..."""

    verdict: Verdict
    prompts: tuple[Prompt, ...] = ()
    expects: Expectation = OPEN_QUESTION
    intent: str | None = None
    intent_confidence: float = 0.0
    escalation: EscalationReason | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


class Dialogue(Protocol):
    """Understands one caller input in the light of the call so far."""

    def reply(self, call_id: str, heard: CallerInput, language: str) -> DialogueReply:
        """Answer one input. Blocking, any thread, one call at a time per `call_id`.

        Raises DialogueUnavailable.
        """
        ...

    def forget(self, call_id: str) -> None:
        """Drop what is remembered of a call that is over. Blocking, any thread; never raises."""
        ...

    def is_ready(self) -> bool:
        """Say whether a reply can be expected now; for the readiness page."""
        ...


class DialogueUnavailable(Exception):
    """The dialogue engine is down, slow or talking nonsense."""

    def __init__(self, what: str, is_retrying_useful: bool) -> None:
        super().__init__(what)
        self.is_retrying_useful = is_retrying_useful
