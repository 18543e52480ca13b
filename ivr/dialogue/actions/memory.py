"""What Rasa is told to remember and to forget about a caller's matter."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ivr.dialogue.action_wire import slot
from ivr.dialogue.matters import Question
from ivr.orders.order_book import Order, OrderStatus

Event = dict[str, Any]
ORDER_FACTS = ("customer_name", "order_status", "delivery_date", "carrier_name", "tracking_code")
_IDENTITY = ("order_number", "postcode", "first_digits", "is_number_confirmed")
_DETAILS = (
    Question.CHOICE,
    Question.DELIVERY_DAY,
    Question.ADDRESS,
    Question.PRODUCT,
    Question.WORDS,
    Question.CONFIRMATION,
    "outcome",
    "is_prepared",
    "product_tries",
)


def emptied_identity() -> tuple[Event, ...]:
    """Return the events that forget what was said of number and postcode."""
    return tuple(slot(name, None) for name in _IDENTITY)


def emptied_details() -> tuple[Event, ...]:
    """Return the events that forget the answers to a matter's own questions."""
    return tuple(slot(str(name), None) for name in _DETAILS)


def emptied_form() -> tuple[Event, ...]:
    """Return the events that empty the form; who is calling stays known."""
    return (*emptied_identity(), *emptied_details(), slot("matter", None), slot("step", None))


def forgotten_order() -> tuple[Event, ...]:
    """Return the events that forget whose order it was."""
    return tuple(slot(name, None) for name in ("is_verified", "is_status_read", *ORDER_FACTS))


def order_facts(order: Order) -> tuple[Event, ...]:
    """Return the events that remember a verified order."""
    return (
        slot("is_verified", True),
        slot("customer_name", order.customer_name),
        slot("order_status", order.status.value),
        slot("delivery_date", order.delivery_date.isoformat() if order.delivery_date else None),
        slot("carrier_name", order.carrier_name),
        slot("tracking_code", order.tracking_code),
    )


def verified_order(slots: Mapping[str, Any]) -> Order:
    """Return the verified order as it is remembered; the postcode is not."""
    day = slots.get("delivery_date")
    return Order(
        number=slots["known_order_number"],
        postcode="",
        status=OrderStatus(slots["order_status"]),
        customer_name=slots.get("customer_name"),
        delivery_date=date.fromisoformat(day) if day else None,
        carrier_name=slots.get("carrier_name"),
        tracking_code=slots.get("tracking_code"),
    )


def after(slots: Mapping[str, Any], events: tuple[Event, ...]) -> dict[str, Any]:
    """Return the slots as they will be once the events are remembered."""
    changed = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    return {**slots, **changed}
