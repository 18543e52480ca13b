"""Everything else of a real shop, over the JSON contract of docs/orders-api.md."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ivr.clock import Clock, SystemClock
from ivr.orders.order_book import Order
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
from ivr.orders.shop_rules import refusal_of
from ivr.orders.shop_wire import TIMEOUT_S, ShopWire

LONGEST_CATALOGUE_BYTES = 1024 * 1024
CATALOGUE_LASTS_S = 60.0  # every question about stock needs it; a minute old is fresh enough to a caller

_Line = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
_Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{1,16}$")]
_Money = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,7}\.[0-9]{2}$")]
_Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class _Answer(BaseModel):
    """The body of an answer. Fields it does not name are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _InvoiceAnswer(_Answer):
    amount: _Money
    due_date: date
    is_paid: bool
    currency: _Currency = CURRENCY


class _ReturnAnswer(_Answer):
    status: ReturnStatus
    code: _Code
    amount: _Money | None = None
    paid_on: date | None = None
    currency: _Currency = CURRENCY


class _ProductAnswer(_Answer):
    code: _Code
    names: dict[str, _Line]
    in_stock: Annotated[int, Field(ge=0)]
    back_on: date | None = None


class _CatalogueAnswer(_Answer):
    products: Annotated[list[_ProductAnswer], Field(max_length=2000)]


class _ReceiptAnswer(_Answer):
    receipt: _Code


class _RefusedAnswer(_Answer):
    error: Literal["not_allowed"]
    why: Refusal


class _NoneAnswer(_Answer):
    error: Literal["order_not_found", "none"]


class HttpShop:
    """Implements `Shop` over HTTP; limits and patience are those of `ShopWire`."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        timeout_s: float = TIMEOUT_S,
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._wire = ShopWire(base_url, token, timeout_s, self._clock, longest_bytes=LONGEST_CATALOGUE_BYTES)
        self._catalogue: tuple[float, Sequence[Product]] | None = None

    def refusal(self, order: Order, kind: ChangeKind) -> Refusal | None:
        """Say what can be told without asking; the shop itself has the last word when the change is made."""
        if kind is ChangeKind.RETURN and self.return_of(order.number) is not None:
            return Refusal.ALREADY_DONE
        return refusal_of(order, kind, self._clock.now().date())

    def change(self, change: OrderChange) -> Receipt:
        """Have it done, once per `request_id`. Raises ChangeRefused and OrderBookUnavailable."""
        wanted = {"request_id": change.request_id, "kind": change.kind.value, "detail": change.detail}
        path = f"orders/{change.order_number}/changes"
        outcome = self._wire.ask(path, _change_outcome, frozenset({200, 201, 404, 409}), wanted)
        if isinstance(outcome, Refusal):
            raise ChangeRefused(outcome)
        return outcome

    def invoice_of(self, order_number: str) -> Invoice | None:
        """Return the order's invoice, or None."""
        return self._wire.ask(f"orders/{order_number}/invoice", _invoice_in)

    def return_of(self, order_number: str) -> OrderReturn | None:
        """Return the order's return, or None."""
        return self._wire.ask(f"orders/{order_number}/return", _return_in)

    def products(self) -> Sequence[Product]:
        """Return everything the shop sells, at most a minute old."""
        now_s = self._clock.monotonic()
        if self._catalogue is None or now_s - self._catalogue[0] > CATALOGUE_LASTS_S:
            self._catalogue = now_s, self._wire.ask("products", _products_in, frozenset({200}))
        return self._catalogue[1]

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()


def _change_outcome(status: int, body: bytes) -> Receipt | Refusal:
    if status == 404:
        _NoneAnswer.model_validate_json(body)
        return Refusal.NOT_POSSIBLE
    if status == 409:
        return _RefusedAnswer.model_validate_json(body).why
    return Receipt(_ReceiptAnswer.model_validate_json(body).receipt)


def _invoice_in(status: int, body: bytes) -> Invoice | None:
    if status == 404:
        _NoneAnswer.model_validate_json(body)
        return None
    answer = _InvoiceAnswer.model_validate_json(body)
    return Invoice(Decimal(answer.amount), answer.due_date, answer.is_paid, answer.currency)


def _return_in(status: int, body: bytes) -> OrderReturn | None:
    if status == 404:
        _NoneAnswer.model_validate_json(body)
        return None
    answer = _ReturnAnswer.model_validate_json(body)
    amount = None if answer.amount is None else Decimal(answer.amount)
    return OrderReturn(answer.status, answer.code, amount, answer.paid_on, answer.currency)


def _products_in(status: int, body: bytes) -> Sequence[Product]:
    answer = _CatalogueAnswer.model_validate_json(body)
    return [_product(found) for found in answer.products if found.names]


def _product(found: _ProductAnswer) -> Product:
    names: Mapping[str, str] = {"en": next(iter(found.names.values())), **found.names}
    return Product(found.code, names, found.in_stock, found.back_on)
