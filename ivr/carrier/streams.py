"""A media stream: the call's audio over a WebSocket to the service, and back on two-way streams."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from ivr.carrier.calls import Call
from ivr.carrier.clock import iso_nanoseconds
from ivr.carrier.http_transport import ConnectFailed, HandshakeRefused, StreamSocket
from ivr.carrier.media.playback import BYTES_PER_S, Playback
from ivr.carrier.signature import sign
from ivr.carrier.stream_messages import MessageInvalid, StreamWriter, read

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

CONNECT_S = 10.0
BUFFER_LIMIT_BYTES = 600 * BYTES_PER_S  # ten minutes: error 31931's page
SENT_BACKLOG = 1500  # 30 s of frames: a service that reads no more is behind for good
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class StreamFailed(Exception):
    """The stream was not opened, or broke; `code` is the number of the error log."""

    def __init__(self, code: int, what: str) -> None:
        super().__init__(what)
        self.code = code


@dataclass(frozen=True)
class StreamOrder:
    """What a Stream element asks for; `tracks` are "inbound" and "outbound"."""

    url: str
    is_two_way: bool
    tracks: tuple[str, ...] = ("inbound",)
    name: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    status_callback: str = ""
    status_method: str = "POST"


class MediaStream:
    """One stream of one call."""

    def __init__(self, exchange: "Exchange", call: Call, order: StreamOrder) -> None:
        self.sid = exchange.sids.new("MZ")
        self.name = order.name or self.sid
        self._exchange = exchange
        self._call = call
        self._order = order
        self._writer = StreamWriter(self.sid, exchange.settings.account_sid, call.sid)
        self._playback = Playback(BUFFER_LIMIT_BYTES)
        self._outbox: asyncio.Queue[str] = asyncio.Queue(SENT_BACKLOG)
        self._warned: set[int] = set()
        self._started_s = 0.0
        # The first timestamps seen on real streams were 155 and 171: neither 0 nor on a 20 ms grid.
        self._first_ms = exchange.random.choice([n for n in range(101, 200) if n % 20])
        self._is_open = False
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Stream until the service closes the socket. Raises StreamFailed; cancel to stop it properly."""
        socket = await self._open()
        self._started_s = self._exchange.clock.now_s()
        self._is_open = True
        self._outbox.put_nowait(self._writer.connected())
        self._outbox.put_nowait(self._writer.start(list(self._order.tracks), self._order.parameters))
        self._report("stream-started")
        sender = self._exchange.spawn(self._send_all(socket))
        cutter = self._plan_cut()
        error: StreamFailed | None = None
        try:
            await self._converse(socket, cutter)
        except StreamFailed as failed:
            error = failed
            raise
        finally:
            self._is_open = False
            await self._shut(socket, sender, is_cut=error is not None)
            self._report("stream-error" if error else "stream-stopped", str(error) if error else "")

    def start(self) -> None:
        """Run beside the call, for one-way streams."""

        async def guarded() -> None:
            with suppress(StreamFailed):
                await self.run()

        self._call.background.append(self)
        self._task = self._exchange.spawn(guarded())

    async def finish(self) -> None:
        """Stop a stream that runs beside the call."""
        if self in self._call.background:
            self._call.background.remove(self)
        if self._task and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _open(self) -> StreamSocket:
        try:
            url = checked_url(self._order.url)
            if self._exchange.faults.take_stream_fault("refuse_stream", urlsplit(url).path):
                raise StreamFailed(31902, "refused on request")
            headers = {"X-Twilio-Signature": sign(self._exchange.settings.auth_token, url)}
            return await self._connect(url, headers)
        except StreamFailed as failed:
            self._exchange.journal.alert(failed.code, self._call.sid, str(failed))
            self._report("stream-error", str(failed))
            raise

    async def _connect(self, url: str, headers: dict[str, str]) -> StreamSocket:
        try:
            async with asyncio.timeout(CONNECT_S):
                return await self._exchange.transport.open_socket(url, headers, CONNECT_S)
        except HandshakeRefused as refused:
            raise StreamFailed(31920, f"handshake answered {refused.status}") from refused
        except ConnectFailed as failed:
            raise StreamFailed(31910 if failed.is_tls else 31902, str(failed)) from failed
        except TimeoutError as late:
            raise StreamFailed(31901, "no answer in time") from late

    async def _converse(self, socket: StreamSocket, cutter: asyncio.Task[None] | None) -> None:
        """Pass audio and messages until the service closes the socket or the cut comes."""
        call = self._call
        tracks = self._order.tracks
        hear: Callable[[bytes], None] = lambda frame: self._send_media("inbound", frame)  # noqa: E731
        speak: Callable[[bytes], None] = lambda frame: self._send_media("outbound", frame)  # noqa: E731
        if "inbound" in tracks:
            call.ears.append(hear)
        if "outbound" in tracks:
            call.mouths.append(speak)
        reader = asyncio.ensure_future(self._read_all(socket))
        waiting = {reader} | ({cutter} if cutter else set())
        try:
            if self._order.is_two_way:
                with call.hearing(self._playback), call.keys_to(self._send_key):
                    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if cutter and cutter.done() and not reader.done():
                self._exchange.journal.alert(31921, call.sid, "cut on request")
                raise StreamFailed(31921, "cut on request")
        finally:
            if "inbound" in tracks:
                call.ears.remove(hear)
            if "outbound" in tracks:
                call.mouths.remove(speak)
            for task in waiting:
                task.cancel()

    async def _read_all(self, socket: StreamSocket) -> None:
        while (message := await socket.receive()) is not None:
            if self._order.is_two_way:
                self._take(message)

    def _take(self, message: str | bytes) -> None:
        try:
            if isinstance(message, bytes):
                raise MessageInvalid("binary frame")
            incoming = read(message, self.sid)
        except MessageInvalid as invalid:
            self._warn_once(31951, str(invalid))
            return
        if incoming.event == "media":
            if self._playback.add(incoming.payload):
                self._warn_once(31931, "the buffer is full")
        elif incoming.event == "mark":
            self._playback.mark(lambda: self._send(self._writer.mark(incoming.mark)))
        else:
            self._playback.clear()

    def _warn_once(self, code: int, what: str) -> None:
        if code not in self._warned:
            self._warned.add(code)
            self._exchange.journal.alert(code, self._call.sid, what, level="warning")

    def _send_media(self, track: str, frame: bytes) -> None:
        timestamp_ms = self._first_ms + round(1000 * (self._exchange.clock.now_s() - self._started_s))
        self._send(self._writer.media(track, timestamp_ms, frame))

    def _send_key(self, digit: str) -> None:
        self._send(self._writer.dtmf(digit))

    def _send(self, text: str) -> None:
        if self._is_open and not self._outbox.full():
            self._outbox.put_nowait(text)

    async def _send_all(self, socket: StreamSocket) -> None:
        while True:
            text = await self._outbox.get()
            with suppress(ConnectionError):
                await socket.send(text)

    def _plan_cut(self) -> asyncio.Task[None] | None:
        fault = self._exchange.faults.take_stream_fault("cut_stream", urlsplit(self._order.url).path)
        return self._exchange.spawn(asyncio.sleep(fault.seconds)) if fault else None

    async def _shut(self, socket: StreamSocket, sender: asyncio.Task[None], is_cut: bool) -> None:
        """Say stop and close; a cut stream just vanishes."""
        sender.cancel()
        await asyncio.wait({sender})
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(5.0):
                while not is_cut and not self._outbox.empty():
                    await socket.send(self._outbox.get_nowait())
                if not is_cut:
                    await socket.send(self._writer.stop())
                await socket.close()

    def _report(self, event: str, error: str = "") -> None:
        self._exchange.journal.note(
            "stream", call_sid=self._call.sid, stream_sid=self.sid, event=event, error=error
        )
        if not self._order.status_callback:
            return
        form = {
            "AccountSid": self._exchange.settings.account_sid,
            "CallSid": self._call.sid,
            "StreamSid": self.sid,
            "StreamName": self.name,
            "StreamEvent": event,
            "Timestamp": iso_nanoseconds(self._exchange.clock.utc()),
        } | ({"StreamError": error} if error else {})
        self._exchange.spawn(
            self._exchange.notify(
                self._order.status_method, self._order.status_callback, form, event, self._call.sid
            )
        )


def checked_url(url: str) -> str:
    """Return a stream's URL as it is called. Raises StreamFailed.

    Only wss is allowed, and ws to this machine, for which no certificate can be had. A query is not supported
    and left out: values travel as Parameters.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        raise StreamFailed(31923, f"malformed URL {url}")
    if parts.scheme != "wss" and not (parts.scheme == "ws" and parts.hostname in LOOPBACK):
        raise StreamFailed(31922, f"scheme {parts.scheme} is not wss")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
