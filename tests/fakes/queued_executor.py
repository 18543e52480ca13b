"""An executor whose work waits until the test runs it: threads without chance."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any


class QueuedExecutor(Executor):
    """Keeps submitted work in `waiting`; `run` does it, in order, on the caller's thread.

    An exception in the work reaches the test: nothing fails silently.
    """

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[..., Any], tuple[Any, ...], Future[Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Put work aside."""
        future: Future[Any] = Future()
        self.waiting.append((fn, args, future))
        return future

    def run_one(self) -> None:
        """Do the oldest piece of work."""
        work, parts, future = self.waiting.pop(0)
        future.set_result(work(*parts))

    def run(self) -> None:
        """Do all work, and the work that follows from it."""
        while self.waiting:
            self.run_one()
