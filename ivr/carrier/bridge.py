"""Two legs that hear each other."""

import asyncio

from ivr.carrier.calls import Call


class Peer:
    """What the other leg says."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def next_frame(self) -> bytes:
        """Return what the other leg said in this tick."""
        return self._call.heard


class Bridge:
    """Joins two legs until either of them leaves; each leg's own task holds its side."""

    def __init__(self, first: Call, second: Call) -> None:
        self._other = {first.sid: second, second.sid: first}
        self._over = asyncio.Event()

    async def hold(self, call: Call) -> None:
        """Stay on the bridge until it is over; leaving, also by cancellation, ends it for the other side."""
        try:
            with call.hearing(Peer(self._other[call.sid])):
                await self._over.wait()
        finally:
            self._over.set()

    def finish(self) -> None:
        """Part the two."""
        self._over.set()
