"""What is said about where an order is."""

from collections.abc import Mapping
from typing import Any

from ivr.dialogue.action_wire import say
from ivr.dialogue.actions.memory import Event
from ivr.orders.order_book import OrderStatus

_DATE_WORDING = {
    OrderStatus.DELAYED: "utter_new_date",
    OrderStatus.DELIVERED: "utter_delivered_on",
    OrderStatus.CANCELLED: None,
}
_TRACKED = {OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY, OrderStatus.DELAYED}


def status_words(slots: Mapping[str, Any]) -> tuple[Event, ...]:
    """Return where the order is, when it comes and who carries it."""
    status = OrderStatus(slots["order_status"])
    parcel = _parcel(slots) if status in _TRACKED else ()
    return (say(f"utter_order_{status.value}"), *_day(status, slots), *parcel)


def tracking_words(slots: Mapping[str, Any]) -> tuple[Event, ...]:
    """Return who carries the order and when it comes; what else there is to say when nobody does yet."""
    status = OrderStatus(slots["order_status"])
    if status in {OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.DELAYED}:
        return status_words(slots)
    parcel = _parcel(slots)
    if not parcel:
        return (say("utter_not_tracked_yet"), *_day(status, slots))
    return (*parcel, *_day(status, slots))


def _day(status: OrderStatus, slots: Mapping[str, Any]) -> tuple[Event, ...]:
    name = _DATE_WORDING.get(status, "utter_expected_on")
    return (say(name, delivery_date=slots["delivery_date"]),) if name and slots.get("delivery_date") else ()


def _parcel(slots: Mapping[str, Any]) -> tuple[Event, ...]:
    if not slots.get("tracking_code") or not slots.get("carrier_name"):
        return ()
    return (say("utter_tracking", carrier_name=slots["carrier_name"], tracking_code=slots["tracking_code"]),)
