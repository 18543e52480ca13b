"""When words from a line that loses sound must not be acted on. Pure."""

from ivr.conversation.endpointing import SURE
from ivr.conversation.expectation import Expectation, Expecting

MOST_LOST = 0.05  # share of the sound; up to here recognition hears as well as ever


def is_guess(expects: Expectation, asr_confidence: float, lost_share: float) -> bool:
    """Say whether to ask again, where keys and a person are offered, rather than to act on the words.

    A digit more or less is not seen in the confidence, so a number heard over such a line is never taken.
    """
    if lost_share < MOST_LOST:
        return False
    return expects.kind is Expecting.DIGITS or asr_confidence < SURE
