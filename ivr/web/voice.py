"""The caller's leg: every webhook the network sends about it, answered with TwiML."""

from flask import Blueprint, Response, request

from ivr import log
from ivr.calls.webhook_answers import AfterStream, NextStep, WebhookAnswer, WebhookTurn
from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.places import CallerPlace, room
from ivr.records.kinds import Kind
from ivr.telephony import twiml, webhook_forms
from ivr.telephony.caller_number import known_number
from ivr.telephony.signatures import websocket_url
from ivr.web.after_call import AfterCall
from ivr.web.guard import RepeatedWebhooks, guard_webhooks, no_content, twiml_response
from ivr.web.leave_message import LeaveMessage
from ivr.web.on_hold import HOLD_MUSIC, OnHold
from ivr.web.services import Services
from ivr.web.spoken import audio_url, spoken, told, worded

STREAM_PATH = "/voice/media"
# Results of a queue whose caller was connected to somebody; the others are none, or failures.
QUEUE_TALKED = frozenset({"bridged", "bridging-in-process", "redirected-from-bridged"})

_log = log.get("web.voice")


def create_voice_blueprint(services: Services) -> Blueprint:
    """Build the webhooks of the caller's leg."""
    blueprint = Blueprint("voice", __name__, url_prefix="/voice")
    guard_webhooks(blueprint, services)
    once = RepeatedWebhooks(services).answered_once
    leg, on_hold = _CallerLeg(services), OnHold(services)
    message, after_call = LeaveMessage(services), AfterCall(services)

    post = blueprint.post
    post("/incoming")(once(leg.incoming))
    post("/after-stream")(once(leg.after_stream))
    post("/turn")(once(leg.turn))
    post("/wait")(on_hold.wait)
    post("/wait/key")(on_hold.key)
    post("/wait/choice")(on_hold.choice)
    post("/wait/number")(on_hold.number)
    post("/after-queue")(leg.after_queue)
    post("/join/<transfer_id>")(leg.where_the_caller_belongs)
    post("/after-conference")(leg.after_conference)
    post("/agent-left/<transfer_id>")(leg.agent_left)
    post("/stayed/<transfer_id>")(leg.stayed)
    post("/no-agent/<transfer_id>")(leg.no_agent)
    post("/back/<transfer_id>")(leg.where_the_caller_belongs)
    post("/held")(leg.held)
    post("/message")(once(message.taken))
    post("/case-key")(once(message.case_key))
    post("/survey/solved")(once(after_call.solved))
    post("/survey/rating")(once(after_call.rating))
    post("/recap")(once(after_call.recap))
    post("/status")(once(leg.status))
    return blueprint


