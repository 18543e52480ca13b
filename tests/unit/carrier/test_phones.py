"""The phone wire, in virtual time: what phones may ask, and what they are told."""

import asyncio
import json
from typing import Any

import pytest

from ivr.carrier.captions import Captions, read_caption
from ivr.carrier.phones import Phone
from tests.support.carrier_rest import Rest
from tests.support.carrier_world import AGENT, NUMBER, SERVICE, World, play, twiml

LONG = twiml('<Pause length="1"/><Say>Hi</Say><Pause length="600"/>')


@pytest.mark.parametrize(
    "order",
    [
        None,
        [],
        "dial",
        5,
        {},
        {"do": 5},
        {"do": "fly"},
        {"do": "answer"},
        {"do": "decline"},
        {"do": "hang_up"},
        {"do": "press", "digit": "1"},
        {"do": "dial"},
        {"do": "dial", "to": 5},
        {"do": "dial", "to": "+49123"},
    ],
)
def test_orders_that_make_no_sense_are_refused(order: Any) -> None:
    async def scenario(world: World) -> None:
        phone = world.phone()
        phone.phone.receive(order)
        assert phone.names() == ["registered", "refused"]
        assert isinstance(phone.events[1]["why"], str)
        assert not world.exchange.calls

    play(scenario)


@pytest.mark.parametrize("digit", ["", "12", "x", 1, None])
def test_only_keys_can_be_pressed(digit: Any) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", LONG)
        phone = world.phone()
        await phone.dials()
        phone.phone.receive({"do": "press", "digit": digit})
        assert phone.names()[-1] == "refused"
        phone.does("press", digit="#")
        assert phone.names().count("refused") == 1

    play(scenario)


def test_one_call_a_line_and_one_phone_a_number() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", LONG)
        phone = world.phone()
        await phone.dials()
        phone.does("dial", to=NUMBER)
        assert phone.names()[-1] == "refused"
        assert not world.exchange.register(Phone(phone.phone.number, world.exchange, lambda _: None))
        assert not world.exchange.register(Phone(NUMBER, world.exchange, lambda _: None))

    play(scenario)


def test_events_of_both_kinds_of_call() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", LONG)
        caller, agent = world.phone(), world.phone(AGENT)
        await caller.dials()
        sid = caller.sid
        caller.does("hang_up")
        await caller.until("ended")
        assert caller.events == [
            {"event": "registered", "number": "+46701234567"},
            {"event": "ringback", "call_sid": sid},
            {"event": "answered", "call_sid": sid},
            {"event": "ended", "call_sid": sid, "reason": "completed"},
        ]
        await Rest(world).post("/Calls.json", To=AGENT, From=NUMBER, Url=f"{SERVICE}/voice")
        await agent.until("ringing")
        assert agent.events[1:] == [{"event": "ringing", "call_sid": agent.sid, "from": NUMBER}]

    play(scenario)


def test_audio_flows_both_ways_only_while_a_call_is_up() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", LONG)
        phone = world.phone()
        phone.phone.receive_audio(b"\x80" * 160)
        phone.does("dial", to=NUMBER)
        await asyncio.sleep(0.5)
        assert not phone.heard
        await asyncio.sleep(2.5)
        answered_s, _ = phone.heard[0]
        assert answered_s == pytest.approx(1.0, abs=0.03)
        assert len(phone.heard) == pytest.approx(100, abs=2)
        phone.does("hang_up")
        await phone.until("ended")
        count = len(phone.heard)
        await asyncio.sleep(1)
        assert len(phone.heard) == count
        phone.phone.receive_audio(b"\x80" * 159)
        assert phone.names()[-1] == "refused"

    play(scenario)


def test_a_phone_that_vanishes_ends_its_call() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", LONG)
        phone = world.phone()
        await phone.dials()
        world.exchange.unregister(phone.phone)
        await asyncio.sleep(1)
        assert world.statuses() == ["completed"]
        assert world.phone().names() == ["registered"]

    play(scenario)


class ToldLines:
    """Events of a service, told one after the other."""

    def __init__(self, *lines: str) -> None:
        self.asked: list[tuple[str, str]] = []
        self._lines = lines

    async def lines(self, url: str, authorization: str, take: Any) -> None:
        self.asked.append((url, authorization))
        for line in self._lines:
            await asyncio.sleep(1)
            take(line)


def _event(kind: str, **facts: Any) -> str:
    return "data: " + json.dumps({"seq": 1, "at": "2026-01-05T09:00:00Z", "kind": kind, "facts": facts})


def test_captions_reach_the_phone_of_the_call() -> None:
    async def scenario(world: World) -> None:
        source = ToldLines(
            "event: x",
            _event("prompt_started", prompt_id="greeting", text="Hello"),
            "",
            _event("turn_taken"),
            _event("utterance_heard", text="Where is it"),
        )
        world.exchange.captions = Captions(world.exchange, source)
        world.service.on("/voice", LONG)
        phone = world.phone()
        await phone.dials()
        await asyncio.sleep(10)
        said = [event for event in phone.events if event["event"] == "said"]
        assert said == [
            {"event": "said", "who": "bot", "text": "Hello", "prompt_id": "greeting", "at_s": 2.0},
            {"event": "said", "who": "caller", "text": "Where is it", "at_s": 5.0},
        ]
        ((url, authorization),) = source.asked
        assert url == f"{SERVICE}/voice/calls/{phone.sid}/events"
        assert authorization.startswith("Basic QUMw")

    play(scenario)


@pytest.mark.parametrize(
    "line", ["data:", "data: {", "data: []", "data: {}", _event("utterance_heard"), ": ping"]
)
def test_lines_that_are_no_caption_are_left_out(line: str) -> None:
    assert read_caption(line) is None
