"""Real transfers through the whole running system: a caller's phone, agents' phones, and a tone each way."""

import asyncio
import math
import tempfile
import time
from pathlib import Path

import numpy as np

from ivr.audio.g711 import decode, encode
from ivr.carrier.phone_line import PhoneLine
from tests.support.running_system import RunningSystem, running_system

BOT, CALLER = "+46850000000", "+46701234567"
AGENTS = {f"Agent{n}": f"+4685000000{n}" for n in range(1, 6)}
FRAME_S = 0.02
AGENTS_HZ, CALLERS_HZ = 1000.0, 600.0
IS_TONE = 0.6  # share of a frame's power that is in the tone
LONGEST_S = 60.0


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
    """Call, press 0, let whoever rings take the caller, and talk both ways; return seconds."""
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
        ringing = [asyncio.create_task(agent.until("ringing")) for agent in agents]
        done, others = await asyncio.wait(ringing, timeout=LONGEST_S, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        if not done:
            return {}
        agent = agents[ringing.index(next(iter(done)))]
        await agent.does("answer")
        await agent.until("answered")
        await asyncio.sleep(6.0)  # part of the briefing; the caller is in the queue by now
        accepted_s = await agent.does("press", digit="1")
        caller.sound()
        agent.sound()
        heard_s = max(await caller.until("tone"), await agent.until("tone"))
        await caller.does("hang_up")
        await caller.until("ended")
        return {
            "request to ringing": agent.at["ringing"] - asked_s,
            "key 1 to both hearing each other": heard_s - accepted_s,
        }
    except TimeoutError:
        return {}
    finally:
        for phone in phones:
            await phone.unplug()


def live_transfers(count: int) -> tuple[list[dict[str, float]], int]:
    """Place calls one after the other; return the seconds of those that worked, and how many were lost."""
    agents = ",".join(f"{name}:{number}" for name, number in AGENTS.items())
    found, lost = [], 0
    with tempfile.TemporaryDirectory() as folder, running_system(Path(folder), agents=agents) as system:
        for number in range(count):
            seconds = asyncio.run(one_transfer(_phones(system), f"+4670123{number:04}"))
            found += [seconds] if seconds else []
            lost += not seconds
    return found, lost


def _phones(system: RunningSystem) -> str:
    return system.carrier_url.replace("http", "ws")
