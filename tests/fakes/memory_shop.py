"""A shop in memory, over the demo shop's goods; can be told to fail."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ivr.orders.demo_goods import demo_invoices, demo_products, demo_returns
from ivr.orders.order_book import Order, OrderBookUnavailable, OrderStatus
from ivr.orders.shop import (
    ChangeKind,
    ChangeRefused,
    Invoice,
    OrderChange,
    OrderReturn,
    Product,
    Receipt,
    Refusal,
    ReturnStatus,
)
from ivr.orders.shop_rules import is_delivery_day, refusal_of
from tests.fakes.memory_orders import TODAY, MemoryOrderBook


class MemoryShop:
    """Implements `Shop` over a memory order book. `changes` holds what was done, once each."""

    def __init__(self, book: MemoryOrderBook | None = None, today: date = TODAY) -> None:
        self.book = book or MemoryOrderBook()
        self.today = today
        self.changes: dict[str, tuple[OrderChange, Receipt]] = {}
        orders = list(self.book.orders.values())
        self.invoices = demo_invoices(orders, today)
        self.returns = demo_returns(orders, today)

    def refusal(self, order: Order, kind: ChangeKind) -> Refusal | None:
        """Say why this cannot be done to the order as it stands."""
        self._ask()
        if kind is ChangeKind.RETURN and order.number in self.returns:
            return Refusal.ALREADY_DONE
        return refusal_of(order, kind, self.today)

    def change(self, change: OrderChange) -> Receipt:
        """Do it, once per `request_id`."""
        self._ask()
        if change.request_id in self.changes:
            return self.changes[change.request_id][1]
        order = self.book.orders.get(change.order_number)
        if order is None:
            raise ChangeRefused(Refusal.NOT_POSSIBLE)
        why = self.refusal(order, change.kind)
        if why is not None:
            raise ChangeRefused(why)
        number = str(500_000 + len(self.changes))
        if change.kind is ChangeKind.CANCEL:
            order = replace(order, status=OrderStatus.CANCELLED, delivery_date=None)
        elif change.kind is ChangeKind.MOVE_DELIVERY:
            day = date.fromisoformat(change.detail or "")
            if not is_delivery_day(day, self.today):
                raise ChangeRefused(Refusal.NOT_POSSIBLE)
            order = replace(order, delivery_date=day)
        elif change.kind is ChangeKind.RETURN:
            number = f"RT{number}"
            bill = self.invoices.get(order.number)
            self.returns[order.number] = OrderReturn(
                ReturnStatus.REGISTERED, number, bill.amount if bill else None
            )
        self.book.orders[order.number] = order
        self.changes[change.request_id] = (change, Receipt(number))
        return Receipt(number)

    def invoice_of(self, order_number: str) -> Invoice | None:
        """Return the order's invoice, or None."""
        self._ask()
        return self.invoices.get(order_number)

    def return_of(self, order_number: str) -> OrderReturn | None:
        """Return the order's return, or None."""
        self._ask()
        return self.returns.get(order_number)

    def products(self) -> Sequence[Product]:
        """Return everything the shop sells."""
        self._ask()
        return demo_products(self.today)

    def _ask(self) -> None:
        if self.book.is_down:
            raise OrderBookUnavailable("told to fail")
