"""Our webhooks and transfer desk behind the carrier, in virtual time: its interpreter, our documents."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor, Future
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from ivr.calls.webhook_answers import AfterStream, StreamOutcome
from ivr.carrier.calls import Page, StatusCallback
from ivr.carrier.clock import CarrierClock
from ivr.carrier.exchange import Exchange
from ivr.carrier.http_transport import HttpAnswer
from ivr.carrier.seats import Seat
from ivr.carrier.settings import CarrierSettings, InboundNumber
from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.transfer_desk import TransferDesk
from ivr.telephony.switchboard import PlacedCall
from ivr.web.agent_leg import create_agent_leg_blueprint
from ivr.web.audio import create_audio_blueprint
from ivr.web.callback_legs import create_callback_legs_blueprint
from ivr.web.voice import create_voice_blueprint
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.paper_prompts import PaperPrompts
from tests.fakes.plain_wording import PlainWording
from tests.fakes.scripted_calls import ScriptedCalls
from tests.support.carrier_world import (
    ACCOUNT,
    CALLER,
    EPOCH,
    NUMBER,
    SERVICE,
    TOKEN,
    Asked,
    CountingVoice,
    PhoneInHand,
    SocketOfService,
)
from tests.support.follow_up_parts import FollowUpParts
from tests.support.transfer_scene import ANNA, BO
from tests.support.virtual_time import run_virtual
from tests.support.web_scene import FakedServices, make_settings

BLUEPRINTS = (
    create_voice_blueprint,
    create_agent_leg_blueprint,
    create_callback_legs_blueprint,
    create_audio_blueprint,
)
RING_S = 25


class LoopClock:
    """The service's clock on the loop's virtual time."""

    def now(self) -> Any:
        """Return the time of day the carrier began at and the virtual seconds since."""
        return EPOCH + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return the virtual seconds."""
        return asyncio.get_running_loop().time()


class LoopExecutor(Executor):
    """Does submitted work on the loop, after what runs now; a failure reaches the test by the loop."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Put work behind what runs now."""
        future: Future[Any] = Future()
        asyncio.get_running_loop().call_soon(lambda: future.set_result(fn(*args)))
        return future


class ExchangeSwitchboard:
    """A switchboard wired straight into the exchange: REST without the HTTP."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.texts: list[tuple[str, str]] = []

    def dial(self, to: str, answer_path: str, status_path: str, ring_s: int) -> PlacedCall:
        """Ring a phone on the carrier."""
        call = self._exchange.new_call("outbound-api", NUMBER, to)
        events = ("initiated", "ringing", "answered", "completed")
        call.callbacks.append(StatusCallback(SERVICE + status_path, "POST", events))
        self._exchange.place(call, Page(SERVICE + answer_path, "POST"), ring_s)
        return PlacedCall(call.sid, "queued")

    def redirect(self, call_id: str, path: str) -> bool:
        """Send a live call elsewhere."""
        call = self._exchange.calls[call_id]
        if call.is_over or call.is_ending or not call.is_live:
            return False
        self._exchange.spawn(self._exchange.redirect(call, Page(SERVICE + path, "POST")))
        return True

    def hang_up(self, call_id: str) -> bool:
        """End a call."""
        call = self._exchange.calls[call_id]
        if call.is_over or call.is_ending:
            return False
        self._exchange.spawn(self._exchange.end(call, "completed" if call.is_live else "canceled"))
        return True

    def hold(self, room: str, call_id: str, path: str) -> bool:
        """Park a leg."""
        seat = self._seat(room, call_id)
        if seat is not None:
            seat.hold(SERVICE + path, "POST")
        return seat is not None

    def unhold(self, room: str, call_id: str) -> bool:
        """Bring a parked leg back."""
        seat = self._seat(room, call_id)
        if seat is not None:
            seat.unhold()
        return seat is not None

    def send_text(self, to: str, body: str) -> str:
        """Keep a text message."""
        self.texts.append((to, body))
        return f"SM{len(self.texts):032x}"

    def find_text(self, to: str, body: str) -> str | None:
        """Look for a text message."""
        return f"SM{self.texts.index((to, body)) + 1:032x}" if (to, body) in self.texts else None

    def _seat(self, room: str, call_id: str) -> Seat | None:
        conference = self._exchange.conferences.running(room)
        return None if conference is None else conference.seats.get(call_id)

    def status(self, call_id: str) -> str | None:
        """Return a call's status."""
        call = self._exchange.calls.get(call_id)
        return None if call is None else call.status


