"""An order check over one order, on a clock that the test moves."""

from datetime import date

from ivr.dialogue.actions import Actions
from ivr.dialogue.look_ups import RecordedLookUps
from ivr.dialogue.order_check import Checked, OrderCheck
from ivr.dialogue.try_limits import MemoryTryLimits
from ivr.orders.order_book import Order, OrderBookUnavailable, OrderStatus
from tests.fakes.fixed_privacy_desk import FixedPrivacyDesk
from tests.fakes.memory_orders import TODAY, MemoryOrderBook
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.memory_shop import MemoryShop
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
        self.order = ORDER

    def find(self, number: str) -> Order | None:
        self.asked.append(number)
        if not self.is_up:
            raise OrderBookUnavailable("down")
        order = self.order if number == self.order.number else None
        self._clock.advance(self.found_s if order else self.missed_s)
        return order

    def is_ready(self) -> bool:
        return self.is_up


class OrderDesk:
    """An order check on a steered clock."""

    def __init__(self) -> None:
        self.clock = SteeredClock()
        self.book = SlowBook(self.clock)
        self.shop = MemoryShop(MemoryOrderBook([ORDER]))
        self.privacy = FixedPrivacyDesk()
        self.records = MemoryCallRecords()
        self.look_ups = RecordedLookUps(self.records)
        self.order_check = OrderCheck(
            self.book,
            MemoryTryLimits(self.clock),
            self.clock,
            self.clock.advance,
            lambda _: "+46701112233",
            look_ups=self.look_ups,
        )

    @property
    def actions(self) -> Actions:
        """The actions over this check, and the demo shop's goods."""
        return Actions(self.order_check, self.shop, self.privacy, lambda: TODAY, look_ups=self.look_ups)

    def timed(self, number: str, postcode: str, call_id: str = "CA1") -> tuple[Checked, float]:
        started = self.clock.monotonic()
        checked = self.order_check.check(call_id, number, postcode)
        return checked, self.clock.monotonic() - started
