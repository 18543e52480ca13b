"""A carrier in virtual time with phones, and a service that is a table of answers: no sockets, no waiting."""

import asyncio
import base64
import json
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ivr.carrier.clock import CarrierClock
from ivr.carrier.exchange import Exchange
from ivr.carrier.http_transport import HttpAnswer
from ivr.carrier.phones import Phone
from ivr.carrier.settings import CarrierSettings, InboundNumber
from tests.support.virtual_time import run_virtual

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "12345"
NUMBER = "+46850000000"
CALLER = "+46701234567"
AGENT = "+46850000001"
SERVICE = "http://127.0.0.1:8080"
LOUD = b"\x80" * 160
SILENT = b"\xff" * 160
SAID_PER_CHARACTER_S = 0.05
EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """One request the carrier made."""

    at_s: float
    method: str
    url: str
    headers: Mapping[str, str]
    form: dict[str, str]

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


@dataclass(frozen=True)
class Reply:
    """What the service answers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "text/xml"})
    after_s: float = 0.0
    raises: Exception | None = None


def twiml(inside: str, after_s: float = 0.0) -> Reply:
    """Answer with the verbs of a Response."""
    return Reply(f"<Response>{inside}</Response>".encode(), after_s=after_s)


Answer = Reply | Callable[[Asked], Reply | Awaitable[Reply]]


class SocketOfService:
    """The service's end of a media stream."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.frames: list[tuple[float, str]] = []
        self.is_closed = False
        self._to_carrier: asyncio.Queue[str | bytes | None] = asyncio.Queue()

    async def send(self, text: str) -> None:
        if self.is_closed:
            raise ConnectionError("closed")
        self.frames.append((asyncio.get_running_loop().time(), text))

    async def receive(self) -> str | bytes | None:
        return await self._to_carrier.get()

    async def close(self) -> None:
        self.is_closed = True

    def push(self, message: str | bytes | None) -> None:
        """Let the service send something; None closes the socket from its side."""
        self._to_carrier.put_nowait(message)


class TableService:
    """Implements the carrier's transport: every path has an answer, every request is remembered."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.sockets: list[SocketOfService] = []
        self.socket_refusal: Exception | None = None
        self._answers: dict[str, list[Answer]] = {}

    def on(self, path: str, *answers: Answer) -> None:
        """Answer requests to a path, one after the other; the last one goes on for ever."""
        self._answers[path] = list(answers)

    def to(self, path: str) -> list[Asked]:
        """Return the requests to a path."""
        return [asked for asked in self.asked if asked.path == path]

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        connect_s: float,
        read_s: float,
    ) -> HttpAnswer:
        source = body.decode() if body is not None else urlsplit(url).query
        form = dict(parse_qsl(source, keep_blank_values=True))
        asked = Asked(asyncio.get_running_loop().time(), method, url, dict(headers), form)
        self.asked.append(asked)
        answers = self._answers.get(asked.path)
        if not answers:
            return HttpAnswer(404, {}, b"no such path")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        reply = answer if isinstance(answer, Reply) else answer(asked)
        if not isinstance(reply, Reply):
            reply = await reply
        await asyncio.sleep(reply.after_s)
        if reply.raises:
            raise reply.raises
        return HttpAnswer(reply.status, reply.headers, reply.body)

    async def open_socket(self, url: str, headers: Mapping[str, str], connect_s: float) -> SocketOfService:
        asked = Asked(asyncio.get_running_loop().time(), "GET", url, dict(headers), {})
        if self.socket_refusal:
            raise self.socket_refusal
        socket = SocketOfService(asked)
        self.sockets.append(socket)
        return socket


class CountingVoice:
    """Speaks 50 ms a character, every byte of it the text's first letter, so that tests hear who speaks."""

    async def speak(self, text: str, language: str, voice: str) -> bytes:
        return text[:1].encode()[:1] * round(len(text) * SAID_PER_CHARACTER_S * 8000)


