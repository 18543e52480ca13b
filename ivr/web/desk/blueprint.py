"""The desk's pages and actions: parse, call one thing, render."""

import json
import secrets

from flask import Blueprint, Response, abort, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ivr.handoff import desk_words
from ivr.handoff.joined_call import JoinedAnswer
from ivr.handoff.presence import Presence
from ivr.records.kinds import Kind
from ivr.records.store import RecordsUnavailable
from ivr.roles import Role
from ivr.web.desk import phone
from ivr.web.desk.answers import answer
from ivr.web.desk.board import BoardReader
from ivr.web.desk.screen import earlier_lines, note_view, read_transcript
from ivr.web.desk.shelf import Shelf
from ivr.web.desk.stream import Streams
from ivr.web.services import Services
from ivr.web.staff.gate import Gate, requires

CHOSEN_PRESENCES = {str(Presence.AVAILABLE), str(Presence.AWAY)}
CALLBACK_OUTCOMES = {"done", "failed", "open"}
_JOINED = {JoinedAnswer.NOT_YOURS: "taken", JoinedAnswer.LINE_FAILED: "line_failed"}


def create_desk_blueprint(services: Services) -> Blueprint:
    """Build `/desk`. Every view needs a session, every POST its CSRF token."""
    blueprint = Blueprint(
        "desk", __name__, url_prefix="/desk", template_folder="templates", static_folder="static"
    )
    gate = Gate(
        services,
        Role.AGENT,
        Role.SUPERVISOR,
        silent={"stream", "phone_token"},
        policy=phone.policy(services.settings),
        permissions=phone.permissions(services.settings),
    )
    gate.guard(blueprint)
    pages = _Pages(services, gate)
    blueprint.get("")(pages.desk)
    blueprint.get("/stream")(pages.stream)
    blueprint.get("/calls/<call_id>")(pages.call)
    blueprint.get("/phone/token")(pages.phone_token)
    blueprint.get("/knowledge")(pages.knowledge)
    actions = _Actions(services)
    agents_only = requires(Role.AGENT)
    blueprint.post("/presence")(agents_only(actions.presence))
    blueprint.post("/transfers/<transfer_id>/accept")(agents_only(actions.accept))
    blueprint.post("/transfers/<transfer_id>/decline")(agents_only(actions.decline))
    blueprint.post("/transfers/<transfer_id>/hold")(agents_only(actions.hold))
    blueprint.post("/transfers/<transfer_id>/unhold")(agents_only(actions.unhold))
    blueprint.post("/transfers/<transfer_id>/back-to-bot")(agents_only(actions.back_to_bot))
    blueprint.post("/transfers/<transfer_id>/call-back")(agents_only(actions.call_back))
    blueprint.post("/transfers/<transfer_id>/notes")(agents_only(actions.notes))
    blueprint.post("/wrap-up")(agents_only(actions.begin_wrap_up))
    blueprint.post("/callbacks")(actions.callback)
    blueprint.post("/callbacks/<case_number>/dial")(agents_only(actions.dial))
    supervisors_only = requires(Role.SUPERVISOR)
    blueprint.post("/transfers/<transfer_id>/assign")(supervisors_only(actions.assign))
    blueprint.post("/people-first")(supervisors_only(actions.people_first))
    blueprint.register_error_handler(RecordsUnavailable, _records_away)
    return blueprint


