"""The two legs of a callback: the agent's briefing and key, the caller's greeting and key, as TwiML."""

from flask import Blueprint, Response, request

from ivr.calls.language_now import language_now
from ivr.conversation.prompt import Prompt
from ivr.handoff.callback_try import TryState
from ivr.telephony import twiml, webhook_forms
from ivr.web.guard import RepeatedWebhooks, guard_webhooks, no_content, twiml_response
from ivr.web.services import Services
from ivr.web.spoken import spoken, worded

_ACCEPT, _AGAIN, _DECLINE = "1", "2", "3"
_AGENT_OVER = {
    TryState.CALLER_BUSY: "agent_callback_busy",
    TryState.CALLER_NO_ANSWER: "agent_callback_no_answer",
    TryState.NOT_CONFIRMED: "agent_callback_not_confirmed",
}


def create_callback_legs_blueprint(services: Services) -> Blueprint:
    """Build the webhooks of callbacks."""
    blueprint = Blueprint("callback_legs", __name__, url_prefix="/voice/callback/<try_id>")
    guard_webhooks(blueprint, services)
    once = RepeatedWebhooks(services).answered_once
    legs = _CallbackLegs(services)

    post = blueprint.post
    post("/agent")(once(legs.agent))
    post("/agent-key")(once(legs.agent_key))
    post("/agent-silent")(once(legs.agent_silent))
    post("/agent-status")(once(legs.agent_status))
    post("/agent-left")(once(legs.agent_left))
    post("/agent-over")(legs.agent_over)
    post("/caller")(once(legs.caller))
    post("/caller-key")(once(legs.caller_key))
    post("/caller-silent")(once(legs.caller_silent))
    post("/caller-status")(once(legs.caller_status))
    post("/caller-left")(once(legs.caller_left))
    post("/caller-over")(legs.caller_over)
    return blueprint


class _CallbackLegs:
    """The views; each parses, calls one thing and renders."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._account_sid = services.settings.twilio_account_sid

    def agent(self, try_id: str) -> Response:
        state = self._services.callbacks.agent_answered(try_id, self._report().call_id)
        return self._brief(try_id, 1) if state is TryState.AGENT_BRIEFED else self.agent_over(try_id)

    def agent_key(self, try_id: str) -> Response:
        pressed = webhook_forms.key_pressed(_form(), self._account_sid)
        if pressed.key == _ACCEPT:
            state = self._services.callbacks.agent_accepted(try_id, pressed.call_id)
            if state in {TryState.CALLER_RINGS, TryState.CALLER_ASKED, TryState.JOINED}:
                return self._join(try_id, "agent", worded(self._services, "agent_callback_dialing"))
            return self.agent_over(try_id)
        if pressed.key == _DECLINE:
            self._services.callbacks.agent_refused(try_id)
            return self.agent_over(try_id)
        round_no = webhook_forms.counter(request.args.to_dict(flat=False), "round")
        return self._brief(try_id, round_no + 1, is_key_known=pressed.key == _AGAIN)

    def agent_silent(self, try_id: str) -> Response:
        self._report()
        self._services.callbacks.agent_refused(try_id)
        return twiml_response(twiml.hang_up())

    def agent_left(self, try_id: str) -> Response:
        self._report()
        self._services.callbacks.leg_left(try_id, is_agent=True)
        return self.agent_over(try_id)

    def agent_over(self, try_id: str) -> Response:
        state = self._services.callbacks.state(try_id)
        said = "agent_callback_over" if state is None else _AGENT_OVER.get(state, "agent_callback_over")
        return self._goodbye(said)

    def caller(self, try_id: str) -> Response:
        state = self._services.callbacks.caller_answered(try_id, self._report().call_id)
        if state is not TryState.CALLER_ASKED:
            return self.caller_over(try_id)
        # Said twice: who lifts the receiver late, and machines that beep first, miss the beginning.
        company = self._services.settings.company_name
        lines = self._to_caller(try_id, "say_callback_hello", company=company) * 2
        base = f"/voice/callback/{try_id}"
        return twiml_response(twiml.brief_agent(lines, f"{base}/caller-key", f"{base}/caller-silent"))

    def caller_key(self, try_id: str) -> Response:
        pressed = webhook_forms.key_pressed(_form(), self._account_sid)
        if pressed.key != _ACCEPT:
            return self.caller_silent(try_id)
        if self._services.callbacks.caller_confirmed(try_id) is TryState.JOINED:
            return self._join(try_id, "caller", self._to_caller(try_id, "say_agent_joined"))
        return self.caller_over(try_id)

    def caller_silent(self, try_id: str) -> Response:
        self._report()
        self._services.callbacks.caller_silent(try_id)
        return self.caller_over(try_id)

    def caller_left(self, try_id: str) -> Response:
        self._report()
        self._services.callbacks.leg_left(try_id, is_agent=False)
        return twiml_response(twiml.say_and_hang_up(self._to_caller(try_id, "say_survey_thanks")))

    def caller_over(self, try_id: str) -> Response:
        return twiml_response(twiml.say_and_hang_up(self._to_caller(try_id, "say_callback_missed")))

    def agent_status(self, try_id: str) -> Response:
        return self._status(try_id, is_agent=True)

    def caller_status(self, try_id: str) -> Response:
        return self._status(try_id, is_agent=False)

    def _status(self, try_id: str, is_agent: bool) -> Response:
        report = self._report()
        self._services.callbacks.leg_reported(try_id, is_agent, report.call_id, report.status)
        return no_content()

    def _brief(self, try_id: str, round_no: int, is_key_known: bool = True) -> Response:
        language = self._services.settings.language
        lines = worded(self._services, "agent_callback_for") if round_no == 1 else []
        if is_key_known:
            sentences = self._services.callbacks.briefing(try_id)
            told = [Prompt("briefing", sentence, language, is_personal=True) for sentence in sentences]
            lines += spoken(self._services, told)
        else:
            lines += worded(self._services, "agent_key_unknown")
        lines += worded(self._services, "agent_callback_keys")
        base, query = f"/voice/callback/{try_id}", f"round={round_no}"
        return twiml_response(twiml.brief_agent(lines, f"{base}/agent-key?{query}", f"{base}/agent-silent"))

    def _join(self, try_id: str, who: str, lines: list[twiml.SpokenLine]) -> Response:
        after = f"/voice/callback/{try_id}/{who}-left"
        # The agent's room starts with the caller: until then the network plays its wait music.
        room, starts = f"callback-{try_id}", who == "caller"
        return twiml_response(twiml.join_conference(lines, room, after, is_starting=starts))

    def _to_caller(self, try_id: str, prompt_id: str, **slots: str) -> list[twiml.SpokenLine]:
        """Word something in the language of the call that asked to be called back."""
        services, call = self._services, self._services.callbacks.asked_in(try_id)
        language: str = services.settings.language
        if call is not None:
            language = language_now(services.records, call.call_id, call.language)
        return spoken(services, [services.wording.prompt(prompt_id, language, **slots)])

    def _goodbye(self, prompt_id: str) -> Response:
        return twiml_response(twiml.say_and_hang_up(worded(self._services, prompt_id)))

    def _report(self) -> webhook_forms.LegReport:
        return webhook_forms.leg_report(_form(), self._account_sid)


def _form() -> dict[str, list[str]]:
    return request.form.to_dict(flat=False)
