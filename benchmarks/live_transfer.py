"""Real transfers through the whole running system: a caller's phone, agents' phones, and a tone each way.

    .venv/bin/python -m benchmarks.live_transfer [--calls 20] [--throws 5]

Needs weights and Rasa. The switch "all calls to people" is thrown as a supervisor throws it, at the desk.
"""

import asyncio
import math
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import httpx
import numpy as np

from benchmarks.report import machine, save, spread, table
from ivr.audio.g711 import decode, encode
from ivr.carrier.phone_line import PhoneLine
from tests.support.running_system import RunningSystem, running_system

BOT, CALLER = "+46850000000", "+46701234567"
AGENTS = {f"Agent{n}": f"+4685000000{n}" for n in range(1, 6)}
WHO = ",".join(f"{name}:{number}" for name, number in AGENTS.items())
FRAME_S = 0.02
AGENTS_HZ, CALLERS_HZ = 1000.0, 600.0
IS_TONE = 0.6  # share of a frame's power that is in the tone
LONGEST_S = 60.0
WATCHED_S = 8.0  # longer than the switch's bar of 5 s


def tone(hz: float) -> list[bytes]:
    """Return a second of a tone as frames of 160 bytes mu-law."""
    wave = 0.4 * np.sin(2 * math.pi * hz * np.arange(8000) / 8000)
    coded = encode(wave.astype(np.float32))
    return [coded[at : at + 160] for at in range(0, len(coded), 160)]


def holds(payload: bytes, hz: float) -> bool:
    """Say whether a frame of 160 bytes is mostly this tone (Goertzel at one frequency)."""
    wave = decode(payload)
    power = float(np.square(wave).mean())
    if power < 1e-4:
        return False
    turns = np.exp(-2j * math.pi * hz * np.arange(len(wave)) / 8000)
    found = 2 * (abs(np.dot(wave, turns)) / len(wave)) ** 2
    return bool(found / power > IS_TONE)


class TonePhone:
    """A phone that notes when things reach it and can sound a tone without a pause."""

    def __init__(self, url: str, number: str, listens_hz: float, sounds_hz: float) -> None:
        self.line = PhoneLine(url, number, time.monotonic)
        self.at: dict[str, float] = {}
        self.call_sid = ""
        self._listens_hz, self._sounds = listens_hz, tone(sounds_hz)
        self._tasks: list[asyncio.Task[None]] = []

    async def plug_in(self) -> None:
        """Connect and start to listen."""
        await self.line.plug_in()
        self._tasks.append(asyncio.create_task(self._listen()))

    async def unplug(self) -> None:
        """Disconnect."""
        for task in self._tasks:
            task.cancel()
        await self.line.unplug()

    def sound(self) -> None:
        """Sound the tone from now on."""
        self._tasks.append(asyncio.create_task(self._sound()))

    async def does(self, what: str, **more: str) -> float:
        """Do something and return when."""
        await self.line.command({"do": what, **more})
        return time.monotonic()

    async def until(self, name: str) -> float:
        """Wait for an event, or for "tone"; return when it came. Raises TimeoutError."""
        async with asyncio.timeout(LONGEST_S):
            while name not in self.at:
                await asyncio.sleep(0.005)
        return self.at[name]

    async def _listen(self) -> None:
        while True:
            for arrived in self.line.arrived():
                name = str(arrived.event.get("event", ""))
                self.call_sid = str(arrived.event.get("call_sid", self.call_sid))
                if arrived.audio and holds(arrived.audio, self._listens_hz):
                    name = "tone"
                if name:
                    self.at.setdefault(name, arrived.at_s)
            await asyncio.sleep(0.005)

    async def _sound(self) -> None:
        due = time.monotonic()
        for number in range(10**6):
            await self.line.audio(self._sounds[number % len(self._sounds)])
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))


async def one_transfer(url: str, caller_number: str) -> dict[str, float]:
    """Call, press 0, let whoever rings take the caller, and talk both ways; return seconds.

    Raises TimeoutError when nobody rings or they never hear each other: the caller is lost.
    """
    caller = TonePhone(url, caller_number, AGENTS_HZ, CALLERS_HZ)
    agents = [TonePhone(url, number, CALLERS_HZ, AGENTS_HZ) for number in AGENTS.values()]
    phones = [caller, *agents]
    try:
        for phone in phones:
            await phone.plug_in()
        await caller.does("dial", to=BOT)
        await caller.until("answered")
        await asyncio.sleep(2.0)
        asked_s = await caller.does("press", digit="0")
        agent = await _first_that_rings(agents)
        await agent.does("answer")
        await agent.until("answered")
        await asyncio.sleep(6.0)  # part of the briefing; the caller is in the queue by now
        accepted_s = await agent.does("press", digit="1")
        for phone in (caller, agent):
            phone.at.pop("tone", None)  # the music may have held one
            phone.sound()
        heard_s = max(await caller.until("tone"), await agent.until("tone"))
        await caller.does("hang_up")
        await caller.until("ended")
        return {
            "request to ringing": agent.at["ringing"] - asked_s,
            "key 1 to both hearing each other": heard_s - accepted_s,
            "request to human voice, the agent listening to 6 s of the briefing": caller.at["tone"] - asked_s,
        }
    finally:
        for phone in phones:
            await phone.unplug()


