"""A phone, the carrier and a service over real sockets: ring, stream, echo, goodbye."""

import asyncio
import base64
import json
from collections.abc import Coroutine
from typing import Any

import aiohttp
from aiohttp import web

from ivr.carrier.serve import RunningCarrier, start_carrier
from ivr.carrier.settings import CarrierSettings, InboundNumber
from ivr.carrier.signature import sign

ACCOUNT = "AC" + "1" * 32
TOKEN = "local-token"
NUMBER = "+46850000000"
LOUD_FRAME = bytes([0x80]) * 160


class EchoService:
    """A service that answers with a stream and sends back what it hears."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.forms: dict[str, list[dict[str, str]]] = {}
        self.signatures: list[tuple[str, str]] = []
        self.port = 0

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/voice/incoming", self.incoming)
        app.router.add_post("/voice/status", self.note)
        app.router.add_get("/voice/media", self.media)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        return runner

    async def incoming(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.forms.setdefault("incoming", []).append(form)
        url = f"http://127.0.0.1:{self.port}/voice/incoming"
        self.signatures.append((request.headers["X-Twilio-Signature"], sign(TOKEN, url, form.items())))
        stream = (
            f'<Stream url="ws://127.0.0.1:{self.port}/voice/media"><Parameter name="a" value="b"/></Stream>'
        )
        return web.Response(text=f"<Response><Connect>{stream}</Connect></Response>", content_type="text/xml")

    async def note(self, request: web.Request) -> web.Response:
        self.forms.setdefault("status", []).append({k: str(v) for k, v in (await request.post()).items()})
        return web.Response(status=204)

    async def media(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        url = f"ws://127.0.0.1:{self.port}/voice/media"
        self.signatures.append((request.headers["X-Twilio-Signature"], sign(TOKEN, url)))
        await socket.prepare(request)
        async for message in socket:
            frame = json.loads(message.data)
            self.frames.append(frame)
            if frame["event"] == "media":
                media = {"payload": frame["media"]["payload"]}
                await socket.send_json({"event": "media", "streamSid": frame["streamSid"], "media": media})
        return socket


async def _start(service: EchoService) -> tuple[web.AppRunner, RunningCarrier]:
    runner = await service.start()
    base = f"http://127.0.0.1:{service.port}"
    number = InboundNumber(NUMBER, f"{base}/voice/incoming", status_callback=f"{base}/voice/status")
    return runner, await start_carrier(CarrierSettings(ACCOUNT, TOKEN, (number,), port=0))


def test_a_phone_talks_to_a_service_and_hangs_up() -> None:
    async def scenario() -> None:
        service = EchoService()
        runner, carrier = await _start(service)
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(f"http://127.0.0.1:{carrier.port}/phones/%2B46701234567") as phone,
            ):
                await _call_and_hang_up(phone)
                while "status" not in service.forms:
                    await asyncio.sleep(0.01)
        finally:
            await carrier.stop()
            await runner.cleanup()
        assert [form["CallStatus"] for form in service.forms["incoming"]] == ["ringing"]
        assert [form["CallStatus"] for form in service.forms["status"]] == ["completed"]
        assert all(given == expected for given, expected in service.signatures)
        _check_frames(service)

    _run(scenario())


async def _call_and_hang_up(phone: aiohttp.ClientWebSocketResponse) -> None:
    assert await phone.receive_json() == {"event": "registered", "number": "+46701234567"}
    await phone.send_json({"do": "dial", "to": NUMBER})
    assert (await phone.receive_json())["event"] == "ringback"
    assert (await phone.receive_json())["event"] == "answered"
    echoed = 0
    while echoed < 10:
        await phone.send_bytes(LOUD_FRAME)
        message = await phone.receive()
        assert message.type is aiohttp.WSMsgType.BINARY
        assert len(message.data) == 160
        echoed += message.data == LOUD_FRAME
    await phone.send_json({"do": "press", "digit": "5"})
    await phone.send_json({"do": "hang_up"})
    while (message := await phone.receive()).type is aiohttp.WSMsgType.BINARY:
        pass
    assert json.loads(message.data)["event"] == "ended"


def _check_frames(service: EchoService) -> None:
    assert len(service.signatures) == 2
    events = [frame["event"] for frame in service.frames]
    assert events[:2] == ["connected", "start"]
    assert events[-1] == "stop"
    assert "dtmf" in events
    assert service.frames[1]["start"]["customParameters"] == {"a": "b"}
    counted = [int(frame["sequenceNumber"]) for frame in service.frames[1:]]
    assert counted == list(range(1, len(counted) + 1))
    media = [frame for frame in service.frames if frame["event"] == "media"]
    assert all(len(base64.b64decode(frame["media"]["payload"])) == 160 for frame in media)


def _run(scenario: Coroutine[Any, Any, None]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(10):
            await scenario

    asyncio.run(limited())
