"""How the form's questions are put where the wording depends on what is known."""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.dialogue.action_wire import ActionAnswer, ActionRequest, say
from ivr.dialogue.matters import DEFAULT_MATTER, Choice, Question


def _ask_order_number(request: ActionRequest) -> ActionAnswer:
    """Ask for the order number, or for its rest when the first digits are known."""
    first_digits = request.slots.get("first_digits")
    if first_digits:
        return ActionAnswer(responses=(say("utter_rest_of_order_number", digits=first_digits),))
    return ActionAnswer(responses=(say("utter_ask_order_number"),))


def _ask_words(request: ActionRequest) -> ActionAnswer:
    return ActionAnswer(responses=(say(f"utter_ask_words_{request.slots.get('matter')}"),))


def _ask_confirmation(request: ActionRequest) -> ActionAnswer:
    return ActionAnswer(responses=(confirmation(request.slots),))


def confirmation(slots: Mapping[str, Any]) -> dict[str, Any]:
    """Return the yes-or-no question, with what will be done read back."""
    number = str(slots.get("known_order_number") or "")
    match slots.get("matter") or DEFAULT_MATTER:
        case "change_order" if slots.get("choice") == Choice.ADDRESS:
            return say("utter_confirm_address", address=str(slots.get("address")))
        case "change_order":
            day = str(slots.get("delivery_day"))
            return say("utter_confirm_delivery_day", order_number=number, new_date=day)
        case "cancel_order":
            return say("utter_confirm_cancel", order_number=number)
        case "return_item":
            return say("utter_confirm_return", order_number=number)
        case matter:
            return say(f"utter_confirm_{matter}")


ACTIONS: Mapping[str, Callable[[ActionRequest], ActionAnswer]] = {
    f"action_ask_{Question.ORDER_NUMBER}": _ask_order_number,
    f"action_ask_{Question.WORDS}": _ask_words,
    f"action_ask_{Question.CONFIRMATION}": _ask_confirmation,
}
