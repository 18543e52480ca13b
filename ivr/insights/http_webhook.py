"""A notice as a signed POST to an address of the company's."""

import hashlib
import hmac
import json

import httpx

from ivr.clock import Clock
from ivr.insights.notices import Notice, NotSent

LIMIT_S = 10.0


class HttpWebhook:
    """Posts JSON with `X-Ivr-Signature: t=<seconds>,v1=<hex>`: HMAC-SHA256 of "<seconds>.<body>"."""

    def __init__(self, url: str, secret: str, clock: Clock, client: httpx.Client | None = None) -> None:
        self._url = url
        self._secret = secret.encode()
        self._clock = clock
        self._client = client or httpx.Client(timeout=LIMIT_S, follow_redirects=False)

    def __call__(self, notice: Notice) -> None:
        """Hand the notice over. Raises NotSent; blocking."""
        told = {"key": notice.key, "kind": notice.kind, "written_at": notice.written_at.isoformat()}
        body = json.dumps({**told, **notice.facts}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Ivr-Signature": signature(self._secret, int(self._clock.now().timestamp()), body),
        }
        try:
            answer = self._client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as problem:
            raise NotSent(type(problem).__name__) from problem
        if not answer.is_success:
            raise NotSent(f"the webhook answered {answer.status_code}")


def signature(secret: bytes, at: int, body: bytes) -> str:
    """Return the signature's header, `at` in seconds of Unix time."""
    made = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"
