"""What each matter of a caller needs: which questions are asked, in which order. Pure tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ivr.orders.shop import ChangeKind


class Question(StrEnum):
    """The questions of the form, by the slot their answer fills; reprompts and help are named after them."""

    ORDER_NUMBER = "order_number"
    POSTCODE = "postcode"
    CHOICE = "choice"
    DELIVERY_DAY = "delivery_day"
    ADDRESS = "address"
    PRODUCT = "product"
    WORDS = "words"
    CONFIRMATION = "confirmation"


class Choice(StrEnum):
    """What of an order a caller wants changed."""

    DAY = "day"
    ADDRESS = "address"


@dataclass(frozen=True)
class Matter:
    """One thing callers want. `asks` are its own questions, after who is calling and before the yes or no.

    Those with `is_for_person` are told to the bot once and settled by a person.
    """

    needs_order: bool = False
    asks: tuple[Question, ...] = ()
    is_confirmed: bool = False
    is_for_person: bool = False
    change: ChangeKind | None = None
    system: str | None = None  # the company's that is asked once everything is known, beside the order book


DEFAULT_MATTER = "order_status"
MATTERS: Mapping[str, Matter] = {
    "order_status": Matter(needs_order=True),
    "track_delivery": Matter(needs_order=True),
    "change_order": Matter(
        needs_order=True,
        asks=(Question.CHOICE, Question.DELIVERY_DAY, Question.ADDRESS),
        is_confirmed=True,
        change=ChangeKind.MOVE_DELIVERY,
        system="orders",
    ),
    "cancel_order": Matter(needs_order=True, is_confirmed=True, change=ChangeKind.CANCEL, system="orders"),
    "return_item": Matter(needs_order=True, is_confirmed=True, change=ChangeKind.RETURN, system="returns"),
    "return_status": Matter(needs_order=True, system="returns"),
    "invoice": Matter(
        needs_order=True, is_confirmed=True, change=ChangeKind.RESEND_INVOICE, system="invoices"
    ),
    "balance": Matter(needs_order=True, system="invoices"),
    "stock": Matter(asks=(Question.PRODUCT,), system="products"),
    "complaint": Matter(asks=(Question.WORDS,), is_for_person=True),
    "payment_problem": Matter(asks=(Question.WORDS,), is_for_person=True),
    "change_details": Matter(asks=(Question.WORDS,), is_for_person=True),
    "what_you_know": Matter(is_confirmed=True),
    "delete_my_data": Matter(is_confirmed=True),
}
_ONLY_FOR = {Question.DELIVERY_DAY: Choice.DAY, Question.ADDRESS: Choice.ADDRESS}


def next_question(matter: Matter, known: Mapping[str, Any]) -> Question | None:
    """Return what must be asked next; `known` holds slots, and `is_verified` for who is calling."""
    if matter.needs_order and not known.get("is_verified"):
        return Question.ORDER_NUMBER if known.get("order_number") is None else Question.POSTCODE
    for question in matter.asks:
        wanted = _ONLY_FOR.get(question)
        if known.get(question) is None and (wanted is None or known.get("choice") == wanted):
            return question
    if matter.is_confirmed and known.get("confirmation") is None:
        return Question.CONFIRMATION
    return None
