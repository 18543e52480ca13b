"""Orders in a real shop, over the JSON contract of docs/orders-api.md; decides which answers are believed."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from ivr.clock import Clock
from ivr.orders.order_book import Order, OrderStatus
from ivr.orders.shop_wire import LONGEST_ANSWER_BYTES, REST_S, TIMEOUT_S, TRIP_AFTER, AnswerRefused, ShopWire

__all__ = ["LONGEST_ANSWER_BYTES", "HttpOrderBook"]
_NUMBER = re.compile(r"[0-9A-ZÅÄÆÖØ]{6}")

# Printable, one line, short: these are spoken to a caller and shown to agents.
_Line = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]


class _OrderAnswer(BaseModel):
    """The body of a 200. Fields it does not name are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")

    number: Annotated[str, StringConstraints(pattern=r"^[0-9A-ZÅÄÆÖØ]{6}$")]
    postcode: Annotated[str, StringConstraints(pattern=r"^[0-9]{4,5}$")]
    status: OrderStatus
    customer_name: _Line | None = None
    delivery_date: date | None = None
    carrier_name: _Line | None = None
    tracking_code: _Line | None = None


class _NotFoundAnswer(BaseModel):
    """The body of a 404 about an order; any other 404 means that the address is wrong."""

    model_config = ConfigDict(strict=True, extra="ignore")

    error: Literal["order_not_found"]


class HttpOrderBook:
    """Implements `OrderBook` over HTTP; limits and patience are those of `ShopWire`."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        timeout_s: float = TIMEOUT_S,
        clock: Clock | None = None,
        trip_after: int = TRIP_AFTER,
        rest_s: float = REST_S,
    ) -> None:
        self._wire = ShopWire(base_url, token, timeout_s, clock, trip_after, rest_s)

    def find(self, number: str) -> Order | None:
        """Return the order with this number, or None. Raises OrderBookUnavailable."""
        if not _NUMBER.fullmatch(number):
            return None
        return self._wire.ask(f"orders/{number}", lambda status, body: _order_in(status, body, number))

    def is_ready(self) -> bool:
        """Say whether look-ups work now."""
        return self._wire.is_ready()

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()


def _order_in(status: int, body: bytes, number: str) -> Order | None:
    if status == 404:
        _NotFoundAnswer.model_validate_json(body)
        return None
    answer = _OrderAnswer.model_validate_json(body)
    if answer.number != number:
        raise AnswerRefused("the shop answered with another order")
    return Order(**answer.model_dump())
