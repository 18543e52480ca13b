"""Calls: place, look at, steer and end them by REST."""

from typing import Any

from aiohttp import web

from ivr.carrier.calls import Call, Page, StatusCallback
from ivr.carrier.clock import rfc2822
from ivr.carrier.exchange import Exchange
from ivr.carrier.forms import API_VERSION
from ivr.carrier.rest.problems import invalid, not_found
from ivr.carrier.rest.requests import BASE, Form, authenticate, exchange_of, page_of
from ivr.carrier.twiml.document import LARGEST_INLINE_CHARACTERS, TwimlInvalid, parse

routes = web.RouteTableDef()
CALL = BASE + "/Calls/{sid}.json"
LONGEST_RING_S = 600


@routes.post(BASE + "/Calls.json")
async def create(request: web.Request) -> web.Response:
    """Phone somebody."""
    authenticate(request)
    exchange, form = exchange_of(request), await Form.of(request)
    to, from_number = form.required("To", 21201), form.required("From", 21213)
    page = _page(form)
    if page is None:
        raise invalid("Url parameter is required.", 21200)
    if from_number not in exchange.numbers:
        raise invalid(
            f"The source phone number provided, {from_number}, is not yet verified for your account.", 21210
        )
    ring_s = form.number("Timeout", 60, 1, LONGEST_RING_S)
    call = exchange.new_call("outbound-api", from_number, to)
    _take_callbacks(call, form)
    exchange.place(call, page, ring_s)
    return web.json_response(shape(exchange, call), status=201)


@routes.get(BASE + "/Calls.json")
async def list_all(request: web.Request) -> web.Response:
    """List calls, newest first; To, From, Status and ParentCallSid narrow the list."""
    authenticate(request)
    exchange = exchange_of(request)
    wanted = {
        key: request.query[name]
        for name, key in (
            ("To", "to"),
            ("From", "from"),
            ("Status", "status"),
            ("ParentCallSid", "parent_call_sid"),
        )
        if name in request.query
    }
    calls = [shape(exchange, call) for call in reversed(exchange.calls.values())]
    matching = [call for call in calls if all(call[key] == value for key, value in wanted.items())]
    return page_of(request, "calls", matching)


@routes.get(CALL)
async def fetch(request: web.Request) -> web.Response:
    """Show a call."""
    authenticate(request)
    return web.json_response(shape(exchange_of(request), call_of(request, request.match_info["sid"])))


@routes.post(CALL)
async def update(request: web.Request) -> web.Response:
    """Send a call to other instructions, or end it."""
    authenticate(request)
    exchange, form = exchange_of(request), await Form.of(request)
    call = call_of(request, request.match_info["sid"])
    page, status = _page(form), form.text("Status")
    if status not in ("", "canceled", "completed"):
        raise invalid(f"Invalid Status {status}", 20001)
    if call.is_over or call.is_ending:
        raise invalid("Call is not in-progress. Cannot redirect.", 21220)
    if form.url("FallbackUrl"):
        call.fallback = Page(form.url("FallbackUrl"), form.method("FallbackMethod"))
    if form.url("StatusCallback"):
        call.callbacks = [StatusCallback(form.url("StatusCallback"), form.method("StatusCallbackMethod"))]
    if status == "completed" or (status == "canceled" and not call.is_live):
        # A ringing call that is told to complete was never answered: it ends as canceled.
        exchange.spawn(exchange.end(call, "completed" if call.is_live else "canceled"))
    elif page is not None:
        if not call.is_live:
            raise invalid("Call is not in-progress. Cannot redirect.", 21220)
        exchange.spawn(exchange.redirect(call, page))
    return web.json_response(shape(exchange, call))


@routes.delete(CALL)
async def delete(request: web.Request) -> web.Response:
    """Forget a call that is over."""
    authenticate(request)
    exchange, call = exchange_of(request), call_of(request, request.match_info["sid"])
    if not call.is_over:
        raise invalid("Call is in progress and cannot be deleted.", 20009)
    del exchange.calls[call.sid]
    return web.Response(status=204)


def call_of(request: web.Request, sid: str) -> Call:
    """Return a call by SID. Raises RestProblem."""
    call = exchange_of(request).calls.get(sid)
    if call is None:
        raise not_found(request.path)
    return call


def _page(form: Form) -> Page | None:
    url, inline = form.url("Url"), form.text("Twiml")
    # With both, the OpenAPI description says that Twiml is ignored.
    if url:
        return Page(url, form.method("Method"))
    if not inline:
        return None
    if len(inline) > LARGEST_INLINE_CHARACTERS:
        raise invalid(f"Twiml is longer than {LARGEST_INLINE_CHARACTERS} characters", 32018)
    try:
        parse(inline.encode(), None)
    except TwimlInvalid as broken:
        raise invalid(f"Twiml: {broken}", broken.code) from broken
    return Page(inline=inline)


def _take_callbacks(call: Call, form: Form) -> None:
    if form.url("FallbackUrl"):
        call.fallback = Page(form.url("FallbackUrl"), form.method("FallbackMethod"))
    if form.url("StatusCallback"):
        call.callbacks.append(
            StatusCallback(
                form.url("StatusCallback"),
                form.method("StatusCallbackMethod"),
                form.words("StatusCallbackEvent", "completed"),
            )
        )


def shape(exchange: Exchange, call: Call) -> dict[str, Any]:
    """Return a call as the API shows it; a call being set up is queued or ringing, never `initiated`."""
    account = exchange.settings.account_sid
    uri = f"/{API_VERSION}/Accounts/{account}/Calls/{call.sid}"
    parts = {
        "notifications": "Notifications", "recordings": "Recordings", "payments": "Payments",
        "events": "Events",
        "siprec": "Siprec", "streams": "Streams", "transcriptions": "Transcriptions",
        "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
        "user_defined_messages": "UserDefinedMessages",
    }  # fmt: skip
    return {
        "sid": call.sid,
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.updated),
        "parent_call_sid": call.parent_sid,
        "account_sid": account,
        "to": call.to,
        "to_formatted": call.to,
        "from": call.from_number,
        "from_formatted": call.from_number,
        "phone_number_sid": None,
        "status": "queued" if call.status == "initiated" else call.status,
        "start_time": rfc2822(call.started) if call.started else None,
        "end_time": rfc2822(call.ended_at) if call.is_over and call.ended_at else None,
        "duration": str(call.duration_s) if call.is_over else None,
        "price": None,
        "price_unit": "USD",
        "direction": call.direction,
        "answered_by": None,
        "api_version": API_VERSION,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": {name: f"{uri}/{path}.json" for name, path in parts.items()},
    }
