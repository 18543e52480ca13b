"""Recordings by REST: their facts, their sound, their deletion; starting and stopping one on a call."""

from typing import Any

from aiohttp import web

from ivr.carrier.clock import rfc2822
from ivr.carrier.exchange import Exchange
from ivr.carrier.forms import API_VERSION
from ivr.carrier.media.mixing import mix
from ivr.carrier.recordings import Recording
from ivr.carrier.rest.calls import call_of
from ivr.carrier.rest.problems import RestProblem, invalid, not_found
from ivr.carrier.rest.requests import BASE, Form, authenticate, exchange_of, page_of

routes = web.RouteTableDef()
OF_CALL = BASE + "/Calls/{sid}/Recordings"


@routes.get(BASE + "/Recordings.json")
async def list_all(request: web.Request) -> web.Response:
    """List recordings, newest first; CallSid and ConferenceSid narrow the list."""
    authenticate(request)
    exchange = exchange_of(request)
    found = [
        shape(exchange, recording)
        for recording in reversed(exchange.recordings.kept.values())
        if request.query.get("CallSid", recording.call_sid) == recording.call_sid
        and request.query.get("ConferenceSid", recording.conference_sid) == recording.conference_sid
    ]
    return page_of(request, "recordings", found)


@routes.get(BASE + "/Recordings/{sid:RE[0-9a-f]{32}}.json")
async def fetch(request: web.Request) -> web.Response:
    """Show a recording."""
    authenticate(request)
    return web.json_response(shape(exchange_of(request), _recording(request)))


@routes.get(BASE + "/Recordings/{sid:RE[0-9a-f]{32}}")
@routes.get(BASE + "/Recordings/{sid:RE[0-9a-f]{32}}.wav")
async def sound(request: web.Request) -> web.Response:
    """Return the sound; without authentication, as accounts are set up by default."""
    if request.match_info["account_sid"] != exchange_of(request).settings.account_sid:
        raise not_found(request.path)
    return web.Response(body=_recording(request).as_wav(), content_type="audio/x-wav")


@routes.delete(BASE + "/Recordings/{sid:RE[0-9a-f]{32}}.json")
async def delete(request: web.Request) -> web.Response:
    """Delete a recording."""
    authenticate(request)
    exchange, recording = exchange_of(request), _recording(request)
    if recording.status == "in-progress":
        raise RestProblem(409, 21220, "The recording is in progress")
    del exchange.recordings.kept[recording.sid]
    return web.Response(status=204)


@routes.post(OF_CALL + ".json")
async def start(request: web.Request) -> web.Response:
    """Record a live call: what is said on the leg and what it hears."""
    authenticate(request)
    exchange, call, form = (
        exchange_of(request),
        call_of(request, request.match_info["sid"]),
        await Form.of(request),
    )
    if not call.is_live or call.is_ending:
        raise invalid("Requested resource is not eligible for recording", 21220)
    channels = form.text("RecordingChannels", "mono")
    if channels not in ("mono", "dual"):
        raise invalid(f"Invalid RecordingChannels {channels}")
    taps = [lambda: call.heard, lambda: call.spoken]
    callback = form.url("RecordingStatusCallback")
    events = form.words("RecordingStatusCallbackEvent", "completed")
    recording = exchange.recordings.start(
        "StartCallRecordingAPI",
        taps if channels == "dual" else [lambda: mix([call.heard, call.spoken])],
        call.sid,
        callback=(callback, form.method("RecordingStatusCallbackMethod"), events) if callback else None,
        is_trimmed=form.text("Trim", "do-not-trim") == "trim-silence",
    )
    call.background.append(_StopAtEnd(exchange, recording))
    return web.json_response(call_recording_shape(exchange, recording), status=201)


@routes.post(OF_CALL + "/{recording_sid}.json")
async def change(request: web.Request) -> web.Response:
    """Stop, pause or go on recording; Twilio.CURRENT is the one that runs."""
    authenticate(request)
    exchange, call, form = (
        exchange_of(request),
        call_of(request, request.match_info["sid"]),
        await Form.of(request),
    )
    wanted = request.match_info["recording_sid"]
    running = [recording for recording in exchange.recordings.running if recording.call_sid == call.sid]
    found = [recording for recording in running if wanted in (recording.sid, "Twilio.CURRENT")]
    if not found:
        raise not_found(request.path)
    status = form.required("Status", 20001)
    if status not in ("stopped", "paused", "in-progress"):
        raise invalid(f"Invalid Status {status}")
    behaviour = form.text("PauseBehavior", "silence")
    if behaviour not in ("skip", "silence"):
        raise invalid(f"Invalid PauseBehavior {behaviour}")
    if status == "stopped":
        exchange.recordings.stop(found[0])
    else:
        found[0].status = status
        found[0].is_pause_skipped = behaviour == "skip"
    return web.json_response(call_recording_shape(exchange, found[0]))


class _StopAtEnd:
    """Ends a recording with its call."""

    def __init__(self, exchange: Exchange, recording: Recording) -> None:
        self._exchange = exchange
        self._recording = recording

    async def finish(self) -> None:
        """Stop."""
        self._exchange.recordings.stop(self._recording)


def _recording(request: web.Request) -> Recording:
    found = exchange_of(request).recordings.kept.get(request.match_info["sid"])
    if found is None:
        raise not_found(request.path)
    return found


def _common(exchange: Exchange, recording: Recording) -> dict[str, Any]:
    is_over = recording.status in ("completed", "absent")
    return {
        "account_sid": exchange.settings.account_sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "conference_sid": recording.conference_sid,
        "date_created": rfc2822(recording.created),
        "date_updated": rfc2822(recording.updated or recording.created),
        "start_time": rfc2822(recording.created),
        "duration": str(recording.duration_s) if is_over else None,
        "sid": recording.sid,
        "price": None,
        "price_unit": "USD",
        "status": recording.status,
        "channels": len(recording.channels),
        "source": recording.source,
        "error_code": None,
        "encryption_details": None,
    }


def shape(exchange: Exchange, recording: Recording) -> dict[str, Any]:
    """Return a recording as the API shows it."""
    uri = f"/{API_VERSION}/Accounts/{exchange.settings.account_sid}/Recordings/{recording.sid}"
    parts = {"add_on_results": "AddOnResults", "transcriptions": "Transcriptions"}
    return _common(exchange, recording) | {
        "uri": f"{uri}.json",
        "media_url": exchange.recordings.url(recording),
        "subresource_uris": {name: f"{uri}/{path}.json" for name, path in parts.items()},
    }


def call_recording_shape(exchange: Exchange, recording: Recording) -> dict[str, Any]:
    """Return a call's recording as the API shows it."""
    account = exchange.settings.account_sid
    uri = f"/{API_VERSION}/Accounts/{account}/Calls/{recording.call_sid}/Recordings/{recording.sid}.json"
    return _common(exchange, recording) | {"uri": uri, "track": "both"}
