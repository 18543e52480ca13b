"""Which phone the desk itself can be: the local network's handset, a browser at Twilio, or none."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from ivr.config import Settings
from ivr.telephony.voice_token import voice_token

CLIENT = "client:"
SDK = "/desk/static/vendor/twilio-voice-sdk-2.18.5.min.js"


class PhoneKind(StrEnum):
    """What rings in the page."""

    HANDSET = "handset"  # the local carrier's page, in a frame
    SDK = "sdk"  # Twilio's Voice JS SDK
    NONE = "none"  # the agent has a phone of their own


@dataclass(frozen=True)
class DeskPhone:
    """The phone of one agent. `address` is the handset's page or the SDK's file."""

    kind: PhoneKind
    address: str = ""


def phone_of(settings: Settings, number: str | None) -> DeskPhone:
    """Return the phone the desk can be for an agent's number; None for somebody who takes no calls."""
    if number is None:
        return DeskPhone(PhoneKind.NONE)
    if number.startswith(CLIENT):
        is_ready = settings.voice_key() is not None
        return DeskPhone(PhoneKind.SDK, SDK) if is_ready else DeskPhone(PhoneKind.NONE)
    origin = handset_origin(settings)
    if origin is None:
        return DeskPhone(PhoneKind.NONE)
    return DeskPhone(PhoneKind.HANDSET, f"{origin}/phone/agent?number={quote(number, safe='')}")


def handset_origin(settings: Settings) -> str | None:
    """Return where the local carrier's pages are, None with the real network."""
    carrier = settings.carrier_address()
    return None if carrier is None else f"http://{carrier[0]}:{carrier[1]}"


def policy(settings: Settings) -> dict[str, str]:
    """Return what the desk's Content-Security-Policy has to allow for its phone, and nothing more."""
    origin = handset_origin(settings)
    if origin is not None:
        return {"frame-src": origin}
    if settings.voice_key() is None:
        return {}
    at_twilio = "https://*.twilio.com wss://*.twilio.com"
    return {"connect-src": at_twilio, "media-src": "https://*.twilio.com blob: data:"}


def permissions(settings: Settings) -> str:
    """Return the Permissions-Policy: the microphone for the phone in the page, if there is one."""
    origin = handset_origin(settings)
    allowed = f'(self "{origin}")' if origin else "(self)" if settings.voice_key() else "()"
    return f"camera=(), microphone={allowed}, geolocation=()"


def token_for(settings: Settings, number: str | None) -> dict[str, str] | None:
    """Return identity and token for an agent whose phone is the page; None for all others."""
    key = settings.voice_key()
    if key is None or number is None or not number.startswith(CLIENT):
        return None
    identity = number.removeprefix(CLIENT)
    account, region = settings.twilio_account_sid, settings.twilio_region
    return {"identity": identity, "token": voice_token(account, *key, identity, region)}
