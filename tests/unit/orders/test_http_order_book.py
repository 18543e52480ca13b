"""What the HTTP order book does when a shop, or somebody in its place, does not keep to the contract."""

import logging
import socket
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler

import pytest
import stamina

from ivr import log
from ivr.errors import SettingsInvalid
from ivr.orders.demo_shop import KNOWN_NUMBER, demo_orders
from ivr.orders.http_order_book import LONGEST_ANSWER_BYTES, HttpOrderBook
from ivr.orders.order_book import OrderBookUnavailable
from tests.fakes.local_shop import LocalShop, answer, order_json
from tests.fakes.memory_orders import TODAY
from tests.fakes.steered_clock import SteeredClock

KNOWN = demo_orders(TODAY)[0]


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def shop() -> Iterator[LocalShop]:
    with LocalShop(demo_orders(TODAY)) as shop:
        yield shop


@pytest.fixture
def clock() -> SteeredClock:
    return SteeredClock()


@pytest.fixture
def book(shop: LocalShop, clock: SteeredClock) -> Iterator[HttpOrderBook]:
    with closing(HttpOrderBook(shop.url, "shop-token", timeout_s=0.3, clock=clock)) as book:
        yield book


def close_early(request: BaseHTTPRequestHandler) -> None:
    """Hang up without an answer."""
    request.close_connection = True
    request.connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("fault", [answer(500), answer(503), answer(429), close_early])
def test_a_passing_failure_is_tried_again(book: HttpOrderBook, shop: LocalShop, fault: object) -> None:
    shop.faults += [fault, fault]
    assert book.find(KNOWN_NUMBER) == KNOWN
    assert len(shop.seen) == 3


def test_three_failures_are_enough(book: HttpOrderBook, shop: LocalShop) -> None:
    shop.faults += [answer(500)] * 3
    with pytest.raises(OrderBookUnavailable, match="answered 500"):
        book.find(KNOWN_NUMBER)
    assert len(shop.seen) == 3


@pytest.mark.parametrize("status", [204, 400, 401, 403, 410, 418])
def test_what_will_not_get_better_is_not_tried_again(
    book: HttpOrderBook, shop: LocalShop, status: int
) -> None:
    shop.faults.append(answer(status))
    with pytest.raises(OrderBookUnavailable):
        book.find(KNOWN_NUMBER)
    assert len(shop.seen) == 1


def test_the_token_and_only_the_number_are_sent(book: HttpOrderBook, shop: LocalShop) -> None:
    book.find(KNOWN_NUMBER)
    path, headers = shop.seen[0]
    assert path == "/api/orders/471192"
    assert headers["Authorization"] == "Bearer shop-token"


def test_a_wrong_token_is_not_no_such_order(shop: LocalShop) -> None:
    with closing(HttpOrderBook(shop.url, "stolen")) as book, pytest.raises(OrderBookUnavailable, match="401"):
        book.find(KNOWN_NUMBER)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_never_followed(book: HttpOrderBook, shop: LocalShop, status: int) -> None:
    with LocalShop(demo_orders(TODAY)) as elsewhere:
        shop.faults.append(answer(status, headers={"Location": f"{elsewhere.url}/orders/471192"}))
        with pytest.raises(OrderBookUnavailable):
            book.find(KNOWN_NUMBER)
        assert elsewhere.seen == []


@pytest.mark.parametrize(
    "change",
    [
        {"number": "471193"},
        {"number": 471192},
        {"postcode": "114 55"},
        {"postcode": 11455},
        {"postcode": "1145"[:3]},
        {"postcode": None},
        {"status": "lost"},
        {"status": None},
        {"delivery_date": "2030-13-01"},
        {"delivery_date": "tomorrow"},
        {"delivery_date": 1893456000},
        {"customer_name": "a\nb"},
        {"customer_name": "x" * 101},
        {"customer_name": ""},
        {"tracking_code": 12345},
        {"carrier_name": ["PostNord"]},
    ],
)
def test_an_answer_that_is_not_as_agreed_is_not_believed(
    book: HttpOrderBook, shop: LocalShop, change: dict[str, object]
) -> None:
    shop.faults.append(answer(200, order_json(KNOWN) | change))
    with pytest.raises(OrderBookUnavailable):
        book.find(KNOWN_NUMBER)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"<html>maintenance</html>", b'{"number": "471192"', b"\xff\xfe", b"[" * 5000],
)
def test_broken_json_is_not_believed(book: HttpOrderBook, shop: LocalShop, body: bytes) -> None:
    shop.faults.append(answer(200, body))
    with pytest.raises(OrderBookUnavailable):
        book.find(KNOWN_NUMBER)


def test_fields_it_does_not_know_are_ignored(book: HttpOrderBook, shop: LocalShop) -> None:
    shop.faults.append(answer(200, order_json(KNOWN) | {"colour": "green"}))
    assert book.find(KNOWN_NUMBER) == KNOWN


