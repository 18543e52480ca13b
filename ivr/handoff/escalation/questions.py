"""What the bot still asks before a person takes over: the least that saves time, never of an upset caller."""

from enum import StrEnum

from ivr.handoff.case import Case
from ivr.handoff.escalation.decision import Mood
from ivr.handoff.escalation.reasons import EscalationReason as R

MOST_QUESTIONS = 2
TELLING_WORDS = 4  # fewer say what it is about to nobody
# The reasons with which a calm caller can wait for a question; every other one is put through at once.
_CAN_WAIT = {R.COMPLEX, R.COMPLAINT, R.TOPIC_RESERVED, R.VALUE_AT_STAKE, R.CALLED_BEFORE, R.DEADLINE}
_ABOUT_AN_ORDER = {
    "order_status", "track_delivery", "change_order", "cancel_order", "return_item", "return_status",
    "invoice", "payment_problem",
}  # fmt: skip


class Question(StrEnum):
    """What may be asked, once each."""

    ORDER_NUMBER = "order_number"
    CALLBACK_NUMBER = "callback_number"
    MATTER = "matter"


def questions_before_transfer(case: Case, mood: Mood) -> tuple[Question, ...]:
    """Return at most two questions, none when the caller is upset or asked for a person."""
    if mood is not Mood.CALM or case.reason not in _CAN_WAIT:
        return ()
    wanted: list[Question] = []
    if case.matter is None and len((case.wanted or "").split()) < TELLING_WORDS:
        wanted.append(Question.MATTER)
    if case.order_number is None and case.intent in _ABOUT_AN_ORDER:
        wanted.append(Question.ORDER_NUMBER)
    if case.caller_number is None:
        wanted.append(Question.CALLBACK_NUMBER)
    return tuple(wanted[:MOST_QUESTIONS])
