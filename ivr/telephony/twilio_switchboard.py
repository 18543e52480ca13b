"""The switchboard over Twilio's REST API: which call is made for what, and what each failure means."""

from collections.abc import Callable
from typing import Any, TypeVar

from requests import ConnectionError as ConnectionBroke
from requests import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

from ivr.errors import SettingsInvalid
from ivr.telephony.switchboard import PlacedCall, SwitchboardFailed

LEG_EVENTS = ["initiated", "ringing", "answered", "completed"]
_NOT_FOUND = 404
_NOT_IN_PROGRESS = 21220
_NOT_AUTHORIZED = {401, 403}
_TOO_MANY_REQUESTS = 429
RECENT_TEXTS = 50

Result = TypeVar("Result")


class TwilioSwitchboard:
    """Implements `Switchboard`. Safe from any thread; blocks at most `PatientHttpClient`'s 10 s.

    `public_url` is where the network reaches this service. `region` goes with `edge`: hosts without
    an edge stopped working in April 2026.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        own_number: str,
        public_url: str,
        http_client: HttpClient,
        region: str | None = None,
        edge: str | None = None,
    ) -> None:
        if region and not edge:
            raise SettingsInvalid("IVR_TWILIO_REGION needs IVR_TWILIO_EDGE, such as dublin for ie1")
        # A mapping that is not empty keeps twilio's client from reading the environment by itself.
        settings_come_from_us = {"TWILIO_EDGE": ""}
        self._client = Client(
            account_sid,
            auth_token,
            region=region,
            edge=edge,
            http_client=http_client,
            environment=settings_come_from_us,
        )
        self._own_number = own_number
        self._public_url = public_url.rstrip("/")

    def dial(self, to: str, answer_path: str, status_path: str, ring_s: int) -> PlacedCall:
        """Phone `to`. Whether the phone rings may stay unknown: SwitchboardFailed says so; never repeated."""
        created = self._ask(
            lambda: self._client.calls.create(
                to=to,
                from_=self._own_number,
                url=self._public_url + answer_path,
                method="POST",
                status_callback=self._public_url + status_path,
                status_callback_event=LEG_EVENTS,
                status_callback_method="POST",
                timeout=ring_s,
            ),
            is_repeat_harmful=True,
        )
        if created is None:
            raise SwitchboardFailed("the account or the number is not known", is_retrying_useful=False)
        return PlacedCall(created.sid, created.status)

    def redirect(self, call_id: str, path: str) -> bool:
        """Send a live call to new instructions; False when the call has already ended."""
        url = self._public_url + path
        return self._ask(lambda: self._client.calls(call_id).update(url=url, method="POST")) is not None

    def hang_up(self, call_id: str) -> bool:
        """End a call, ringing or live; False when it had already ended."""
        return self._ask(lambda: self._client.calls(call_id).update(status="completed")) is not None

    def status(self, call_id: str) -> str | None:
        """Ask for a call's status; it may lag behind the callbacks by a moment."""
        found = self._ask(lambda: self._client.calls(call_id).fetch())
        return None if found is None else str(found.status)

    def hold(self, room: str, call_id: str, path: str) -> bool:
        """Park a leg that is in a conference; it hears `path`. False when it is not there any more."""
        url = self._public_url + path
        return self._change_participant(room, call_id, hold=True, hold_url=url, hold_method="POST")

    def unhold(self, room: str, call_id: str) -> bool:
        """Bring a parked leg back into its conference; False when it is not there any more."""
        return self._change_participant(room, call_id, hold=False)

    def send_text(self, to: str, body: str) -> str:
        """Send a text. Whether it went may stay unknown: SwitchboardFailed says so; never repeated."""
        created = self._ask(
            lambda: self._client.messages.create(to=to, from_=self._own_number, body=body),
            is_repeat_harmful=True,
        )
        if created is None:
            raise SwitchboardFailed("the account or the number is not known", is_retrying_useful=False)
        return str(created.sid)

    def find_text(self, to: str, body: str) -> str | None:
        """Return the SID of a text message that was sent to this number; None when none was."""
        found = self._ask(
            lambda: self._client.messages.list(to=to, from_=self._own_number, limit=RECENT_TEXTS)
        )
        return next((str(text.sid) for text in found or () if text.body == body), None)

    def _change_participant(self, room: str, call_id: str, **changes: Any) -> bool:
        # A participant is addressed by the conference's SID; its name alone finds only what is running.
        running = self._ask(
            lambda: self._client.conferences.list(friendly_name=room, status="in-progress", limit=1)
        )
        if not running or running[0].sid is None:
            return False
        participant = self._client.conferences(running[0].sid).participants(call_id)
        return self._ask(lambda: participant.update(**changes)) is not None

    def _ask(self, request: Callable[[], Result], is_repeat_harmful: bool = False) -> Result | None:
        """Return the answer, or None when there is no such call or it has ended."""
        try:
            return request()
        except TwilioException as refused:
            if _is_no_live_call(refused):
                return None
            raise _failure(refused, is_repeat_harmful) from refused
        except RequestException as failed:
            is_unknown = is_repeat_harmful and not _was_never_sent(failed)
            raise SwitchboardFailed(
                f"no answer: {type(failed).__name__}", is_retrying_useful=True, is_outcome_unknown=is_unknown
            ) from failed
        except ValueError as garbled:
            raise SwitchboardFailed(
                "the answer makes no sense", is_retrying_useful=True, is_outcome_unknown=is_repeat_harmful
            ) from garbled


def _is_no_live_call(refused: TwilioException) -> bool:
    status, code = _status_and_code(refused)
    return status == _NOT_FOUND or code == _NOT_IN_PROGRESS


def _failure(refused: TwilioException, is_repeat_harmful: bool) -> SwitchboardFailed:
    status, code = _status_and_code(refused)
    is_broken = status >= 500
    hint = " (check the account SID and auth token)" if status in _NOT_AUTHORIZED else ""
    return SwitchboardFailed(
        f"refused with {status}, error {code}{hint}",
        is_retrying_useful=is_broken or status == _TOO_MANY_REQUESTS,
        is_outcome_unknown=is_repeat_harmful and is_broken,
    )


def _status_and_code(refused: TwilioException) -> tuple[int, int | None]:
    """Twilio's two kinds of refusal carry both; anything else from the library counts as broken."""
    return getattr(refused, "status", 500), getattr(refused, "code", None)


def _was_never_sent(failed: RequestException) -> bool:
    """Say whether the request surely did not reach the network."""
    if isinstance(failed, ConnectTimeout):
        return True
    cause = failed.args[0] if isinstance(failed, ConnectionBroke) and failed.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
