"""Media Stream frames: captured ones, foreign ones, broken ones; and the three we send."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.media_messages import (
    MAX_FRAME_BYTES,
    AudioArrived,
    FrameProblem,
    KeyArrived,
    MarkReached,
    StreamConnected,
    StreamStarted,
    StreamStopped,
    clear_frame,
    mark_frame,
    media_frame,
    read_frame,
)

STREAM, CALL, ACCOUNT = "MZ" + "3" * 32, "CA" + "1" * 32, "AC" + "a" * 32
SILENCE = b"\xff" * 160


def text(**message: Any) -> str:
    return json.dumps(message)


def test_frames_as_documented() -> None:
    connected = '{"event":"connected","protocol":"Call","version":"1.0.0"}'
    start = {
        "accountSid": ACCOUNT, "streamSid": STREAM, "callSid": CALL, "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"a": "b"},
    }  # fmt: skip
    media = {
        "track": "inbound",
        "chunk": "1",
        "timestamp": "155",
        "payload": base64.b64encode(SILENCE).decode(),
    }
    key = {"track": "inbound_track", "digit": "1"}
    assert read_frame(connected) == StreamConnected()
    started = read_frame(text(event="start", sequenceNumber="1", start=start, streamSid=STREAM))
    assert started == StreamStarted(STREAM, CALL, ACCOUNT, {"a": "b"})
    audio = read_frame(text(event="media", sequenceNumber="2", media=media, streamSid=STREAM))
    assert audio == AudioArrived(SILENCE, 155)
    assert read_frame(text(event="dtmf", streamSid=STREAM, dtmf=key)) == KeyArrived("1")
    assert read_frame(text(event="mark", streamSid=STREAM, mark={"name": "m 1"})) == MarkReached("m 1")
    assert read_frame(text(event="stop", streamSid=STREAM, stop={"callSid": CALL})) == StreamStopped()


def test_foreign_client_without_counters_and_with_sids_at_the_top() -> None:
    frame = text(event="start", streamSid=STREAM, callSid=CALL)
    assert read_frame(frame) == StreamStarted(STREAM, CALL, None, {})
    inside = text(event="start", streamSid=STREAM, start={"callSid": CALL, "customParameters": None})
    assert read_frame(inside) == StreamStarted(STREAM, CALL, None, {})


@pytest.mark.parametrize("timestamp", [None, 155, "", "-1", "1e3", "٣", "9" * 40])
def test_audio_counts_even_when_its_time_does_not(timestamp: Any) -> None:
    frame = text(event="media", media={"payload": "/w==", "timestamp": timestamp})
    assert read_frame(frame) == AudioArrived(b"\xff", None)


@pytest.mark.parametrize(
    "frame",
    [
        b"\x00\x01",
        b"",
        "",
        "null",
        "[]",
        "1",
        "{",
        "[" * 60_000,
        "9" * 60_000,
        " " * (MAX_FRAME_BYTES + 1),
        '{"event":"media"}',
        '{"event":"media","media":[]}',
        '{"event":"media","media":{"payload":5}}',
        '{"event":"media","media":{"payload":"*not base64*"}}',
        '{"event":"media","media":{"payload":"abc"}}',
        '{"event":"media","media":{"payload":"åäö="}}',
        '{"event":"start"}',
        '{"event":"start","start":{}}',
        '{"event":"start","start":"x","streamSid":"MZ","callSid":"CA"}',
        '{"event":"dtmf","dtmf":{"digit":"11"}}',
        '{"event":"dtmf","dtmf":{"digit":"x"}}',
        '{"event":"mark","mark":{}}',
        '{"event":"weather"}',
        '{"event":["media"]}',
        "{}",
    ],
)
def test_unusable_frame_is_a_problem_and_never_raises(frame: str | bytes) -> None:
    assert isinstance(read_frame(frame), FrameProblem)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
EVENTS = st.sampled_from(["connected", "start", "media", "dtmf", "mark", "stop"])


@given(EVENTS, JSON, JSON)
def test_no_message_raises(event: str, part: Any, other: Any) -> None:
    read_frame(json.dumps({"event": event, event: part, "streamSid": other, "callSid": other}))


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_bytes_and_text_that_are_no_frame_are_a_problem_and_no_exception(frame: bytes | str) -> None:
    assert isinstance(read_frame(frame), FrameProblem)


@given(st.binary(min_size=1, max_size=8000))
def test_audio_we_send_is_what_the_other_side_reads(payload: bytes) -> None:
    assert read_frame(media_frame(STREAM, payload)) == AudioArrived(payload, None)


def test_frames_we_send_hold_exactly_the_documented_fields() -> None:
    """A field too many is a warning 31951 on Twilio's side."""
    media = json.loads(media_frame(STREAM, b"\x00"))
    assert media == {"event": "media", "streamSid": STREAM, "media": {"payload": "AA=="}}
    assert json.loads(mark_frame(STREAM, "m")) == {
        "event": "mark",
        "streamSid": STREAM,
        "mark": {"name": "m"},
    }
    assert json.loads(clear_frame(STREAM)) == {"event": "clear", "streamSid": STREAM}
