"""What the network noticed: its requests and its warnings, kept for tests and developers."""

from collections import deque
from typing import Any

from ivr import log
from ivr.carrier.clock import CarrierClock

KEPT_ENTRIES = 5000

# Wording by number; 12100 and the 12200 used for schema faults are assumptions of docs/carrier.md.
ALERTS: dict[int, str] = {
    11100: "Invalid URL format",
    11200: "HTTP retrieval failure",
    11205: "HTTP connection failure",
    11215: "HTTP too many redirects",
    11216: "HTTP invalid redirect",
    11220: "TLS failure",
    11750: "TwiML response body too large",
    12100: "Document parse failure",
    12200: "Schema validation failure",
    12300: "Invalid Content-Type",
    13224: "Dial: invalid phone number",
    13240: "Conference: unknown call to coach",
    13520: "Say: no text",
    13521: "Say: text over the limit",
    15004: "Call Progress: action URL must be absolute with inline TwiML",
    16025: "Conference: participant label already in use",
    31901: "Stream: connection timeout",
    31902: "Stream: connection refused",
    31910: "Stream: TLS failure",
    31920: "Stream: WebSocket handshake error",
    31921: "Stream: WebSocket close error",
    31922: "Stream: scheme is not wss",
    31923: "Stream: malformed URL",
    31924: "Stream: WebSocket protocol error",
    31931: "Stream: audio buffer over ten minutes, media discarded",
    31941: "Stream: invalid track",
    31951: "Stream: invalid message received",
}


class Journal:
    """An append-only list of what happened, newest last; old entries fall out after 5000."""

    def __init__(self, clock: CarrierClock) -> None:
        self._clock = clock
        self._log = log.get("carrier")
        self.entries: deque[dict[str, Any]] = deque(maxlen=KEPT_ENTRIES)

    def note(self, kind: str, **facts: Any) -> dict[str, Any]:
        """Add an entry and return it; the caller may complete it later."""
        entry = {"kind": kind, "at_s": round(self._clock.now_s(), 3), **facts}
        self.entries.append(entry)
        return entry

    def alert(self, code: int, call_sid: str | None, detail: str = "", level: str = "error") -> None:
        """Record a numbered error or warning of the network's error log."""
        message = ALERTS[code]
        self.note("alert", level=level, code=code, message=message, call_sid=call_sid, detail=detail)
        self._log.warning("carrier_alert", code=code, meaning=message, call_sid=call_sid, pii_detail=detail)

    def codes(self, call_sid: str | None = None) -> list[int]:
        """Return the numbers of all alerts so far, oldest first, of one call or of all."""
        return [
            entry["code"]
            for entry in self.entries
            if entry["kind"] == "alert" and call_sid in (None, entry["call_sid"])
        ]
