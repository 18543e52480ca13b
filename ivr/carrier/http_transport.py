"""How the network reaches web servers: one HTTP request, or one WebSocket, at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from yarl import URL

# More is never kept of an answer; documents are limited far below, recordings to play far above it.
LARGEST_ANSWER_BYTES = 20_000_000


@dataclass(frozen=True)
class HttpAnswer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ConnectFailed(Exception):
    """No TCP connection, or no TLS on it; the request never left."""

    def __init__(self, what: str, is_tls: bool = False, is_timeout: bool = False) -> None:
        super().__init__(what)
        self.is_tls = is_tls
        self.is_timeout = is_timeout


class ReadFailed(Exception):
    """The request left and no whole answer came back."""


class HandshakeRefused(Exception):
    """The server answered the WebSocket upgrade with something else than 101."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class StreamSocket(Protocol):
    """An open WebSocket to the service."""

    async def send(self, text: str) -> None:
        """Send a text frame. Raises ConnectionError when the socket is gone."""
        ...

    async def receive(self) -> str | bytes | None:
        """Return the next text or binary message; None when the other side closed."""
        ...

    async def close(self) -> None:
        """Close normally."""
        ...


class HttpTransport(Protocol):
    """The network's way out. Redirects are not followed here."""

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        connect_s: float,
        read_s: float,
    ) -> HttpAnswer:
        """Send one request. Raises ConnectFailed, ReadFailed."""
        ...

    async def open_socket(self, url: str, headers: Mapping[str, str], connect_s: float) -> StreamSocket:
        """Open a WebSocket. Raises ConnectFailed, HandshakeRefused."""
        ...


class AiohttpTransport:
    """The real network."""

    def __init__(self) -> None:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(force_close=True)
        )

    async def close(self) -> None:
        """Close what is open."""
        await self._session.close()

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        connect_s: float,
        read_s: float,
    ) -> HttpAnswer:
        """Send one request. Raises ConnectFailed, ReadFailed."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_s, sock_read=read_s)
        try:
            async with self._session.request(
                method, URL(url, encoded=True), headers=dict(headers), data=body, timeout=timeout,
                allow_redirects=False, skip_auto_headers=("User-Agent", "Content-Type"),
            ) as answer:  # fmt: skip
                content = await answer.content.read(LARGEST_ANSWER_BYTES)
                while more := await answer.content.read(LARGEST_ANSWER_BYTES - len(content)):
                    content += more
                lower = {name.lower(): value for name, value in answer.headers.items()}
                return HttpAnswer(answer.status, lower, content)
        except aiohttp.ClientConnectorSSLError as broken:
            raise ConnectFailed(str(broken), is_tls=True) from broken
        except aiohttp.ConnectionTimeoutError as late:
            raise ConnectFailed(str(late), is_timeout=True) from late
        except aiohttp.ClientConnectorError as broken:
            raise ConnectFailed(str(broken)) from broken
        except (aiohttp.ClientError, TimeoutError) as broken:
            raise ReadFailed(str(broken) or type(broken).__name__) from broken

    async def open_socket(self, url: str, headers: Mapping[str, str], connect_s: float) -> StreamSocket:
        """Open a WebSocket. Raises ConnectFailed, HandshakeRefused."""
        timeout = aiohttp.ClientWSTimeout(ws_close=5.0)
        try:
            socket = await self._session.ws_connect(
                URL(url, encoded=True), headers=dict(headers), timeout=timeout, autoping=True, compress=0
            )
        except aiohttp.WSServerHandshakeError as refused:
            raise HandshakeRefused(refused.status) from refused
        except aiohttp.ClientConnectorSSLError as broken:
            raise ConnectFailed(str(broken), is_tls=True) from broken
        except aiohttp.ClientError as broken:
            raise ConnectFailed(str(broken)) from broken
        return AiohttpSocket(socket)


class AiohttpSocket:
    """A WebSocket of aiohttp."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, text: str) -> None:
        """Send a text frame. Raises ConnectionError when the socket is gone."""
        try:
            await self._socket.send_str(text)
        except aiohttp.ClientError as gone:
            raise ConnectionError(str(gone)) from gone

    async def receive(self) -> str | bytes | None:
        """Return the next text or binary message; None when the other side closed."""
        message = await self._socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return str(message.data)
        if message.type is aiohttp.WSMsgType.BINARY:
            return bytes(message.data)
        return None

    async def close(self) -> None:
        """Close normally."""
        await self._socket.close(code=aiohttp.WSCloseCode.OK)
