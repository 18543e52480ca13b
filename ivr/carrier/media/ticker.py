"""The network's heartbeat: every 20 ms each live leg is heard, then each is spoken to."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from ivr.carrier.media.playback import FRAME_S

# A machine that slept is not made up for in a burst; less than this is, so that audio keeps its pace.
LATEST_CATCH_UP_S = 0.5


class LiveLeg(Protocol):
    """A leg with audio on it."""

    def listen(self) -> None:
        """Take one frame from the phone."""
        ...

    def speak(self) -> None:
        """Give one frame to the phone."""
        ...


class MediaTicker:
    """Drives all live legs from one task without drift; sleeps while there is none."""

    def __init__(self, live_legs: Callable[[], Sequence[LiveLeg]]) -> None:
        self._live_legs = live_legs
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Say that a leg has become live."""
        self._wake.set()

    async def run(self) -> None:
        """Tick until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            next_s = loop.time()
            while legs := self._live_legs():
                for leg in legs:
                    leg.listen()
                for leg in legs:
                    leg.speak()
                next_s += FRAME_S
                behind_s = loop.time() - next_s
                if behind_s > LATEST_CATCH_UP_S:
                    next_s = loop.time()
                await asyncio.sleep(max(0.0, next_s - loop.time()))
            self._wake.clear()
