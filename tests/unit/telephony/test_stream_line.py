"""A result wakes the call's thread at once, held against the WebSocket library that is used."""

import threading

from simple_websocket.ws import Base

from ivr.calls.line import Frame
from ivr.telephony.stream_line import StreamLine

MEDIA = '{"event": "media", "media": {"track": "inbound", "payload": "/////w=="}, "streamSid": "MZ1"}'
LONG_S = 20.0


class QuietSocket(Base):
    """The library's own `receive` on a connection over which nothing comes."""

    def __init__(self) -> None:
        self.connected = True
        self.input_buffer: list[str | bytes] = []
        self.event = threading.Event()


def test_a_wake_from_another_thread_ends_the_wait_and_frames_are_not_lost() -> None:
    socket = QuietSocket()
    line = StreamLine(socket, "MZ1")
    threading.Timer(0.01, line.wake).start()
    assert line.receive(LONG_S) is None
    socket.input_buffer.append(MEDIA)
    assert isinstance(line.receive(LONG_S), Frame)


def test_a_wake_before_the_wait_is_not_lost() -> None:
    socket = QuietSocket()
    line = StreamLine(socket, "MZ1")
    line.wake()
    assert line.receive(LONG_S) is None
