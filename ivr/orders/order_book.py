"""The port to the shop's orders."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class OrderStatus(StrEnum):
    """Where an order is, as a caller would ask."""

    RECEIVED = "received"
    PACKED = "packed"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Order:
    """One order. `number` is six digits, or letters where the shop has them; `postcode` four or five."""

    number: str
    postcode: str
    status: OrderStatus
    customer_name: str | None = None
    delivery_date: date | None = None
    carrier_name: str | None = None
    tracking_code: str | None = None


class OrderBook(Protocol):
    """Finds orders."""

    def find(self, number: str) -> Order | None:
        """Return the order with this number, or None. Raises OrderBookUnavailable."""
        ...

    def is_ready(self) -> bool:
        """Say whether look-ups work now."""
        ...


class OrderBookUnavailable(Exception):
    """The shop's system did not answer in time or is failing."""


def has_order(book: OrderBook, number: str) -> bool:
    """Say whether an order has this number; a book that cannot be asked has none. Blocking, any thread."""
    try:
        return book.find(number) is not None
    except OrderBookUnavailable:
        return False
