"""Queues of the account: who waits, since when, and who takes them out."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ivr.carrier.bridge import Bridge
from ivr.carrier.calls import Call, Page

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

DEFAULT_REST_SIZE = 1000
LONGEST_NAME = 64


@dataclass(frozen=True)
class TakenToBridge:
    """Somebody's Dial took the caller; `greeting` runs on the queued caller's side first."""

    bridge: Bridge
    by_sid: str
    greeting: Page | None


class Member:
    """One caller who waits."""

    def __init__(self, call: Call, entered_s: float, entered: datetime) -> None:
        self.call = call
        self.entered_s = entered_s
        self.entered = entered
        self.taken: asyncio.Future[TakenToBridge | Page] = asyncio.get_running_loop().create_future()


class Queue:
    """One queue."""

    def __init__(
        self, sid: str, name: str, max_size: int, created: datetime, now_s: Callable[[], float]
    ) -> None:
        self.sid = sid
        self.name = name
        self.max_size = max_size
        self.created = self.updated = created
        self.members: list[Member] = []
        self._now_s = now_s
        self._arrivals = asyncio.Event()

    @property
    def average_wait_s(self) -> int:
        """Return the average time of those waiting now."""
        waits = [self.wait_s(member) for member in self.members]
        return round(sum(waits) / len(waits)) if waits else 0

    def wait_s(self, member: Member) -> int:
        """Return how long somebody has waited."""
        return int(self._now_s() - member.entered_s)

    def enter(self, member: Member) -> bool:
        """Let somebody in at the end; False when the queue is full."""
        if len(self.members) >= self.max_size:
            return False
        self.members.append(member)
        self._arrivals.set()
        return True

    def leave(self, member: Member) -> None:
        """Take somebody out. Harmless when they have left."""
        if member in self.members:
            self.members.remove(member)

    def find(self, call_sid: str) -> Member | None:
        """Return who waits under a CallSid, or the first for "Front"."""
        if call_sid == "Front":
            return self.members[0] if self.members else None
        return next((member for member in self.members if member.call.sid == call_sid), None)

    def take(self, member: Member, how: TakenToBridge | Page) -> None:
        """Take somebody out of the queue to a bridge or to other instructions."""
        self.leave(member)
        if not member.taken.done():
            member.taken.set_result(how)

    async def front(self) -> Member:
        """Wait for somebody to be first in the queue."""
        while not self.members:
            self._arrivals.clear()
            await self._arrivals.wait()
        return self.members[0]

    def wait_form(self, member: Member) -> dict[str, str]:
        """Return the fields of a waitUrl request."""
        position = self.members.index(member) + 1 if member in self.members else 0
        return {
            "QueuePosition": str(position),
            "QueueSid": self.sid,
            "QueueTime": str(self.wait_s(member)),
            "AvgQueueTime": str(self.average_wait_s),
            "CurrentQueueSize": str(len(self.members)),
            "MaxQueueSize": str(self.max_size),
        }


class Queues:
    """All queues."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self.all: dict[str, Queue] = {}

    def named(self, name: str) -> Queue | None:
        """Return the queue of a name."""
        return next((queue for queue in self.all.values() if queue.name == name), None)

    def create(self, name: str, max_size: int) -> Queue:
        """Make a queue."""
        clock = self._exchange.clock
        queue = Queue(self._exchange.sids.new("QU"), name, max_size, clock.utc(), clock.now_s)
        self.all[queue.sid] = queue
        return queue
