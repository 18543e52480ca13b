"""A shop in memory; can be told to fail."""

from collections.abc import Iterable
from datetime import date

from ivr.orders.demo_shop import demo_orders
from ivr.orders.order_book import Order, OrderBookUnavailable

TODAY = date(2030, 3, 4)


class MemoryOrderBook:
    """Implements `OrderBook` over the demo shop's orders, or those given. Set `is_down` to make it fail."""

    def __init__(self, orders: Iterable[Order] | None = None) -> None:
        self.is_down = False
        self.looked_up: list[str] = []
        self.orders = {order.number: order for order in (demo_orders(TODAY) if orders is None else orders)}

    def find(self, number: str) -> Order | None:
        """Return the order with this number, or None."""
        self.looked_up.append(number)
        if self.is_down:
            raise OrderBookUnavailable("told to fail")
        return self.orders.get(number)

    def is_ready(self) -> bool:
        """Say whether look-ups work now."""
        return not self.is_down
