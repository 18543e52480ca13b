"""The shop in the service's own database: what a caller changes is written once, in one transaction."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.clock import Clock
from ivr.orders import shop_tables
from ivr.orders.order_book import Order, OrderBookUnavailable, OrderStatus
from ivr.orders.order_row import order_of
from ivr.orders.shop import (
    CURRENCY,
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
from ivr.records.database import beginning
from ivr.records.models import invoices, order_changes, order_returns, orders, products
from ivr.records.store import RecordRefused, RecordsUnavailable

DRAWS = 20  # of a free number; with 900,000 numbers the second is hardly ever needed


class SqlShop:
    """Implements `Shop` over the demo shop's tables. Safe from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def refusal(self, order: Order, kind: ChangeKind) -> Refusal | None:
        """Say why this cannot be done to the order as it stands."""
        if kind is ChangeKind.RETURN and self.return_of(order.number) is not None:
            return Refusal.ALREADY_DONE
        return refusal_of(order, kind, self._today())

    def change(self, change: OrderChange) -> Receipt:
        """Do it, once per `request_id`. Raises ChangeRefused and OrderBookUnavailable."""
        try:
            with beginning(self._engine, is_writing=True) as connection:
                return self._earlier(connection, change) or self._do(connection, change)
        except IntegrityError:  # another process did the same request first
            return self._done_by_another(change)
        except (RecordsUnavailable, RecordRefused) as problem:
            raise OrderBookUnavailable(str(problem)) from problem

    def invoice_of(self, order_number: str) -> Invoice | None:
        """Return the order's invoice, or None."""
        rows = self._rows(select(invoices).where(invoices.c.order_number == order_number))
        return shop_tables.invoice_of(rows[0]) if rows else None

    def return_of(self, order_number: str) -> OrderReturn | None:
        """Return the order's return, or None."""
        rows = self._rows(select(order_returns).where(order_returns.c.order_number == order_number))
        return shop_tables.return_of(rows[0]) if rows else None

    def products(self) -> Sequence[Product]:
        """Return everything the shop sells."""
        return [shop_tables.product_of(row) for row in self._rows(select(products))]

    def _rows(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        try:
            with beginning(self._engine) as connection:
                return connection.execute(wanted).all()
        except RecordsUnavailable as problem:
            raise OrderBookUnavailable(str(problem)) from problem

    def _done_by_another(self, change: OrderChange) -> Receipt:
        try:
            with beginning(self._engine) as connection:
                receipt = self._earlier(connection, change)
        except RecordsUnavailable as problem:
            raise OrderBookUnavailable(str(problem)) from problem
        if receipt is None:
            raise OrderBookUnavailable("a change collided with another")
        return receipt

    def _earlier(self, connection: Connection, change: OrderChange) -> Receipt | None:
        asked = select(order_changes.c.receipt).where(order_changes.c.request_id == change.request_id)
        number = connection.execute(asked).scalar_one_or_none()
        return None if number is None else Receipt(number)

    def _do(self, connection: Connection, change: OrderChange) -> Receipt:
        wanted = select(orders).where(orders.c.number == change.order_number).with_for_update()
        row = connection.execute(wanted).one_or_none()
        if row is None:
            raise ChangeRefused(Refusal.NOT_POSSIBLE)
        order = order_of(row)
        why = refusal_of(order, change.kind, self._today())
        if why is not None:
            raise ChangeRefused(why)
        receipt = Receipt(self._free_number(connection, "RT" if change.kind is ChangeKind.RETURN else ""))
        self._apply(connection, change, receipt)
        connection.execute(
            insert(order_changes).values(
                request_id=change.request_id,
                order_number=change.order_number,
                kind=change.kind.value,
                detail=change.detail,
                receipt=receipt.number,
                done_at=self._clock.now(),
            )
        )
        return receipt

    def _apply(self, connection: Connection, change: OrderChange, receipt: Receipt) -> None:
        this_order = update(orders).where(orders.c.number == change.order_number)
        match change.kind:
            case ChangeKind.CANCEL:
                connection.execute(this_order.values(status=OrderStatus.CANCELLED.value, delivery_date=None))
            case ChangeKind.MOVE_DELIVERY:
                day = _date(change.detail)
                if day is None or not is_delivery_day(day, self._today()):
                    raise ChangeRefused(Refusal.NOT_POSSIBLE)
                connection.execute(this_order.values(delivery_date=day))
            case ChangeKind.RETURN:
                self._open_return(connection, change.order_number, receipt)
            case ChangeKind.NEW_ADDRESS | ChangeKind.RESEND_INVOICE:
                pass  # the row in order_changes is what the warehouse and the post work from

    def _open_return(self, connection: Connection, number: str, receipt: Receipt) -> None:
        known = select(order_returns.c.code).where(order_returns.c.order_number == number)
        if connection.execute(known).first() is not None:
            raise ChangeRefused(Refusal.ALREADY_DONE)
        invoice = connection.execute(select(invoices).where(invoices.c.order_number == number)).first()
        connection.execute(
            insert(order_returns).values(
                order_number=number,
                code=receipt.number,
                status=ReturnStatus.REGISTERED.value,
                amount_ore=invoice.amount_ore if invoice else None,
                currency=invoice.currency if invoice else CURRENCY,
            )
        )

    def _free_number(self, connection: Connection, prefix: str) -> str:
        for _ in range(DRAWS):
            number = f"{prefix}{secrets.randbelow(900_000) + 100_000}"
            taken = select(order_changes.c.receipt).where(order_changes.c.receipt == number)
            if connection.execute(taken).first() is None:
                return number
        raise OrderBookUnavailable("no confirmation number is free")

    def _today(self) -> date:
        return self._clock.now().date()


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
