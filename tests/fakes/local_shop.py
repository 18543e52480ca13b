"""A shop's order API on this machine, as docs/orders-api.md describes it; can be told to misbehave."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from ivr.orders.order_book import Order
from ivr.orders.shop import ChangeKind, ChangeRefused, OrderChange, Product
from tests.fakes.memory_shop import MemoryShop

Fault = Callable[[BaseHTTPRequestHandler], None]


def order_json(order: Order) -> dict[str, Any]:
    """Return an order as the contract writes it."""
    return {
        "number": order.number,
        "postcode": order.postcode,
        "status": order.status.value,
        "customer_name": order.customer_name,
        "delivery_date": order.delivery_date.isoformat() if order.delivery_date else None,
        "carrier_name": order.carrier_name,
        "tracking_code": order.tracking_code,
    }


def goods_json(goods: MemoryShop, path: str) -> dict[str, Any] | None:
    """Return catalogue, invoice or return as the contract writes them; None for anything else."""
    number, _, what = path.removeprefix("/api/orders/").partition("/")
    if path == "/api/products":
        return {"products": [_product_json(product) for product in goods.products()]}
    invoice = goods.invoice_of(number) if what == "invoice" else None
    if invoice is not None:
        due = invoice.due_date.isoformat()
        return {"amount": f"{invoice.amount:.2f}", "due_date": due, "is_paid": invoice.is_paid}
    sent_back = goods.return_of(number) if what == "return" else None
    if sent_back is None:
        return None
    amount = None if sent_back.amount is None else f"{sent_back.amount:.2f}"
    paid_on = sent_back.paid_on.isoformat() if sent_back.paid_on else None
    return {"status": sent_back.status.value, "code": sent_back.code, "amount": amount, "paid_on": paid_on}


def _product_json(product: Product) -> dict[str, Any]:
    back_on = product.back_on.isoformat() if product.back_on else None
    names = dict(product.names)
    return {"code": product.code, "names": names, "in_stock": product.in_stock, "back_on": back_on}


def answer(status: int, body: object = b"", headers: Mapping[str, str] | None = None) -> Fault:
    """Return a fault that answers with this; a body that is not bytes is sent as JSON."""

    def send(request: BaseHTTPRequestHandler) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | dict(headers or {})).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(raw)))
        request.end_headers()
        request.wfile.write(raw)

    return send


class LocalShop:
    """A real HTTP server on a free port of 127.0.0.1; use it as a context manager.

    `faults` are used up one a request, then it answers as agreed. `seen` holds path and headers of every
    request.
    """

    def __init__(
        self, orders: Iterable[Order], token: str = "shop-token", goods: MemoryShop | None = None
    ) -> None:
        self.faults: list[Fault] = []
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.release = threading.Event()  # set at the end: wakes faults that keep a client waiting
        self._orders = {order.number: order for order in orders}
        self._token = token
        self._goods = goods
        shop = self

        class Request(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                shop.seen.append((self.path, dict(self.headers)))
                fault = shop.faults.pop(0) if shop.faults else shop.answer_as_agreed
                fault(self)

            def do_POST(self) -> None:
                shop.seen.append((self.path, dict(self.headers)))
                fault = shop.faults.pop(0) if shop.faults else shop.change_as_agreed
                fault(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api"

    def answer_as_agreed(self, request: BaseHTTPRequestHandler) -> None:
        """Answer as the contract says."""
        if request.path == "/api/health":
            answer(200, {"status": "ok"})(request)
        elif request.headers.get("Authorization") != f"Bearer {self._token}":
            answer(401, {"error": "unauthorized"})(request)
        elif self._goods is not None and (told := goods_json(self._goods, request.path)) is not None:
            answer(200, told)(request)
        elif (order := self._orders.get(request.path.removeprefix("/api/orders/"))) is not None:
            answer(200, order_json(order))(request)
        else:
            answer(404, {"error": "order_not_found"})(request)

    def change_as_agreed(self, request: BaseHTTPRequestHandler) -> None:
        """Do a change as the contract says."""
        assert self._goods is not None
        wanted = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        number = request.path.removeprefix("/api/orders/").removesuffix("/changes")
        kind = ChangeKind(wanted["kind"])
        try:
            receipt = self._goods.change(OrderChange(wanted["request_id"], number, kind, wanted["detail"]))
        except ChangeRefused as refused:
            answer(409, {"error": "not_allowed", "why": refused.why.value})(request)
            return
        answer(201, {"receipt": receipt.number})(request)

    def __enter__(self) -> "LocalShop":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
