"""How requests to Twilio's REST API travel: to which host, how long they may take, when they are repeated."""

import logging
import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.http import HttpClient
from twilio.http.response import Response

from ivr.clock import Clock

TIMEOUT_S = 10.0  # in all: twilio-python sets none
FIRST_PAUSE_S = 0.5
_TOO_MANY_REQUESTS = 429
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class PatientHttpClient(HttpClient):
    """Repeats a request only after 429, which says that it was not carried out; gives up after TIMEOUT_S.

    With `api_url` every request goes to that scheme and host instead of Twilio's, path and query kept.
    Safe from any thread, which twilio's own client is not: it hands answers over in an attribute.
    """

    def __init__(
        self,
        clock: Clock,
        api_url: str | None = None,
        sleep: Callable[[float], None] = time.sleep,  # noqa: TID251  an adapter: the network asked for a pause
    ) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), False, TIMEOUT_S)
        self._clock = clock
        self._elsewhere = urlsplit(api_url) if api_url else None
        self._sleep = sleep

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send one form request and return its answer. Raises what `requests` raises."""
        deadline = self._clock.monotonic() + TIMEOUT_S
        pause_s = FIRST_PAUSE_S
        with requests.Session() as session:
            # A proxy from the environment must not see loopback traffic.
            session.trust_env = self._elsewhere is None or self._elsewhere.hostname not in _LOOPBACK
            while True:
                answer = session.request(
                    method.upper(),
                    self._aim(url),
                    params=params,
                    data=data,
                    headers=headers,
                    auth=auth,
                    timeout=max(deadline - self._clock.monotonic(), 0.1),
                    allow_redirects=False,
                )
                wait_s = pause_s * random.uniform(0.8, 1.2)
                is_time_left = self._clock.monotonic() + wait_s + FIRST_PAUSE_S < deadline
                if answer.status_code != _TOO_MANY_REQUESTS or not is_time_left:
                    return Response(answer.status_code, answer.text, answer.headers)
                self._sleep(wait_s)
                pause_s *= 2

    def _aim(self, url: str) -> str:
        if self._elsewhere is None:
            return url
        _, _, path, query, _ = urlsplit(url)
        prefix = self._elsewhere.path.rstrip("/")
        return urlunsplit((self._elsewhere.scheme, self._elsewhere.netloc, prefix + path, query, ""))
