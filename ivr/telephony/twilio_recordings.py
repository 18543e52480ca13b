"""Recordings over Twilio's REST API: the one URL they are fetched from, and what is never followed.

The webhook's RecordingUrl is not used: whoever forges it would be sent our credentials.
"""

import re
import time
from collections.abc import Callable
from typing import Any

import requests

from ivr import log
from ivr.clock import Clock

LIMIT_S = 5.0
PAUSE_S = 0.4  # a recording is often not there yet when its turn is reported
MAX_BYTES = 2 * 1024 * 1024  # 30 s at 16 kHz and 16 bits are 1 MB
MAX_CALL_BYTES = 128 * 1024 * 1024  # an hour of both sides at 8 kHz and 16 bits is 115 MB
_SID = re.compile(r"RE[0-9a-f]{32}")
_NOT_THERE_YET = _NOT_FOUND = 404

_log = log.get("telephony.recordings")


def api_base(api_url: str | None, region: str | None, edge: str | None) -> str:
    """Return scheme and host of the REST API, without a trailing slash."""
    if api_url:
        return api_url.rstrip("/")
    return f"https://{'.'.join(filter(None, ('api', edge, region, 'twilio.com')))}"


class TwilioRecordings:
    """Implements `RecordingShelf`. Safe from any thread. Redirects are not followed."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        api_base: str,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,  # noqa: TID251  an adapter: the network decides when a recording is there
    ) -> None:
        self._auth = (account_sid, auth_token)
        self._folder = f"{api_base}/2010-04-01/Accounts/{account_sid}/Recordings"
        self._clock = clock
        self._sleep = sleep

    def take_recording(self, recording_sid: str) -> bytes | None:
        """Return a recording as WAV and delete it at the network; None when it cannot be had."""
        content = self._read(recording_sid, MAX_BYTES)
        if content is not None:
            self.delete_recording(recording_sid)
        return content

    def read_recording(self, recording_sid: str) -> bytes | None:
        """Return a recording as WAV, of a whole call too, and leave it; None when it cannot be had."""
        return self._read(recording_sid, MAX_CALL_BYTES)

    def _read(self, recording_sid: str, most_bytes: int) -> bytes | None:
        if not _SID.fullmatch(recording_sid):
            return None
        deadline = self._clock.monotonic() + LIMIT_S
        while True:
            status, content = self._get(
                recording_sid, max(deadline - self._clock.monotonic(), 0.1), most_bytes
            )
            is_time_left = self._clock.monotonic() + PAUSE_S < deadline
            if status != _NOT_THERE_YET or not is_time_left:
                break
            self._sleep(PAUSE_S)
        if content is None:
            _log.warning("recording_not_fetched", recording_sid=recording_sid, status=status)
        return content

    def delete_recording(self, recording_sid: str) -> None:
        """Delete a recording: a caller's voice is not kept, it was recorded to be heard once."""
        url = f"{self._folder}/{recording_sid}.json"
        try:
            answer = requests.delete(url, auth=self._auth, timeout=LIMIT_S, allow_redirects=False)
        except (requests.RequestException, OSError) as problem:
            _log.error("recording_not_deleted", recording_sid=recording_sid, problem=type(problem).__name__)
            return
        if answer.status_code not in {204, 404}:
            _log.error("recording_not_deleted", recording_sid=recording_sid, status=answer.status_code)

    def is_gone(self, recording_sid: str) -> bool:
        """Look for a recording once more; True only when the network says there is none."""
        return self._asked(f"{self._folder}/{recording_sid}.json")[0] == _NOT_FOUND

    def recordings_of(self, call_id: str) -> list[str] | None:
        """Ask which recordings a call has; None when the network does not answer."""
        status, found = self._asked(f"{self._folder}.json", CallSid=call_id)
        if status != 200 or not isinstance(found.get("recordings"), list):
            return None
        return [str(one["sid"]) for one in found["recordings"] if _SID.fullmatch(str(one.get("sid")))]

    def _asked(self, url: str, **questions: str) -> tuple[int | None, dict[str, Any]]:
        try:
            answer = requests.get(
                url, params=questions, auth=self._auth, timeout=LIMIT_S, allow_redirects=False
            )
            return answer.status_code, answer.json() if answer.status_code == 200 else {}
        except (requests.RequestException, OSError, ValueError):
            return None, {}

    def _get(self, recording_sid: str, timeout_s: float, most_bytes: int) -> tuple[int | None, bytes | None]:
        url = f"{self._folder}/{recording_sid}.wav"
        try:
            with requests.get(
                url, auth=self._auth, timeout=timeout_s, allow_redirects=False, stream=True
            ) as answer:
                if answer.status_code != 200:
                    return answer.status_code, None
                content = answer.raw.read(most_bytes + 1, decode_content=True)
        except (requests.RequestException, OSError):
            return None, None
        return 200, content if len(content) <= most_bytes else None
