"""Reading a REST request: its form, its account, its paging."""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiDictProxy

from ivr.carrier.rest.problems import RestProblem, invalid, not_found

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

EXCHANGE: "web.AppKey[Exchange]" = web.AppKey("exchange")
BASE = "/2010-04-01/Accounts/{account_sid}"
LARGEST_PAGE = 1000


def exchange_of(request: web.Request) -> "Exchange":
    """Return the exchange a request is for."""
    return request.app[EXCHANGE]


def authenticate(request: web.Request) -> None:
    """Check HTTP basic authentication by account SID and token. Raises RestProblem."""
    settings = exchange_of(request).settings
    kind, _, coded = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(coded, validate=True) if kind.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        given = b""
    wanted = f"{settings.account_sid}:{settings.auth_token}".encode()
    if not hmac.compare_digest(given, wanted):
        raise RestProblem(401, 20003, "Authenticate")
    if request.match_info.get("account_sid") != settings.account_sid:
        raise not_found(request.path)


class Form:
    """The fields of a POST."""

    def __init__(self, fields: "MultiDictProxy[Any]") -> None:
        self._fields = fields

    @classmethod
    async def of(cls, request: web.Request) -> "Form":
        """Read a request's form."""
        return cls(await request.post())

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def text(self, name: str, default: str = "") -> str:
        """Return a field as text."""
        return str(self._fields.get(name, default))

    def required(self, name: str, code: int) -> str:
        """Return a field that must be there. Raises RestProblem with `code`."""
        value = self.text(name)
        if not value:
            raise invalid(f"A '{name}' is required.", code)
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Return a yes-or-no field. Raises RestProblem."""
        value = self.text(name, str(default)).lower()
        if value not in ("true", "false"):
            raise invalid(f"{name} must be true or false")
        return value == "true"

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number. Raises RestProblem."""
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise invalid(f"{name} must be a number from {least} to {most}")
        return int(value)

    def method(self, name: str, default: str = "POST") -> str:
        """Return an HTTP method. Raises RestProblem."""
        value = self.text(name, default).upper()
        if value not in ("GET", "POST"):
            raise invalid(f"{name} must be GET or POST")
        return value

    def url(self, name: str, code: int = 21205) -> str:
        """Return an absolute URL, or "" when the field is absent. Raises RestProblem."""
        value = self.text(name)
        if value and not value.startswith(("http://", "https://")):
            raise invalid(f"{name} is not a valid URL: {value[:200]}", code)
        return value

    def words(self, name: str, default: str) -> frozenset[str]:
        """Return a list field: repeated, or separated by spaces."""
        values = [str(value) for value in self._fields.getall(name, [])] or [default]
        return frozenset(word for value in values for word in value.replace(",", " ").split())


def page_of(request: web.Request, name: str, items: Sequence[Mapping[str, Any]]) -> web.Response:
    """Answer a list in pages, as Twilio does."""
    size = _query_number(request, "PageSize", 50, 1, LARGEST_PAGE)
    page = _query_number(request, "Page", 0, 0, 10**6)
    first = page * size
    chosen = list(items[first : first + size])
    base = exchange_of(request).base_url

    def uri(number: int) -> str:
        kept = {key: value for key, value in request.query.items() if key not in ("Page", "PageSize")}
        return f"{request.path}?{urlencode({**kept, 'PageSize': size, 'Page': number})}"

    return web.json_response(
        {
            name: chosen,
            "page": page,
            "page_size": size,
            "start": first,
            "end": max(first, first + len(chosen) - 1),
            # The OpenAPI wants whole URIs; clients build the next page's address from a path.
            "first_page_uri": base + uri(0),
            "next_page_uri": uri(page + 1) if first + size < len(items) else None,
            "previous_page_uri": uri(page - 1) if page else None,
            "uri": base + uri(page),
        }
    )


def _query_number(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    value = request.query.get(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise invalid(f"{name} must be a number from {least} to {most}", 20006)
    return int(value)
