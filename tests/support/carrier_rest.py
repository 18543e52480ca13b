"""The carrier's REST API asked in-process, so that REST and calls share one virtual time."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.streams import StreamReader
from aiohttp.test_utils import make_mocked_request

from ivr.carrier.app import create_app
from tests.support.carrier_world import ACCOUNT, TOKEN, World

BASE = f"/2010-04-01/Accounts/{ACCOUNT}"


class Rest:
    """Sends requests to one world's carrier."""

    def __init__(self, world: World, user: str = ACCOUNT, password: str = TOKEN) -> None:
        self._app = create_app(world.exchange)
        self._app.freeze()
        self._authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    async def ask(self, method: str, path: str, *form: tuple[str, str], **fields: str) -> tuple[int, Any]:
        """Send a request below the account; return status and JSON (None when the body is empty)."""
        body = urlencode([*form, *fields.items()]).encode()
        answer = await self.raw(method, f"{BASE}{path}", body)
        return answer.status, json.loads(answer.body) if answer.body else None

    async def raw(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> web.Response:
        """Send any request; return the response."""
        reader = StreamReader(_NoProtocol(), 2**16)  # type: ignore[arg-type]
        reader.feed_data(body)
        reader.feed_eof()
        sent = {
            "Host": "127.0.0.1:8081",
            "Authorization": self._authorization,
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
        } | (headers or {})
        request = make_mocked_request(method, path, headers=sent, app=self._app, payload=reader)
        # The router's match is done by the application, as for a request from a socket.
        try:
            answer = await self._app._handle(request)
        except web.HTTPException as refused:
            answer = refused
        assert isinstance(answer, web.Response)
        return answer

    async def get(self, path: str) -> Any:
        """Return the JSON of a resource that must be there."""
        status, found = await self.ask("GET", path)
        assert status == 200, found
        return found

    async def post(self, path: str, *form: tuple[str, str], **fields: str) -> Any:
        """Return the JSON of a POST that must succeed."""
        status, found = await self.ask("POST", path, *form, **fields)
        assert status in (200, 201), found
        return found


class _NoProtocol:
    """What a stream reader tells about its flow."""

    _reading_paused = False

    def pause_reading(self) -> None:
        """Do nothing."""

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Do nothing."""
