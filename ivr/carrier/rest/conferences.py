"""Conferences and their participants by REST."""

from typing import Any

from aiohttp import web

from ivr.carrier.calls import Page, StatusCallback
from ivr.carrier.clock import rfc2822
from ivr.carrier.conferences import Conference
from ivr.carrier.exchange import Exchange
from ivr.carrier.forms import API_VERSION
from ivr.carrier.rest.attend import attend_when_answered
from ivr.carrier.rest.problems import invalid, not_found
from ivr.carrier.rest.requests import BASE, Form, authenticate, exchange_of, page_of
from ivr.carrier.seats import Seat, SeatOptions

routes = web.RouteTableDef()
CONFERENCE = BASE + "/Conferences/{sid}.json"
PARTICIPANTS = BASE + "/Conferences/{sid}/Participants.json"
PARTICIPANT = BASE + "/Conferences/{sid}/Participants/{call_sid}.json"


@routes.get(BASE + "/Conferences.json")
async def list_all(request: web.Request) -> web.Response:
    """List conferences, newest first; FriendlyName and Status narrow the list."""
    authenticate(request)
    exchange = exchange_of(request)
    found = [
        conference
        for conference in reversed(exchange.conferences.all.values())
        if request.query.get("FriendlyName", conference.name) == conference.name
        and request.query.get("Status", conference.status) == conference.status
    ]
    return page_of(request, "conferences", [shape(exchange, conference) for conference in found])


@routes.get(CONFERENCE)
async def fetch(request: web.Request) -> web.Response:
    """Show a conference."""
    authenticate(request)
    return web.json_response(shape(exchange_of(request), _conference(request)))


@routes.post(CONFERENCE)
async def update(request: web.Request) -> web.Response:
    """End a conference, or announce something to everybody in it."""
    authenticate(request)
    exchange, conference, form = exchange_of(request), _conference(request), await Form.of(request)
    status, announce = form.text("Status"), form.url("AnnounceUrl")
    if status not in ("", "completed"):
        raise invalid(f"Invalid Status {status}")
    if status:
        conference.finish("conference-ended-via-api")
    elif announce:
        for seat in list(conference.seats.values()):
            seat.announce(Page(announce, form.method("AnnounceMethod")))
    return web.json_response(shape(exchange, conference))


@routes.get(PARTICIPANTS)
async def list_participants(request: web.Request) -> web.Response:
    """List who is in a conference; a completed one has nobody."""
    authenticate(request)
    exchange = exchange_of(request)
    seats = [seat_shape(exchange, seat) for seat in _conference(request).seats.values()]
    return page_of(request, "participants", seats)


@routes.post(PARTICIPANTS)
async def create_participant(request: web.Request) -> web.Response:
    """Phone somebody into a conference, by its SID or by its name, which begins it when needed."""
    authenticate(request)
    exchange, form = exchange_of(request), await Form.of(request)
    name = request.match_info["sid"]
    running = exchange.conferences.running(name)
    if name.startswith("CF") and len(name) == 34 and running is None:
        raise not_found(request.path)
    to, from_number = form.required("To", 21201), form.required("From", 21213)
    if from_number not in exchange.numbers:
        raise invalid(
            f"The source phone number provided, {from_number}, is not yet verified for your account.", 21210
        )
    options = _seat_options(form)
    ring_s = form.number("Timeout", 60, 1, 600)
    conference = running or exchange.conferences.open(name, options)
    call = exchange.new_call("outbound-api", from_number, to)
    if form.url("StatusCallback"):
        call.callbacks.append(
            StatusCallback(
                form.url("StatusCallback"),
                form.method("StatusCallbackMethod"),
                form.words("StatusCallbackEvent", "completed"),
            )
        )
    exchange.occupy(call, attend_when_answered(exchange, call, conference.name, options, ring_s))
    waiting = Seat(exchange, conference, call, options)
    return web.json_response(seat_shape(exchange, waiting, "queued"), status=201)


@routes.get(PARTICIPANT)
async def fetch_participant(request: web.Request) -> web.Response:
    """Show a participant, by CallSid or label."""
    authenticate(request)
    return web.json_response(seat_shape(exchange_of(request), _seat(request)))


@routes.post(PARTICIPANT)
async def update_participant(request: web.Request) -> web.Response:
    """Mute, hold, coach or announce to a participant."""
    authenticate(request)
    seat, form = _seat(request), await Form.of(request)
    _change_sound(seat, form)
    if "EndConferenceOnExit" in form:
        seat.ends_on_exit = form.flag("EndConferenceOnExit", seat.ends_on_exit)
        seat.conference.report("participant-modify", seat)
    if "CallSidToCoach" in form or "Coaching" in form:
        seat.coach = form.text("CallSidToCoach") if form.flag("Coaching", True) else ""
    if form.url("AnnounceUrl"):
        seat.announce(Page(form.url("AnnounceUrl"), form.method("AnnounceMethod")))
    return web.json_response(seat_shape(exchange_of(request), seat))