class _CallerLeg:
    """The views; each parses, calls one thing and renders."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._account_sid = services.settings.twilio_account_sid
        self._leave_message, self._after_call = LeaveMessage(services), AfterCall(services)

    def incoming(self) -> Response:
        form = webhook_forms.incoming_call(_form(), self._account_sid)
        records, settings = self._services.records, self._services.settings
        caller = known_number(form.caller)
        language = settings.language_of(known_number(form.called))
        if records.open_call(form.call_id, caller, known_number(form.called), language):
            known = {"caller_known": caller is not None, "release": self._services.release()}
            records.append(form.call_id, Kind.CALL_STARTED, **known)
        if not self._services.calls.admit(form.call_id):
            return self._fetch_person_at_the_door(form.call_id, language, caller)
        return self._connect_bot()

    def _fetch_person_at_the_door(self, call_id: str, language: str, caller: str | None) -> Response:
        """The bot has as many calls as it can do well: those it has keep their speed."""
        reason = EscalationReason.LINES_FULL
        self._services.records.append(call_id, Kind.ESCALATED, reason=reason)
        transfer_id = self._services.desk.request(Case(call_id, language, reason, caller))
        place, _ = self._services.desk.whereabouts(call_id)
        if place is not CallerPlace.QUEUE:
            return self._go_on(call_id)
        sorry = self._services.wording.prompt("say_lines_full", language)
        return twiml_response(self._queue(spoken(self._services, [sorry]), transfer_id))

    def after_stream(self) -> Response:
        call_id = self._call_id()
        if self._services.records.call(call_id) is None:
            return self._unknown_call()
        outcome = self._services.calls.after_stream(call_id)
        if outcome.next is AfterStream.TRANSFER:
            return self._go_on(call_id)
        if outcome.next is AfterStream.CONTINUE_BY_WEBHOOK:
            return self._render(call_id, self._services.calls.webhook_turn(call_id, WebhookTurn()))
        return self._after_call.after_bot(call_id)

    def held(self) -> Response:
        return twiml_response(twiml.play_for_ever(audio_url(self._services, HOLD_MUSIC)))

    def turn(self) -> Response:
        form = webhook_forms.turn_taken(_form(), self._account_sid)
        number = webhook_forms.counter(request.args.to_dict(flat=False), "turn")
        if self._services.records.call(form.call_id) is None:
            return self._unknown_call()
        turn = WebhookTurn(number, form.digits, form.recording_sid, form.is_hung_up)
        return self._render(form.call_id, self._services.calls.webhook_turn(form.call_id, turn))

    def after_queue(self) -> Response:
        call_id, result = self._call_id(), webhook_forms.queue_result(_form())
        place, transfer_id = self._services.desk.whereabouts(call_id)
        if place is CallerPlace.QUEUE and self._services.desk.task(transfer_id) is not None:
            if result == "hangup":
                self._services.desk.caller_hung_up(call_id)
            else:  # asked only when a talk is over
                self._services.desk.contact_centre_left(call_id, result in QUEUE_TALKED, result)
            return self._go_on(call_id)
        if place is not CallerPlace.QUEUE:
            return self._go_on(call_id)
        # The network's queue failed under a caller who still waits: music without a queue does as well.
        music = twiml.SpokenLine("", "", audio_url(self._services, HOLD_MUSIC))
        return twiml_response(twiml.say_and_go_on([music], "/voice/after-queue"))

    def where_the_caller_belongs(self, transfer_id: str) -> Response:
        return self._go_on(self._call_id())

    def after_conference(self) -> Response:
        report = webhook_forms.leg_report(_form(), self._account_sid)
        attempt = webhook_forms.counter(request.args.to_dict(flat=False), "attempt")
        if report.status is None or not report.status.is_over:  # also asked for callers who hung up
            self._services.desk.caller_left_alone(report.call_id, attempt)
        return self._go_on(report.call_id, is_agent_lost=True)

    def agent_left(self, transfer_id: str) -> Response:
        return self._go_on(self._call_id(), is_agent_lost=True)

    def stayed(self, transfer_id: str) -> Response:
        call_id = self._call_id()
        self._services.desk.caller_stayed(call_id)
        place, _ = self._services.desk.whereabouts(call_id)
        if place is CallerPlace.LEFT_ALONE:  # a moment more to hang up
            return twiml_response(twiml.pause_and_go_on(1, f"/voice/stayed/{transfer_id}"))
        return self._go_on(call_id)

    def no_agent(self, transfer_id: str) -> Response:
        call_id = self._call_id()
        place, _ = self._services.desk.whereabouts(call_id)
        is_over = place is CallerPlace.NO_AGENT
        return self._tell_case_number(call_id) if is_over else self._go_on(call_id)

    def status(self) -> Response:
        report = webhook_forms.leg_report(_form(), self._account_sid)
        if report.status is not None and report.status.is_over:
            if self._services.records.call(report.call_id) is None:
                _log.warning("status_of_unknown_call", call_id=report.call_id)
            self._services.desk.caller_hung_up(report.call_id)
            self._services.calls.caller_hung_up(report.call_id)
        return no_content()

    def _call_id(self) -> str:
        return webhook_forms.leg_report(_form(), self._account_sid).call_id

    def _unknown_call(self) -> Response:
        _log.warning("webhook_of_unknown_call", endpoint=request.endpoint)
        return twiml_response(twiml.say_and_hang_up(worded(self._services, "say_technical_trouble")))

    def _go_on(self, call_id: str, is_agent_lost: bool = False) -> Response:
        """Send the caller to where the transfer stands now, however the network got here."""
        place, transfer_id = self._services.desk.whereabouts(call_id)
        match place:
            case CallerPlace.QUEUE:
                sorry = told(self._services, "say_agent_lost") if is_agent_lost else []
                return twiml_response(self._queue(sorry, transfer_id))
            case CallerPlace.CONFERENCE:
                lines = told(self._services, "say_agent_joined")
                after = f"/voice/after-conference?attempt={self._services.desk.attempt(transfer_id)}"
                return twiml_response(twiml.join_conference(lines, room(transfer_id), after))
            case CallerPlace.LEFT_ALONE:
                return self._after_call.after_agent(transfer_id)
            case CallerPlace.MESSAGE:
                return self._leave_message.ask()
            case CallerPlace.BOT:
                return self._connect_bot()
            case CallerPlace.NO_AGENT:
                return self._tell_case_number(call_id)
            case CallerPlace.NOWHERE:
                return twiml_response(twiml.hang_up())

    def _tell_case_number(self, call_id: str) -> Response:
        callback = self._services.desk.instead.promise_callback(call_id)
        if callback is None:
            return twiml_response(twiml.hang_up())
        opens = self._services.desk.when_open(self._language(call_id))
        lines = told(self._services, "say_closed", opens=opens) if opens else []
        if callback.is_number_known:
            prompt_id = "say_no_agent" if opens is None else "say_callback_after_closed"
        else:
            prompt_id = "say_no_agent_no_number" if opens is None else "say_callback_after_closed_no_number"
        lines += told(self._services, prompt_id, case_number=callback.case_number)
        return self._leave_message.tell_case_number(call_id, lines, may_leave_message=True)

    def _language(self, call_id: str) -> str:
        call = self._services.records.call(call_id)
        return self._services.settings.language if call is None else call.language

    def _connect_bot(self) -> Response:
        stream_url = websocket_url(self._services.settings.public_url, STREAM_PATH)
        return twiml_response(twiml.connect_stream(stream_url, "/voice/after-stream"))

    def _queue(self, lines: list[twiml.SpokenLine], transfer_id: str) -> str:
        task = self._services.desk.task(transfer_id)
        if task is not None:
            return twiml.wait_for_workflow(lines, *task, "/voice/wait", "/voice/after-queue")
        return twiml.wait_in_queue(lines, room(transfer_id), "/voice/wait", "/voice/after-queue")

    def _render(self, call_id: str, answer: WebhookAnswer | None) -> Response:
        if answer is None:
            return self._go_on(call_id)  # no longer the bot's: with a transfer, or over
        lines = spoken(self._services, answer.prompts)
        path = f"/voice/turn?turn={answer.number}"
        match answer.next:
            case NextStep.LISTEN:
                return twiml_response(twiml.hear_caller(lines, path))
            case NextStep.KEYS:
                return twiml_response(twiml.hear_keys(lines, path, answer.expects.digits))
            case NextStep.TRANSFER:
                return twiml_response(self._queue(lines, answer.transfer_id or ""))
            case NextStep.HANG_UP:
                return twiml_response(twiml.say_and_hang_up(lines))


def _form() -> dict[str, list[str]]:
    return request.form.to_dict(flat=False)
