"""The caller's wait for a person: what they hear and which keys they may press, answered with TwiML."""

from flask import Response, request

from ivr.handoff.callback_number import digits_to_read, read_number
from ivr.handoff.dialable import may_be_called
from ivr.handoff.transfer_desk import CallerPlace
from ivr.handoff.waiting import Outlook
from ivr.telephony import twiml, webhook_forms
from ivr.web.guard import twiml_response
from ivr.web.leave_message import LeaveMessage
from ivr.web.services import Services
from ivr.web.spoken import audio_url, told

HOLD_MUSIC = "hold-music.wav"
OFFER_AFTER_S = 60
NUMBER_TRIES = 3
WAIT_PATH = "/voice/wait"

_CALL_BACK, _KEEP_WAITING, _MESSAGE = "1", "2", "3"


class OnHold:
    """The views of the wait document. Each may come twice: nothing here happens twice for it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._account_sid = services.settings.twilio_account_sid
        self._leave_message = LeaveMessage(services)

    def wait(self) -> Response:
        """Tell how things stand and play music."""
        waiting = webhook_forms.waiting(_form(), self._account_sid)
        place, _ = self._services.desk.whereabouts(waiting.call_id)
        if place is not CallerPlace.QUEUE:
            return twiml_response(twiml.leave_queue())
        is_offered = waiting.waited_s >= OFFER_AFTER_S
        lines = self._news(self._services.desk.waiting.outlook(waiting.call_id))
        if is_offered:
            lines += self._worded("say_callback_offer")
        elif waiting.waited_s == 0:
            lines += self._worded("say_callback_hint")
        return twiml_response(twiml.hold(lines, self._music(), f"{WAIT_PATH}/key?offered={int(is_offered)}"))

    def key(self) -> Response:
        """Take any key: the answer to an offer, or the wish for one."""
        pressed = webhook_forms.key_pressed(_form(), self._account_sid)
        if _counted("offered") and pressed.key in {_CALL_BACK, _KEEP_WAITING, _MESSAGE}:
            return self._chosen(pressed)
        return self._ask(self._worded("say_callback_or_wait"), "choice", 1)

    def choice(self) -> Response:
        """Take the answer to "callback or wait"."""
        return self._chosen(webhook_forms.key_pressed(_form(), self._account_sid))

    def number(self) -> Response:
        """Take "yes, that number", or another number, which is then read back."""
        turn = webhook_forms.turn_taken(_form(), self._account_sid)
        waiting, tries = self._services.desk.waiting, _counted("try")
        if turn.digits == _CALL_BACK and waiting.callback_number(turn.call_id) is not None:
            return self._promised(turn.call_id)
        number = read_number(turn.digits, self._services.settings.twilio_number)
        if number is not None and may_be_called(number, self._services.policy.callbacks.countries):
            waiting.give_number(turn.call_id, number)
            return self._ask_number(turn.call_id, tries + 1)
        if tries >= NUMBER_TRIES:
            return self._back_to_music()
        return self._ask_number(turn.call_id, tries + 1, is_unclear=True)

    def _chosen(self, pressed: webhook_forms.KeyPressed) -> Response:
        if pressed.key == _CALL_BACK:
            return self._ask_number(pressed.call_id, tries=1)
        if pressed.key == _MESSAGE and self._services.messages.begin(pressed.call_id) is not None:
            return twiml_response(twiml.leave_queue())  # a wait document cannot record
        return self._back_to_music()

    def _ask_number(self, call_id: str, tries: int, is_unclear: bool = False) -> Response:
        lines = self._worded("say_callback_number_unclear") if is_unclear else []
        number = self._services.desk.waiting.callback_number(call_id)
        if number is None:
            lines += self._worded("say_callback_which_number")
        else:
            digits = digits_to_read(number, self._services.settings.twilio_number)
            lines += self._worded("say_callback_confirm", digits=digits)
        return self._ask(lines, f"number?try={tries}", None)

    def _promised(self, call_id: str) -> Response:
        callback = self._services.desk.instead.choose_callback(call_id)
        if callback is None:
            return self._back_to_music()  # an agent was faster; the wait document says where to go
        case_number, terms = callback.case_number, self._services.policy.callbacks
        if self._services.callbacks.is_for_tomorrow(case_number):
            lines = self._worded("say_callback_promised_tomorrow", case_number=case_number)
        else:
            hours = {"from_hour": str(terms.from_hour), "to_hour": str(terms.to_hour)}
            lines = self._worded("say_callback_promised", case_number=case_number, **hours)
        return self._leave_message.tell_case_number(call_id, lines)

    def _news(self, outlook: Outlook) -> list[twiml.SpokenLine]:
        if outlook.is_agent_briefed:
            return self._worded("say_wait_briefing")
        lines = self._worded(f"say_wait_{outlook.likely}")
        if outlook.position == 1:
            return lines
        return self._worded("say_wait_position", position=str(outlook.position)) + lines

    def _ask(self, lines: list[twiml.SpokenLine], step: str, num_digits: int | None) -> Response:
        path = f"{WAIT_PATH}/{step}"
        return twiml_response(twiml.ask_on_hold(lines, self._music(), path, WAIT_PATH, num_digits))

    def _back_to_music(self) -> Response:
        return twiml_response(twiml.say_and_go_on([], WAIT_PATH))

    def _music(self) -> str:
        return audio_url(self._services, HOLD_MUSIC)

    def _worded(self, prompt_id: str, **slots: str) -> list[twiml.SpokenLine]:
        return told(self._services, prompt_id, **slots)


def _counted(name: str) -> int:
    return webhook_forms.counter(request.args.to_dict(flat=False), name)


def _form() -> dict[str, list[str]]:
    return request.form.to_dict(flat=False)
