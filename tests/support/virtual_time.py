"""An asyncio event loop whose time is virtual: when nothing is left to do now, it jumps to the next timer.

A 25-second ring timeout takes as long as the work in it, and every run sees the same order of events. Only
for code without real sockets: the in-process transport of `carrier_world` stands in for them.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any


class NothingWillHappen(AssertionError):
    """Every task waits and no timer is set: the scenario hangs."""


class _JumpingSelector(selectors.SelectSelector):
    """Instead of waiting, moves the loop's time on."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise NothingWillHappen("every task waits and no timer is set")
        self.now_s += timeout
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop that starts at 0 s and never waits."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        # Work in threads would make the order of events depend on the machine: it is done at once instead.
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as problem:  # noqa: BLE001  as an executor does: any failure belongs to the future
            future.set_exception(problem)
        return future


def run_virtual(scenario: Coroutine[Any, Any, Any], limit_s: float = 2_000.0) -> Any:
    """Run a coroutine in virtual time; more than `limit_s` virtual seconds is a failure."""

    async def limited() -> Any:
        async with asyncio.timeout(limit_s):
            return await scenario

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(limited())
