"""Starting the carrier on its port, and stopping it."""

import asyncio
import random
import signal
from contextlib import suppress
from datetime import UTC, datetime

from aiohttp import web

from ivr import log
from ivr.carrier.app import create_app
from ivr.carrier.captions import AiohttpEventSource, Captions
from ivr.carrier.clock import CarrierClock
from ivr.carrier.exchange import Exchange
from ivr.carrier.http_transport import AiohttpTransport
from ivr.carrier.settings import CarrierSettings
from ivr.carrier.voice import EspeakVoice

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class CarrierNotStarted(Exception):
    """The carrier cannot start; the message says why."""


class RunningCarrier:
    """A carrier that listens."""

    def __init__(
        self, exchange: Exchange, runner: web.AppRunner, transport: AiohttpTransport, port: int
    ) -> None:
        self.exchange = exchange
        self.port = port
        self._runner = runner
        self._transport = transport

    async def stop(self) -> None:
        """End all calls and free the port."""
        await self.exchange.stop()
        await self._runner.cleanup()
        await self._transport.close()


async def start_carrier(settings: CarrierSettings) -> RunningCarrier:
    """Start a carrier on the running event loop; port 0 takes a free one. Raises CarrierNotStarted."""
    if settings.host not in LOOPBACK:
        raise CarrierNotStarted(f"The carrier listens on loopback only, not on {settings.host}.")
    transport = AiohttpTransport()
    exchange = Exchange(
        settings, transport, EspeakVoice(), CarrierClock(datetime.now(UTC)), random.SystemRandom()
    )
    exchange.captions = Captions(exchange, AiohttpEventSource())
    runner = web.AppRunner(create_app(exchange), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as taken:
        await runner.cleanup()
        await transport.close()
        raise CarrierNotStarted(
            f"Port {settings.port} on {settings.host} cannot be used: {taken.strerror}."
        ) from taken
    port = int(runner.addresses[0][1])
    exchange.base_url = f"http://{settings.host}:{port}"
    exchange.start()
    log.get("carrier").info("carrier_listening", host=settings.host, port=port)
    return RunningCarrier(exchange, runner, transport, port)


def run_carrier(settings: CarrierSettings) -> None:
    """Run a carrier until SIGINT or SIGTERM. Raises CarrierNotStarted."""
    asyncio.run(_run(settings))


async def _run(settings: CarrierSettings) -> None:
    carrier = await start_carrier(settings)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows has no signal handlers on its loop; Ctrl-C still interrupts
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
    try:
        await stopped.wait()
    finally:
        await carrier.stop()
