"""What a call needs from the outside, as protocols: engines that run elsewhere and post back."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ivr.calls.mouth import PromptAudio
from ivr.calls.recorder import NoRecorder, Recorder
from ivr.calls.turn_ends import NoTurnEnds, TurnEnds
from ivr.clock import Clock
from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.dialogue.dialogue import Dialogue
from ivr.handoff.case import Case
from ivr.records.store import CallRecords
from ivr.speech.transcriber import TranscriberFailed, Transcription
from ivr.speech.transcription_pool import Priority

HeardOrFailed = Transcription | TranscriberFailed


class Ticket(Protocol):
    """A transcription under way."""

    def cancel(self) -> None:
        """Forget it; its result is not delivered any more."""
        ...

    def hurry(self) -> None:
        """Do it before every guess: the caller waits for it now."""
        ...


class TranscriptionDesk(Protocol):
    """Takes utterances and delivers transcriptions from another process."""

    def submit(
        self,
        audio: np.ndarray,
        language: str,
        on_done: Callable[[HeardOrFailed], None],
        priority: Priority = Priority.FINAL,
        expects: Expectation = OPEN_QUESTION,
    ) -> Ticket:
        """Transcribe float32 audio at 16 kHz; `on_done` runs on another thread."""
        ...


class Transfers(Protocol):
    """Fetches people."""

    def request(self, case: Case) -> str:
        """Store a transfer, start phoning an agent and return the transfer's id without waiting."""
        ...


@dataclass(frozen=True)
class Engines:
    """Everything calls share."""

    audio: PromptAudio
    hearing: TranscriptionDesk
    dialogue: Dialogue
    transfers: Transfers
    records: CallRecords
    executor: Executor
    clock: Clock
    is_people_first: Callable[[], bool] = bool  # a switch for the whole house; off where there is none
    ends: TurnEnds = field(default_factory=NoTurnEnds)
    recorder: Recorder = field(default_factory=NoRecorder)
