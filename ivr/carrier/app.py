"""What answers on the carrier's port: REST, the phone wire, the handset's pages, faults and the log."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from ivr.carrier.exchange import Exchange
from ivr.carrier.faults import FaultInvalid, parse_fault
from ivr.carrier.phones import Phone
from ivr.carrier.rest import calls, conferences, messages, queues, recordings
from ivr.carrier.rest.problems import RestProblem, not_found
from ivr.carrier.rest.requests import EXCHANGE, exchange_of

LOOPBACK_NAMES = {"127.0.0.1", "localhost", "::1"}
MOST_WAITING_FRAMES = 500  # ten seconds for a phone that reads nothing, then audio for it is dropped
# Files that change under the developer's hands: the browser must ask each time.
_NO_CACHE = {"Cache-Control": "no-cache"}

routes = web.RouteTableDef()
Answerer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(exchange: Exchange) -> web.Application:
    """Build the web application around an exchange."""
    app = web.Application(middlewares=[only_from_this_machine, problems_as_json], client_max_size=256 * 1024)
    app[EXCHANGE] = exchange
    app.add_routes(routes)
    app[messages.MESSAGES] = {}
    for rest in (calls, conferences, messages, queues, recordings):
        app.add_routes(rest.routes)
    return app


@web.middleware
async def only_from_this_machine(request: web.Request, handler: Answerer) -> web.StreamResponse:
    """Refuse other names than loopback's, and other sites' pages: a web page must not phone."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if host not in LOOPBACK_NAMES or (origin and urlsplit(origin).hostname not in LOOPBACK_NAMES):
        raise web.HTTPForbidden(text="This carrier serves its own machine only.")
    return await handler(request)


@web.middleware
async def problems_as_json(request: web.Request, handler: Answerer) -> web.StreamResponse:
    """Give REST problems Twilio's shape."""
    try:
        return await handler(request)
    except RestProblem as problem:
        return problem.response()
    except web.HTTPNotFound:
        if request.path.startswith("/2010-04-01/"):
            return not_found(request.path).response()
        raise
    except web.HTTPMethodNotAllowed:
        return RestProblem(405, 20004, "Method not allowed").response()


@routes.get("/phones/{number}")
async def phone_wire(request: web.Request) -> web.StreamResponse:
    """Plug in a phone for as long as its WebSocket is open."""
    exchange = exchange_of(request)
    socket = web.WebSocketResponse(heartbeat=20.0, max_msg_size=64 * 1024)
    await socket.prepare(request)
    outbox: asyncio.Queue[dict[str, Any] | bytes] = asyncio.Queue()

    def send(content: dict[str, Any] | bytes) -> None:
        if isinstance(content, bytes) and outbox.qsize() > MOST_WAITING_FRAMES:
            return
        outbox.put_nowait(content)

    phone = Phone(request.match_info["number"], exchange, send)
    writer = exchange.spawn(_write_all(socket, outbox))
    try:
        if not exchange.register(phone):
            phone.refuse("this number is taken")
            await asyncio.sleep(0)
            return socket
        async for message in socket:
            _receive(phone, message)
    finally:
        exchange.unregister(phone)
        await _flush(socket, outbox, writer)
    return socket


def _receive(phone: Phone, message: Any) -> None:
    if message.type is web.WSMsgType.BINARY:
        phone.receive_audio(message.data)
    elif message.type is web.WSMsgType.TEXT:
        try:
            order = json.loads(message.data)
        except (ValueError, RecursionError):
            phone.refuse("not JSON")
            return
        phone.receive(order)


async def _write_all(socket: web.WebSocketResponse, outbox: "asyncio.Queue[dict[str, Any] | bytes]") -> None:
    while True:
        await _write(socket, await outbox.get())


async def _write(socket: web.WebSocketResponse, content: dict[str, Any] | bytes) -> None:
    try:
        if isinstance(content, bytes):
            await socket.send_bytes(content)
        else:
            await socket.send_json(content)
    except ConnectionError:
        pass  # the phone has gone; its reader notices and unplugs it


async def _flush(
    socket: web.WebSocketResponse,
    outbox: "asyncio.Queue[dict[str, Any] | bytes]",
    writer: "asyncio.Task[Any]",
) -> None:
    writer.cancel()
    while not socket.closed and not outbox.empty():
        await _write(socket, outbox.get_nowait())
    await socket.close()


@routes.get("/log")
async def show_log(request: web.Request) -> web.Response:
    """Show what happened: webhooks, alerts, calls, streams; `?kind=` and `?call_sid=` narrow it."""
    entries = list(exchange_of(request).journal.entries)
    for name in ("kind", "call_sid"):
        if name in request.query:
            entries = [entry for entry in entries if entry.get(name) == request.query[name]]
    return web.json_response(entries)


@routes.get("/faults")
async def list_faults(request: web.Request) -> web.Response:
    """List the faults still to happen."""
    return web.json_response([fault.as_json() for fault in exchange_of(request).faults.faults])


@routes.post("/faults")
async def add_fault(request: web.Request) -> web.Response:
    """Ask for a fault."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send application/json")
    try:
        fault = parse_fault(dict(await request.json()))
    except (FaultInvalid, ValueError, TypeError) as invalid:
        raise web.HTTPBadRequest(text=str(invalid)) from invalid
    exchange_of(request).faults.add(fault)
    return web.json_response(fault.as_json(), status=201)


@routes.delete("/faults")
async def clear_faults(request: web.Request) -> web.Response:
    """Let everything work again."""
    exchange_of(request).faults.clear()
    return web.Response(status=204)


@routes.get("/phone")
@routes.get("/phone/")
@routes.get("/phone/agent")
async def handset(request: web.Request) -> web.StreamResponse:
    """Show the handset; one page serves caller and agent."""
    return _handset_file(request, "index.html")


@routes.get("/phone/{name}")
async def handset_file(request: web.Request) -> web.StreamResponse:
    """Serve what the handset's page needs."""
    return _handset_file(request, request.match_info["name"])


def _handset_file(request: web.Request, name: str) -> web.StreamResponse:
    folder = exchange_of(request).settings.handset_dir
    path = folder / name
    if path.parent != folder or not path.is_file():
        raise web.HTTPNotFound(text="no such page")
    return web.FileResponse(path, headers=_NO_CACHE)