class _Pages:
    """What is looked at."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._board = BoardReader(
            services.records,
            services.desk_records,
            services.follow_ups,
            services.supervision.people_first,
            services.clock,
        )
        self._streams = Streams(services, self._board, gate)
        self._shelf = Shelf(services)

    def desk(self) -> str:
        page = secrets.token_urlsafe(9)
        screen = self._streams.screen(g.staff, page)
        parts = screen.look(self._board.now(is_fresh=True)).parts
        return render_template(
            "desk/desk.html",
            parts=parts,
            has_call=screen.call_id is not None,
            page=page,
            said=desk_words.ANSWERS.get(request.args.get("said", ""), ""),
            csrf=g.staff.csrf,
            phone=phone.phone_of(self._services.settings, self._number()),
            languages=self._shelf.languages,
            now_ms=int(self._services.clock.now().timestamp() * 1000),
        )

    def stream(self) -> Response:
        return self._streams.open(g.staff, request.args.get("page", ""))

    def knowledge(self) -> str:
        return self._shelf.found()

    def phone_token(self) -> Response:
        token = phone.token_for(self._services.settings, self._number())
        if token is None:
            abort(404)
        return Response(json.dumps(token), mimetype="application/json")

    def _number(self) -> str | None:
        """Return the phone of the agent who is signed in, None for a supervisor without one."""
        agents = self._services.records.agents() if Role.AGENT in g.staff.roles else []
        return next((agent.number for agent in agents if agent.name == g.staff.name), None)

    def call(self, call_id: str) -> str:
        records = self._services.records
        row = records.call(call_id)
        if row is None:
            abort(404)
        note_view(records, call_id, g.staff.name)
        lines, _ = read_transcript(records, call_id)
        return render_template(
            "desk/call.html",
            started_at=row.started_at,
            outcome=desk_words.outcome(row.outcome),
            lines=lines,
            call_id=call_id,
            earlier=earlier_lines(
                self._services.desk_records, call_id, self._services.desk_wrap_up.dispositions
            ),
            csrf=g.staff.csrf,
        )


class _Actions:
    """What is done."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def presence(self) -> AnyResponse:
        presence = request.form.get("presence", "")
        if presence not in CHOSEN_PRESENCES:
            abort(400)
        self._services.records.set_presence(g.staff.name, presence)
        return answer(presence)

    def accept(self, transfer_id: str) -> AnyResponse:
        return answer(self._services.desk_actions.accept(transfer_id, g.staff.name))

    def decline(self, transfer_id: str) -> AnyResponse:
        why = request.form.get("why", "")
        if why not in desk_words.DECLINE_REASONS:
            abort(400)
        return answer(self._services.desk_actions.decline(transfer_id, g.staff.name, why))

    def hold(self, transfer_id: str) -> AnyResponse:
        done = self._services.joined_call.hold(transfer_id, g.staff.name)
        return answer(_JOINED.get(done, "held"))

    def unhold(self, transfer_id: str) -> AnyResponse:
        done = self._services.joined_call.unhold(transfer_id, g.staff.name)
        return answer(_JOINED.get(done, "unheld"))

    def back_to_bot(self, transfer_id: str) -> AnyResponse:
        done = self._services.joined_call.back_to_bot(transfer_id, g.staff.name)
        return answer(_JOINED.get(done, "with_bot"))

    def call_back(self, transfer_id: str) -> AnyResponse:
        return answer(f"callback_{self._services.callbacks.call_dropped(transfer_id, g.staff.name)}")

    def begin_wrap_up(self) -> AnyResponse:
        self._services.desk_wrap_up.begin(g.staff.name)
        return Response(status=204)

    def notes(self, transfer_id: str) -> AnyResponse:
        disposition, notes = request.form.get("disposition", ""), request.form.get("notes", "")
        wrap_up, name = self._services.desk_wrap_up, g.staff.name
        if request.form.get("finish"):
            return answer(wrap_up.finish(transfer_id, name, disposition, notes))
        return answer(wrap_up.draft(transfer_id, name, disposition, notes))

    def assign(self, transfer_id: str) -> AnyResponse:
        agent = request.form.get("agent", "")
        return answer(self._services.supervision.assign(transfer_id, agent, g.staff.name))

    def people_first(self) -> AnyResponse:
        is_on = request.form.get("is_on") == "true"
        return answer(self._services.supervision.send_all_to_people(is_on, g.staff.name))

    def dial(self, case_number: str) -> AnyResponse:
        return answer(f"callback_{self._services.callbacks.dial(case_number, g.staff.name)}")

    def callback(self) -> AnyResponse:
        outcome, case_number = request.form.get("outcome", ""), request.form.get("case_number", "")
        if outcome not in CALLBACK_OUTCOMES:
            abort(400)
        if outcome == "open":
            return self._reopen(case_number)
        if outcome == "failed" and self._has_tries_left(case_number):
            return answer("callback_tried")
        call_id = self._services.desk_records.close_callback(case_number)
        if call_id is None:
            return answer("callback_gone")
        self._note(call_id, Kind.CALLBACK_CLOSED, case_number=case_number, outcome=outcome)
        return answer(f"callback_{outcome}", undo=case_number)

    def _has_tries_left(self, case_number: str) -> bool:
        """Count one try more and say whether another may follow."""
        most = {row["case_number"]: row["most_tries"] for row in self._services.records.callbacks()}
        tried = self._services.records.note_callback_try(case_number)
        return tried is not None and tried < most.get(case_number, 0)

    def _reopen(self, case_number: str) -> AnyResponse:
        call_id = self._services.desk_records.reopen_callback(case_number)
        if call_id is None:
            return answer("callback_gone")
        self._note(call_id, Kind.CALLBACK_REOPENED, case_number=case_number)
        return answer("callback_open")

    def _note(self, call_id: str, kind: Kind, **facts: str) -> None:
        self._services.records.append(call_id, kind, agent=g.staff.name, **facts)


def _records_away(_: Exception) -> AnyResponse:
    if request.method == "POST":
        return answer("records_away", 503)
    return Response(desk_words.ANSWERS["records_away"] + "\n", 503, mimetype="text/plain")
