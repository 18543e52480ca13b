"""The port to what is owed after a wait or a call: messages, texts, tries to call back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class MessageState(StrEnum):
    """How far a caller's message is."""

    RECORDING = "recording"  # the caller was asked to speak; nothing came yet
    RECORDED = "recorded"  # the network keeps the sound; the words are still to be found
    WRITTEN = "written"  # the words are here and the sound is deleted
    UNCLEAR = "unclear"  # there are no words to be found: call back


class TextState(StrEnum):
    """How far a text message is."""

    OWED = "owed"
    SENDING = "sending"  # the network was asked; its answer is not known
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class Message:
    """What a caller left for people to read. `number` is whom to call, None when it is not known."""

    case_number: str
    call_id: str
    language: str
    state: MessageState
    recording_sid: str | None
    text: str | None
    tries: int
    taken_at: datetime
    number: str | None


@dataclass(frozen=True)
class OwedText:
    """A text message a caller asked for."""

    text_id: str
    call_id: str
    number: str
    body: str
    state: TextState
    sid: str | None
    since: datetime


@dataclass(frozen=True)
class CallbackTry:
    """One try to call somebody back. `state` is a value of handoff.callback_try.TryState."""

    try_id: str
    case_number: str
    call_id: str
    agent: str
    state: str
    agent_call_id: str | None
    caller_call_id: str | None
    since: datetime


class FollowUpRecords(Protocol):
    """Safe from any thread; every method raises RecordsUnavailable when the database fails."""

    def open_message(self, case_number: str, call_id: str, language: str) -> bool:
        """Store that a caller is asked to speak a message; False when the call has one already."""
        ...

    def message_of(self, call_id: str) -> Message | None:
        """Return the call's message, or None."""
        ...

    def messages(self) -> Sequence[Message]:
        """Return the messages whose case is open, oldest first; the desk's worklist shows them."""
        ...

    def messages_in(self, state: MessageState) -> Sequence[Message]:
        """Return the messages in a state, oldest first."""
        ...

    def move_message(
        self,
        case_number: str,
        from_state: MessageState,
        to_state: MessageState,
        *,
        recording_sid: str | None = None,
        text: str | None = None,
        is_tried: bool = False,
    ) -> bool:
        """Compare-and-set; `recording_sid` and `text` are kept when None, `is_tried` counts a try."""
        ...

    def owe_text(self, text_id: str, call_id: str, number: str, body: str) -> bool:
        """Store a text message to send; False when it is stored already."""
        ...

    def texts_in(self, state: TextState) -> Sequence[OwedText]:
        """Return the text messages in a state, oldest first."""
        ...

    def move_text(
        self, text_id: str, from_state: TextState, to_state: TextState, sid: str | None = None
    ) -> bool:
        """Compare-and-set."""
        ...

    def open_try(self, try_id: str, case_number: str, call_id: str, agent: str, state: str) -> bool:
        """Store a try; False when the agent or the case has an open one."""
        ...

    def callback_try(self, try_id: str) -> CallbackTry | None:
        """Return the try, or None."""
        ...

    def tries_in(self, states: Collection[str]) -> Sequence[CallbackTry]:
        """Return the tries in these states, oldest first."""
        ...

    def tries_of(self, case_number: str) -> Sequence[CallbackTry]:
        """Return a case's tries, oldest first."""
        ...

    def rung_since(self, case_numbers: Collection[str], moment: datetime) -> Collection[str]:
        """Return those of the cases whose caller's phone was rung since a moment, or rings now."""
        ...

    def move_try(
        self,
        try_id: str,
        from_state: str,
        to_state: str,
        *,
        agent_call_id: str | None = None,
        caller_call_id: str | None = None,
    ) -> bool:
        """Compare-and-set; the legs are kept when None. `since` starts anew with another state."""
        ...
