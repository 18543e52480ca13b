"""What the demo shop allows, and until when. Pure."""

from datetime import date, timedelta

from ivr.orders.order_book import Order, OrderStatus
from ivr.orders.shop import ChangeKind, Refusal

RETURN_DAYS = 30  # counted from the delivery
FIRST_DELIVERY_DAYS = 2  # a parcel needs this long
LAST_DELIVERY_DAYS = 14
SATURDAY = 5
_CANCELLABLE = {OrderStatus.RECEIVED, OrderStatus.PACKED}


def refusal_of(order: Order, kind: ChangeKind, today: date) -> Refusal | None:
    """Return why this cannot be done to the order on this day, None when it can."""
    if kind is ChangeKind.RESEND_INVOICE:
        return None
    if order.status is OrderStatus.CANCELLED:
        return Refusal.ALREADY_DONE if kind is ChangeKind.CANCEL else Refusal.NOT_POSSIBLE
    if kind is ChangeKind.RETURN:
        return _why_no_return(order, today)
    if order.status is OrderStatus.DELIVERED:
        return Refusal.ALREADY_DELIVERED
    if kind is ChangeKind.CANCEL:
        return None if order.status in _CANCELLABLE else Refusal.TOO_LATE
    return None if order.status is OrderStatus.RECEIVED else Refusal.TOO_LATE


def _why_no_return(order: Order, today: date) -> Refusal | None:
    if order.status is not OrderStatus.DELIVERED:
        return Refusal.NOT_DELIVERED
    if order.delivery_date is None or today - order.delivery_date > timedelta(days=RETURN_DAYS):
        return Refusal.TOO_LATE
    return None


def delivery_days(today: date) -> tuple[date, date]:
    """Return the first and the last day a delivery can be moved to."""
    first, last = today + timedelta(days=FIRST_DELIVERY_DAYS), today + timedelta(days=LAST_DELIVERY_DAYS)
    while first.weekday() >= SATURDAY:
        first += timedelta(days=1)
    while last.weekday() >= SATURDAY:
        last -= timedelta(days=1)
    return first, last


def is_delivery_day(day: date, today: date) -> bool:
    """Say whether the shop delivers on this day."""
    first, last = delivery_days(today)
    return first <= day <= last and day.weekday() < SATURDAY
