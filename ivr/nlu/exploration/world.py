"""The shop, the order book and the privacy desk as the exploration plays them: every answer they can give.

Each time one of them is asked, the transition branches over all answers; within a turn the same question gets
the same answer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from ivr.dialogue.privacy_desk import PrivacyDeskUnavailable, PrivacyRequest
from ivr.dialogue.try_limits import Try
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
from ivr.orders.shop_rules import refusal_of

TODAY = date(2030, 3, 4)
POSTCODE = "11455"
PRODUCTS = (
    Product("LA-10", {"en": "floor lamp"}, 12),
    Product("LA-20", {"en": "desk lamp"}, 2),
    Product("BL-20", {"en": "cotton blanket"}, 0, TODAY + timedelta(days=9)),
    Product("TA-20", {"en": "dining table"}, 0),
)
T = TypeVar("T")


@dataclass
class Chance:
    """Gives the answers of one transition, in the order asked, and keeps those that are still to be tried."""

    taken: list[int] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    _known: dict[Any, Any] = field(default_factory=dict)
    _at: int = 0
    untried: list[list[int]] = field(default_factory=list)

    def pick(self, question: str, answers: Mapping[str, T]) -> T:
        """Return one of the answers; the same for the same question."""
        if question in self._known:
            return answers[self._known[question]]
        names = list(answers)
        if self._at < len(self.taken):
            chosen = self.taken[self._at]
        else:
            chosen = 0
            self.untried += [[*self.taken, other] for other in range(1, len(names))]
            self.taken = [*self.taken, 0]
        self._at += 1
        self._known[question] = names[chosen]
        self.told[question] = names[chosen]
        return answers[names[chosen]]


def all_chances(turn: Callable[[Chance], T]) -> Iterator[tuple[Chance, T]]:
    """Run a turn once for every combination of answers it asks for."""
    waiting: list[list[int]] = [[]]
    while waiting:
        chance = Chance(waiting.pop())
        result = turn(chance)
        waiting += chance.untried
        yield chance, result


class AnyWorld:
    """Implements `OrderBook`, `Shop`, `PrivacyDesk` and `TryLimits` by chance. It counts no tries: more
    paths than there are, never fewer."""

    def __init__(self, statuses: Sequence[OrderStatus] = tuple(OrderStatus)) -> None:
        self.chance = Chance()
        self._statuses = statuses

    def is_ready(self) -> bool:
        """Return True."""
        return True

    def may_try(self, attempt: Try) -> bool:
        """Say yes, or that the tries of the call, the order or the caller are used up."""
        return not self.chance.pick("tries", {"left": False, "used up": True})

    def count_failure(self, attempt: Try) -> bool:
        """Say whether the call may try once more."""
        return self.chance.pick("after this try", {"another is left": True, "it was the last": False})

    def find(self, number: str) -> Order | None:
        """Return an order in any state, none, or fail."""
        found = {f"found, {status.value}": _order(number, status) for status in self._statuses}
        answer = self.chance.pick("order", {**found, "not found": None, "unavailable": OrderBookUnavailable})
        if answer is OrderBookUnavailable:
            raise OrderBookUnavailable("explored")
        assert answer is None or isinstance(answer, Order)
        return answer

    def refusal(self, order: Order, kind: ChangeKind) -> Refusal | None:
        """Return what the shop's rules say, or that it was done already."""
        self._is_up("shop before")
        why = refusal_of(order, kind, TODAY)
        if kind is ChangeKind.RETURN and why is None:
            return self.chance.pick("return", {"not there yet": None, "there": Refusal.ALREADY_DONE})
        return why

    def change(self, change: OrderChange) -> Receipt:
        """Do it, refuse it for any reason, or fail."""
        self._is_up("shop at the change")
        refusals = {why.value: why for why in Refusal}
        why = self.chance.pick("change", {"done": None, **refusals})
        if why is not None:
            raise ChangeRefused(why)
        return Receipt("500001")

    def invoice_of(self, order_number: str) -> Invoice | None:
        """Return an invoice in any state, or none."""
        self._is_up("shop at the invoice")
        amount, later, earlier = Decimal("549.00"), TODAY + timedelta(days=9), TODAY - timedelta(days=9)
        return self.chance.pick(
            "invoice",
            {
                "none": None,
                "paid": Invoice(amount, later, True),
                "open": Invoice(amount, later, False),
                "overdue": Invoice(amount, earlier, False),
            },
        )

    def return_of(self, order_number: str) -> OrderReturn | None:
        """Return a return in any state, or none."""
        self._is_up("shop at the return")
        amount = Decimal("549.00")
        states = {
            status.value: OrderReturn(
                status, "RT1", amount, None if status is ReturnStatus.REGISTERED else TODAY
            )
            for status in ReturnStatus
        }
        return self.chance.pick("what became of the return", {"none": None, **states})

    def products(self) -> Sequence[Product]:
        """Return a few products."""
        self._is_up("shop at the products")
        return PRODUCTS

    def open_request(self, call_id: str, wanted: PrivacyRequest, order_number: str | None) -> str:
        """Return a case number, or fail."""
        if self.chance.pick("privacy desk", {"up": False, "down": True}):
            raise PrivacyDeskUnavailable("explored")
        return "700001"

    def _is_up(self, what: str) -> None:
        if self.chance.pick(what, {"up": False, "down": True}):
            raise OrderBookUnavailable("explored")


def _order(number: str, status: OrderStatus) -> Order:
    carried = status in {OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY, OrderStatus.DELAYED}
    day = None if status is OrderStatus.CANCELLED else TODAY + timedelta(days=2)
    if status is OrderStatus.DELIVERED:
        day = TODAY - timedelta(days=2)
    return Order(
        number, POSTCODE, status, "Eva Berg", day, *(("PostNord", "PN1SE") if carried else (None, None))
    )
