"""Streams that are open but have not said whose call they carry: only so many may hold a thread."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Protocol

MOST_UNSTARTED = 32  # the network sends a stream's start right behind its upgrade: hardly any wait at a time


class OpenSocket(Protocol):
    """A WebSocket with the TCP socket below it."""

    sock: socket.socket


class UnstartedStreams:
    """Keeps the newest; the oldest is cut off when one too many waits. Safe from any thread."""

    def __init__(self, most: int = MOST_UNSTARTED) -> None:
        self._most = most
        self._waiting: list[OpenSocket] = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def one_more(self, stream: OpenSocket) -> Iterator[None]:
        """Count the stream while the block waits for its start."""
        with self._lock:
            self._waiting.append(stream)
            oldest = self._waiting.pop(0) if len(self._waiting) > self._most else None
        if oldest is not None:
            cut(oldest)
        try:
            yield
        finally:
            with self._lock:
                if stream in self._waiting:
                    self._waiting.remove(stream)


def cut(stream: OpenSocket) -> None:
    """End the TCP connection; whoever waits on it, on any thread, notices at once."""
    with contextlib.suppress(OSError):  # gone already
        stream.sock.shutdown(socket.SHUT_RDWR)
