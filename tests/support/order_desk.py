"""An order check over one order, on a clock that the test moves."""

from datetime import date

from ivr.dialogue.order_check import Checked, OrderCheck
from ivr.dialogue.try_limits import MemoryTryLimits
from ivr.orders.order_book import Order, OrderBookUnavailable, OrderStatus
from tests.fakes.steered_clock import SteeredClock

ORDER = Order("471192", "11455", OrderStatus.SHIPPED, "Eva Berg", date(2030, 3, 6), "PostNord", "PN1SE")


class SlowBook:
    """Holds one order; every look-up takes as long as it is told."""

    def __init__(self, clock: SteeredClock) -> None:
        self._clock = clock
        self.found_s = 0.004
        self.missed_s = 0.001
        self.is_up = True
        self.asked: list[str] = []

    def find(self, number: str) -> Order | None:
        self.asked.append(number)
        if not self.is_up:
            raise OrderBookUnavailable("down")
        order = ORDER if number == ORDER.number else None
        self._clock.advance(self.found_s if order else self.missed_s)
        return order

    def is_ready(self) -> bool:
        return self.is_up


class OrderDesk:
    """An order check on a steered clock."""

    def __init__(self) -> None:
        self.clock = SteeredClock()
        self.book = SlowBook(self.clock)
        self.order_check = OrderCheck(
            self.book, MemoryTryLimits(self.clock), self.clock, self.clock.advance, lambda _: "+46701112233"
        )

    def timed(self, number: str, postcode: str, call_id: str = "CA1") -> tuple[Checked, float]:
        started = self.clock.monotonic()
        checked = self.order_check.check(call_id, number, postcode)
        return checked, self.clock.monotonic() - started