class FlaskTransport:
    """Implements the carrier's transport: requests go into our Flask application, sockets to the test."""

    def __init__(self, app: Flask) -> None:
        self.asked: list[Asked] = []
        self.statuses: list[tuple[str, int]] = []
        self.sockets: list[SocketOfService] = []
        self._client = app.test_client()

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        connect_s: float,
        read_s: float,
    ) -> HttpAnswer:
        """Ask the application."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.asked.append(Asked(asyncio.get_running_loop().time(), method, url, dict(headers), {}))
        answer = self._client.open(path, method=method, data=body, headers=dict(headers))
        self.statuses.append((parts.path, answer.status_code))
        kept = {name.lower(): value for name, value in answer.headers.items()}
        return HttpAnswer(answer.status_code, kept, answer.data)

    async def open_socket(self, url: str, headers: Mapping[str, str], connect_s: float) -> SocketOfService:
        """Hand the stream's other end to the test."""
        socket = SocketOfService(Asked(asyncio.get_running_loop().time(), "GET", url, dict(headers), {}))
        self.sockets.append(socket)
        return socket


class TransferWorld:
    """A caller, two agents' phones, the carrier, and our webhooks with the real desk."""

    def __init__(self, folder: Path, *agent_numbers: str) -> None:
        self.records = MemoryCallRecords(clock=LoopClock())
        self.calls = ScriptedCalls()
        prompts = PaperPrompts(folder)
        prompts.is_mute = True  # the carrier's own voice speaks, and the test knows how long it takes
        settings = make_settings(public_url=SERVICE, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN)
        app = Flask(__name__)
        app.testing = True
        transport_of = FlaskTransport(app)
        number = InboundNumber(NUMBER, f"{SERVICE}/voice/incoming", status_callback=f"{SERVICE}/voice/status")
        carrier = CarrierSettings(ACCOUNT, TOKEN, (number,))
        clock = CarrierClock(EPOCH)
        self.exchange = Exchange(carrier, transport_of, CountingVoice(), clock, random.Random(7))
        self.switchboard = ExchangeSwitchboard(self.exchange)
        self.desk = TransferDesk(
            self.records,
            self.switchboard,
            PlainWording(),
            (ANNA, BO),
            LoopClock(),
            RING_S,
            LoopExecutor(),
        )
        self.parts = FollowUpParts(self.records, self.desk, self.switchboard, LoopExecutor(), LoopClock())
        services = FakedServices(
            settings, self.records, PlainWording(), prompts, self.desk, self.calls, LoopClock(), self.parts
        )
        for create in BLUEPRINTS:
            app.register_blueprint(create(services))
        self.transport = transport_of
        self.exchange.start()
        self.caller = PhoneInHand(self.exchange, CALLER)
        self.anna = PhoneInHand(self.exchange, ANNA.number)
        self.bo = PhoneInHand(self.exchange, BO.number)
        self.transfer_id = ""

    @property
    def state(self) -> str:
        """Return how the transfer stands."""
        row = self.records.transfer(self.transfer_id)
        assert row is not None
        return row.state

    @property
    def outcome(self) -> str | None:
        """Return the call's outcome."""
        call = self.records.call(self.caller.sid)
        assert call is not None
        return call.outcome

    async def caller_asks(self, is_stream_closed: bool = True) -> None:
        """Dial, reach the stream, ask for a person; the bot then leaves the line."""
        await self.caller.dials()
        while not self.transport.sockets:
            await asyncio.sleep(0.1)
        case = Case(self.caller.sid, "en", EscalationReason.PRESSED_ZERO, CALLER)
        self.transfer_id = self.desk.request(case)
        self.calls.outcome = StreamOutcome(AfterStream.TRANSFER, self.transfer_id)
        if is_stream_closed:
            self.bot_leaves()

    def bot_leaves(self) -> None:
        """Close the stream from our side."""
        self.transport.sockets[0].push(None)

    async def until_state(self, *states: str) -> float:
        """Wait until the transfer stands so; return the virtual time."""
        while self.state not in states:
            await asyncio.sleep(0.05)
        return asyncio.get_running_loop().time()

    async def sweep(self) -> None:
        """Call the sweep once a second."""
        while True:
            await asyncio.sleep(1)
            self.desk.sweep()
            self.parts.messages.sweep()
            self.parts.texts.sweep()
            self.parts.callbacks.sweep()


Scenario = Callable[[TransferWorld], Coroutine[Any, Any, None]]


def play(scenario: Scenario, folder: Path) -> TransferWorld:
    """Run a scenario in virtual time and return what is left; no webhook may have been refused."""

    async def run() -> TransferWorld:
        world = TransferWorld(folder)
        sweeping = asyncio.create_task(world.sweep())
        try:
            await scenario(world)
        finally:
            sweeping.cancel()
            await world.exchange.stop()
        return world

    world: TransferWorld = run_virtual(run(), limit_s=600)
    assert [status for status in world.transport.statuses if status[1] >= 400] == []
    return world
