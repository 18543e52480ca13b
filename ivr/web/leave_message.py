"""A caller's message instead of a wait, and what else a case number comes with, answered with TwiML."""

from flask import Response, request

from ivr.handoff.callback_number import digits_to_read
from ivr.handoff.messages import LONGEST_S
from ivr.telephony import twiml, webhook_forms
from ivr.web.guard import twiml_response
from ivr.web.services import Services
from ivr.web.spoken import told

MESSAGE_PATH, CASE_KEY_PATH = "/voice/message", "/voice/case-key"
LEAVE_MESSAGE, SEND_TEXT = "3", "5"
MOST_ASKED = 2


class LeaveMessage:
    """The views. Each may come twice: nothing here happens twice for it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._account_sid = services.settings.twilio_account_sid

    def ask(self, asked: int = 1) -> Response:
        """Ask for the message and record it."""
        lines = self._worded("say_message_please" if asked == 1 else "say_message_again")
        return twiml_response(twiml.take_message(lines, f"{MESSAGE_PATH}?asked={asked}", LONGEST_S))

    def taken(self) -> Response:
        """Keep the message and tell the case number; ask once more when nothing was said."""
        turn = webhook_forms.turn_taken(_form(), self._account_sid)
        asked = webhook_forms.counter(request.args.to_dict(flat=False), "asked")
        is_empty = turn.recording_sid is None
        if is_empty and not turn.is_hung_up and asked < MOST_ASKED:
            return self.ask(asked + 1)
        case_number = self._services.messages.take(turn.call_id, turn.recording_sid)
        if case_number is None:
            return twiml_response(twiml.hang_up())
        said = "say_message_missing" if is_empty else "say_message_taken"
        return self.tell_case_number(turn.call_id, self._worded(said, case_number=case_number))

    def tell_case_number(
        self, call_id: str, lines: list[twiml.SpokenLine], may_leave_message: bool = False
    ) -> Response:
        """Say lines with a case number in them, offer what goes with it, and end the call."""
        if may_leave_message:
            lines = lines + self._worded("say_message_offer")
        if self._own_number(call_id) is not None:
            lines = lines + self._worded("say_text_offer")
        elif not may_leave_message:
            return twiml_response(twiml.say_and_hang_up(lines))
        return twiml_response(twiml.offer_key(lines, CASE_KEY_PATH))

    def case_key(self) -> Response:
        """Take the key for a message or a text; any other ends the call."""
        pressed = webhook_forms.key_pressed(_form(), self._account_sid)
        row = self._services.records.transfer_of(pressed.call_id)
        number = self._own_number(pressed.call_id)
        if row is None or row.case_number is None:
            return twiml_response(twiml.hang_up())
        if pressed.key == LEAVE_MESSAGE and self._services.messages.begin(pressed.call_id) is not None:
            return self.ask()
        if pressed.key == SEND_TEXT and number is not None:
            body = self._text(row.case["language"], "text_case_number", case_number=row.case_number)
            self._services.texts.ask(pressed.call_id, "case", number, body)
            return twiml_response(twiml.say_and_hang_up(self._worded("say_text_promised")))
        return twiml_response(twiml.hang_up())

    def _own_number(self, call_id: str) -> str | None:
        """Texts go to the number that calls, never to one keyed in: nobody sends texts to others by us."""
        call = self._services.records.call(call_id)
        return None if call is None else call.caller

    def _text(self, language: str, prompt_id: str, **slots: str) -> str:
        settings = self._services.settings
        number = digits_to_read(settings.twilio_number, settings.twilio_number)
        slots = {"company": settings.company_name, "number": number} | slots
        return self._services.wording.prompt(prompt_id, language, **slots).text

    def _worded(self, prompt_id: str, **slots: str) -> list[twiml.SpokenLine]:
        return told(self._services, prompt_id, **slots)


def _form() -> dict[str, list[str]]:
    return request.form.to_dict(flat=False)
