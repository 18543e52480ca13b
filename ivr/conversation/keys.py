"""When keypad presses make an entry: a number of known length, a number ended by #, or a lone zero."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from ivr.conversation.expectation import Expectation

INTER_DIGIT_S = 4.0  # practice: 3 s, 6 s for extensions; slow hands get a little more
LONE_ZERO_S = 2.0  # a zero that may begin a postcode waits this long for a second digit
MOST_DIGITS = 32
CARD_BEGINS = re.compile(r"4|5[0-8]|6|3[4-9]|2[2-7]")  # ISO/IEC 7812: what payment cards begin with
TAIL_S = (0.35, 1.2)  # a number that may be the beginning of a card's waits so long for more of it
OWN_GAP_SHARE = 1.4  # who took so long between two keys may take a little longer
LONGEST_ASKED = 12  # digits; whatever is longer is no answer to any question, and is over soon
RUN_JOIN_S = 2.5  # keys that follow an entry sooner than this may belong to one longer number, a card's
RUN_END_S = 1.5  # such keys wait this long to be a number of the length asked for after all


@dataclass
class KeyEntry:
    """Collects the presses of one entry. Time is the audio clock of the call, in seconds."""

    digits: str = ""
    last_press_s: float = 0.0
    run: str = ""  # the digits of the last entry and of those it followed without a pause
    is_run_over: bool = True
    wanted: int | None = None
    longest_gap_s: float = 0.0

    def press(self, key: str, at_s: float, expects: Expectation) -> str | None:
        """Take one key (0-9, *, #; others are ignored); return the finished entry, if this finished it."""
        if key == "*":
            self.digits = ""
            return None
        if key == "#":
            return self._finish(is_run_over=True)
        if key not in "0123456789" or len(key) != 1:
            return None
        if not self.digits and (self.is_run_over or at_s - self.last_press_s > RUN_JOIN_S):
            self.run = ""
        self.longest_gap_s = max(self.longest_gap_s, at_s - self.last_press_s) if self.digits else 0.0
        self.wanted = expects.keys
        self.digits = (self.digits + key)[:MOST_DIGITS]
        self.last_press_s = at_s
        if self.run:
            return None  # until the pause, it may be a card number, of which nothing may be let through
        if expects.keys is None and self.digits == "0":
            return self._finish()
        if expects.keys is not None and len(self.digits) >= expects.keys:
            return None if CARD_BEGINS.match(self.digits) else self._finish()
        return None

    def tick(self, now_s: float, choices: Collection[str] = ()) -> str | None:
        """Return the entry when the caller has stopped pressing keys; sooner for one of the `choices`."""
        if not self.digits:
            return None
        if now_s - self.last_press_s < self._patience_s(choices):
            return None
        return self._finish(is_run_over=bool(self.run) or len(self.digits) != self.wanted)

    def _patience_s(self, choices: Collection[str]) -> float:
        own_s = OWN_GAP_SHARE * self.longest_gap_s
        is_as_long_as_asked = len(self.digits) == self.wanted
        if len(self.digits) > (self.wanted or LONGEST_ASKED) or (self.run and is_as_long_as_asked):
            return max(RUN_END_S, own_s)
        if is_as_long_as_asked:
            shortest_s, longest_s = TAIL_S
            return min(max(shortest_s, own_s), longest_s)
        is_choice = not self.run and (self.digits == "0" or self.digits in choices)
        return LONE_ZERO_S if is_choice else INTER_DIGIT_S

    def _finish(self, is_run_over: bool = False) -> str | None:
        entry, self.digits = self.digits, ""
        self.is_run_over = is_run_over
        self.run = (self.run + entry)[-MOST_DIGITS:]
        return entry or None
