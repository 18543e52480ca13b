"""A caller's line in virtual time: 20 ms of audio per receive; marks return once their audio has played."""

from collections import deque
from collections.abc import Callable

import numpy as np

from ivr.audio import g711
from ivr.calls.line import Frame, KeyPressed, LineClosed, LineMessage, MarkReached
from tests.fakes.steered_clock import SteeredClock

FRAME_S = 0.02
SILENCE = g711.encode(np.zeros(160, np.float32))
TIMES = np.arange(160) / 160 * 2 * np.pi
VOICE = g711.encode((0.3 * np.sin(8 * TIMES) + 0.2 * np.sin(24 * TIMES)).astype(np.float32))
HUM = g711.encode((0.3 * np.sin(4 * TIMES)).astype(np.float32))


class SteeredLine:
    """Plays a caller who speaks, presses and hangs up at given seconds of the call."""

    def __init__(self, clock: SteeredClock, does_echo_marks: bool = True) -> None:
        self._clock = clock
        self._does_echo_marks = does_echo_marks
        self._frames = 0
        self._speech: list[tuple[float, float, bytes]] = []
        self._messages: deque[tuple[float, LineMessage]] = deque()
        self._returning: deque[MarkReached] = deque()
        self._playing: deque[tuple[float, str]] = deque()
        self._plays_until_s = 0.0
        self._bot = bytearray()  # what the bot has said, sample by sample
        self._echo_delay_s: float | None = None
        self._lost_one_in = 0
        self._due: list[tuple[float, Callable[[], None]]] = []
        self.clears: list[float] = []
        self.plays: list[float] = []
        self.played: list[bytes] = []
        self.is_closed = False

    @property
    def now_s(self) -> float:
        return self._frames * FRAME_S

    def caller_speaks(self, from_s: float, to_s: float) -> None:
        self._speech.append((from_s, to_s, VOICE))

    def caller_hums(self, from_s: float, to_s: float) -> None:
        self._speech.append((from_s, to_s, HUM))

    def caller_presses(self, keys: str, at_s: float) -> None:
        for offset, key in enumerate(keys):
            self._messages.append((at_s + 0.3 * offset, KeyPressed(key)))

    def loses_one_in(self, frames: int) -> None:
        self._lost_one_in = frames

    def echoes(self, delay_s: float) -> None:
        self._echo_delay_s = delay_s

    def stream_ends(
        self, at_s: float, reason: str = "socket closed", is_stop_announced: bool = False
    ) -> None:
        self._messages.append((at_s, LineClosed(reason, is_stop_announced)))

    def call_at(self, at_s: float, work: Callable[[], None]) -> None:
        self._due.append((at_s, work))

    def receive(self, timeout_s: float) -> LineMessage | None:
        if self._returning:
            return self._returning.popleft()
        if self._messages and self._messages[0][0] <= self.now_s:
            return self._messages.popleft()[1]
        if self._playing and self._playing[0][0] <= self.now_s:
            return MarkReached(self._playing.popleft()[1])
        for at_s, work in [due for due in self._due if due[0] <= self.now_s]:
            self._due.remove((at_s, work))
            work()
        self._frames += 1
        self._clock.advance(FRAME_S)
        return Frame(self.frame())

    def wake(self) -> None:
        """Change nothing: `receive` never waits."""

    def frame(self) -> bytes:
        """Return what the caller's line delivers now."""
        if self._lost_one_in and self._frames % self._lost_one_in == 0:
            return SILENCE
        sounds = [sound for start, end, sound in self._speech if start <= self.now_s < end]
        sounds += [] if self._echo_delay_s is None else [self.bot_sounded(self.now_s - self._echo_delay_s)]
        return sounds[0] if sounds else SILENCE

    def bot_sounded(self, until_s: float, samples: int = 160) -> bytes:
        """Return so many bytes of what the bot said, the last of them at that second."""
        end = round(until_s * 8000)
        before = SILENCE[:1] * max(0, samples - max(0, end))
        said = bytes(self._bot[max(0, end - samples) : max(0, end)])
        return before + said + SILENCE[:1] * (samples - len(before) - len(said))

    def play(self, mulaw: bytes, mark: str) -> None:
        self.plays.append(self.now_s)
        self.played.append(mulaw)
        begins_s = max(self._plays_until_s, self.now_s)
        self._bot.extend(SILENCE[:1] * (round(begins_s * 8000) - len(self._bot)))
        self._bot.extend(mulaw)
        self._plays_until_s = begins_s + len(mulaw) / 8000
        if self._does_echo_marks:
            self._playing.append((self._plays_until_s, mark))

    def clear(self) -> None:
        self.clears.append(self.now_s)
        self._plays_until_s = self.now_s
        del self._bot[round(self.now_s * 8000) :]
        self._returning.extend(MarkReached(mark) for _, mark in self._playing)
        self._playing.clear()

    def close(self) -> None:
        self.is_closed = True


class LoudnessActivity:
    """Takes anything loud for a voice."""

    def probability(self, window: np.ndarray) -> float:
        return 1.0 if float(np.abs(window).max()) > 0.1 else 0.0
