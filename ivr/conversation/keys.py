"""When keypad presses make an entry: a number of known length, a number ended by #, or a lone zero."""

from collections.abc import Collection
from dataclasses import dataclass

from ivr.conversation.expectation import Expectation

INTER_DIGIT_S = 4.0  # practice: 3 s, 6 s for extensions; slow hands get a little more
LONE_ZERO_S = 2.0  # a zero that may begin a postcode waits this long for a second digit
MOST_DIGITS = 32


@dataclass
class KeyEntry:
    """Collects the presses of one entry. Time is the audio clock of the call, in seconds."""

    digits: str = ""
    last_press_s: float = 0.0

    def press(self, key: str, at_s: float, expects: Expectation) -> str | None:
        """Take one key (0-9, *, #; others are ignored); return the finished entry, if this finished it."""
        if key == "*":
            self.digits = ""
            return None
        if key == "#":
            return self._finish()
        if key not in "0123456789" or len(key) != 1:
            return None
        self.digits = (self.digits + key)[:MOST_DIGITS]
        self.last_press_s = at_s
        if expects.digits is None and self.digits == "0":
            return self._finish()
        if expects.digits is not None and len(self.digits) >= expects.digits:
            return self._finish()
        return None

    def tick(self, now_s: float, choices: Collection[str] = ()) -> str | None:
        """Return the entry when the caller has stopped pressing keys; sooner for one of the `choices`."""
        if not self.digits:
            return None
        patience = LONE_ZERO_S if self.digits == "0" or self.digits in choices else INTER_DIGIT_S
        return self._finish() if now_s - self.last_press_s >= patience else None

    def _finish(self) -> str | None:
        entry, self.digits = self.digits, ""
        return entry or None
