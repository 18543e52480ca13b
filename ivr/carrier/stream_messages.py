"""The frames of a media stream, both ways, exactly as the network writes and accepts them."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

MEDIA_FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}

# Fields the service may send, and no others: a missing or an extra one is a 31951.
_ALLOWED: dict[str, set[str]] = {
    "media": {"event", "streamSid", "media"},
    "mark": {"event", "streamSid", "mark"},
    "clear": {"event", "streamSid"},
}


class MessageInvalid(ValueError):
    """What the service sent is no message of the protocol."""


@dataclass(frozen=True)
class Incoming:
    """A message from the service: `event` is media, mark or clear."""

    event: str
    payload: bytes = b""
    mark: str = ""


class StreamWriter:
    """Writes the frames of one stream and counts them: all counters are strings."""

    def __init__(self, stream_sid: str, account_sid: str, call_sid: str) -> None:
        self._stream_sid = stream_sid
        self._account_sid = account_sid
        self._call_sid = call_sid
        self._sequence = 0
        self._chunks: dict[str, int] = {}

    def connected(self) -> str:
        """Return the first frame, which carries no sequence number."""
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, tracks: list[str], parameters: dict[str, str]) -> str:
        """Return the second frame."""
        start = {
            "accountSid": self._account_sid,
            "streamSid": self._stream_sid,
            "callSid": self._call_sid,
            "tracks": tracks,
            "mediaFormat": MEDIA_FORMAT,
            "customParameters": parameters,
        }
        return self._counted("start", start=start)

    def media(self, track: str, timestamp_ms: int, audio: bytes) -> str:
        """Return a frame of audio; chunks are counted per track."""
        chunk = self._chunks[track] = self._chunks.get(track, 0) + 1
        payload = base64.b64encode(audio).decode()
        media = {"track": track, "chunk": str(chunk), "timestamp": str(timestamp_ms), "payload": payload}
        return self._counted("media", media=media)

    def dtmf(self, digit: str) -> str:
        """Return a key press."""
        return self._counted("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> str:
        """Return the echo of a mark."""
        return self._counted("mark", mark={"name": name})

    def stop(self) -> str:
        """Return the last frame."""
        return self._counted("stop", stop={"accountSid": self._account_sid, "callSid": self._call_sid})

    def _counted(self, event: str, **content: Any) -> str:
        self._sequence += 1
        return json.dumps(
            {"event": event, "sequenceNumber": str(self._sequence), **content, "streamSid": self._stream_sid}
        )


def read(text: str, stream_sid: str) -> Incoming:
    """Read a text frame from the service. Raises MessageInvalid."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise MessageInvalid("not JSON") from broken
    event = message.get("event") if isinstance(message, dict) else None
    if not isinstance(event, str) or event not in _ALLOWED:
        raise MessageInvalid("unknown event")
    if set(message) != _ALLOWED[event]:
        raise MessageInvalid("fields missing or too many")
    if message["streamSid"] != stream_sid:
        raise MessageInvalid("wrong streamSid")
    if event == "media":
        return Incoming("media", payload=_payload(_only_field(message["media"], "payload")))
    if event == "mark":
        return Incoming("mark", mark=_only_field(message["mark"], "name"))
    return Incoming("clear")


def _only_field(content: Any, name: str) -> str:
    if not isinstance(content, dict) or set(content) != {name} or not isinstance(content[name], str):
        raise MessageInvalid(f"exactly {name} belongs here")
    return str(content[name])


def _payload(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as broken:
        raise MessageInvalid("payload is not base64") from broken
