"""A call's record while it is being written: for captions on the local handset and for the desk."""

import hmac
import json
from collections.abc import Iterator

from flask import Blueprint, Response, abort, request

from ivr.records.feed import follow
from ivr.records.store import CallEvent
from ivr.web.services import Services

KEEP_ALIVE = ": still here\n\n"
IDLE_S = 5.0
QUIET_AFTER_THE_END = 3  # a caller may take ten seconds over a question


def create_call_events_blueprint(services: Services) -> Blueprint:
    """Build `GET /voice/calls/<sid>/events`: server-sent events, or a JSON list with `?stream=0`.

    HTTP basic auth with the account SID and the auth token, as for the network's own REST API.
    """
    blueprint = Blueprint("call_events", __name__, url_prefix="/voice/calls")

    def only_the_account() -> Response | None:
        given = request.authorization
        settings = services.settings
        user = (given.username or "") if given else ""
        password = (given.password or "") if given else ""
        is_user = hmac.compare_digest(user.encode(), settings.twilio_account_sid.encode())
        secret = settings.twilio_auth_token.get_secret_value()
        if is_user and hmac.compare_digest(password.encode(), secret.encode()):
            return None
        return Response("account SID and auth token, please\n", 401, {"WWW-Authenticate": "Basic"})

    @blueprint.get("/<call_id>/events")
    def events(call_id: str) -> Response:
        if services.records.call(call_id) is None:
            abort(404)
        if request.args.get("stream") == "0":
            stored = [_as_json(event) for event in services.records.events(call_id)]
            return Response(json.dumps(stored), mimetype="application/json")
        return Response(_stream(services, call_id), mimetype="text/event-stream")

    blueprint.before_request(only_the_account)
    return blueprint


def _stream(services: Services, call_id: str) -> Iterator[str]:
    """Follow a call until it has an outcome and falls quiet: the survey's words come after the outcome."""
    quiet = 0
    for event in follow(services.records, services.feed, call_id, idle_s=IDLE_S):
        if event is None:
            quiet += 1
            row = services.records.call(call_id)
            if row is None or (row.outcome is not None and quiet >= QUIET_AFTER_THE_END):
                return
            yield KEEP_ALIVE
            continue
        quiet = 0
        yield f"id: {event.seq}\ndata: {json.dumps(_as_json(event))}\n\n"


def _as_json(event: CallEvent) -> dict[str, object]:
    return {"seq": event.seq, "at": event.at.isoformat(), "kind": event.kind, "facts": dict(event.facts)}
