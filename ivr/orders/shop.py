"""The port to everything else a shop does for a caller: changes, returns, invoices, products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from ivr.orders.order_book import Order

CURRENCY = "SEK"


class ChangeKind(StrEnum):
    """What can be done to an order on a caller's word."""

    CANCEL = "cancel"
    MOVE_DELIVERY = "move_delivery"
    NEW_ADDRESS = "new_address"
    RETURN = "return"
    RESEND_INVOICE = "resend_invoice"


class Refusal(StrEnum):
    """Why a shop does not do it."""

    TOO_LATE = "too_late"
    ALREADY_DONE = "already_done"
    NOT_DELIVERED = "not_delivered"
    ALREADY_DELIVERED = "already_delivered"
    NOT_POSSIBLE = "not_possible"


class ChangeRefused(Exception):
    """The shop's rules do not allow it; nothing was changed."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class OrderChange:
    """One thing to do. `detail` is the ISO date of a new delivery day, or the words of a new address.

    The same `request_id` never does anything twice.
    """

    request_id: str
    order_number: str
    kind: ChangeKind
    detail: str | None = None


@dataclass(frozen=True)
class Receipt:
    """`number` is what the caller is told: a confirmation number, or the return code of a return."""

    number: str


class ReturnStatus(StrEnum):
    """How far a return has come."""

    REGISTERED = "registered"
    RECEIVED = "received"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class OrderReturn:
    """The return of an order. `paid_on` is when the money was sent, or is expected once it is received."""

    status: ReturnStatus
    code: str
    amount: Decimal | None = None
    paid_on: date | None = None
    currency: str = CURRENCY


@dataclass(frozen=True)
class Invoice:
    """The invoice of an order."""

    amount: Decimal
    due_date: date
    is_paid: bool
    currency: str = CURRENCY


@dataclass(frozen=True)
class Product:
    """One thing the shop sells. `names` holds what it is called by language; "en" is always there."""

    code: str
    names: Mapping[str, str]
    in_stock: int
    back_on: date | None = None


class Shop(Protocol):
    """Looks things up and changes them. Every method blocks, is safe from any thread and raises
    OrderBookUnavailable.
    """

    def refusal(self, order: Order, kind: ChangeKind) -> Refusal | None:
        """Say why this cannot be done to the order as it stands, before the caller is asked to confirm."""
        ...

    def change(self, change: OrderChange) -> Receipt:
        """Do it, once per `request_id`; a repeated request gets the same receipt. Raises ChangeRefused."""
        ...

    def invoice_of(self, order_number: str) -> Invoice | None:
        """Return the order's invoice, or None while there is none."""
        ...

    def return_of(self, order_number: str) -> OrderReturn | None:
        """Return the order's return, or None."""
        ...

    def products(self) -> Sequence[Product]:
        """Return everything the shop sells, a few hundred at most."""
        ...