async def _first_that_rings(agents: list[TonePhone]) -> TonePhone:
    ringing = [asyncio.create_task(agent.until("ringing")) for agent in agents]
    done, others = await asyncio.wait(ringing, timeout=LONGEST_S, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    if not done:
        raise TimeoutError("nobody rings")
    return agents[ringing.index(next(iter(done)))]


def live_transfers(system: RunningSystem, count: int) -> tuple[list[dict[str, float]], int]:
    """Place calls one after the other; return the seconds of those that worked, and how many were lost."""
    found, lost = [], 0
    for number in range(count):
        try:
            found.append(asyncio.run(one_transfer(_phones(system), f"+4670123{number:04}")))
        except TimeoutError as problem:
            print(f"call {number}: lost, {problem}")
            lost += 1
    return found, lost


class Supervisor:
    """Signed in at the desk, as somebody with a browser is."""

    def __init__(self, system: RunningSystem) -> None:
        printed = system.ivr("link", "supervisor")
        printed.check_returncode()
        link = printed.stdout.strip().split("link=")[1].split()[0]
        self._client = httpx.Client(base_url=system.service_url, trust_env=False, follow_redirects=True)
        page = self._client.post("/staff/sign-in", data={"link": link, "name": "Sam"})
        found = re.search(r'data-csrf="([^"]+)"', page.text)
        if found is None:
            raise SystemExit(f"the desk did not let the supervisor in: {page.status_code}")
        self._csrf = found.group(1)

    def throws(self, is_on: bool) -> float:
        """Throw the switch; return when."""
        at_s = time.monotonic()
        form = {"csrf": self._csrf, "is_on": "true" if is_on else "false"}
        self._client.post("/desk/people-first", data=form).raise_for_status()
        return at_s


async def one_throw(system: RunningSystem, supervisor: Supervisor, number: int) -> dict[str, float]:
    """Dial the moment the switch is thrown, and once it is off again; return what both calls met."""
    agents = [TonePhone(_phones(system), each, CALLERS_HZ, AGENTS_HZ) for each in AGENTS.values()]
    for agent in agents:
        await agent.plug_in()
    try:
        thrown_s = supervisor.throws(True)
        reason, escalated_s = await _call(system, f"+4670124{number:04}", supervisor)
        supervisor.throws(False)
        after_reason, _ = await _call(system, f"+4670125{number:04}", supervisor)
        for agent in agents:
            if "ringing" in agent.at:
                await agent.does("decline")
    finally:
        for agent in agents:
            await agent.unplug()
    took = {"switch on to a new call going to people": escalated_s - thrown_s}
    return took if reason == "people_first" and after_reason is None else {}


async def _call(system: RunningSystem, number: str, supervisor: Supervisor) -> tuple[str | None, float]:
    """Dial and look for eight seconds whether the call goes to a person; return why, and when."""
    caller = TonePhone(_phones(system), number, AGENTS_HZ, CALLERS_HZ)
    await caller.plug_in()
    try:
        await caller.does("dial", to=BOT)
        await caller.until("answered")
        until_s = time.monotonic() + WATCHED_S
        while time.monotonic() < until_s:
            for event in await asyncio.to_thread(system.events, caller.call_sid):
                if event["kind"] == "escalated":
                    return str(event["facts"]["reason"]), time.monotonic()
            await asyncio.sleep(0.1)
        return None, time.monotonic()
    finally:
        await caller.does("hang_up")
        await caller.until("ended")
        await caller.unplug()


def _phones(system: RunningSystem) -> str:
    return system.carrier_url.replace("http", "ws")


@click.command()
@click.option("--calls", default=20, help="Transfers, one after the other.")
@click.option("--throws", default=5, help="Throws of the switch that sends all calls to people.")
def main(calls: int, throws: int) -> None:
    """Measure, print and keep the result."""
    with tempfile.TemporaryDirectory() as folder, running_system(Path(folder), agents=WHO) as system:
        supervisor = Supervisor(system)
        found, lost = live_transfers(system, calls)
        thrown = [asyncio.run(one_throw(system, supervisor, number)) for number in range(throws)]
    measured: list[dict[str, float]] = [*found, *thrown]
    figures = {name: [one[name] for one in measured if name in one] for one in measured for name in one}
    print(
        table(
            ("seconds", "n", "p50", "p95", "p99", "max"),
            [(n, *spread(f).values()) for n, f in figures.items()],
        )
    )
    missed = sum(not one for one in thrown)
    print(f"{calls} calls, {lost} lost; {throws} throws, {missed} without effect")
    result: dict[str, Any] = {"machine": machine(), "calls": calls, "lost": lost}
    result |= {"throws": throws, "throws_without_effect": missed}
    save("live_transfer", result | {"spread_s": {name: spread(values) for name, values in figures.items()}})


if __name__ == "__main__":
    main()
