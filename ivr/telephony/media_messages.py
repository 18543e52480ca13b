"""The frames of a Media Stream as values: what the network may say, and how to answer it. Pure."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_FRAME_BYTES = 64 * 1024


@dataclass(frozen=True)
class StreamConnected:
    """The socket is open; the stream has no name yet."""


@dataclass(frozen=True)
class StreamStarted:
    """The stream begins. `account_sid` is None when the peer did not say it."""

    stream_id: str
    call_id: str
    account_sid: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AudioArrived:
    """Mu-law bytes at 8 kHz, usually 160; `timestamp_ms` is since the stream began, None when absent."""

    payload: bytes
    timestamp_ms: int | None = None


@dataclass(frozen=True)
class KeyArrived:
    """The caller pressed one key: 0-9, *, # or A-D."""

    key: str


@dataclass(frozen=True)
class MarkReached:
    """The audio sent before this mark was played, or thrown away by a clear."""

    name: str


@dataclass(frozen=True)
class StreamStopped:
    """The stream is over: hang-up or new instructions for the call."""


@dataclass(frozen=True)
class FrameProblem:
    """A frame that says nothing we can use; `reason` carries none of its content."""

    reason: str


IncomingFrame = (
    StreamConnected | StreamStarted | AudioArrived | KeyArrived | MarkReached | StreamStopped | FrameProblem
)


class _Unusable(Exception):
    """Leaves the readers below; never leaves this module."""


def read_frame(frame: str | bytes) -> IncomingFrame:
    """Read one WebSocket message. Never raises: what cannot be read is a FrameProblem."""
    if isinstance(frame, bytes):
        return FrameProblem("binary frame")
    if len(frame) > MAX_FRAME_BYTES:
        return FrameProblem("frame over 64 KB")
    try:
        return _read(json.loads(frame))
    except (ValueError, RecursionError):
        return FrameProblem("not JSON")
    except _Unusable as unusable:
        return FrameProblem(str(unusable))


def media_frame(stream_id: str, payload: bytes) -> str:
    """Build the frame that plays mu-law bytes (8 kHz, any length, no header)."""
    audio = base64.b64encode(payload).decode("ascii")
    return json.dumps({"event": "media", "streamSid": stream_id, "media": {"payload": audio}})


def mark_frame(stream_id: str, name: str) -> str:
    """Build the frame that asks to be told when the audio sent so far has been played."""
    return json.dumps({"event": "mark", "streamSid": stream_id, "mark": {"name": name}})


def clear_frame(stream_id: str) -> str:
    """Build the frame that throws away the audio not yet played; every pending mark comes back."""
    return json.dumps({"event": "clear", "streamSid": stream_id})


def _read(message: Any) -> IncomingFrame:
    if not isinstance(message, dict):
        raise _Unusable("not a JSON object")
    match message.get("event"):
        case "media":
            return _audio(_part(message, "media"))
        case "start":
            return _started(message)
        case "dtmf":
            return _key(_part(message, "dtmf"))
        case "mark":
            return MarkReached(_text(_part(message, "mark"), "name"))
        case "connected":
            return StreamConnected()
        case "stop":
            return StreamStopped()
    raise _Unusable("unknown event")


def _audio(media: dict[str, Any]) -> AudioArrived:
    try:
        payload = base64.b64decode(_text(media, "payload"), validate=True)
    except (binascii.Error, ValueError):
        raise _Unusable("payload is not base64") from None
    return AudioArrived(payload, _milliseconds(media.get("timestamp")))


def _started(message: dict[str, Any]) -> StreamStarted:
    """Some peers put the SIDs at the top level, some inside `start`: both are the same stream."""
    start = _part(message, "start") if "start" in message else {}
    both = message | start
    account_sid = both.get("accountSid")
    parameters = both.get("customParameters")
    return StreamStarted(
        stream_id=_text(both, "streamSid"),
        call_id=_text(both, "callSid"),
        account_sid=account_sid if isinstance(account_sid, str) else None,
        parameters=_texts(parameters) if isinstance(parameters, dict) else {},
    )


def _key(dtmf: dict[str, Any]) -> KeyArrived:
    key = _text(dtmf, "digit")
    if len(key) != 1 or key not in "0123456789*#ABCD":
        raise _Unusable("digit is not a key")
    return KeyArrived(key)


def _part(message: dict[str, Any], name: str) -> dict[str, Any]:
    part = message.get(name)
    if not isinstance(part, dict):
        raise _Unusable(f"{name} is missing or not an object")
    return part


def _text(part: dict[str, Any], name: str) -> str:
    value = part.get(name)
    if not isinstance(value, str) or not value:
        raise _Unusable(f"{name} is missing or not text")
    return value


def _texts(parameters: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if isinstance(value, str)}


def _milliseconds(value: Any) -> int | None:
    is_count = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12
    return int(value) if is_count else None
