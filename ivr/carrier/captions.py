"""Live captions: the words of a call, taken from the service that answered it and shown on the phones."""

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import aiohttp

from ivr.carrier.calls import Call
from ivr.carrier.phones import Phone

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

SPEAKERS = {"prompt_started": "bot", "utterance_heard": "caller"}
_AFTER_CALL_S = 2.0  # the last words may come after the last sound
LARGEST_LINE_BYTES = 64 * 1024


class EventSource(Protocol):
    """A stream of server-sent events."""

    async def lines(self, url: str, authorization: str, take: Any) -> None:
        """Pass each line to `take` until the stream ends; return quietly when there is no such path."""
        ...


class AiohttpEventSource:
    """Server-sent events over HTTP."""

    async def lines(self, url: str, authorization: str, take: Any) -> None:
        """Pass each line to `take` until the stream ends; return quietly when there is no such path."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5.0)
        headers = {"Authorization": authorization, "Accept": "text/event-stream"}
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, read_bufsize=LARGEST_LINE_BYTES) as session,
                session.get(url, headers=headers) as answer,
            ):
                if answer.status != 200 or answer.content_type != "text/event-stream":
                    return
                async for line in answer.content:
                    take(line.decode("utf-8", "replace").rstrip("\r\n"))
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return


class Captions:
    """Follows calls and forwards what was said to the phone of each."""

    def __init__(self, exchange: "Exchange", source: EventSource) -> None:
        self._exchange = exchange
        self._source = source

    def follow(self, call: Call, voice_url: str) -> None:
        """Show a call's words on its phone for as long as it lasts."""
        phone = self._exchange.phones.get(call.phone_number)
        if phone is not None:
            self._exchange.spawn(self._follow(call, phone, voice_url))

    async def _follow(self, call: Call, phone: Phone, voice_url: str) -> None:
        parts = urlsplit(voice_url)
        url = f"{parts.scheme}://{parts.netloc}/voice/calls/{call.sid}/events"
        settings = self._exchange.settings
        coded = base64.b64encode(f"{settings.account_sid}:{settings.auth_token}".encode()).decode()
        began_s = self._exchange.clock.now_s()

        def take(line: str) -> None:
            caption = read_caption(line)
            if caption is not None:
                phone.said({**caption, "at_s": round(self._exchange.clock.now_s() - began_s, 2)})

        reading = asyncio.ensure_future(self._source.lines(url, f"Basic {coded}", take))
        ended = asyncio.ensure_future(call.over.wait())
        try:
            await asyncio.wait({reading, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                await asyncio.wait({reading}, timeout=_AFTER_CALL_S)
        finally:
            reading.cancel()
            ended.cancel()


def read_caption(line: str) -> dict[str, Any] | None:
    """Read one line of the event stream: who said what; None for anything else."""
    if not line.startswith("data:"):
        return None
    try:
        event = json.loads(line.removeprefix("data:"))
    except ValueError:
        return None
    facts = event.get("facts") if isinstance(event, dict) else None
    if (
        not isinstance(facts, dict)
        or event.get("kind") not in SPEAKERS
        or not isinstance(facts.get("text"), str)
    ):
        return None
    caption = {"who": SPEAKERS[event["kind"]], "text": facts["text"]}
    return caption | ({"prompt_id": facts["prompt_id"]} if isinstance(facts.get("prompt_id"), str) else {})
