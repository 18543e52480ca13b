"""How often the bot may fail before a person takes over, and which wording comes next.

Two failures in a row on one step, or three in a call, are the limit; no-input and no-match share
the counters (caller-experience practice: at most two reprompts a step, three failures a call).
"""

from collections import Counter
from dataclasses import dataclass, field

STEP_LIMIT = 2
CALL_LIMIT = 3
LAST_LEVEL = 2


@dataclass
class Repair:
    """Counts failures of one call."""

    in_a_row: int = 0
    in_call: int = 0
    _step: str | None = None
    _reprompts: Counter[str] = field(default_factory=Counter)

    def fail(self, step: str) -> int | None:
        """Count a failure on a step; return the reprompt level (1..2) or None when the limit is reached."""
        self.in_a_row = self.in_a_row + 1 if step == self._step else 1
        self._step = step
        self.in_call += 1
        if self.in_a_row >= STEP_LIMIT or self.in_call >= CALL_LIMIT:
            return None
        self._reprompts[step] += 1
        return min(self._reprompts[step], LAST_LEVEL)

    def succeed(self) -> None:
        """Forget the row of failures; the call's total stays."""
        self.in_a_row = 0
        self._step = None
