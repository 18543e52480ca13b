"""The speaking side of a live call: prompts become audio, audio goes to the line, in order."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

from ivr.calls.line import Line
from ivr.calls.playback import Playback, Sounding
from ivr.conversation.events import PromptEnded
from ivr.conversation.prompt import Prompt
from ivr.speech.synthesizer import SynthesizerFailed

MULAW_BYTES_PER_S = 8000


class PromptAudio(Protocol):
    """Turns prompts into telephone audio, from a cache where possible."""

    def mulaw(self, text: str, language: str, is_personal: bool = False) -> bytes:
        """Return 8 kHz mu-law audio. Raises SynthesizerFailed."""
        ...


@dataclass(frozen=True)
class AudioReady:
    """A prompt has been rendered; `mulaw` is None when no voice could speak it."""

    ticket: int
    mulaw: bytes | None


class Mouth:
    """Speaks on one line. Owned by the call's thread; rendering happens on the executor."""

    def __init__(
        self, line: Line, audio: PromptAudio, executor: Executor, post: Callable[[AudioReady], None]
    ) -> None:
        self._line = line
        self._audio = audio
        self._executor = executor
        self._post = post
        self._waiting: deque[Prompt] = deque()
        self._ticket = 0
        self._is_rendering = False
        self._held: tuple[Prompt, bytes] | None = None
        self._playback = Playback()

    @property
    def is_silent(self) -> bool:
        """Whether nothing sounds and nothing waits to be said."""
        return not self._waiting and self._held is None and self._playback.current is None

    @property
    def current(self) -> Sounding | None:
        """The prompt now sounding."""
        return self._playback.current

    def say(self, prompt: Prompt) -> None:
        """Say a prompt after everything said before."""
        self._waiting.append(prompt)
        self._render_next()

    def take(self, ready: AudioReady, now_s: float) -> Prompt | None:
        """Send rendered audio to the line; return the prompt when no voice could speak it."""
        if ready.ticket != self._ticket or not self._is_rendering:
            return None  # cut in the meantime
        self._is_rendering = False
        prompt = self._waiting.popleft()
        if ready.mulaw is None:
            self._render_next()
            return prompt
        self._held = (prompt, ready.mulaw)
        self._send_held(now_s)
        return None

    def reached(self, mark: str, now_s: float) -> list[PromptEnded]:
        """Return the prompts that a returning mark proves to have been played."""
        return self._played(self._playback.reached(mark, now_s), now_s)

    def overdue(self, now_s: float) -> list[PromptEnded]:
        """Return prompts that must have been played although their mark never came."""
        return self._played(self._playback.overdue(now_s), now_s)

    def stop(self, now_s: float) -> list[PromptEnded]:
        """Fall silent; return what was cut and how much of it was heard.

        A prompt that cannot be interrupted sounds to its end; only what waits behind it is dropped.
        """
        self._waiting.clear()
        self._held = None
        self._is_rendering = False
        self._ticket += 1
        current = self._playback.current
        if current is None or not current.prompt.is_interruptible:
            return []
        self._line.clear()
        return [PromptEnded(s.prompt.id, heard_s, False) for s, heard_s in self._playback.cut(now_s)]

    def _played(self, soundings: list[Sounding], now_s: float) -> list[PromptEnded]:
        self._send_held(now_s)
        return [PromptEnded(s.prompt.id, s.duration_s, True) for s in soundings]

    def _send_held(self, now_s: float) -> None:
        current = self._playback.current
        if self._held is None or (current is not None and not current.prompt.is_interruptible):
            return  # what is sent cannot be taken back one by one, so it waits behind the protected one
        prompt, mulaw = self._held
        self._held = None
        sounding = self._playback.add(prompt, len(mulaw) / MULAW_BYTES_PER_S, now_s)
        self._line.play(mulaw, sounding.mark)
        self._render_next()

    def _render_next(self) -> None:
        if self._is_rendering or self._held is not None or not self._waiting:
            return
        self._is_rendering = True
        self._ticket += 1
        self._executor.submit(self._render, self._ticket, self._waiting[0])

    def _render(self, ticket: int, prompt: Prompt) -> None:
        try:
            mulaw = self._audio.mulaw(prompt.text, prompt.language, prompt.is_personal)
        except SynthesizerFailed:
            self._post(AudioReady(ticket, None))
            return
        self._post(AudioReady(ticket, mulaw))
