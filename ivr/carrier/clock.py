"""The carrier's time: the event loop's, with a calendar laid over it."""

import asyncio
from datetime import datetime, timedelta
from email.utils import format_datetime


class CarrierClock:
    """Tells the time from the running event loop, so that a loop with virtual time moves everything."""

    def __init__(self, epoch: datetime) -> None:
        """Take `epoch` (aware) as the moment of the first question."""
        self._epoch = epoch
        self._origin_s: float | None = None

    def now_s(self) -> float:
        """Return the event loop's monotonic seconds."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    def utc(self) -> datetime:
        """Return the date and time now."""
        now_s = self.now_s()
        if self._origin_s is None:
            self._origin_s = now_s
        return self._epoch + timedelta(seconds=now_s - self._origin_s)


def rfc2822(moment: datetime) -> str:
    """Format a moment as Twilio's REST answers and callbacks do: Fri, 18 Oct 2019 17:00:00 +0000."""
    return format_datetime(moment.replace(microsecond=0))


def iso_nanoseconds(moment: datetime) -> str:
    """Format a moment as stream callbacks do: nine fractional digits and a Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond:06d}000Z"
