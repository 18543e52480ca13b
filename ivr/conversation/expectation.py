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
    (only with DIGITS).
    """

    kind: Expecting = Expecting.OPEN
    step: str = "request"
    digits: int | None = None


OPEN_QUESTION = Expectation()