class PhoneInHand:
    """A phone a test holds."""

    def __init__(self, exchange: Exchange, number: str) -> None:
        self.phone = Phone(number, exchange, self._take)
        self.events: list[dict[str, Any]] = []
        self.heard: list[tuple[float, bytes]] = []
        self._exchange = exchange
        self._new = asyncio.Event()
        assert exchange.register(self.phone)

    def _take(self, content: dict[str, Any] | bytes) -> None:
        if isinstance(content, bytes):
            self.heard.append((asyncio.get_running_loop().time(), content))
        else:
            self.events.append(content)
            self._new.set()

    @property
    def sid(self) -> str:
        """The SID of the call the phone took part in last."""
        return str([event["call_sid"] for event in self.events if "call_sid" in event][-1])

    def names(self) -> list[str]:
        """Return the names of all events, oldest first."""
        return [event["event"] for event in self.events]

    async def until(self, name: str, times: int = 1) -> dict[str, Any]:
        """Wait for an event; return it."""
        while self.names().count(name) < times:
            self._new.clear()
            await self._new.wait()
        return [event for event in self.events if event["event"] == name][times - 1]

    def does(self, do: str, **facts: str) -> None:
        """Order something over the phone's wire."""
        self.phone.receive({"do": do, **facts})

    async def dials(self, to: str = NUMBER) -> None:
        """Phone a number and wait for the answer."""
        self.does("dial", to=to)
        await self.until("answered")

    async def answers(self) -> None:
        """Wait for a ring and take the call."""
        await self.until("ringing")
        self.does("answer")
        await self.until("answered")

    async def talks(self, seconds: float, frame: bytes = LOUD) -> None:
        """Speak, frame by frame."""
        for _ in range(round(seconds / 0.02)):
            self.phone.receive_audio(frame)
            await asyncio.sleep(0.02)

    def heard_letters(self) -> str:
        """Return what was heard as letters of the sentences: one a stretch, silence left out."""
        letters: list[str] = []
        before = 0xFF
        for _, frame in self.heard:
            if frame[0] not in (before, 0xFF):
                letters.append(chr(frame[0]))
            before = frame[0]
        return "".join(letters)


class World:
    """One carrier, its service, its phones."""

    def __init__(self, exchange: Exchange, service: TableService) -> None:
        self.exchange = exchange
        self.service = service

    def phone(self, number: str = CALLER) -> PhoneInHand:
        """Put a phone on the network."""
        return PhoneInHand(self.exchange, number)

    def now_s(self) -> float:
        """Return the virtual time."""
        return asyncio.get_running_loop().time()

    def codes(self) -> list[int]:
        """Return the numbers in the error log."""
        return self.exchange.journal.codes()

    def statuses(self, path: str = "/status") -> list[str]:
        """Return the statuses that were called back."""
        return [asked.form["CallStatus"] for asked in self.service.to(path)]


Scenario = Callable[[World], Coroutine[Any, Any, None]]


def play(scenario: Scenario, **number_facts: Any) -> World:
    """Run a scenario against a fresh carrier in virtual time, then stop the carrier; return what is left."""

    async def run() -> World:
        service = TableService()
        service.on("/status", Reply(status=204))
        facts = {"status_callback": f"{SERVICE}/status", **number_facts}
        number = InboundNumber(NUMBER, f"{SERVICE}/voice", **facts)
        settings = CarrierSettings(ACCOUNT, TOKEN, (number,))
        exchange = Exchange(settings, service, CountingVoice(), CarrierClock(EPOCH), random.Random(7))
        exchange.start()
        world = World(exchange, service)
        try:
            await scenario(world)
        finally:
            await exchange.stop()
        return world

    result: World = run_virtual(run())
    return result


def frames_of(socket: SocketOfService, event: str = "") -> list[dict[str, Any]]:
    """Return the frames a service's socket got, of one event or of all."""
    frames = [json.loads(text) for _, text in socket.frames]
    return [frame for frame in frames if event in ("", frame["event"])]


def media(socket: SocketOfService, audio: bytes) -> str:
    """Write a media message as a service does."""
    sid = frames_of(socket, "start")[0]["streamSid"]
    payload = base64.b64encode(audio).decode()
    return json.dumps({"event": "media", "streamSid": sid, "media": {"payload": payload}})


def mark(socket: SocketOfService, name: str) -> str:
    """Write a mark message as a service does."""
    sid = frames_of(socket, "start")[0]["streamSid"]
    return json.dumps({"event": "mark", "streamSid": sid, "mark": {"name": name}})


def clear(socket: SocketOfService) -> str:
    """Write a clear message as a service does."""
    return json.dumps({"event": "clear", "streamSid": frames_of(socket, "start")[0]["streamSid"]})
