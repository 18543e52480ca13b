"""The two questions after a call and the text with a recap, answered with TwiML; hanging up skips them."""

from flask import Response, request

from ivr.conversation.actions import Outcome
from ivr.handoff.callback_number import digits_to_read
from ivr.handoff.survey import Answer, read_rating, read_solved
from ivr.records.kinds import Kind
from ivr.telephony import twiml, webhook_forms
from ivr.web.guard import twiml_response
from ivr.web.services import Services
from ivr.web.spoken import told

SURVEY_PATH, RECAP_PATH = "/voice/survey", "/voice/recap"
HEARING_LIMIT_S = 6.0  # the network gives a webhook 15 s in all
_AFTER_BOT, _AFTER_AGENT = 1, 2
_TEXT_KEY = "5"


class AfterCall:
    """The views. Every answer is kept before the next question is asked."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._account_sid = services.settings.twilio_account_sid

    def after_bot(self, call_id: str) -> Response:
        """Ask the first question of a caller whom the bot has helped; end every other call."""
        call = self._services.records.call(call_id)
        is_solved = call is not None and call.outcome == Outcome.SOLVED_BY_BOT
        if not is_solved or not self._services.policy.survey.is_after_bot:
            return twiml_response(twiml.hang_up())
        lines = self._worded("say_survey_solved")
        return twiml_response(twiml.ask_briefly(lines, f"{SURVEY_PATH}/solved?after={_AFTER_BOT}", None))

    def after_agent(self, transfer_id: str) -> Response:
        """Tell that the agent has left and ask the first question; who says nothing gets somebody else."""
        stayed = f"/voice/stayed/{transfer_id}"
        if not self._services.policy.survey.is_after_agent:
            return twiml_response(twiml.say_and_go_on(self._worded("say_agent_left"), stayed))
        lines = self._worded("say_agent_left_survey")
        path = f"{SURVEY_PATH}/solved?after={_AFTER_AGENT}"
        return twiml_response(twiml.ask_briefly(lines, path, stayed))

    def solved(self) -> Response:
        """Take the first answer."""
        turn = webhook_forms.turn_taken(_form(), self._account_sid)
        is_after_agent = _counted("after") == _AFTER_AGENT
        if is_after_agent:
            self._services.desk.caller_considers(turn.call_id)
        answer = read_solved(turn.digits, self._words(turn), self._language(turn.call_id))
        self._keep(turn.call_id, "solved", answer)
        if is_after_agent and answer.value != 1 and not turn.is_hung_up:
            return self._someone_else(turn.call_id, answer)
        if is_after_agent and answer.value == 1:
            self._services.desk.caller_done(turn.call_id)
        if answer.value is None:
            return twiml_response(twiml.hang_up())
        lines = self._worded("say_survey_rating")
        return twiml_response(twiml.ask_briefly(lines, f"{SURVEY_PATH}/rating", None))

    def rating(self) -> Response:
        """Take the second answer, thank, and offer a recap."""
        turn = webhook_forms.turn_taken(_form(), self._account_sid)
        answer = read_rating(turn.digits, self._words(turn), self._language(turn.call_id))
        self._keep(turn.call_id, "rating", answer)
        if self._number(turn.call_id) is None or turn.is_hung_up:
            return twiml_response(twiml.say_and_hang_up(self._worded("say_survey_thanks")))
        return twiml_response(twiml.offer_key(self._worded("say_survey_thanks_recap"), RECAP_PATH))

    def recap(self) -> Response:
        """Take the key for a recap by text."""
        pressed = webhook_forms.key_pressed(_form(), self._account_sid)
        number = self._number(pressed.call_id)
        if pressed.key != _TEXT_KEY or number is None:
            return twiml_response(twiml.hang_up())
        settings = self._services.settings
        own = digits_to_read(settings.twilio_number, settings.twilio_number)
        talked = self._services.records.transfer_of(pressed.call_id) is not None
        body = self._services.wording.prompt(
            "text_recap_person" if talked else "text_recap_bot",
            self._language(pressed.call_id),
            company=settings.company_name,
            number=own,
        ).text
        self._services.texts.ask(pressed.call_id, "recap", number, body)
        return twiml_response(twiml.say_and_hang_up(self._worded("say_text_promised")))

    def _someone_else(self, call_id: str, answer: Answer) -> Response:
        row = self._services.records.transfer_of(call_id)
        if row is None:
            return twiml_response(twiml.hang_up())
        sorry = self._worded("say_survey_sorry") if answer.value == 0 else []
        return twiml_response(twiml.say_and_go_on(sorry, f"/voice/stayed/{row.transfer_id}"))

    def _words(self, turn: webhook_forms.TurnTaken) -> str:
        if turn.digits or turn.recording_sid is None:
            return ""
        language = self._language(turn.call_id)
        heard = self._services.recorded_speech.hear(turn.recording_sid, language, HEARING_LIMIT_S)
        self._services.recorded_speech.forget(turn.recording_sid)
        return "" if heard is None or heard.is_doubtful else heard.text

    def _keep(self, call_id: str, question: str, answer: Answer) -> None:
        if answer.value is not None:
            facts = {"question": question, "value": answer.value, "way": answer.way}
            self._services.records.append(call_id, Kind.SURVEY_ANSWERED, **facts)

    def _language(self, call_id: str) -> str:
        call = self._services.records.call(call_id)
        return self._services.settings.language if call is None else call.language

    def _number(self, call_id: str) -> str | None:
        call = self._services.records.call(call_id)
        return None if call is None else call.caller

    def _worded(self, prompt_id: str) -> list[twiml.SpokenLine]:
        return told(self._services, prompt_id)


def _counted(name: str) -> int:
    return webhook_forms.counter(request.args.to_dict(flat=False), name)


def _form() -> dict[str, list[str]]:
    return request.form.to_dict(flat=False)
