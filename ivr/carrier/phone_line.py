"""How a phone is plugged into the local carrier: the phone wire over a WebSocket."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

from ivr.audio.frames import FRAME_SAMPLES

DEFAULT_URL = "ws://127.0.0.1:8081"
_CONNECT_TIMEOUT_S = 5.0


class CarrierUnreachable(Exception):
    """No carrier answers at the address; the message says how to start it."""


@dataclass(frozen=True)
class Arrived:
    """Something the carrier sent: an event, or 160 bytes of mu-law audio; `at_s` is the time it came in."""

    at_s: float
    event: dict[str, Any] = field(default_factory=dict)
    audio: bytes = b""


class PhoneLine:
    """One phone's connection to the carrier; used from one event loop.

    `clock` gives the seconds with which arrivals are stamped.
    """

    def __init__(self, url: str, number: str, clock: Callable[[], float]) -> None:
        self._address = f"{url.rstrip('/')}/phones/{quote(number, safe='')}"
        self._clock = clock
        self._inbox: deque[Arrived] = deque()
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None

    async def plug_in(self) -> None:
        """Connect. Raises CarrierUnreachable."""
        # trust_env stays off: a proxy has no business between a phone and a carrier on this machine.
        patience = aiohttp.ClientTimeout(total=None, connect=_CONNECT_TIMEOUT_S)
        self._session = aiohttp.ClientSession(timeout=patience)
        try:
            self._socket = await self._session.ws_connect(self._address, max_msg_size=1 << 20)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as refused:
            await self._session.close()
            raise CarrierUnreachable(
                f"No carrier answers at {self._address} ({refused or type(refused).__name__}).\n"
                "Start the service and its local phone network with: make run"
            ) from None
        self._reader = asyncio.create_task(self._read(self._socket))

    async def unplug(self) -> None:
        """Disconnect; what is left of a call ends as if the phone had hung up."""
        if self._reader is not None:
            self._reader.cancel()
        if self._socket is not None:
            await self._socket.close()
        if self._session is not None:
            await self._session.close()

    def arrived(self) -> list[Arrived]:
        """Take everything that came in since the last time, oldest first."""
        taken = list(self._inbox)
        self._inbox.clear()
        return taken

    async def command(self, what: dict[str, Any]) -> None:
        """Tell the carrier to do something, such as {"do": "hang_up"}."""
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_str(json.dumps(what))

    async def audio(self, payload: bytes) -> None:
        """Send one frame: 160 bytes of mu-law."""
        if len(payload) != FRAME_SAMPLES:
            raise ValueError(f"a frame is {FRAME_SAMPLES} bytes, not {len(payload)}")
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_bytes(payload)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type == aiohttp.WSMsgType.BINARY:
                self._inbox.append(Arrived(self._clock(), audio=message.data))
            elif message.type == aiohttp.WSMsgType.TEXT:
                self._inbox.append(Arrived(self._clock(), event=json.loads(message.data)))
        self._inbox.append(Arrived(self._clock(), event={"event": "unplugged"}))
