"""The speaking side of a live call: prompts become audio, audio goes to the line, in order."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

from ivr.audio.quiet_point import quiet_point_s
from ivr.audio.tempo import slowed
from ivr.calls.clauses import clauses
from ivr.calls.line import Line
from ivr.calls.playback import MULAW_BYTES_PER_S, Playback, Sounding, words_heard
from ivr.conversation.events import PromptEnded
from ivr.conversation.prompt import Prompt
from ivr.speech.synthesizer import SynthesizerFailed

# Audio and `clear` travel alike, so that the caller hears all that was played before the cut; two clocks
# and three frames of doubt remain.
ON_THE_WAY_S = 0.06


class PromptAudio(Protocol):
    """Turns prompts into telephone audio, from a cache where possible."""

    def mulaw(self, text: str, language: str, is_personal: bool = False) -> bytes:
        """Return 8 kHz mu-law audio. Raises SynthesizerFailed."""
        ...

    def ready(self, text: str, language: str) -> bytes | None:
        """Return the audio if it lies ready, without waiting for anything."""
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
        self._cut: list[tuple[Sounding, float]] = []  # with the second to go on from
        self._cut_waiting: list[Prompt] = []

    @property
    def is_silent(self) -> bool:
        """Whether nothing sounds and nothing waits to be said."""
        return not self._waiting and self._held is None and self._playback.current is None

    @property
    def current(self) -> Sounding | None:
        """The prompt now sounding."""
        return self._playback.current

    def lately(self, now_s: float) -> bytes:
        """Return what has sounded in the last 1.5 s up to now, as mu-law: what an echo would bring back."""
        return self._playback.lately(now_s)

    def say(self, prompt: Prompt) -> None:
        """Say a prompt after everything said before; one with a caller's data clause by clause."""
        self._waiting.extend(clauses(prompt))
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
        """Fall silent for good; return what was cut and how much of it was heard.

        A prompt that cannot be interrupted sounds to its end; only what waits behind it is dropped.
        """
        self._drop_waiting()
        self._held = None
        current = self._playback.current
        is_cut = current is not None and current.prompt.is_interruptible
        ended = self._clear(now_s) if is_cut else []
        self.forget_cut()
        return ended

    def interrupt(self, now_s: float) -> list[PromptEnded]:
        """Fall silent, but keep what was not heard for `resume`; return what was cut.

        Only while a prompt sounds that can be interrupted.
        """
        if self._playback.current is None:
            return []
        self._cut_waiting = self._drop_waiting()
        return self._clear(now_s)

    def resume(self, now_s: float) -> None:
        """Go on from a quiet place just before the cut, and say what waited behind."""
        waiting = self._cut_waiting + self._drop_waiting()
        for sounding, from_s in self._cut:
            self._send(sounding.prompt, sounding.mulaw, now_s, from_s)
        self.forget_cut()
        self._waiting.extend(waiting)
        self._render_next()

    def forget_cut(self) -> None:
        """Give up what `interrupt` kept."""
        self._cut, self._cut_waiting = [], []

    def _clear(self, now_s: float) -> list[PromptEnded]:
        self._line.clear()
        cut = self._playback.cut(now_s)
        self._cut = [(sounding, _again_from_s(sounding, now_s)) for sounding in cut]
        return [_cut_short(sounding, now_s) for sounding in cut if sounding.began_s is not None]

    def _drop_waiting(self) -> list[Prompt]:
        dropped = list(self._waiting)
        self._waiting.clear()
        self._is_rendering = False
        self._ticket += 1
        return dropped

    def _played(self, soundings: list[Sounding], now_s: float) -> list[PromptEnded]:
        self._send_held(now_s)
        return [PromptEnded(s.prompt.id, s.duration_s, True, s.prompt.text) for s in soundings]

    def _send_held(self, now_s: float) -> None:
        current = self._playback.current
        if self._held is None or (current is not None and not current.prompt.is_interruptible):
            return  # what is sent cannot be taken back one by one, so it waits behind the protected one
        prompt, mulaw = self._held
        self._held = None
        self._send(prompt, mulaw, now_s)
        self._render_next()

    def _send(self, prompt: Prompt, mulaw: bytes, now_s: float, from_s: float = 0.0) -> None:
        sounding = self._playback.add(prompt, mulaw, now_s, from_s)
        self._line.play(mulaw[round(from_s * MULAW_BYTES_PER_S) :], sounding.mark)

    def _render_next(self) -> None:
        if self._is_rendering or self._held is not None or not self._waiting:
            return
        self._is_rendering = True
        self._ticket += 1
        prompt = self._waiting[0]
        ready = None if prompt.is_slow else self._audio.ready(prompt.text, prompt.language)
        if ready is None:
            self._executor.submit(self._render, self._ticket, prompt)
        else:  # no thread need be woken for it
            self._post(AudioReady(self._ticket, ready))

    def _render(self, ticket: int, prompt: Prompt) -> None:
        try:
            mulaw = self._audio.mulaw(prompt.text, prompt.language, prompt.is_personal)
            mulaw = slowed(mulaw) if prompt.is_slow else mulaw
        except SynthesizerFailed:
            self._post(AudioReady(ticket, None))
            return
        self._post(AudioReady(ticket, mulaw))


def _again_from_s(sounding: Sounding, now_s: float) -> float:
    if sounding.began_s is None:
        return sounding.from_s
    heard_s = sounding.heard_s(now_s) - ON_THE_WAY_S
    return max(sounding.from_s, quiet_point_s(sounding.mulaw, max(0.0, heard_s)))


def _cut_short(sounding: Sounding, now_s: float) -> PromptEnded:
    words = words_heard(sounding.prompt.text, sounding.share_heard(now_s))
    return PromptEnded(sounding.prompt.id, sounding.heard_s(now_s), False, words)
