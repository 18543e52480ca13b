"""How the network asks a web server: signed, within 15 seconds, with its own rules of retry and redirect."""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_plus, unquote, urlencode, urljoin, urlsplit, urlunsplit

from ivr.carrier.faults import FaultPlan
from ivr.carrier.http_transport import ConnectFailed, HttpAnswer, HttpTransport, ReadFailed
from ivr.carrier.journal import Journal
from ivr.carrier.signature import sign

LONGEST_S = 15.0  # hard limit of every call-related request, no override raises it
CONNECT_S = 5.0  # two attempts of 5 s: error 11205's page
MOST_REDIRECTS = 10
FOLLOWED = (301, 302, 303, 307)
REORDERED_WAIT_S = 2.0  # a held-back webhook leaves after this when no other overtakes it


class WebhookFailed(Exception):
    """No usable answer; `code` is the number of the network's error log."""

    def __init__(self, code: int, url: str, what: str, status: int | None = None) -> None:
        super().__init__(what)
        self.code = code
        self.url = url
        self.status = status


@dataclass(frozen=True)
class Overrides:
    """Connection overrides of a URL's fragment (#rc=2&rp=5xx)."""

    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})
    connect_s: float = CONNECT_S
    read_s: float = LONGEST_S
    total_s: float = LONGEST_S


@dataclass(frozen=True)
class WebhookAnswer:
    """An answer of 2xx and the URL it came from, after redirects."""

    url: str
    answer: HttpAnswer

    @property
    def content_type(self) -> str:
        """Return the media type in lower case without parameters; empty when there is none."""
        return self.answer.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass
class _Held:
    path_pattern: str
    overtaken: asyncio.Event = field(default_factory=asyncio.Event)


