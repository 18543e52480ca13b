"""When a silence on a live call has lasted too long: nobody speaks, or the answer is still being made."""

from ivr.calls.turn_timing import TurnTiming
from ivr.conversation.actions import Listen
from ivr.conversation.patience import is_word_due


class Silences:
    """Counts the present silence, in seconds of the call's audio. Owned by the call's thread."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._listen: Listen | None = None
        self._words_said = 0  # in this wait
        self._words_in_call = 0

    def began(self, now_s: float) -> None:
        """The bot has just fallen silent, or a key was pressed."""
        self._since_s = now_s

    def expect(self, listen: Listen) -> None:
        """From the present silence on, the caller is to say something."""
        self._listen = listen

    def caller_spoke(self) -> None:
        """The caller said or keyed something: a new wait begins."""
        self._words_said = 0

    def is_caller_overdue(self, now_s: float) -> bool:
        """Say whether the caller has said nothing for too long; once for each time something is expected."""
        if self._listen is None or self._since_s is None:
            return False
        if now_s - self._since_s < self._listen.no_input_s:
            return False
        self._listen = None
        return True

    def word_due(self, now_s: float, now: float, timing: TurnTiming) -> int | None:
        """Return which word of waiting is due, counted through the call from 1; None for none yet.

        `now` and `timing` are on the monotonic clock.
        """
        is_due = is_word_due(
            self._words_said,
            now - timing.speech_ended_at,
            now - timing.turn_ended_at,
            now_s - (self._since_s or 0.0),
        )
        if not is_due:
            return None
        self._words_said += 1
        self._words_in_call += 1
        return self._words_in_call
