"""The desk's pages and actions: parse, call one thing, render."""

import secrets

from flask import Blueprint, Response, abort, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ivr.handoff import desk_words
from ivr.handoff.presence import Presence
from ivr.records.kinds import Kind
from ivr.records.store import RecordsUnavailable
from ivr.web.desk.answers import answer
from ivr.web.desk.board import BoardReader
from ivr.web.desk.gate import Gate
from ivr.web.desk.screen import earlier_lines, note_view, read_transcript
from ivr.web.desk.stream import Streams
from ivr.web.services import Services

CHOSEN_PRESENCES = {str(Presence.AVAILABLE), str(Presence.AWAY)}
CALLBACK_OUTCOMES = {"done", "failed", "open"}


def create_desk_blueprint(services: Services) -> Blueprint:
    """Build `/desk`. Every view but the sign-in needs a session, every POST its CSRF token."""
    blueprint = Blueprint(
        "desk", __name__, url_prefix="/desk", template_folder="templates", static_folder="static"
    )
    gate = Gate(services)
    gate.guard(blueprint)
    pages = _Pages(services, gate)
    blueprint.get("")(pages.desk)
    blueprint.get("/stream")(pages.stream)
    blueprint.get("/calls/<call_id>")(pages.call)
    actions = _Actions(services)
    blueprint.post("/presence")(actions.presence)
    blueprint.post("/transfers/<transfer_id>/accept")(actions.accept)
    blueprint.post("/transfers/<transfer_id>/decline")(actions.decline)
    blueprint.post("/callbacks")(actions.callback)
    blueprint.register_error_handler(RecordsUnavailable, _records_away)
    return blueprint


class _Pages:
    """What is looked at."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._board = BoardReader(services.records, services.desk_records, services.clock)
        self._streams = Streams(services, self._board, gate)

    def desk(self) -> str:
        page = secrets.token_urlsafe(9)
        screen = self._streams.screen(g.desk, page)
        parts = screen.look(self._board.now(is_fresh=True)).parts
        return render_template(
            "desk/desk.html",
            company=self._services.settings.company_name,
            parts=parts,
            has_call=screen.call_id is not None,
            page=page,
            said=desk_words.ANSWERS.get(request.args.get("said", ""), ""),
            csrf=g.desk.csrf,
            now_ms=int(self._services.clock.now().timestamp() * 1000),
        )

    def stream(self) -> Response:
        return self._streams.open(g.desk, request.args.get("page", ""))

    def call(self, call_id: str) -> str:
        records = self._services.records
        row = records.call(call_id)
        if row is None:
            abort(404)
        note_view(records, call_id, g.desk.agent)
        lines, _ = read_transcript(records, call_id)
        return render_template(
            "desk/call.html",
            company=self._services.settings.company_name,
            started_at=row.started_at,
            outcome=desk_words.outcome(row.outcome),
            lines=lines,
            call_id=call_id,
            earlier=earlier_lines(self._services.desk_records, call_id),
            csrf=g.desk.csrf,
        )


class _Actions:
    """What is done."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def presence(self) -> AnyResponse:
        presence = request.form.get("presence", "")
        if presence not in CHOSEN_PRESENCES:
            abort(400)
        self._services.records.set_presence(g.desk.agent, presence)
        return answer(presence)

    def accept(self, transfer_id: str) -> AnyResponse:
        return answer(self._services.desk_actions.accept(transfer_id, g.desk.agent))

    def decline(self, transfer_id: str) -> AnyResponse:
        why = request.form.get("why", "")
        if why not in desk_words.DECLINE_REASONS:
            abort(400)
        return answer(self._services.desk_actions.decline(transfer_id, g.desk.agent, why))

    def callback(self) -> AnyResponse:
        outcome, case_number = request.form.get("outcome", ""), request.form.get("case_number", "")
        if outcome not in CALLBACK_OUTCOMES:
            abort(400)
        desk_records = self._services.desk_records
        is_reopened = outcome == "open"
        change = desk_records.reopen_callback if is_reopened else desk_records.close_callback
        call_id = change(case_number)
        if call_id is None:
            return answer("callback_gone")
        kind = Kind.CALLBACK_REOPENED if is_reopened else Kind.CALLBACK_CLOSED
        facts = {} if is_reopened else {"outcome": outcome}
        self._services.records.append(call_id, kind, case_number=case_number, agent=g.desk.agent, **facts)
        return answer(f"callback_{outcome}", undo=None if is_reopened else case_number)


def _records_away(_: Exception) -> AnyResponse:
    if request.method == "POST":
        return answer("records_away", 503)
    return Response(desk_words.ANSWERS["records_away"] + "\n", 503, mimetype="text/plain")
