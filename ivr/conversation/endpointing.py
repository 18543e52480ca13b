"""When the caller's turn is over: from what is expected, the words so far and the pause. Pure.

Waits are seconds from the last speech. Callers pause up to 2.5 s (p95) inside a number they read
aloud, so silence alone is not the end; a complete answer needs almost no wait.
"""

import re
from dataclasses import dataclass

from ivr.conversation.expectation import Expectation, Expecting
from ivr.dialogue.spoken_numbers import hear_numbers

COMPLETE_S = 0.35
USUAL_S = 0.7
UNFINISHED_S = 1.6
LONGEST_WAIT_S = UNFINISHED_S
LONGEST_TURN_S = 28.0  # the recogniser's window is 30 s

_YES_NO = re.compile(r"^(yes|yeah|yep|no|nope|nah|sure|correct|right|okay|ok)\b[\w\s,']*$")
_TRAILING = re.compile(
    r"\b(and|or|but|um|uh|uhm|erm|er|eh|so|the|a|my|is|it's|for|to|with|number|postcode|order number)$"
)


@dataclass(frozen=True)
class Wait:
    """How long to wait after the last speech, and why; the reason goes into the turn record."""

    seconds: float
    reason: str


def wait(expects: Expectation, words: str, language: str = "en") -> Wait:
    """Decide the wait after the last speech from the words heard so far."""
    plain = re.sub(r"[^\w\s']", " ", words.lower()).strip()
    if expects.kind is Expecting.DIGITS:
        return _wait_for_digits(expects, words, plain, language)
    if _TRAILING.search(plain):
        return Wait(UNFINISHED_S, "trailing_word")
    if expects.kind is Expecting.YES_NO and _YES_NO.match(plain):
        return Wait(COMPLETE_S, "yes_no_complete")
    return Wait(USUAL_S, "pause")


def _wait_for_digits(expects: Expectation, words: str, plain: str, language: str) -> Wait:
    lengths = (expects.digits,) if expects.digits is not None else ()
    heard = len(hear_numbers(words, language, lengths).digits or "")
    if heard == expects.digits:
        return Wait(COMPLETE_S, "digits_complete")
    if heard > 0 or _TRAILING.search(plain):
        return Wait(UNFINISHED_S, "digits_unfinished")
    return Wait(USUAL_S, "no_digits")
