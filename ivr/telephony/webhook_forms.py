"""What a webhook's form must look like before anything acts on it: one strict schema per webhook. Pure.

A signature alone is not enough: names and values are signed without separators, so a valid signature
also fits a form whose boundaries were shifted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Form = Mapping[str, Sequence[str]]

MAX_DIGITS = 32
_CALL_SID = re.compile(r"CA[0-9a-f]{32}")
_RECORDING_SID = re.compile(r"RE[0-9a-f]{32}")
_KEYS = re.compile(r"[0-9*#]*")
_WORD = re.compile(r"[a-z-]{1,40}")
_COUNT = re.compile(r"[0-9]{1,9}")
_HANGUP = "hangup"  # what <Record> puts into Digits when the caller hung up


class FormRefused(ValueError):
    """The form is not what this webhook sends; the message says what is wrong, without its values."""


class CallStatus(StrEnum):
    """A call leg's status, in Twilio's words."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_over(self) -> bool:
        """Say whether the leg has ended, however it ended."""
        return self in _OVER


_OVER = {CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED}


@dataclass(frozen=True)
class LegReport:
    """A webhook that says no more than which leg it is about and how that leg is.

    `status` is None when the network used a word we do not know.
    """

    call_id: str
    status: CallStatus | None


@dataclass(frozen=True)
class IncomingCall:
    """A call that rings at the bot's number; the numbers are as received, unchecked."""

    call_id: str
    caller: str
    called: str


@dataclass(frozen=True)
class Waiting:
    """A caller in the queue, and for how long; 0 the first time, and when the network does not say."""

    call_id: str
    waited_s: int


@dataclass(frozen=True)
class TurnTaken:
    """One `<Record>` or `<Gather>` turn of the caller."""

    call_id: str
    digits: str
    recording_sid: str | None
    is_hung_up: bool


@dataclass(frozen=True)
class KeyPressed:
    """A key the agent pressed after the briefing; "" when none came."""

    call_id: str
    key: str


def leg_report(form: Form, account_sid: str) -> LegReport:
    """Read a webhook about a leg. Raises FormRefused."""
    return LegReport(_call_id(form, account_sid), _status(form))


def incoming_call(form: Form, account_sid: str) -> IncomingCall:
    """Read the inbound call webhook. Raises FormRefused."""
    call_id = _call_id(form, account_sid)
    _status(form)
    return IncomingCall(call_id, caller=_once(form, "From") or "", called=_once(form, "To") or "")


def waiting(form: Form, account_sid: str) -> Waiting:
    """Read the queue's question what to play. Raises FormRefused."""
    call_id = _call_id(form, account_sid)
    _status(form)
    waited = _once(form, "QueueTime") or ""
    return Waiting(call_id, int(waited) if _COUNT.fullmatch(waited) else 0)


def queue_result(form: Form) -> str:
    """Read in Twilio's words why a caller left a queue; "" when the network does not say."""
    result = _once(form, "QueueResult") or ""
    return result if _WORD.fullmatch(result) else ""


def turn_taken(form: Form, account_sid: str) -> TurnTaken:
    """Read a turn. Raises FormRefused."""
    call_id = _call_id(form, account_sid)
    _status(form)
    recording_sid = _once(form, "RecordingSid") or None
    if recording_sid is not None and not _RECORDING_SID.fullmatch(recording_sid):
        raise FormRefused("RecordingSid is not a recording's SID")
    is_hung_up = _once(form, "Digits") == _HANGUP
    return TurnTaken(call_id, "" if is_hung_up else _digits(form), recording_sid, is_hung_up)


def key_pressed(form: Form, account_sid: str) -> KeyPressed:
    """Read the agent's key. Raises FormRefused."""
    call_id = _call_id(form, account_sid)
    _status(form)
    return KeyPressed(call_id, _digits(form)[:1])


def counter(query: Form, name: str) -> int:
    """Read a small count out of the query we put into an action URL ourselves. Raises FormRefused."""
    value = _once(query, name) or ""
    if not _COUNT.fullmatch(value):
        raise FormRefused(f"{name} is not a number")
    return int(value)


def _call_id(form: Form, account_sid: str) -> str:
    if _once(form, "AccountSid") != account_sid:
        raise FormRefused("AccountSid is missing or not ours")
    call_id = _once(form, "CallSid") or ""
    if not _CALL_SID.fullmatch(call_id):
        raise FormRefused("CallSid is missing or not a call's SID")
    return call_id


def _status(form: Form) -> CallStatus | None:
    word = _once(form, "CallStatus")
    return CallStatus(word) if word in set(CallStatus) else None


def _digits(form: Form) -> str:
    """Keys, at most MAX_DIGITS; the tones A to D exist on the wire but mean nothing here and are dropped."""
    keys = re.sub("[A-D]", "", _once(form, "Digits") or "")
    if not _KEYS.fullmatch(keys):
        raise FormRefused("Digits holds something that is not a key")
    return keys[:MAX_DIGITS]


def _once(form: Form, name: str) -> str | None:
    values = form.get(name, ())
    if len(values) > 1:
        raise FormRefused(f"{name} came more than once")
    return values[0] if values else None
