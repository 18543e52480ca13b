"""What every shop promises beyond orders: the fake, the SQL one, and the HTTP one against a real server."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.orders.demo_goods import demo_invoices, demo_products, demo_returns
from ivr.orders.demo_shop import KNOWN_DELIVERED, KNOWN_NUMBER, KNOWN_OPEN, demo_orders, seed
from ivr.orders.http_shop import HttpShop
from ivr.orders.shop import ChangeKind, ChangeRefused, OrderChange, Refusal, ReturnStatus, Shop
from ivr.orders.sql_shop import SqlShop
from ivr.records.database import open_engine, upgrade
from tests.fakes.local_shop import LocalShop
from tests.fakes.memory_orders import TODAY, MemoryOrderBook
from tests.fakes.memory_shop import MemoryShop

ORDERS = demo_orders(TODAY)


class OnThatDay:
    """A clock that stands on TODAY."""

    def now(self) -> datetime:
        return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture(params=["memory", "sql", "http"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """A shop of each kind over the demo shop as it stands on TODAY."""
    if request.param == "memory":
        yield MemoryShop(MemoryOrderBook())
    elif request.param == "sql":
        url = f"sqlite:///{tmp_path}/ivr.db"
        upgrade(url)
        seed(url, TODAY)
        engine = open_engine(url)
        yield SqlShop(engine, OnThatDay())
        engine.dispose()
    else:
        goods = MemoryShop(MemoryOrderBook())
        with (
            LocalShop(ORDERS, goods=goods) as server,
            closing(HttpShop(server.url, "shop-token", clock=OnThatDay())) as over_http,
        ):
            yield over_http


def test_invoices_returns_and_products_are_told_as_they_are(shop: Shop) -> None:
    assert {order.number: shop.invoice_of(order.number) for order in ORDERS} == {
        order.number: demo_invoices(ORDERS, TODAY).get(order.number) for order in ORDERS
    }
    assert {order.number: shop.return_of(order.number) for order in ORDERS} == {
        order.number: demo_returns(ORDERS, TODAY).get(order.number) for order in ORDERS
    }
    assert sorted(shop.products(), key=lambda found: found.code) == sorted(
        demo_products(TODAY), key=lambda found: found.code
    )


def test_the_same_request_is_done_once(shop: Shop) -> None:
    cancel = OrderChange("CA1:cancel", KNOWN_OPEN, ChangeKind.CANCEL)
    assert shop.change(cancel) == shop.change(cancel)
    with pytest.raises(ChangeRefused) as refused:
        shop.change(OrderChange("CA2:cancel", KNOWN_OPEN, ChangeKind.CANCEL))
    assert refused.value.why is Refusal.ALREADY_DONE


@pytest.mark.parametrize(
    ("number", "kind", "detail", "why"),
    [
        (KNOWN_NUMBER, ChangeKind.CANCEL, None, Refusal.TOO_LATE),
        (KNOWN_NUMBER, ChangeKind.MOVE_DELIVERY, "2030-03-07", Refusal.TOO_LATE),
        (KNOWN_NUMBER, ChangeKind.RETURN, None, Refusal.NOT_DELIVERED),
        (KNOWN_DELIVERED, ChangeKind.CANCEL, None, Refusal.ALREADY_DELIVERED),
        (KNOWN_OPEN, ChangeKind.MOVE_DELIVERY, "2030-03-10", Refusal.NOT_POSSIBLE),
        ("999999", ChangeKind.CANCEL, None, Refusal.NOT_POSSIBLE),
    ],
)
def test_what_the_rules_do_not_allow_is_refused(
    shop: Shop, number: str, kind: ChangeKind, detail: str | None, why: Refusal
) -> None:
    with pytest.raises(ChangeRefused) as refused:
        shop.change(OrderChange("CA1:x", number, kind, detail))
    assert refused.value.why is why


def test_a_return_is_started_once_and_known_from_then_on(shop: Shop) -> None:
    receipt = shop.change(OrderChange("CA1:return", KNOWN_DELIVERED, ChangeKind.RETURN))
    sent_back = shop.return_of(KNOWN_DELIVERED)
    assert sent_back is not None
    assert (sent_back.status, sent_back.code) == (ReturnStatus.REGISTERED, receipt.number)
    with pytest.raises(ChangeRefused) as refused:
        shop.change(OrderChange("CA2:return", KNOWN_DELIVERED, ChangeKind.RETURN))
    assert refused.value.why is Refusal.ALREADY_DONE


def test_words_of_an_address_and_a_day_are_kept_with_a_number_each(shop: Shop) -> None:
    moved = shop.change(OrderChange("CA1:day", KNOWN_OPEN, ChangeKind.MOVE_DELIVERY, "2030-03-07"))
    address = shop.change(OrderChange("CA1:new", KNOWN_OPEN, ChangeKind.NEW_ADDRESS, "Storgatan 5, Lund"))
    assert moved.number != address.number


def test_refusals_are_told_before_anything_is_done(shop: Shop) -> None:
    by_number = {order.number: order for order in ORDERS}
    assert shop.refusal(by_number[KNOWN_OPEN], ChangeKind.CANCEL) is None
    assert shop.refusal(by_number[KNOWN_NUMBER], ChangeKind.CANCEL) is Refusal.TOO_LATE
