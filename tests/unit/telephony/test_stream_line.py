"""A result wakes the call's thread at once, held against the WebSocket library that is used."""

import base64
import json
import threading

import pytest
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


def frame_at(timestamp_ms: int | None) -> str:
    media: dict[str, object] = {"track": "inbound", "payload": base64.b64encode(bytes(160)).decode()}
    if timestamp_ms is not None:
        media["timestamp"] = str(timestamp_ms)
    return json.dumps({"event": "media", "media": media, "streamSid": "MZ1"})


@pytest.mark.parametrize(
    ("timestamps_ms", "lost_s"),
    [
        ([0, 20, 40], [0.0, 0.0, 0.0]),
        ([0, 60, 80], [0.0, 0.04, 0.0]),
        ([0, 20, 3_600_000, 3_600_020], [0.0, 0.0, 0.0, 0.0]),  # the sender's clock was set right
        ([5000, 5020, 20, 40], [0.0, 0.0, 0.0, 0.0]),
        ([0, None, 40], [0.0, 0.0, 0.0]),
        ([0, 21, 39, 60], [0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_a_gap_in_the_timestamps_is_lost_audio_and_a_jump_of_the_clock_is_not(
    timestamps_ms: list[int | None], lost_s: list[float]
) -> None:
    socket = QuietSocket()
    socket.input_buffer += [frame_at(timestamp_ms) for timestamp_ms in timestamps_ms]
    line = StreamLine(socket, "MZ1")
    frames = [line.receive(LONG_S) for _ in timestamps_ms]
    assert [frame.lost_s for frame in frames if isinstance(frame, Frame)] == lost_s
