"""What every order book promises: the fake, the SQL one, and the HTTP one against a real server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ivr.orders.demo_shop import KNOWN_NUMBER, demo_orders, seed
from ivr.orders.http_order_book import HttpOrderBook
from ivr.orders.order_book import OrderBook
from ivr.orders.sql_order_book import SqlOrderBook
from ivr.records.database import open_engine, upgrade
from tests.fakes.local_shop import LocalShop
from tests.fakes.memory_orders import TODAY, MemoryOrderBook


@pytest.fixture(params=["memory", "sql", "http"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OrderBook]:
    """An order book of each kind over the demo shop as it stands on TODAY."""
    if request.param == "memory":
        yield MemoryOrderBook()
    elif request.param == "sql":
        url = f"sqlite:///{tmp_path}/ivr.db"
        upgrade(url)
        seed(url, TODAY)
        engine = open_engine(url)
        yield SqlOrderBook(engine)
        engine.dispose()
    else:
        with LocalShop(demo_orders(TODAY)) as shop, closing(HttpOrderBook(shop.url, "shop-token")) as book:
            yield book


def test_every_order_is_found_with_all_it_says(book: OrderBook) -> None:
    for order in demo_orders(TODAY):
        assert book.find(order.number) == order


@pytest.mark.parametrize(
    "number",
    ["471193", "000000", "", "4711", "4711920", "47119a", "../471192", "471192/", "４７１１９２", "471192\n"],
)
def test_anything_else_is_no_order(book: OrderBook, number: str) -> None:
    assert book.find(KNOWN_NUMBER) is not None
    assert book.find(number) is None


def test_it_is_ready(book: OrderBook) -> None:
    assert book.is_ready()
