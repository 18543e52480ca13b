"""Text messages by REST: kept, listed, and shown in the log instead of being delivered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from ivr.carrier.clock import rfc2822
from ivr.carrier.exchange import Exchange
from ivr.carrier.forms import API_VERSION
from ivr.carrier.rest.problems import invalid, not_found
from ivr.carrier.rest.requests import BASE, Form, authenticate, exchange_of, page_of

routes = web.RouteTableDef()
LONGEST_BODY = 1600
SEGMENT = 160


@dataclass(frozen=True)
class TextMessage:
    """One text message of the account."""

    sid: str
    to: str
    from_number: str
    body: str
    created: datetime


MESSAGES: "web.AppKey[dict[str, TextMessage]]" = web.AppKey("messages")


@routes.post(BASE + "/Messages.json")
async def create(request: web.Request) -> web.Response:
    """Take a text message; nothing leaves this machine."""
    authenticate(request)
    exchange, form = exchange_of(request), await Form.of(request)
    to, body = form.required("To", 21604), form.required("Body", 21602)
    from_number = form.required("From", 21603)
    if from_number not in exchange.numbers:
        raise invalid(f"The 'From' number {from_number} is not a number of your account.", 21606)
    if not to.startswith("+") or not to[1:].isdigit():
        raise invalid(f"The 'To' number {to[:40]} is not a valid phone number.", 21211)
    if len(body) > LONGEST_BODY:
        raise invalid("The concatenated message body exceeds the 1600 character limit.", 21617)
    message = TextMessage(exchange.sids.new("SM"), to, from_number, body, exchange.clock.utc())
    _kept(request)[message.sid] = message
    exchange.journal.note("text", sid=message.sid, to=to, body=body)
    return web.json_response(_shape(exchange, message, "queued"), status=201)


@routes.get(BASE + "/Messages.json")
async def list_all(request: web.Request) -> web.Response:
    """List text messages, newest first; To and From narrow the list."""
    authenticate(request)
    exchange = exchange_of(request)
    found = [
        message
        for message in reversed(_kept(request).values())
        if request.query.get("To", message.to) == message.to
        and request.query.get("From", message.from_number) == message.from_number
    ]
    return page_of(request, "messages", [_shape(exchange, message, "delivered") for message in found])


@routes.get(BASE + "/Messages/{sid}.json")
async def fetch(request: web.Request) -> web.Response:
    """Show a text message."""
    authenticate(request)
    found = _kept(request).get(request.match_info["sid"])
    if found is None:
        raise not_found(request.path)
    return web.json_response(_shape(exchange_of(request), found, "delivered"))


def _kept(request: web.Request) -> dict[str, TextMessage]:
    return request.app[MESSAGES]


def _shape(exchange: Exchange, message: TextMessage, status: str) -> dict[str, Any]:
    account = exchange.settings.account_sid
    uri = f"/{API_VERSION}/Accounts/{account}/Messages/{message.sid}"
    is_sent = status == "delivered"
    return {
        "account_sid": account,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": rfc2822(message.created),
        "date_sent": rfc2822(message.created) if is_sent else None,
        "date_updated": rfc2822(message.created),
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": message.from_number,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(-(-len(message.body) // SEGMENT)),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }
