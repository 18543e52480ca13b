"""The demo shop: the same everywhere, useful for every kind of question, harmless to the real thing."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from ivr.orders.demo_shop import KNOWN_NUMBER, demo_orders, list_orders, seed
from ivr.orders.order_book import OrderBookUnavailable, OrderStatus
from ivr.orders.sql_order_book import SqlOrderBook
from ivr.records.database import DatabaseNotReady, beginning, open_engine, upgrade

TODAY = date(2030, 3, 4)
SHOP = demo_orders(TODAY)
POSTCODE_DIGITS = {"PostNord": 5, "Posti": 5, "Bring": 4}


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/ivr.db"
    upgrade(url)
    return url


def test_the_order_everybody_tries_first() -> None:
    known = next(order for order in SHOP if order.number == KNOWN_NUMBER == "471192")
    assert (known.postcode, known.status, known.carrier_name) == ("11455", OrderStatus.SHIPPED, "PostNord")
    assert known.tracking_code
    assert known.delivery_date == TODAY + timedelta(days=2)


def test_every_status_occurs_more_than_once() -> None:
    statuses = [order.status for order in SHOP]
    assert all(statuses.count(status) >= 2 for status in OrderStatus)
    assert 20 <= len(SHOP) <= 30


def test_numbers_are_six_digits_and_have_no_neighbours() -> None:
    numbers = sorted(int(order.number) for order in SHOP)
    assert all(100_000 <= number <= 999_999 for number in numbers)
    assert all(after - before > 1 for before, after in pairwise(numbers))
    assert [order.number for order in SHOP] != [str(number) for number in numbers]


def test_postcodes_are_nordic_and_fit_the_carrier() -> None:
    assert {len(order.postcode) for order in SHOP} == {4, 5}
    for order in SHOP:
        assert order.postcode.isdecimal()
        if order.carrier_name is not None:
            assert len(order.postcode) == POSTCODE_DIGITS[order.carrier_name]
    assert {order.carrier_name for order in SHOP} == {"PostNord", "Posti", "Bring", None}


def test_dates_and_parcels_fit_the_status() -> None:
    for order in SHOP:
        days = None if order.delivery_date is None else (order.delivery_date - TODAY).days
        match order.status:
            case OrderStatus.CANCELLED:
                assert days is None
            case OrderStatus.DELIVERED:
                assert days is not None
                assert days < 0
            case OrderStatus.OUT_FOR_DELIVERY:
                assert days == 0
            case _:
                assert days is not None
                assert days > 0
        has_parcel = order.status not in {OrderStatus.RECEIVED, OrderStatus.PACKED, OrderStatus.CANCELLED}
        assert (order.tracking_code is not None) == has_parcel == (order.carrier_name is not None)


def test_it_is_the_same_every_time_but_for_the_dates() -> None:
    assert demo_orders(TODAY) == SHOP
    later = demo_orders(TODAY + timedelta(days=7))
    assert [order.number for order in later] == [order.number for order in SHOP]
    assert [order.postcode for order in later] == [order.postcode for order in SHOP]
    assert [order.status for order in later] == [order.status for order in SHOP]


def test_seeding_again_moves_the_dates_and_touches_no_other_order(url: str) -> None:
    assert seed(url, TODAY) == len(SHOP)
    with beginning(open_engine(url), is_writing=True) as connection:
        connection.execute(
            text("INSERT INTO orders (number, postcode, status) VALUES ('100001', '0155', 'packed')")
        )
    assert seed(url, TODAY + timedelta(days=1)) == len(SHOP)
    stored = {order.number: order for order in list_orders(url)}
    assert len(stored) == len(SHOP) + 1
    assert stored["100001"].postcode == "0155"
    assert stored[KNOWN_NUMBER].delivery_date == TODAY + timedelta(days=3)


def test_orders_are_listed_by_number(url: str) -> None:
    seed(url, TODAY)
    assert list_orders(url) == sorted(SHOP, key=lambda order: order.number)


def test_a_command_without_tables_says_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    with pytest.raises(DatabaseNotReady, match="ivr db upgrade"):
        list_orders(url)
    with pytest.raises(DatabaseNotReady, match="ivr db upgrade"):
        seed(url, TODAY)


def test_a_book_without_tables_says_so(tmp_path: Path) -> None:
    book = SqlOrderBook(open_engine(f"sqlite:///{tmp_path}/empty.db"))
    assert not book.is_ready()
    with pytest.raises(OrderBookUnavailable):
        book.find(KNOWN_NUMBER)