def test_what_may_be_left_out_may_be_left_out(book: HttpOrderBook, shop: LocalShop) -> None:
    shop.faults.append(answer(200, {"number": "471192", "postcode": "11455", "status": "received"}))
    found = book.find(KNOWN_NUMBER)
    assert found is not None
    assert (found.customer_name, found.delivery_date, found.tracking_code) == (None, None, None)


def test_a_404_of_another_page_is_not_no_such_order(book: HttpOrderBook, shop: LocalShop) -> None:
    shop.faults.append(answer(404, b"<html>not here</html>", {"Content-Type": "text/html"}))
    with pytest.raises(OrderBookUnavailable, match="without JSON"):
        book.find("471193")
    shop.faults.append(answer(404, {"message": "no such route"}))
    with pytest.raises(OrderBookUnavailable, match="not as agreed"):
        book.find("471193")


def test_html_is_not_an_order_even_when_it_reads_like_one(book: HttpOrderBook, shop: LocalShop) -> None:
    shop.faults.append(answer(200, order_json(KNOWN), {"Content-Type": "text/html"}))
    with pytest.raises(OrderBookUnavailable, match="without JSON"):
        book.find(KNOWN_NUMBER)


def test_an_endless_answer_is_cut(book: HttpOrderBook, shop: LocalShop) -> None:
    shop.faults.append(answer(200, b" " * (LONGEST_ANSWER_BYTES + 1)))
    with pytest.raises(OrderBookUnavailable, match="too long"):
        book.find(KNOWN_NUMBER)


def test_a_silent_shop_times_out(shop: LocalShop, book: HttpOrderBook) -> None:
    shop.faults += [lambda _: shop.release.wait(5) and None] * 3
    with pytest.raises(OrderBookUnavailable, match="ReadTimeout"):
        book.find(KNOWN_NUMBER)


def test_a_body_that_drips_times_out(shop: LocalShop, book: HttpOrderBook, clock: SteeredClock) -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", "1000")
        request.end_headers()
        for _ in range(3):
            clock.advance(0.2)
            request.wfile.write(b" ")
            request.wfile.flush()
            shop.release.wait(0.02)
        request.close_connection = True

    shop.faults += [drip] * 3
    with pytest.raises(OrderBookUnavailable, match="too slowly"):
        book.find(KNOWN_NUMBER)


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        with closing(HttpOrderBook(f"http://127.0.0.1:{taken.getsockname()[1]}")) as book:
            assert not book.is_ready()
            with pytest.raises(OrderBookUnavailable, match="ConnectError"):
                book.find(KNOWN_NUMBER)


def test_a_failing_shop_is_left_alone_and_tried_again_later(
    book: HttpOrderBook, shop: LocalShop, clock: SteeredClock
) -> None:
    shop.faults += [answer(401)] * 5
    for _ in range(5):
        with pytest.raises(OrderBookUnavailable):
            book.find(KNOWN_NUMBER)
    assert not book.is_ready()
    asked = len(shop.seen)
    with pytest.raises(OrderBookUnavailable, match="a moment ago"):
        book.find(KNOWN_NUMBER)
    assert len(shop.seen) == asked
    clock.advance(30)
    assert book.find(KNOWN_NUMBER) == KNOWN
    assert book.is_ready()


def test_no_such_order_is_no_failure(book: HttpOrderBook, shop: LocalShop) -> None:
    for _ in range(20):
        assert book.find("471193") is None
    assert len(shop.seen) == 20


def test_readiness_follows_the_shop(book: HttpOrderBook, shop: LocalShop) -> None:
    assert book.is_ready()
    shop.faults.append(answer(503))
    assert not book.is_ready()


def test_nothing_personal_is_logged(
    book: HttpOrderBook, shop: LocalShop, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    log.configure("DEBUG")
    caplog.set_level(logging.DEBUG)
    book.find(KNOWN_NUMBER)
    shop.faults += [answer(500), answer(500), answer(200, order_json(KNOWN) | {"status": "lost"})]
    with pytest.raises(OrderBookUnavailable):
        book.find(KNOWN_NUMBER)
    _, written = capfd.readouterr()
    assert "order_lookup_failed" in written + caplog.text
    for personal in (
        KNOWN.number,
        KNOWN.postcode,
        "Freja",
        "Almkvist",
        str(KNOWN.tracking_code),
        "shop-token",
    ):
        assert personal not in written
        assert personal not in caplog.text


@pytest.mark.parametrize(
    "url", ["http://shop.example/api", "ftp://shop.example", "shop.example", "", "https://"]
)
def test_an_address_that_would_give_the_token_away_is_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="IVR_ORDERS_URL"):
        HttpOrderBook(url, "shop-token")
