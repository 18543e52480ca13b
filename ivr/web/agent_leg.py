"""The agent's leg: the briefing, the keys and the reports about that leg, answered with TwiML."""

from collections.abc import Sequence

from flask import Blueprint, Response, request

from ivr.handoff.places import AgentHears, room
from ivr.telephony import twiml, webhook_forms
from ivr.web.guard import RepeatedWebhooks, guard_webhooks, no_content, twiml_response
from ivr.web.services import Services
from ivr.web.spoken import spoken, worded

_ACCEPT, _AGAIN, _DECLINE, _DETAIL = "1", "2", "3", "4"


def create_agent_leg_blueprint(services: Services) -> Blueprint:
    """Build the webhooks of the agent's leg."""
    blueprint = Blueprint("agent_leg", __name__, url_prefix="/voice/agent/<transfer_id>")
    guard_webhooks(blueprint, services)
    once = RepeatedWebhooks(services).answered_once
    leg = _AgentLeg(services)

    post = blueprint.post
    post("/briefing")(once(leg.briefing))
    post("/key")(once(leg.key))
    post("/no-key")(once(leg.no_key))
    post("/caller-gone")(leg.caller_gone)
    post("/after-conference")(leg.after_conference)
    post("/call-back")(once(leg.call_back))
    post("/status")(once(leg.status))
    return blueprint


class _AgentLeg:
    """The views; each parses, calls one thing and renders."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._account_sid = services.settings.twilio_account_sid

    def briefing(self, transfer_id: str) -> Response:
        leg = self._report().call_id
        hears = self._services.desk.agent_answered(transfer_id, _asked("attempt"), leg)
        return self._tell(transfer_id, hears)

    def key(self, transfer_id: str) -> Response:
        pressed = webhook_forms.key_pressed(_form(), self._account_sid)
        desk = self._services.desk
        if pressed.key == _ACCEPT:
            hears = desk.agent_accepted(transfer_id, _asked("attempt"), pressed.call_id)
            return self._tell(transfer_id, hears)
        if pressed.key == _DECLINE:
            desk.agent_declined(transfer_id, _asked("attempt"))
            return self._goodbye("agent_declined_thanks")
        if pressed.key == _DETAIL:
            hears = desk.agent_wants_detail(transfer_id, _asked("attempt"))
            return self._tell(transfer_id, hears, spoken(self._services, desk.detail(transfer_id)))
        hears = desk.agent_asked_again(transfer_id, _asked("attempt"))
        is_known = pressed.key == _AGAIN
        return self._tell(transfer_id, hears, [] if is_known else self._worded("agent_key_unknown"))

    def no_key(self, transfer_id: str) -> Response:
        self._report()
        self._services.desk.agent_silent(transfer_id, _asked("attempt"))
        return twiml_response(twiml.hang_up())

    def caller_gone(self, transfer_id: str) -> Response:
        self._report()
        return self._tell(transfer_id, self._services.desk.farewell(transfer_id))

    def after_conference(self, transfer_id: str) -> Response:
        """Tell that the caller is gone; an agent whose caller dropped may call back with one key."""
        self._report()
        hears = self._services.desk.farewell(transfer_id)
        row = self._services.records.transfer(transfer_id)
        call = None if row is None else self._services.records.call(row.call_id)
        if hears is not AgentHears.CALLER_GONE or call is None or call.caller is None:
            return self._tell(transfer_id, hears)
        lines = self._worded("agent_caller_gone_call_back")
        return twiml_response(twiml.offer_key(lines, f"/voice/agent/{transfer_id}/call-back"))

    def call_back(self, transfer_id: str) -> Response:
        """Ring the caller again for the agent who is on the line."""
        pressed = webhook_forms.key_pressed(_form(), self._account_sid)
        row = self._services.records.transfer(transfer_id)
        if pressed.key != _ACCEPT or row is None or row.agent is None:
            return self._goodbye("agent_caller_gone")
        try_id = self._services.callbacks.call_back_now(row.call_id, row.agent, pressed.call_id)
        if try_id is None:
            return self._goodbye("agent_callback_over")
        self._services.callbacks.agent_accepted(try_id, pressed.call_id)
        lines, after = self._worded("agent_callback_dialing"), f"/voice/callback/{try_id}/agent-left"
        return twiml_response(twiml.join_conference(lines, f"callback-{try_id}", after, is_starting=False))

    def status(self, transfer_id: str) -> Response:
        report = self._report()
        is_over = report.status is not None and report.status.is_over
        is_missed = report.status is webhook_forms.CallStatus.NO_ANSWER
        self._services.desk.agent_leg_reported(
            transfer_id, _asked("attempt"), report.call_id, is_over, is_missed
        )
        return no_content()

    def _tell(
        self, transfer_id: str, hears: AgentHears, instead: Sequence[twiml.SpokenLine] = ()
    ) -> Response:
        """Answer the agent; an agent still being briefed hears `instead` of the briefing, if there is any."""
        match hears:
            case AgentHears.BRIEFING:
                return self._brief(transfer_id, instead)
            case AgentHears.JOIN:
                after_path = f"/voice/agent/{transfer_id}/after-conference"
                lines = self._worded("agent_joining")
                return twiml_response(twiml.join_conference(lines, room(transfer_id), after_path))
            case AgentHears.CALLER_GONE:
                return self._goodbye("agent_caller_gone")
            case AgentHears.CALLBACK_BOOKED:
                return self._goodbye("agent_callback_booked")
            case AgentHears.BACK_WITH_BOT:
                return self._goodbye("agent_back_with_bot")
            case AgentHears.LINE_LOST:
                return self._goodbye("agent_line_lost")
            case AgentHears.TAKEN:
                return self._goodbye("agent_taken")

    def _brief(self, transfer_id: str, instead: Sequence[twiml.SpokenLine]) -> Response:
        lines = list(instead) or self._briefing(transfer_id)
        lines += self._worded("agent_press_keys")
        # The round makes the same key pressed again another webhook, not a repeated one.
        base = f"/voice/agent/{transfer_id}"
        next_round = f"attempt={_asked('attempt')}&round={_asked('round') + 1}"
        key_path, no_key_path = f"{base}/key?{next_round}", f"{base}/no-key?{next_round}"
        return twiml_response(twiml.brief_agent(lines, key_path, no_key_path))

    def _briefing(self, transfer_id: str) -> list[twiml.SpokenLine]:
        lines = spoken(self._services, self._services.desk.briefing(transfer_id))
        if self._services.desk.was_agent_set_away(transfer_id):
            return self._worded("agent_was_set_away") + lines
        return lines

    def _goodbye(self, prompt_id: str) -> Response:
        return twiml_response(twiml.say_and_hang_up(self._worded(prompt_id)))

    def _worded(self, prompt_id: str) -> list[twiml.SpokenLine]:
        return worded(self._services, prompt_id)

    def _report(self) -> webhook_forms.LegReport:
        return webhook_forms.leg_report(_form(), self._account_sid)


def _asked(name: str) -> int:
    return webhook_forms.counter(request.args.to_dict(flat=False), name)


def _form() -> dict[str, list[str]]:
    return request.form.to_dict(flat=False)
