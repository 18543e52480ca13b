"""Recording a live call over Twilio's REST API: which request each step is."""

import re
from typing import Any

import requests

from ivr.telephony.tape_deck import TapeFailed

LIMIT_S = 5.0
_SID = re.compile(r"RE[0-9a-f]{32}")
_NOT_FOUND = 404
_NOT_IN_PROGRESS = 21220


class TwilioTapeDeck:
    """Implements `TapeDeck`. Safe from any thread. Redirects are not followed."""

    def __init__(self, account_sid: str, auth_token: str, api_base: str) -> None:
        self._auth = (account_sid, auth_token)
        self._calls = f"{api_base}/2010-04-01/Accounts/{account_sid}/Calls"

    def start(self, call_id: str) -> str:
        """Start recording, caller and bot on a channel each; silence at its ends stays, so that times fit."""
        found = self._post(
            f"{self._calls}/{call_id}/Recordings.json", RecordingChannels="dual", Trim="do-not-trim"
        )
        sid = str((found or {}).get("sid"))
        if not _SID.fullmatch(sid):
            raise TapeFailed("the call is over, or the answer makes no sense")
        return sid

    def pause(self, call_id: str, recording_sid: str) -> bool:
        """Record silence from now on; with `skip` the times after it would not fit the transcript."""
        return self._change(call_id, recording_sid, Status="paused", PauseBehavior="silence")

    def resume(self, call_id: str, recording_sid: str) -> bool:
        """Record sound again; False when the recording is over."""
        return self._change(call_id, recording_sid, Status="in-progress")

    def stop(self, call_id: str, recording_sid: str) -> bool:
        """End the recording; False when it was over."""
        return self._change(call_id, recording_sid, Status="stopped")

    def _change(self, call_id: str, recording_sid: str, **form: str) -> bool:
        return self._post(f"{self._calls}/{call_id}/Recordings/{recording_sid}.json", **form) is not None

    def _post(self, url: str, **form: str) -> dict[str, Any] | None:
        """Return the answer, None when there is no such call or recording any more."""
        try:
            answer = requests.post(url, data=form, auth=self._auth, timeout=LIMIT_S, allow_redirects=False)
            found = answer.json()
        except (requests.RequestException, OSError, ValueError) as problem:
            raise TapeFailed(type(problem).__name__) from problem
        if not isinstance(found, dict):
            raise TapeFailed("the answer makes no sense")
        if answer.status_code == _NOT_FOUND or found.get("code") == _NOT_IN_PROGRESS:
            return None
        if answer.status_code not in {200, 201}:
            raise TapeFailed(f"refused with {answer.status_code}")
        return found
