"""Engines that answer on the spot or after a steered while: hearing, audio, transfers, executor."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import numpy as np

from ivr.calls.engines import HeardOrFailed
from ivr.conversation.actions import AskDialogue
from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.handoff.case import Case
from ivr.speech.synthesizer import SynthesizerFailed
from ivr.speech.transcriber import Doubt, Transcription
from ivr.speech.transcription_pool import Priority
from tests.fakes.steered_line import SteeredLine


class InlineExecutor(Executor):
    """Runs work at once on the caller's thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class SlowDialogue(InlineExecutor):
    """Runs the dialogue's work this many seconds later on the line's clock, all other work at once."""

    def __init__(self, line: SteeredLine, seconds: float) -> None:
        self._line = line
        self._seconds = seconds

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if not any(isinstance(arg, AskDialogue) for arg in args):
            return super().submit(fn, *args, **kwargs)
        self._line.call_at(self._line.now_s + self._seconds, lambda: fn(*args, **kwargs))
        return Future()


class ScriptedTicket:
    """A ticket that remembers whether it was thrown away."""

    def __init__(self) -> None:
        self.is_cancelled = False
        self.is_hurried = False

    def cancel(self) -> None:
        self.is_cancelled = True

    def hurry(self) -> None:
        self.is_hurried = True


def heard(text: str, doubt: Doubt | None = None) -> Transcription:
    return Transcription(text, "en", 0.9, 0.01, doubt, "scripted", "none", 1.0, 0.1)


class ScriptedHearing:
    """Hears the next scripted words each time, at once; None leaves the answer out for ever."""

    def __init__(self, *answers: HeardOrFailed | None) -> None:
        self._answers = deque(answers)
        self.utterances_s: list[float] = []
        self.tickets: list[ScriptedTicket] = []
        self._first_words: list[HeardOrFailed | None] = []
        self._late: HeardOrFailed | None = None
        self._late_s = 0.0
        self._line: SteeredLine | None = None

    def answers_after(self, seconds: float, answer: HeardOrFailed, line: SteeredLine) -> None:
        """Give the answer to the first utterance this many seconds later on the line's clock."""
        self._late, self._late_s, self._line = answer, seconds, line

    def submit(
        self,
        audio: np.ndarray,
        language: str,
        on_done: Callable[[HeardOrFailed], None],
        priority: Priority = Priority.FINAL,
        expects: Expectation = OPEN_QUESTION,
    ) -> ScriptedTicket:
        if priority is Priority.GLIMPSE:
            return self._glimpse(on_done)
        self.utterances_s.append(audio.size / 16000)
        ticket = ScriptedTicket()
        self.tickets.append(ticket)
        answer = self._answers.popleft()
        if answer is not None:
            on_done(answer)
        elif self._line is not None and self._late is not None:
            late = self._late
            self._line.call_at(self._line.now_s + self._late_s, lambda: on_done(late))
        return ticket

    def sees_at_first(self, answer: HeardOrFailed | None) -> None:
        """Recognise this in every glimpse of a sound over the bot; by default its words to come."""
        self._first_words = [answer]

    def _glimpse(self, on_done: Callable[[HeardOrFailed], None]) -> ScriptedTicket:
        answer = next(iter(self._first_words or self._answers), None)
        if answer is not None:
            on_done(answer)
        return ScriptedTicket()


class MeasuredAudio:
    """Speaks every prompt as one second of silence, so many seconds, or `mulaw`; `unspeakable` ones fail."""

    def __init__(
        self,
        unspeakable: frozenset[str] = frozenset(),
        seconds: float = 1.0,
        mulaw: bytes | None = None,
        lies_ready: bool = False,
    ) -> None:
        self._lies_ready = lies_ready
        self._unspeakable = unspeakable
        self._mulaw = b"\x00" * round(8000 * seconds) if mulaw is None else mulaw

    def ready(self, text: str, language: str) -> bytes | None:
        return self._mulaw if self._lies_ready else None

    def mulaw(self, text: str, language: str, is_personal: bool = False) -> bytes:
        if text in self._unspeakable:
            raise SynthesizerFailed(text)
        return self._mulaw


class NotedTransfers:
    """Takes every request."""

    def __init__(self) -> None:
        self.cases: list[Case] = []

    def request(self, case: Case) -> str:
        self.cases.append(case)
        return f"T{len(self.cases)}"
