"""What other threads hand in to a call's own thread, and that it wakes up for it."""

import queue
from collections.abc import Iterator

from ivr.calls.line import Line


class Results:
    """A queue of one call; iterating over it gives what lies in it now, without waiting."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()

    def post(self, result: object) -> None:
        """Hand in a result from any thread."""
        self._queue.put(result)
        self._line.wake()

    def __iter__(self) -> Iterator[object]:
        while True:
            try:
                yield self._queue.get_nowait()
            except queue.Empty:
                return
