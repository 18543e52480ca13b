"""The fake exchange behind a real WebSocket and a static folder, for tests of what connects to one."""

import asyncio
import json
import threading
from pathlib import Path
from urllib.parse import unquote

from aiohttp import WSMessage, WSMsgType, web

from tests.fakes.wire_exchange import WireExchange

TICK_S = 0.02


class WireServer:
    """Serves an exchange on a free port of 127.0.0.1 from a thread of its own; a context manager."""

    def __init__(self, exchange: WireExchange, handset: Path | None = None) -> None:
        self.exchange = exchange
        self.port = 0
        self._handset = handset
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._sockets: set[web.WebSocketResponse] = set()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))

    def __enter__(self) -> "WireServer":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    def hang_up_on_everybody(self) -> None:
        """Close every phone's connection."""
        for socket in list(self._sockets):
            asyncio.run_coroutine_threadsafe(socket.close(), self._loop).result(5)

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_get("/phones/{number}", self._phone)
        if self._handset is not None:
            app.router.add_get("/phone", self._page("index.html"))
            app.router.add_get("/phone/agent", self._page("index.html"))
            app.router.add_static("/phone/", self._handset)
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        ticking = asyncio.create_task(self._tick())
        self._ready.set()
        await self._stop.wait()
        ticking.cancel()
        for socket in list(self._sockets):
            await socket.close()
        await runner.cleanup()

    def _page(self, name: str):
        async def page(_: web.Request) -> web.FileResponse:
            return web.FileResponse(self._handset / name)

        return page

    async def _tick(self) -> None:
        start, ticks = self._loop.time(), 0
        while True:
            ticks += 1
            await asyncio.sleep(max(0.0, start + ticks * TICK_S - self._loop.time()))
            self.exchange.tick()

    async def _phone(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        number = unquote(request.match_info["number"])
        phone = self.exchange.plug(number)
        sending = asyncio.create_task(self._send(socket, phone))
        try:
            async for message in socket:
                self._receive(number, phone, message)
        finally:
            sending.cancel()
            self._sockets.discard(socket)
            self.exchange.unplug(number)
        return socket

    def _receive(self, number: str, phone, message: WSMessage) -> None:
        if message.type == WSMsgType.TEXT:
            self.exchange.receive(number, json.loads(message.data))
        elif phone.state == "up":  # else a frame that crossed the end of the call
            self.exchange.receive(number, message.data)

    async def _send(self, socket: web.WebSocketResponse, phone) -> None:
        while True:
            while phone.outbox:
                item = phone.outbox.popleft()
                if isinstance(item, bytes):
                    await socket.send_bytes(item)
                else:
                    await socket.send_str(json.dumps(item))
            await asyncio.sleep(0.005)
