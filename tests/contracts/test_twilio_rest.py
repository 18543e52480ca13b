"""Twilio's own client against the carrier, through Prism, which refuses what leaves the OpenAPI."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from aiohttp import web
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from ivr.carrier.phones import Phone
from ivr.carrier.serve import RunningCarrier, start_carrier
from ivr.carrier.settings import CarrierSettings, InboundNumber
from ivr.clock import SystemClock
from ivr.telephony.switchboard import SwitchboardFailed
from ivr.telephony.twilio_http import PatientHttpClient
from ivr.telephony.twilio_recordings import TwilioRecordings
from ivr.telephony.twilio_switchboard import TwilioSwitchboard
from tests.support.rest_fork import RestFork

# 5.14 is the last line that runs on Node 18 and 20; 5.16 asks for Node 24.
PRISM = "@stoplight/prism-cli@5.14.2"
PRISM_START_S = 180.0
OPENAPI = Path(__file__).parents[2] / ".." / "shared" / "data" / "twilio-api-v2010.json"
ACCOUNT, TOKEN = "AC" + "c" * 32, "t0ken"
NUMBER, AGENT, CALLER = "+46850000000", "+46850000001", "+46701234567"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("npx") is None, reason="npx (Node.js) is not installed"),
    pytest.mark.skipif(not OPENAPI.exists(), reason="../shared/data/twilio-api-v2010.json is absent"),
]


class ThroughPrism(TwilioHttpClient):  # type: ignore[misc]
    """Sends what twilio-python sends to api.twilio.com to Prism instead."""

    def __init__(self, port: int) -> None:
        super().__init__(timeout=20.0)
        self._netloc = f"127.0.0.1:{port}"

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        return super().request(method, urlunsplit(("http", self._netloc, *parts[2:])), *args, **kwargs)


class AnsweringPhone:
    """A phone that takes every call."""

    def __init__(self, network: "Network", number: str) -> None:
        self.is_talking = threading.Event()
        self.sid = ""
        self.phone = Phone(number, network.carrier.exchange, self._take)
        self._network = network

    def _take(self, content: Any) -> None:
        name = content["event"] if isinstance(content, dict) else ""
        if name == "ringing":
            self._network.loop.call_soon(self.phone.receive, {"do": "answer"})
        if name == "answered":
            self.sid = content["call_sid"]
            self._network.loop.call_later(0.1, self.is_talking.set)
        if name == "ended":
            self.is_talking.clear()

    def waits_for_talk(self) -> None:
        assert self.is_talking.wait(10), "the phone was not answered"


class Network:
    """A carrier and a service on real sockets, in a thread of their own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self.carrier: RunningCarrier
        self._service: web.AppRunner
        self.service_url = ""
        self.does(self._start())
        self.agent = AnsweringPhone(self, AGENT)
        self.caller = AnsweringPhone(self, CALLER)
        for phone in (self.agent, self.caller):
            self.loop.call_soon_threadsafe(self.carrier.exchange.register, phone.phone)

    def does(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/pause", self._answer('<Pause length="60"/>'))
        app.router.add_route("*", "/queue", self._answer("<Enqueue>support</Enqueue>"))
        app.router.add_route("*", "/status", self._answer(""))
        self._service = web.AppRunner(app)
        await self._service.setup()
        await web.TCPSite(self._service, "127.0.0.1", 0).start()
        self.service_url = f"http://127.0.0.1:{self._service.addresses[0][1]}"
        number = InboundNumber(NUMBER, f"{self.service_url}/queue")
        self.carrier = await start_carrier(CarrierSettings(ACCOUNT, TOKEN, (number,), port=0))

    def _answer(self, inside: str) -> Any:
        async def answer(request: web.Request) -> web.Response:
            return web.Response(text=f"<Response>{inside}</Response>", content_type="text/xml")

        return answer

    def stop(self) -> None:
        self.does(self.carrier.stop())
        self.does(self._service.cleanup())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    running = Network()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def gate(network: Network) -> Iterator[int]:
    """Start Prism in front of the carrier; return its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    upstream = f"http://127.0.0.1:{network.carrier.port}"
    prism = subprocess.Popen(
        ["npx", "-y", PRISM, "proxy", "--errors", "-h", "127.0.0.1", "-p", str(port), str(OPENAPI), upstream],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    too_late = threading.Timer(PRISM_START_S, os.killpg, (prism.pid, signal.SIGTERM))
    too_late.start()
    assert prism.stdout is not None
    said: list[str] = []
    for line in prism.stdout:
        said.append(line)
        if "is listening" in line:
            break
    too_late.cancel()
    if prism.poll() is not None or not said or "is listening" not in said[-1]:
        pytest.skip("Prism did not start: " + "".join(said)[-500:])
    drain = threading.Thread(target=lambda: [None for _ in prism.stdout or ()], daemon=True)
    drain.start()
    yield port
    os.killpg(prism.pid, signal.SIGTERM)
    prism.wait(10)
    drain.join(10)
    prism.stdout.close()


@pytest.fixture(scope="module")
def client(gate: int) -> Client:
    return Client(ACCOUNT, TOKEN, http_client=ThroughPrism(gate))


@pytest.fixture
def switchboard(network: Network, gate: int) -> TwilioSwitchboard:
    """Return the service's own switchboard, its requests and their answers checked by Prism."""
    http = PatientHttpClient(SystemClock(), f"http://127.0.0.1:{gate}")
    return TwilioSwitchboard(ACCOUNT, TOKEN, NUMBER, network.service_url, http)


@pytest.fixture
def shelf(network: Network, gate: int) -> Iterator[TwilioRecordings]:
    """Return the service's own recordings. The sound itself is not in the description: it goes past Prism."""
    with RestFork(gate, network.carrier.port) as fork:
        yield TwilioRecordings(ACCOUNT, TOKEN, fork.url, SystemClock())


def _call_the_agent(network: Network, client: Client) -> Any:
    call = client.calls.create(
        to=AGENT,
        from_=NUMBER,
        url=f"{network.service_url}/pause",
        status_callback=f"{network.service_url}/status",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
        timeout=25,
    )
    network.agent.waits_for_talk()
    return call


def test_case_100_the_gate_refuses_what_the_description_does_not_know(
    network: Network, client: Client
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.api.v2010.account.conferences("CF" + "0" * 32).participants("x").update(
            muted=False, wait_method="SHOUT"
        )
    assert refused.value.status == 422


def test_case_100_calls(network: Network, client: Client) -> None:
    call = _call_the_agent(network, client)
    assert client.calls(call.sid).fetch().status == "in-progress"
    assert [found.sid for found in client.calls.list(status="in-progress", limit=5)] == [call.sid]
    moved = client.calls(call.sid).update(twiml='<Response><Pause length="60"/></Response>')
    assert moved.sid == call.sid
    assert client.calls(call.sid).update(status="completed").sid == call.sid


def test_case_100_conferences_and_participants(network: Network, client: Client) -> None:
    room = client.conferences("room").participants
    made = room.create(to=AGENT, from_=NUMBER, label="agent", beep="false", timeout=25, early_media=True)
    network.agent.waits_for_talk()
    (conference,) = client.conferences.list(friendly_name="room", status="in-progress")
    assert client.conferences(conference.sid).fetch().sid == made.conference_sid
    people = client.conferences(conference.sid).participants
    assert [person.call_sid for person in people.list()] == [made.call_sid]
    assert people(made.call_sid).fetch().label == "agent"
    assert people("agent").update(hold=True).hold is True
    assert people("agent").update(hold=False, muted=True).muted is True
    assert people("agent").delete() is True
    assert client.conferences(conference.sid).fetch().status in ("in-progress", "completed")


def test_case_100_a_conference_is_ended(network: Network, client: Client) -> None:
    client.conferences("other").participants.create(to=AGENT, from_=NUMBER)
    network.agent.waits_for_talk()
    (conference,) = client.conferences.list(friendly_name="other")
    assert client.conferences(conference.sid).update(status="completed").status == "completed"
    assert client.conferences(conference.sid).fetch().reason_conference_ended == "conference-ended-via-api"


def test_case_100_queues_and_members(network: Network, client: Client) -> None:
    network.loop.call_soon_threadsafe(network.caller.phone.receive, {"do": "dial", "to": NUMBER})
    network.caller.waits_for_talk()
    (queue,) = [queue for queue in client.queues.list() if queue.friendly_name == "support"]
    assert client.queues(queue.sid).fetch().current_size == 1
    members = client.queues(queue.sid).members
    assert [member.call_sid for member in members.list()] == [network.caller.sid]
    assert members("Front").fetch().position == 1
    taken = members(network.caller.sid).update(url=f"{network.service_url}/pause", method="POST")
    assert taken.call_sid == network.caller.sid
    assert client.queues.create(friendly_name="another", max_size=7).max_size == 7
    client.calls(network.caller.sid).update(status="completed")


def test_case_100_recordings(network: Network, client: Client) -> None:
    call = _call_the_agent(network, client)
    started = client.calls(call.sid).recordings.create(recording_channels="dual")
    assert client.calls(call.sid).recordings("Twilio.CURRENT").update(status="stopped").sid == started.sid
    assert [found.sid for found in client.recordings.list(call_sid=call.sid)] == [started.sid]
    assert client.recordings(started.sid).fetch().source == "StartCallRecordingAPI"
    assert client.recordings(started.sid).delete() is True
    client.calls(call.sid).update(status="completed")


def test_case_100_our_switchboard_from_dial_to_hang_up(
    network: Network, switchboard: TwilioSwitchboard
) -> None:
    placed = switchboard.dial(AGENT, "/pause", "/status?attempt=1", 25)
    assert placed.status in {"queued", "initiated", "ringing"}
    network.agent.waits_for_talk()
    assert network.agent.sid == placed.call_id
    assert switchboard.status(placed.call_id) == "in-progress"
    assert switchboard.redirect(placed.call_id, "/pause?again=1") is True
    assert switchboard.status(placed.call_id) == "in-progress"
    assert switchboard.hang_up(placed.call_id) is True
    assert switchboard.status(placed.call_id) == "completed"


def test_case_100_our_switchboard_and_a_phone_that_rings(
    network: Network, switchboard: TwilioSwitchboard
) -> None:
    placed = switchboard.dial("+46850009999", "/pause", "/status", 5)
    assert placed.call_id.startswith("CA")
    assert switchboard.status(placed.call_id) in {"queued", "ringing", "failed"}


def test_case_100_our_recordings_are_fetched_and_deleted(
    network: Network, client: Client, shelf: TwilioRecordings
) -> None:
    call = _call_the_agent(network, client)
    recording = client.calls(call.sid).recordings.create()
    network.does(asyncio.sleep(0.3))
    client.calls(call.sid).recordings(recording.sid).update(status="stopped")
    client.calls(call.sid).update(status="completed")
    sound = shelf.take_recording(recording.sid)
    assert sound is not None
    assert sound[:4] == b"RIFF"
    assert client.recordings.list(call_sid=call.sid) == [], "deleted once it was heard"


def test_what_is_over_or_unknown_is_refused_by_the_carrier_as_our_switchboard_expects(
    network: Network,
) -> None:
    """Past Prism: the description knows no answers but those of success."""
    http = PatientHttpClient(SystemClock(), f"http://127.0.0.1:{network.carrier.port}")
    switchboard = TwilioSwitchboard(ACCOUNT, TOKEN, NUMBER, network.service_url, http)
    placed = switchboard.dial(AGENT, "/pause", "/status", 25)
    network.agent.waits_for_talk()
    assert switchboard.hang_up(placed.call_id) is True
    assert switchboard.hang_up(placed.call_id) is False
    assert switchboard.redirect(placed.call_id, "/pause") is False
    assert switchboard.status("CA" + "9" * 32) is None
    stranger = TwilioSwitchboard(ACCOUNT, "wrong", NUMBER, network.service_url, http)
    with pytest.raises(SwitchboardFailed, match="auth token"):
        stranger.dial(AGENT, "/pause", "/status", 25)
