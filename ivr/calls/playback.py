"""What the caller is hearing: prompts sent to the line, in order, until their marks come back."""

from collections import deque
from dataclasses import dataclass

from ivr.conversation.prompt import Prompt

LOST_MARK_S = 2.0  # a line that never returns a mark is taken to have played this long after the audio


@dataclass
class Sounding:
    """One prompt on its way to the caller's ear. Times are the call's audio clock, in seconds."""

    prompt: Prompt
    mark: str
    duration_s: float
    began_s: float | None = None


class Playback:
    """The prompts queued on the line. Pure book-keeping; the caller's thread owns it."""

    def __init__(self) -> None:
        self._queue: deque[Sounding] = deque()
        self._sent = 0

    @property
    def current(self) -> Sounding | None:
        """The prompt now sounding, None when the bot is silent."""
        return self._queue[0] if self._queue else None

    def add(self, prompt: Prompt, duration_s: float, now_s: float) -> Sounding:
        """Register a prompt that is being sent; the mark to send behind it is `.mark`."""
        self._sent += 1
        sounding = Sounding(prompt, f"p{self._sent}", duration_s)
        if not self._queue:
            sounding.began_s = now_s
        self._queue.append(sounding)
        return sounding

    def reached(self, mark: str, now_s: float) -> list[Sounding]:
        """Return the prompts that have been played when this mark comes back; unknown marks none."""
        if all(sounding.mark != mark for sounding in self._queue):
            return []
        played = []
        while True:
            sounding = self._queue.popleft()
            played.append(sounding)
            if sounding.mark == mark:
                break
        if self._queue and self._queue[0].began_s is None:
            self._queue[0].began_s = now_s
        return played

    def overdue(self, now_s: float) -> list[Sounding]:
        """Return prompts whose mark should long have come back."""
        current = self.current
        if current is None or current.began_s is None:
            return []
        if now_s - current.began_s < current.duration_s + LOST_MARK_S:
            return []
        return self.reached(current.mark, now_s)

    def cut(self, now_s: float) -> list[tuple[Sounding, float]]:
        """Forget everything queued; return each prompt with the seconds the caller heard of it."""
        dropped = [(sounding, self._heard_s(sounding, now_s)) for sounding in self._queue]
        self._queue.clear()
        return dropped

    @staticmethod
    def _heard_s(sounding: Sounding, now_s: float) -> float:
        if sounding.began_s is None:
            return 0.0
        return min(max(now_s - sounding.began_s, 0.0), sounding.duration_s)