def _change_sound(seat: Seat, form: Form) -> None:
    if "Muted" in form and form.flag("Muted", False) != seat.is_muted:
        seat.is_muted = not seat.is_muted
        seat.conference.report("participant-mute" if seat.is_muted else "participant-unmute", seat)
    if "Hold" not in form:
        return
    is_hold_wanted = form.flag("Hold", False)
    if is_hold_wanted and not seat.is_held:
        # HoldMethod's default is GET, unlike every other method's.
        seat.hold(form.url("HoldUrl"), form.method("HoldMethod", "GET"))
        seat.conference.report("participant-hold", seat)
    elif not is_hold_wanted and seat.is_held:
        seat.unhold()
        seat.conference.report("participant-unhold", seat)


@routes.delete(PARTICIPANT)
async def kick(request: web.Request) -> web.Response:
    """Send a participant out; its call goes on with what follows the Dial."""
    authenticate(request)
    _seat(request).dismiss("participant_kicked")
    return web.Response(status=204)


def _conference(request: web.Request) -> Conference:
    name = request.match_info["sid"]
    conferences = exchange_of(request).conferences
    found = conferences.all.get(name) or conferences.running(name)
    if found is None:
        raise not_found(request.path)
    return found


def _seat(request: web.Request) -> Seat:
    wanted = request.match_info["call_sid"]
    for seat in _conference(request).seats.values():
        if wanted in (seat.call.sid, seat.options.label):
            return seat
    raise not_found(request.path)


def _seat_options(form: Form) -> SeatOptions:
    beep = form.text("Beep", "true")
    if beep not in ("true", "false", "onEnter", "onExit"):
        raise invalid(f"Invalid Beep {beep}")
    recording = form.url("ConferenceRecordingStatusCallback")
    return SeatOptions(
        label=form.text("Label"),
        is_muted=form.flag("Muted", False),
        beep=beep,
        starts_on_enter=form.flag("StartConferenceOnEnter", True),
        ends_on_exit=form.flag("EndConferenceOnExit", False),
        coach=form.text("CallSidToCoach"),
        wait_url=form.url("WaitUrl") if "WaitUrl" in form else None,
        wait_method=form.method("WaitMethod"),
        most_participants=form.number("MaxParticipants", 250, 1, 250),
        status_callback=form.url("ConferenceStatusCallback"),
        status_method=form.method("ConferenceStatusCallbackMethod"),
        status_events=form.words("ConferenceStatusCallbackEvent", "start end"),
        is_recorded=form.text("ConferenceRecord", "false") in ("true", "record-from-start"),
        is_recording_trimmed=form.text("ConferenceTrim", "trim-silence") == "trim-silence",
        recording_callback=(
            recording,
            form.method("ConferenceRecordingStatusCallbackMethod"),
            form.words("ConferenceRecordingStatusCallbackEvent", "completed"),
        )
        if recording
        else None,
    )


def shape(exchange: Exchange, conference: Conference) -> dict[str, Any]:
    """Return a conference as the API shows it."""
    account = exchange.settings.account_sid
    uri = f"/{API_VERSION}/Accounts/{account}/Conferences/{conference.sid}"
    return {
        "account_sid": account,
        "date_created": rfc2822(conference.created),
        "date_updated": rfc2822(conference.updated),
        "api_version": API_VERSION,
        "friendly_name": conference.name,
        "region": "us1",
        "sid": conference.sid,
        "status": conference.status,
        "uri": f"{uri}.json",
        "subresource_uris": {
            "participants": f"{uri}/Participants.json",
            "recordings": f"{uri}/Recordings.json",
        },
        **({"reason_conference_ended": conference.reason_ended} if conference.reason_ended else {}),
        "call_sid_ending_conference": conference.ended_by,
    }


def seat_shape(exchange: Exchange, seat: Seat, status: str = "connected") -> dict[str, Any]:
    """Return a participant as the API shows it."""
    account = exchange.settings.account_sid
    conference_uri = f"/{API_VERSION}/Accounts/{account}/Conferences/{seat.conference.sid}"
    return {
        "account_sid": account,
        "call_sid": seat.call.sid,
        "label": seat.options.label or None,
        "call_sid_to_coach": seat.coach or None,
        "coaching": bool(seat.coach),
        "conference_sid": seat.conference.sid,
        "date_created": rfc2822(seat.created),
        "date_updated": rfc2822(seat.updated),
        "end_conference_on_exit": seat.ends_on_exit,
        "muted": seat.is_muted,
        "hold": seat.is_held,
        "start_conference_on_enter": seat.options.starts_on_enter,
        "status": status,
        "queue_time": "0",
        "uri": f"{conference_uri}/Participants/{seat.call.sid}.json",
    }
