"""A caller's line over a Media Streams WebSocket."""

import threading
from typing import Any, Final, Protocol

from simple_websocket import ConnectionClosed
from wsproto.utilities import LocalProtocolError

from ivr import log
from ivr.calls.line import Frame, KeyPressed, LineClosed, LineMessage, MarkReached
from ivr.telephony import media_messages
from ivr.telephony.media_messages import AudioArrived, FrameProblem, KeyArrived, StreamStopped

CHUNK_BYTES = 1600  # 200 ms: long enough to play smoothly, and whole 20 ms frames
MOST_PROBLEMS = 50
FRAME_MS = 20
BYTES_PER_MS = 8
LONGEST_GAP_MS = 1000  # more is a clock set right, not audio that was lost
# The peer may go at any moment: before a send, during it, or while its own close frame is being read.
GONE = (ConnectionClosed, LocalProtocolError, OSError)

_WOKEN: Final = object()  # lies among the messages and is none

_log = log.get("stream_line")


class Socket(Protocol):
    """An open WebSocket, as simple_websocket makes them: its reader fills `input_buffer` and sets `event`."""

    input_buffer: list[Any]
    event: threading.Event

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """Return the next message, None when none came in time. Raises ConnectionClosed."""
        ...

    def send(self, data: str) -> None:
        """Send a text message. Raises ConnectionClosed."""
        ...

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Close the socket."""
        ...


class StreamLine:
    """The line of one stream; used by the thread that owns the call."""

    def __init__(self, socket: Socket, stream_id: str) -> None:
        self._socket = socket
        self._stream_id = stream_id
        self._problems = 0
        self._due_ms: int | None = None  # the next frame's timestamp

    def receive(self, timeout_s: float) -> LineMessage | None:
        """Return the next message, or None when none came in time; unusable frames are passed over."""
        try:
            message = self._socket.receive(timeout_s)
        except ConnectionClosed:
            return LineClosed("socket closed", is_stop_announced=False)
        return None if message is None or message is _WOKEN else self._read(message)

    def wake(self) -> None:
        """Make `receive` return now: a result must not wait for the next frame."""
        self._socket.input_buffer.append(_WOKEN)
        self._socket.event.set()

    def play(self, mulaw: bytes, mark: str) -> None:
        """Queue audio and a mark behind it."""
        for start in range(0, len(mulaw), CHUNK_BYTES):
            self._send(media_messages.media_frame(self._stream_id, mulaw[start : start + CHUNK_BYTES]))
        self._send(media_messages.mark_frame(self._stream_id, mark))

    def clear(self) -> None:
        """Drop everything queued."""
        self._send(media_messages.clear_frame(self._stream_id))

    def close(self) -> None:
        """Close the socket; the network goes on with its next instruction."""
        try:
            self._socket.close(1000, "done")
        except GONE:
            return

    def _read(self, message: str | bytes) -> LineMessage | None:
        match media_messages.read_frame(message):
            case AudioArrived(payload, timestamp_ms):
                return Frame(payload, self._lost_s(payload, timestamp_ms))
            case KeyArrived(key):
                return KeyPressed(key)
            case media_messages.MarkReached(name):
                return MarkReached(name)
            case StreamStopped():
                return LineClosed("stopped", is_stop_announced=True)
            case FrameProblem(reason):
                return self._count_problem(reason)
        return None

    def _lost_s(self, payload: bytes, timestamp_ms: int | None) -> float:
        """Return the seconds between the frame before and this one; a clock that jumped has lost nothing."""
        due_ms, self._due_ms = self._due_ms, None
        if timestamp_ms is None:
            return 0.0
        self._due_ms = timestamp_ms + round(len(payload) / BYTES_PER_MS)
        gap_ms = 0 if due_ms is None else timestamp_ms - due_ms
        return gap_ms / 1000 if FRAME_MS <= gap_ms <= LONGEST_GAP_MS else 0.0

    def _count_problem(self, reason: str) -> LineMessage | None:
        self._problems += 1
        if self._problems == 1:
            _log.warning("frame_passed_over", reason=reason)
        if self._problems < MOST_PROBLEMS:
            return None
        return LineClosed("too many unusable frames", is_stop_announced=False)

    def _send(self, frame: str) -> None:
        try:
            self._socket.send(frame)
        except GONE:
            return  # the next receive says so
