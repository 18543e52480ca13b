"""Orders in a real shop, over the JSON contract of docs/orders-api.md; decides which answers are believed."""

import logging
import re
from datetime import date
from types import TracebackType
from typing import Annotated, Literal
from urllib.parse import urlsplit

import httpx
import stamina
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ivr import log
from ivr.clock import Clock, SystemClock
from ivr.errors import SettingsInvalid
from ivr.orders.circuit import Circuit, CircuitOpen
from ivr.orders.order_book import Order, OrderBookUnavailable, OrderStatus

ATTEMPTS = 3
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 0.5
TRIP_AFTER = 5
REST_S = 30.0
LONGEST_ANSWER_BYTES = 64 * 1024
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

_logger = log.get("orders")
_NUMBER = re.compile(r"[0-9]{6}")

# Printable, one line, short: these are spoken to a caller and shown to agents.
_Line = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]


class _OrderAnswer(BaseModel):
    """The body of a 200. Fields it does not name are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")

    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    postcode: Annotated[str, StringConstraints(pattern=r"^[0-9]{4,5}$")]
    status: OrderStatus
    customer_name: _Line | None = None
    delivery_date: date | None = None
    carrier_name: _Line | None = None
    tracking_code: _Line | None = None


class _NotFoundAnswer(BaseModel):
    """The body of a 404 about an order; any other 404 means that the address is wrong."""

    model_config = ConfigDict(strict=True, extra="ignore")

    error: Literal["order_not_found"]


class _Failed(Exception):
    """One attempt failed. The message never holds the address, which holds the order number."""


class _FailedForNow(_Failed):
    """The same request may work in a moment."""


class HttpOrderBook:
    """Implements `OrderBook` over HTTP. Safe from any thread; close it at the end.

    `timeout_s` limits each step of an attempt: connecting, every read, the body as a whole. What fails at
    once is tried again twice. Proxy settings of the environment are not read. Raises SettingsInvalid when
    `base_url` would send the token in the clear.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        timeout_s: float = 1.5,
        clock: Clock | None = None,
        trip_after: int = TRIP_AFTER,
        rest_s: float = REST_S,
    ) -> None:
        self._clock = clock or SystemClock()
        self._timeout_s = timeout_s
        self._circuit = Circuit(self._clock, trip_after, rest_s)
        # Both libraries log every address they ask, and the address holds the order number.
        for library in ("httpx", "httpcore"):
            logging.getLogger(library).setLevel(logging.WARNING)
        headers = {"Accept": "application/json", "User-Agent": "ivr-orders/1"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx.Client(
            base_url=_checked(base_url),
            headers=headers,
            timeout=timeout_s,
            follow_redirects=False,  # the token goes to the configured host and nowhere else
            trust_env=False,
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=8),
        )

    def find(self, number: str) -> Order | None:
        """Return the order with this number, or None. Raises OrderBookUnavailable."""
        if not _NUMBER.fullmatch(number):
            return None
        try:
            with self._circuit.attempt(_Failed):
                return self._find_patiently(number)
        except CircuitOpen:
            raise OrderBookUnavailable("the shop failed too often a moment ago") from None
        except _Failed as problem:
            _logger.warning("order_lookup_failed", why=str(problem), is_given_up=self._circuit.is_open)
            raise OrderBookUnavailable(str(problem)) from problem

    def is_ready(self) -> bool:
        """Say whether look-ups work now: the circuit is closed and the shop's `/health` says 200 or 204."""
        if self._circuit.is_open:
            return False
        try:
            status, _, _ = self._ask("health")
        except _Failed:
            return False
        return status in (200, 204)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> "HttpOrderBook":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _find_patiently(self, number: str) -> Order | None:
        order: Order | None = None
        for attempt in stamina.retry_context(
            on=_FailedForNow,
            attempts=ATTEMPTS,
            timeout=self._timeout_s,  # the caller waits: what failed slowly is not tried again
            wait_initial=FIRST_PAUSE_S,
            wait_max=LONGEST_PAUSE_S,
            wait_jitter=FIRST_PAUSE_S,
        ):
            with attempt:
                order = self._find_once(number)
        return order

    def _find_once(self, number: str) -> Order | None:
        status, content_type, body = self._ask(f"orders/{number}")
        if status >= 500 or status == 429:
            raise _FailedForNow(f"the shop answered {status}")
        if status not in (200, 404):
            raise _Failed(f"the shop answered {status}")
        if content_type != "application/json":
            raise _Failed(f"the shop answered {status} without JSON")
        try:
            if status == 404:
                _NotFoundAnswer.model_validate_json(body)
                return None
            answer = _OrderAnswer.model_validate_json(body)
        except ValidationError as invalid:
            wrong = sorted(
                {".".join(str(part) for part in error["loc"]) or "body" for error in invalid.errors()}
            )
            raise _Failed(f"the shop's {status} is not as agreed: {', '.join(wrong)}") from None
        if answer.number != number:
            raise _Failed("the shop answered with another order")
        return Order(**answer.model_dump())

    def _ask(self, path: str) -> tuple[int, str, bytes]:
        """Return status, media type and body of one GET."""
        until_s = self._clock.monotonic() + self._timeout_s
        body = bytearray()
        try:
            with self._client.stream("GET", path) as answer:
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > LONGEST_ANSWER_BYTES:
                        raise _Failed("the shop's answer is too long")
                    if self._clock.monotonic() > until_s:
                        raise _FailedForNow("the shop answers too slowly")
                media_type = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
                return answer.status_code, media_type, bytes(body)
        except httpx.RequestError as problem:
            raise _FailedForNow(type(problem).__name__) from None


def _checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsInvalid("IVR_ORDERS_URL is not an address such as https://shop.example/api")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise SettingsInvalid("IVR_ORDERS_URL must be https: it carries a token and customers' orders")
    return base_url if base_url.endswith("/") else base_url + "/"
