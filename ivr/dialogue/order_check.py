"""Whether a caller may hear about an order: number and postcode must match, tries are limited.

"No such order" and "wrong postcode" cannot be told apart, by words or by time: both do the same
look-up, and answers are given at a few moments only.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ivr.clock import Clock
from ivr.dialogue.look_ups import LookUps, NotedNowhere
from ivr.dialogue.try_limits import Try, TryLimits
from ivr.orders.order_book import Order, OrderBook, OrderBookUnavailable

SYSTEM = "orders"
# An answer waits for the next multiple of this since it was asked for. A local look-up takes 2 ms, the two
# differ by microseconds, and what a caller hears comes in frames of as long.
ANSWER_EVERY_S = 0.02


class CheckOutcome(StrEnum):
    """How a check ended."""

    FOUND = "found"
    NO_MATCH = "no_match"
    LOCKED = "locked"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Checked:
    """`order` is set when FOUND and only then."""

    outcome: CheckOutcome
    order: Order | None = None


class OrderCheck:
    """Checks callers against the order book."""

    def __init__(
        self,
        book: OrderBook,
        limits: TryLimits,
        clock: Clock,
        pause: Callable[[float], None],
        caller_of: Callable[[str], str | None],
        answer_every_s: float = ANSWER_EVERY_S,
        look_ups: LookUps | None = None,
    ) -> None:
        """`pause` sleeps for seconds; `caller_of` gives the caller's number of a call, None when withheld."""
        self._book = book
        self._limits = limits
        self._clock = clock
        self._pause = pause
        self._caller_of = caller_of
        self._answer_every_s = answer_every_s
        self._look_ups = look_ups or NotedNowhere()

    def check(self, call_id: str, number: str, postcode: str) -> Checked:
        """Check one pair. Blocking, any thread; takes `answer_every_s` or a multiple of it."""
        started = self._clock.monotonic()
        checked = self._check(Try(call_id, number, self._caller_of(call_id)), postcode)
        if self._answer_every_s > 0:
            self._pause(-(self._clock.monotonic() - started) % self._answer_every_s)
        return checked

    def _check(self, attempt: Try, postcode: str) -> Checked:
        if not self._limits.may_try(attempt):
            return Checked(CheckOutcome.LOCKED)
        try:
            order = self._book.find(attempt.order_number)
        except OrderBookUnavailable:
            self._look_ups.note(attempt.call_id, SYSTEM, False)
            return Checked(CheckOutcome.UNAVAILABLE)
        expected = order.postcode if order else "-"
        if order and hmac.compare_digest(expected, postcode):
            self._look_ups.note(attempt.call_id, SYSTEM, True, order.number)
            return Checked(CheckOutcome.FOUND, order)
        self._look_ups.note(attempt.call_id, SYSTEM, False)
        may_go_on = self._limits.count_failure(attempt)
        return Checked(CheckOutcome.NO_MATCH if may_go_on else CheckOutcome.LOCKED)
