"""What every tape deck promises: the told one, and Twilio's over real HTTP against the carrier."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from twilio.rest import Client

from ivr.audio.wav import from_wav
from ivr.carrier.phones import Phone
from ivr.carrier.serve import RunningCarrier, start_carrier
from ivr.carrier.settings import CarrierSettings, InboundNumber
from ivr.clock import SystemClock
from ivr.telephony.tape_deck import CURRENT, TapeDeck, TapeFailed
from ivr.telephony.twilio_http import PatientHttpClient
from ivr.telephony.twilio_recordings import TwilioRecordings
from ivr.telephony.twilio_tape_deck import TwilioTapeDeck
from tests.fakes.told_tape_deck import ToldTapeDeck

ACCOUNT, TOKEN = "AC" + "d" * 32, "t0ken"
NUMBER, CALLER = "+46850000000", "+46701234567"


@dataclass
class UnderTest:
    """A deck, the shelf behind it, a live call, and how to hang up."""

    deck: TapeDeck
    shelf: Any
    call_id: str
    hang_up: Callable[[], None]


class CarrierWithCall:
    """A carrier on a real socket and one answered call on it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        number = InboundNumber(NUMBER, "http://127.0.0.1:9/none")
        settings = CarrierSettings(ACCOUNT, TOKEN, (number,), port=0)
        starting = start_carrier(settings)
        self.carrier: RunningCarrier = asyncio.run_coroutine_threadsafe(starting, self.loop).result(20)
        self._answered = threading.Event()
        self._phone = Phone(CALLER, self.carrier.exchange, self._takes)
        self.loop.call_soon_threadsafe(self.carrier.exchange.register, self._phone)
        http = PatientHttpClient(SystemClock(), self.url)
        self.client = Client(ACCOUNT, TOKEN, http_client=http)
        wait = '<Response><Pause length="60"/></Response>'
        self.call_id = str(self.client.calls.create(to=CALLER, from_=NUMBER, twiml=wait).sid)
        assert self._answered.wait(10)

    @property
    def url(self) -> str:
        return self.carrier.exchange.base_url

    def _takes(self, content: Any) -> None:
        name = content["event"] if isinstance(content, dict) else ""
        if name == "ringing":
            self.loop.call_soon(self._phone.receive, {"do": "answer"})
        if name == "answered":
            self.loop.call_later(0.1, self._answered.set)

    def hang_up(self) -> None:
        self.client.calls(self.call_id).update(status="completed")

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.carrier.stop(), self.loop).result(20)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@pytest.fixture(params=["told", "twilio"])
def under_test(request: pytest.FixtureRequest) -> Iterator[UnderTest]:
    if request.param == "told":
        told = ToldTapeDeck()
        told.live.add("CA1")
        yield UnderTest(told, told, "CA1", told.live.clear)
        return
    world = CarrierWithCall()
    try:
        deck = TwilioTapeDeck(ACCOUNT, TOKEN, world.url)
        shelf = TwilioRecordings(ACCOUNT, TOKEN, world.url, SystemClock())
        yield UnderTest(deck, shelf, world.call_id, world.hang_up)
    finally:
        world.stop()


def test_a_recording_is_started_paused_resumed_stopped_and_deleted(under_test: UnderTest) -> None:
    deck, call_id = under_test.deck, under_test.call_id
    sid = deck.start(call_id)
    assert list(under_test.shelf.recordings_of(call_id)) == [sid]
    assert deck.pause(call_id, sid)
    assert deck.resume(call_id, CURRENT)
    assert deck.stop(call_id, sid)
    assert not deck.pause(call_id, sid), "it is over"
    assert not deck.stop(call_id, sid)
    assert not under_test.shelf.is_gone(sid)
    under_test.shelf.delete_recording(sid)
    assert under_test.shelf.is_gone(sid)
    assert list(under_test.shelf.recordings_of(call_id)) == []


def test_a_call_that_is_over_is_not_recorded(under_test: UnderTest) -> None:
    under_test.hang_up()
    with pytest.raises(TapeFailed):
        under_test.deck.start(under_test.call_id)


def test_a_network_that_is_away_is_no_surprise() -> None:
    with pytest.raises(TapeFailed):
        TwilioTapeDeck(ACCOUNT, TOKEN, "http://127.0.0.1:9").start("CA1")


def test_the_recording_can_be_listened_to(under_test: UnderTest) -> None:
    sid = under_test.deck.start(under_test.call_id)
    under_test.deck.stop(under_test.call_id, sid)
    sound = under_test.shelf.read_recording(sid)
    assert sound is not None
    if not isinstance(under_test.shelf, ToldTapeDeck):
        assert from_wav(sound)[1] == 8000
