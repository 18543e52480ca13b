"""Queues and those who wait in them, by REST."""

from typing import Any

from aiohttp import web

from ivr.carrier.calls import Page
from ivr.carrier.clock import rfc2822
from ivr.carrier.exchange import Exchange
from ivr.carrier.forms import API_VERSION
from ivr.carrier.queues import DEFAULT_REST_SIZE, LONGEST_NAME, Member, Queue
from ivr.carrier.rest.problems import invalid, not_found
from ivr.carrier.rest.requests import BASE, Form, authenticate, exchange_of, page_of

routes = web.RouteTableDef()
QUEUE = BASE + "/Queues/{sid}.json"
MEMBER = BASE + "/Queues/{sid}/Members/{call_sid}.json"


@routes.get(BASE + "/Queues.json")
async def list_all(request: web.Request) -> web.Response:
    """List queues."""
    authenticate(request)
    exchange = exchange_of(request)
    return page_of(request, "queues", [shape(exchange, queue) for queue in exchange.queues.all.values()])


@routes.post(BASE + "/Queues.json")
async def create(request: web.Request) -> web.Response:
    """Make a queue."""
    authenticate(request)
    exchange, form = exchange_of(request), await Form.of(request)
    name = form.required("FriendlyName", 20001)
    if len(name) > LONGEST_NAME:
        raise invalid(f"FriendlyName is longer than {LONGEST_NAME}")
    if exchange.queues.named(name):
        raise invalid(f"A queue named {name} exists", 22003)
    queue = exchange.queues.create(name, form.number("MaxSize", DEFAULT_REST_SIZE, 1, 5000))
    return web.json_response(shape(exchange, queue), status=201)


@routes.get(QUEUE)
async def fetch(request: web.Request) -> web.Response:
    """Show a queue."""
    authenticate(request)
    return web.json_response(shape(exchange_of(request), _queue(request)))


@routes.get(BASE + "/Queues/{sid}/Members.json")
async def list_members(request: web.Request) -> web.Response:
    """List who waits, the front first."""
    authenticate(request)
    exchange, queue = exchange_of(request), _queue(request)
    return page_of(
        request, "queue_members", [member_shape(exchange, queue, member) for member in queue.members]
    )


@routes.get(MEMBER)
async def fetch_member(request: web.Request) -> web.Response:
    """Show who waits, by CallSid or Front."""
    authenticate(request)
    queue = _queue(request)
    return web.json_response(member_shape(exchange_of(request), queue, _member(request, queue)))


@routes.post(MEMBER)
async def dequeue(request: web.Request) -> web.Response:
    """Send somebody who waits to other instructions."""
    authenticate(request)
    queue, form = _queue(request), await Form.of(request)
    member = _member(request, queue)
    form.required("Url", 21200)
    answer = member_shape(exchange_of(request), queue, member)
    queue.take(member, Page(form.url("Url"), form.method("Method")))
    return web.json_response(answer)


def _queue(request: web.Request) -> Queue:
    found = exchange_of(request).queues.all.get(request.match_info["sid"])
    if found is None:
        raise not_found(request.path)
    return found


def _member(request: web.Request, queue: Queue) -> Member:
    found = queue.find(request.match_info["call_sid"])
    if found is None:
        raise not_found(request.path)
    return found


def shape(exchange: Exchange, queue: Queue) -> dict[str, Any]:
    """Return a queue as the API shows it."""
    account = exchange.settings.account_sid
    return {
        "sid": queue.sid,
        "friendly_name": queue.name,
        "account_sid": account,
        "current_size": len(queue.members),
        "average_wait_time": queue.average_wait_s,
        "max_size": queue.max_size,
        "date_created": rfc2822(queue.created),
        "date_updated": rfc2822(queue.updated),
        "uri": f"/{API_VERSION}/Accounts/{account}/Queues/{queue.sid}.json",
    }


def member_shape(exchange: Exchange, queue: Queue, member: Member) -> dict[str, Any]:
    """Return somebody who waits as the API shows it."""
    account = exchange.settings.account_sid
    return {
        "call_sid": member.call.sid,
        "date_enqueued": rfc2822(member.entered),
        "position": queue.members.index(member) + 1,
        "queue_sid": queue.sid,
        "wait_time": queue.wait_s(member),
        "uri": f"/{API_VERSION}/Accounts/{account}/Queues/{queue.sid}/Members/{member.call.sid}.json",
    }
