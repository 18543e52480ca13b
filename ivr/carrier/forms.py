"""The fields the network puts into its requests about calls."""

import math

from ivr.carrier.calls import FINAL, Call
from ivr.carrier.clock import CarrierClock, rfc2822

API_VERSION = "2010-04-01"
_PLACES = [
    f"{who}{what}"
    for who in ("From", "To", "Caller", "Called")
    for what in ("City", "State", "Zip", "Country")
]


def call_form(call: Call, account_sid: str) -> dict[str, str]:
    """Return the fields that every request about a call carries; places are present but empty."""
    form = {
        "CallSid": call.sid,
        "AccountSid": account_sid,
        "From": call.from_number,
        "To": call.to,
        "Caller": call.from_number,
        "Called": call.to,
        "CallStatus": call.status,
        "ApiVersion": API_VERSION,
        "Direction": call.direction,
        **dict.fromkeys(_PLACES, ""),
    }
    if call.parent_sid:
        form["ParentCallSid"] = call.parent_sid
    return form


def status_form(
    call: Call, account_sid: str, status: str, sequence: int, clock: CarrierClock
) -> dict[str, str]:
    """Return the fields of a status callback; CallDuration is seconds, Duration is begun minutes."""
    form = call_form(call, account_sid) | {
        "CallStatus": status,
        "Timestamp": rfc2822(clock.utc()),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(sequence),
    }
    if status in FINAL:
        form["CallDuration"] = str(call.duration_s)
        form["Duration"] = str(math.ceil(call.duration_s / 60))
        form["SipResponseCode"] = str(call.sip_code)
        form |= call.facts
    return form
