"""What the bot expects to hear next: it steers endpointing, key entry and reprompts."""

from dataclasses import dataclass
from enum import StrEnum


class Expecting(StrEnum):
    """The class of answer a question asks for."""

    OPEN = "open"
    YES_NO = "yes_no"
    DIGITS = "digits"


@dataclass(frozen=True)
class Expectation:
    """The answer that fits the question now on the floor.

    `step` names the question ("order_number", "postcode", "request", "anything_else"); reprompts
    are worded and failures counted per step. `digits` is the number of digits a full answer has
    (only with DIGITS); `shape` what it looks like where it has letters too, "A" for a letter and "9"
    for a digit, of which it then has `digits`.
    """

    kind: Expecting = Expecting.OPEN
    step: str = "request"
    digits: int | None = None
    shape: str | None = None

    @property
    def keys(self) -> int | None:
        """Return how many keys a full answer takes: a letter is keyed as the key that bears it."""
        return len(self.shape) if self.shape else self.digits


OPEN_QUESTION = Expectation()
