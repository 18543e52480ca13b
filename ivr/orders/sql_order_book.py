"""Orders in the service's own database: the demo shop's, or those a real shop copies there."""

from sqlalchemy import Engine, select

from ivr.orders.order_book import Order, OrderBookUnavailable
from ivr.orders.order_row import order_of
from ivr.records.database import beginning
from ivr.records.models import orders
from ivr.records.store import RecordsUnavailable


class SqlOrderBook:
    """Implements `OrderBook` over the table `orders`. Safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, number: str) -> Order | None:
        """Return the order with this number, or None. Raises OrderBookUnavailable."""
        try:
            with beginning(self._engine) as connection:
                row = connection.execute(select(orders).where(orders.c.number == number)).one_or_none()
        except RecordsUnavailable as problem:
            raise OrderBookUnavailable(str(problem)) from problem
        return None if row is None else order_of(row)

    def is_ready(self) -> bool:
        """Say whether the database answers and has its tables."""
        try:
            with beginning(self._engine) as connection:
                connection.execute(select(orders.c.number).limit(1))
        except RecordsUnavailable:
            return False
        return True
