"""The network's end of a media stream on a real socket, frame by frame, with everything it may do wrong."""

import base64
import json
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.service_in_process import ACCOUNT, TOKEN, ServiceInProcess
from tests.support.signing import sign

STREAM_URL = "wss://bot.example/voice/media"
SILENCE, VOICE = b"\xff" * 160, (b"\x00" * 8 + b"\x80" * 8) * 10


def signed(url: str = STREAM_URL, header: str = "X-Twilio-Signature", token: str = TOKEN) -> dict[str, str]:
    """Return the header that signs an upgrade."""
    return {header: sign(token, url, {})}


class MediaCaller:
    """One stream. Use as a context manager, which closes the socket."""

    def __init__(self, service: ServiceInProcess, headers: dict[str, str] | None = None) -> None:
        address = f"ws://127.0.0.1:{service.port}/voice/media"
        given = signed() if headers is None else headers
        self.socket: ClientConnection = connect(
            address,
            additional_headers=given,
            max_size=None,
            compression=None,
            proxy=None,
            open_timeout=20,
            legacy=True,  # opened here, closed by `__exit__`
        )
        self.stream_id = ""

    def __enter__(self) -> "MediaCaller":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def connected(self) -> None:
        """Say hello as the network does."""
        self.sends(event="connected", protocol="Call", version="1.0.0")

    def starts(self, call_id: str, account: str | None = ACCOUNT, stream_id: str = "MZ" + "1" * 32) -> None:
        """Name the stream and its call."""
        self.stream_id = stream_id
        start: dict[str, Any] = {"streamSid": stream_id, "callSid": call_id, "tracks": ["inbound"]}
        if account is not None:
            start["accountSid"] = account
        self.sends(event="start", sequenceNumber="1", start=start, streamSid=stream_id)

    def speaks(self, mulaw: bytes = VOICE, timestamp: str | int = "20") -> None:
        """Send one frame of audio."""
        payload = base64.b64encode(mulaw).decode()
        media = {"track": "inbound", "chunk": "1", "timestamp": timestamp, "payload": payload}
        self.sends(event="media", sequenceNumber="2", media=media, streamSid=self.stream_id)

    def sends(self, **frame: Any) -> None:
        """Send any frame."""
        self.socket.send(json.dumps(frame))

    def stops(self) -> None:
        """End the stream as the network does on hang-up."""
        self.sends(event="stop", stop={"accountSid": ACCOUNT}, streamSid=self.stream_id)

    def hears(self, event: str = "mark", within_s: float = 10.0) -> dict[str, Any]:
        """Return the next frame of that kind; others are passed over. Marks are echoed: it plays fast."""
        while True:
            frame: dict[str, Any] = json.loads(self.socket.recv(within_s))
            if frame["event"] == "mark":
                self.sends(**frame)
            if frame["event"] == event:
                return frame

    def plays_to_the_end(self) -> int | None:
        """Play what comes, echoing marks, until the service closes the stream; return the code."""
        try:
            while True:
                self.hears("mark")
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def presses(self, key: str) -> None:
        """Press a key."""
        self.sends(event="dtmf", dtmf={"track": "inbound_track", "digit": key}, streamSid=self.stream_id)

    def closed_with(self, within_s: float = 10.0) -> int | None:
        """Wait until the service closes; return the code."""
        try:
            while True:
                self.socket.recv(within_s)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
