"""How a real shop is asked over HTTP: limits, patience, a circuit breaker, nothing personal in the log."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import stamina
from pydantic import ValidationError

from ivr import log
from ivr.clock import Clock, SystemClock
from ivr.errors import SettingsInvalid
from ivr.orders.circuit import Circuit, CircuitOpen
from ivr.orders.order_book import OrderBookUnavailable

ATTEMPTS = 3
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 0.5
TRIP_AFTER = 5
REST_S = 30.0
TIMEOUT_S = 1.5
LONGEST_ANSWER_BYTES = 64 * 1024
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

_logger = log.get("orders")
T = TypeVar("T")


class AnswerRefused(Exception):
    """One attempt failed. The message never holds the address, which holds the order number."""


class _FailedForNow(AnswerRefused):
    """The same request may work in a moment."""


class ShopWire:
    """Asks one shop. Safe from any thread; close it at the end.

    `timeout_s` limits each step of an attempt: connecting, every read, the body as a whole. What fails at
    once is tried again twice. Proxy settings of the environment are not read. Raises SettingsInvalid when
    `base_url` would send the token in the clear.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        timeout_s: float = TIMEOUT_S,
        clock: Clock | None = None,
        trip_after: int = TRIP_AFTER,
        rest_s: float = REST_S,
        longest_bytes: int = LONGEST_ANSWER_BYTES,
    ) -> None:
        self._clock = clock or SystemClock()
        self._timeout_s = timeout_s
        self._longest_bytes = longest_bytes
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

    def ask(
        self,
        path: str,
        read: Callable[[int, bytes], T],
        statuses: frozenset[int] = frozenset({200, 404}),
        body: dict[str, Any] | None = None,
    ) -> T:
        """Ask and return what `read` makes of status and JSON body; with a `body` it is a POST.

        `read` raises ValidationError or AnswerRefused for what is not as agreed. Raises OrderBookUnavailable.
        """
        try:
            with self._circuit.attempt(AnswerRefused):
                return self._ask_patiently(path, read, statuses, body)
        except CircuitOpen:
            raise OrderBookUnavailable("the shop failed too often a moment ago") from None
        except AnswerRefused as problem:
            _logger.warning("order_lookup_failed", why=str(problem), is_given_up=self._circuit.is_open)
            raise OrderBookUnavailable(str(problem)) from problem

    def is_ready(self) -> bool:
        """Say whether look-ups work now: the circuit is closed and the shop's `/health` says 200 or 204."""
        if self._circuit.is_open:
            return False
        try:
            status, _, _ = self._send("health", None)
        except AnswerRefused:
            return False
        return status in (200, 204)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask_patiently(
        self,
        path: str,
        read: Callable[[int, bytes], T],
        statuses: frozenset[int],
        body: dict[str, Any] | None,
    ) -> T:
        for attempt in stamina.retry_context(
            on=_FailedForNow,
            attempts=ATTEMPTS,
            timeout=self._timeout_s,  # the caller waits: what failed slowly is not tried again
            wait_initial=FIRST_PAUSE_S,
            wait_max=LONGEST_PAUSE_S,
            wait_jitter=FIRST_PAUSE_S,
        ):
            with attempt:
                return self._ask_once(path, read, statuses, body)
        raise AssertionError("the last attempt returns or raises")

    def _ask_once(
        self,
        path: str,
        read: Callable[[int, bytes], T],
        statuses: frozenset[int],
        body: dict[str, Any] | None,
    ) -> T:
        status, content_type, answer = self._send(path, body)
        if status >= 500 or status == 429:
            raise _FailedForNow(f"the shop answered {status}")
        if status not in statuses:
            raise AnswerRefused(f"the shop answered {status}")
        if content_type != "application/json":
            raise AnswerRefused(f"the shop answered {status} without JSON")
        try:
            return read(status, answer)
        except ValidationError as invalid:
            wrong = sorted(
                {".".join(str(part) for part in error["loc"]) or "body" for error in invalid.errors()}
            )
            raise AnswerRefused(f"the shop's {status} is not as agreed: {', '.join(wrong)}") from None

    def _send(self, path: str, sent: dict[str, Any] | None) -> tuple[int, str, bytes]:
        """Return status, media type and body of one request."""
        until_s = self._clock.monotonic() + self._timeout_s
        body = bytearray()
        method = "GET" if sent is None else "POST"
        try:
            with self._client.stream(method, path, json=sent) as answer:
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > self._longest_bytes:
                        raise AnswerRefused("the shop's answer is too long")
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
