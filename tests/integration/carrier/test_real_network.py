"""The carrier's adapters against real sockets and the real espeak-ng."""

import asyncio
import shutil
import socket
from collections.abc import Coroutine
from typing import Any

import pytest
from aiohttp import web

from ivr.audio import g711
from ivr.audio.levels import rms_dbfs
from ivr.carrier.captions import AiohttpEventSource
from ivr.carrier.http_transport import AiohttpTransport, ConnectFailed, HandshakeRefused, ReadFailed
from ivr.carrier.serve import CarrierNotStarted, start_carrier
from ivr.carrier.settings import CarrierSettings
from ivr.carrier.voice import EspeakVoice


def run(scenario: Coroutine[Any, Any, None]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(20):
            await scenario

    asyncio.run(limited())


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def server(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"127.0.0.1:{runner.addresses[0][1]}"


def test_a_closed_port_is_a_failed_connection() -> None:
    async def scenario() -> None:
        transport = AiohttpTransport()
        port = free_port()
        with pytest.raises(ConnectFailed) as refused:
            await transport.request("GET", f"http://127.0.0.1:{port}/", {}, None, 1, 1)
        assert not refused.value.is_tls
        with pytest.raises(ConnectFailed):
            await transport.open_socket(f"ws://127.0.0.1:{port}/", {}, 1)
        await transport.close()

    run(scenario())


def test_answers_redirects_silence_and_refused_upgrades() -> None:
    async def scenario() -> None:
        async def silent(request: web.Request) -> web.Response:
            await asyncio.sleep(3)
            return web.Response()

        async def moved(request: web.Request) -> web.Response:
            raise web.HTTPFound("/elsewhere")

        async def echo(request: web.Request) -> web.Response:
            body = f"{request.headers['X-Name']} {(await request.post())['a']} {request.raw_path}"
            return web.Response(text=body)

        app = web.Application()
        app.router.add_get("/silent", silent)
        app.router.add_get("/moved", moved)
        app.router.add_post("/echo", echo)
        runner, host = await server(app)
        transport = AiohttpTransport()
        headers = {"X-Name": "n", "Content-Type": "application/x-www-form-urlencoded"}
        answer = await transport.request("POST", f"http://{host}/echo?q=%2B1", headers, b"a=%2B46", 1, 1)
        assert answer.body == b"n +46 /echo?q=%2B1"
        moved_answer = await transport.request("GET", f"http://{host}/moved", {}, None, 1, 1)
        assert (moved_answer.status, moved_answer.headers["location"]) == (302, "/elsewhere")
        with pytest.raises(ReadFailed):
            await transport.request("GET", f"http://{host}/silent", {}, None, 1, 0.1)
        with pytest.raises(HandshakeRefused) as refused:
            await transport.open_socket(f"ws://{host}/nothing", {}, 1)
        assert refused.value.status == 404
        with pytest.raises(ConnectFailed) as plain:
            await transport.request("GET", f"https://{host}/", {}, None, 1, 1)
        assert plain.value.is_tls
        await transport.close()
        await runner.cleanup()

    run(scenario())


def test_captions_are_read_and_their_absence_is_quiet() -> None:
    async def scenario() -> None:
        async def events(request: web.Request) -> web.StreamResponse:
            answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await answer.prepare(request)
            await answer.write(b'data: {"kind":"x"}\n\ndata: second\n\n')
            return answer

        app = web.Application()
        app.router.add_get("/events", events)
        runner, host = await server(app)
        lines: list[str] = []
        await AiohttpEventSource().lines(f"http://{host}/events", "Basic x", lines.append)
        assert [line for line in lines if line] == ['data: {"kind":"x"}', "data: second"]
        await AiohttpEventSource().lines(f"http://{host}/nothing", "Basic x", lines.append)
        await AiohttpEventSource().lines(f"http://127.0.0.1:{free_port()}/", "Basic x", lines.append)
        assert len(lines) == 4
        await runner.cleanup()

    run(scenario())


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_espeak_speaks_telephone_audio() -> None:
    async def scenario() -> None:
        audio = await EspeakVoice().speak("Thank you for calling.", "en-GB", "woman")
        assert 0.8 < len(audio) / 8000 < 4
        assert rms_dbfs(g711.decode(audio)) > -35

    run(scenario())


def test_a_missing_voice_is_silence_and_the_carrier_binds_loopback_only() -> None:
    async def scenario() -> None:
        assert await EspeakVoice("no-such-program").speak("Hello", "en-US", "man") == b""
        with pytest.raises(CarrierNotStarted, match="loopback"):
            await start_carrier(CarrierSettings("AC" + "0" * 32, "t", (), host="0.0.0.0"))
        taken = await start_carrier(CarrierSettings("AC" + "0" * 32, "t", (), port=0))
        with pytest.raises(CarrierNotStarted, match="cannot be used"):
            await start_carrier(CarrierSettings("AC" + "0" * 32, "t", (), port=taken.port))
        await taken.stop()

    run(scenario())
