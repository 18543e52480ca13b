"""What the caller is hearing: prompts sent to the line, in order, until their marks come back."""

from collections import deque
from dataclasses import dataclass

from ivr.audio import g711
from ivr.conversation.prompt import Prompt

LOST_MARK_S = 2.0  # a line that never returns a mark is taken to have played this long after the audio
MULAW_BYTES_PER_S = 8000
REMEMBERED_S = 1.5  # of what has sounded; longer than any echo is late


@dataclass
class Sounding:
    """One prompt on its way to the caller's ear. Times are the call's audio clock, in seconds.

    `mulaw` is the whole prompt at 8 kHz; what was sent begins `from_s` into it, later than 0 when an
    earlier part has been heard before.
    """

    prompt: Prompt
    mark: str
    mulaw: bytes
    from_s: float = 0.0
    began_s: float | None = None

    @property
    def duration_s(self) -> float:
        """Length of the whole prompt."""
        return len(self.mulaw) / MULAW_BYTES_PER_S

    def heard_s(self, now_s: float) -> float:
        """Return how much of the prompt has been heard by now, earlier parts included."""
        if self.began_s is None:
            return self.from_s
        return min(self.from_s + max(now_s - self.began_s, 0.0), self.duration_s)

    def share_heard(self, now_s: float) -> float:
        """Return the same as a share of the prompt, 0 to 1."""
        return self.heard_s(now_s) / self.duration_s if self.mulaw else 1.0


class Playback:
    """The prompts queued on the line. Pure book-keeping; the caller's thread owns it."""

    def __init__(self) -> None:
        self._queue: deque[Sounding] = deque()
        self._sent = 0
        self._past = b""
        self._past_until_s = 0.0

    @property
    def current(self) -> Sounding | None:
        """The prompt now sounding, None when the bot is silent."""
        return self._queue[0] if self._queue else None

    def add(self, prompt: Prompt, mulaw: bytes, now_s: float, from_s: float = 0.0) -> Sounding:
        """Register a prompt that is being sent from `from_s` on; the mark to send behind it is `.mark`."""
        self._sent += 1
        sounding = Sounding(prompt, f"p{self._sent}", mulaw, from_s)
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
            self._remember(sounding, sounding.duration_s, now_s)
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
        if now_s - current.began_s < current.duration_s - current.from_s + LOST_MARK_S:
            return []
        return self.reached(current.mark, now_s)

    def cut(self, now_s: float) -> list[Sounding]:
        """Forget everything queued; return it."""
        dropped = list(self._queue)
        if dropped:
            self._remember(dropped[0], dropped[0].heard_s(now_s), now_s)
        self._queue.clear()
        return dropped

    def lately(self, now_s: float) -> bytes:
        """Return the mu-law audio of the last 1.5 s up to now, silence included."""
        sounding = self.current
        if sounding is None or sounding.began_s is None:
            return _last(self._past + _silence(now_s - self._past_until_s))
        heard = _part(sounding, sounding.heard_s(now_s))
        return _last(self._past + _silence(sounding.began_s - self._past_until_s) + heard)

    def _remember(self, sounding: Sounding, heard_s: float, now_s: float) -> None:
        began_s = now_s if sounding.began_s is None else sounding.began_s
        gap = _silence(began_s - self._past_until_s)
        self._past = _last(self._past + gap + _part(sounding, heard_s))
        self._past_until_s = now_s


def _part(sounding: Sounding, heard_s: float) -> bytes:
    start, end = (round(at_s * MULAW_BYTES_PER_S) for at_s in (sounding.from_s, heard_s))
    return sounding.mulaw[start:end]


def _silence(seconds: float) -> bytes:
    return bytes([g711.SILENCE]) * round(min(max(seconds, 0.0), REMEMBERED_S) * MULAW_BYTES_PER_S)


def _last(mulaw: bytes) -> bytes:
    return mulaw[-round(REMEMBERED_S * MULAW_BYTES_PER_S) :]


def words_heard(text: str, share: float) -> str:
    """Return the words in the first `share` (0 to 1) of a sentence, an estimate by its length."""
    if share >= 1.0:
        return text
    return text[: int(share * len(text))].rpartition(" ")[0]