class Webhooks:
    """Sends every request the network makes to the service."""

    def __init__(
        self, transport: HttpTransport, token: str, journal: Journal, faults: FaultPlan, tokens: Any
    ) -> None:
        """`tokens.new("")` gives idempotency tokens."""
        self._transport = transport
        self._token = token
        self._journal = journal
        self._faults = faults
        self._tokens = tokens
        self._held: list[_Held] = []
        self._duplicates: set[asyncio.Task[Any]] = set()

    async def ask(
        self, method: str, url: str, form: Mapping[str, str], purpose: str, call_sid: str | None = None
    ) -> WebhookAnswer:
        """Send `form` to `url` and return the answer.

        Faults asked for are applied here. Raises WebhookFailed.
        """
        path = urlsplit(url).path or "/"
        entry = self._journal.note(
            "webhook",
            purpose=purpose,
            method=method,
            url=url,
            form=dict(form),
            call_sid=call_sid,
            status=None,
        )
        token = self._tokens.new("")
        await self._apply_faults(path, entry, method, url, form, token)
        started_s = asyncio.get_running_loop().time()
        overrides = read_overrides(urlsplit(url).fragment)
        try:
            async with asyncio.timeout(min(LONGEST_S, overrides.total_s)):
                answer = await self._follow(method, url, form, overrides, token)
        except TimeoutError as late:
            entry["error"] = 11200
            raise WebhookFailed(11200, url, "no answer in time") from late
        except WebhookFailed as failed:
            entry["error"] = failed.code
            entry["status"] = failed.status
            raise
        finally:
            entry["took_s"] = round(asyncio.get_running_loop().time() - started_s, 3)
        entry["status"] = answer.answer.status
        return answer

    async def fetch_media(self, url: str, headers: Mapping[str, str]) -> HttpAnswer:
        """Fetch a file to play: plain GET without call parameters. Raises WebhookFailed."""
        try:
            async with asyncio.timeout(LONGEST_S):
                for _ in range(MOST_REDIRECTS):
                    answer = await self._connecting_twice(url, headers)
                    if answer.status not in FOLLOWED:
                        return answer
                    url = urljoin(url, answer.headers.get("location", ""))
        except TimeoutError as late:
            raise WebhookFailed(11200, url, "no answer in time") from late
        raise WebhookFailed(11215, url, "too many redirects")

    async def _follow(
        self, method: str, url: str, form: Mapping[str, str], overrides: Overrides, token: str
    ) -> WebhookAnswer:
        target, fields, verb = url.partition("#")[0], dict(form), method
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._with_retries(verb, target, fields, overrides, token)
            if not 300 <= answer.status < 400:
                break
            if answer.status not in FOLLOWED or "location" not in answer.headers:
                raise WebhookFailed(11216, target, f"redirect {answer.status}", answer.status)
            # The POST fields, Digits among them, are lost on the way: documented, and a classic mistake.
            target, fields, verb = urljoin(target, answer.headers["location"]).partition("#")[0], {}, "GET"
        else:
            raise WebhookFailed(11215, target, "too many redirects")
        if not 200 <= answer.status < 300:
            raise WebhookFailed(11200, target, f"HTTP {answer.status}", answer.status)
        return WebhookAnswer(target, answer)

    async def _with_retries(
        self, method: str, url: str, form: Mapping[str, str], overrides: Overrides, token: str
    ) -> HttpAnswer:
        left = overrides.retries
        while True:
            try:
                answer = await self._once(method, url, form, overrides, token)
            except ConnectFailed as failed:
                if not left or not overrides.policy & {"ct", "all"}:
                    raise WebhookFailed(11220 if failed.is_tls else 11205, url, str(failed)) from failed
            except ReadFailed as failed:
                if not left or not overrides.policy & {"rt", "all"}:
                    raise WebhookFailed(11200, url, str(failed)) from failed
            else:
                kind = f"{answer.status // 100}xx"
                if not left or kind not in ("4xx", "5xx") or not overrides.policy & {kind, "all"}:
                    return answer
            left -= 1

    async def _once(
        self, method: str, url: str, form: Mapping[str, str], overrides: Overrides, token: str
    ) -> HttpAnswer:
        body: bytes | None = None
        bare, credentials = without_user(url)
        signed_form: list[tuple[str, str]] = []
        if method == "GET":
            bare = with_query(bare, form)
        else:
            body = urlencode(form).encode()
            signed_form = list(form.items())
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "text/xml, application/xml, text/html",
            "Cache-Control": "max-age=259200",
            "X-Twilio-Signature": sign(self._token, bare, signed_form),
            "I-Twilio-Idempotency-Token": token,
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        answer = await self._send(method, bare, headers, body, overrides)
        if answer.status == 401 and credentials and "www-authenticate" in answer.headers:
            headers["Authorization"] = "Basic " + base64.b64encode(credentials.encode()).decode()
            answer = await self._send(method, bare, headers, body, overrides)
        return answer

    async def _connecting_twice(self, url: str, headers: Mapping[str, str]) -> HttpAnswer:
        for is_last in (False, True):
            try:
                return await self._send("GET", url, headers, None, Overrides())
            except ConnectFailed as failed:
                if is_last:
                    raise WebhookFailed(11220 if failed.is_tls else 11205, url, str(failed)) from failed
            except ReadFailed as failed:
                raise WebhookFailed(11200, url, str(failed)) from failed
        raise WebhookFailed(11205, url, "not reached")

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, overrides: Overrides
    ) -> HttpAnswer:
        return await self._transport.request(
            method, url, headers, body, overrides.connect_s, overrides.read_s
        )

    async def _apply_faults(
        self, path: str, entry: dict[str, Any], method: str, url: str, form: Mapping[str, str], token: str
    ) -> None:
        for held in list(self._held):
            held.overtaken.set()
        for fault in self._faults.take_webhook_faults(path):
            entry.setdefault("faults", []).append(fault.kind)
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "drop":
                entry["error"] = 11205
                raise WebhookFailed(11205, url, "dropped on request")
            elif fault.kind == "reorder":
                await self._let_another_overtake(fault.path)
            elif fault.kind == "duplicate":
                self._send_copy(method, url, form, token)

    async def _let_another_overtake(self, path_pattern: str) -> None:
        held = _Held(path_pattern)
        self._held.append(held)
        try:
            async with asyncio.timeout(REORDERED_WAIT_S):
                await held.overtaken.wait()
                await asyncio.sleep(0.05)  # so that the other one really is first on the wire
        except TimeoutError:
            pass
        finally:
            self._held.remove(held)

    def _send_copy(self, method: str, url: str, form: Mapping[str, str], token: str) -> None:
        async def copy() -> None:
            entry = self._journal.note(
                "webhook", purpose="duplicate", method=method, url=url, form=dict(form),
                call_sid=form.get("CallSid"), status=None,
            )  # fmt: skip
            try:
                async with asyncio.timeout(LONGEST_S):
                    answer = await self._follow(method, url, form, Overrides(), token)
            except (WebhookFailed, TimeoutError) as failed:
                entry["error"] = getattr(failed, "code", 11200)
                return
            entry["status"] = answer.answer.status

        task = asyncio.get_running_loop().create_task(copy())
        self._duplicates.add(task)
        task.add_done_callback(self._duplicates.discard)


def read_overrides(fragment: str) -> Overrides:
    """Read a URL fragment's connection overrides; what is out of range or unknown is left at its default."""
    fields = dict(parse_qsl(fragment))

    def number(name: str, least: int, most: int, default: float) -> float:
        value = fields.get(name, "")
        return float(value) if value.isdigit() and least <= int(value) <= most else default

    policy = frozenset(fields["rp"].split(",")) if "rp" in fields else frozenset({"ct"})
    return Overrides(
        retries=int(number("rc", 0, 5, 1)),
        policy=policy,
        connect_s=number("ct", 100, 10_000, CONNECT_S * 1000) / 1000,
        read_s=number("rt", 100, 15_000, LONGEST_S * 1000) / 1000,
        total_s=number("tt", 100, 15_000, LONGEST_S * 1000) / 1000,
    )


def without_user(url: str) -> tuple[str, str]:
    """Split a URL's user and password off: (URL without them, "user:password" or "")."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, host, parts.path, parts.query, "")), unquote(user)


def with_query(url: str, fields: Mapping[str, str]) -> str:
    """Append form fields to a URL's query."""
    if not fields:
        return url
    extra = urlencode(fields, quote_via=quote_plus)
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, f"{parts.query}&{extra}".lstrip("&"), ""))
