"""The actions that steer the talk itself: help, repeat, not understood, start over, anything else."""

from collections.abc import Callable, Mapping

from ivr.dialogue.action_wire import FORM, ActionAnswer, ActionRequest, command, followup, say, slot
from ivr.dialogue.actions.memory import Event, emptied_form
from ivr.dialogue.order_form import ORDER_NUMBER_DIGITS


def _carry_on(request: ActionRequest) -> ActionAnswer:
    """Ask the form's open question again, or whether there is anything else."""
    if request.is_form_open:
        return ActionAnswer((followup(FORM),))
    return ActionAnswer((slot("step", "anything_else"),), (say("utter_ask_anything_else"),))


def _back_to_form(request: ActionRequest) -> tuple[Event, ...]:
    """Give the floor back to the open form, whose question is not said again, or wait for the caller."""
    return (followup(FORM if request.is_form_open else "action_listen"),)


def _not_understood(request: ActionRequest) -> ActionAnswer:
    return ActionAnswer((slot("first_digits", None), *_back_to_form(request)), (command("no_match"),))


def _repeat(request: ActionRequest) -> ActionAnswer:
    return ActionAnswer(_back_to_form(request), (command("repeat"),))


def _slower(request: ActionRequest) -> ActionAnswer:
    """Have the last thing said again, and everything from now on, slowly."""
    return ActionAnswer((slot("speech_rate", "slow"), *_back_to_form(request)), (command("slower"),))


def _change_language(request: ActionRequest) -> ActionAnswer:
    """Leave the choice of language to the phone side; the open question stays open."""
    return ActionAnswer(_back_to_form(request), (command("change_language"),))


def _cannot_help(request: ActionRequest) -> ActionAnswer:
    """Say once in a call what the bot can do; after that, it was simply not understood."""
    if request.slots.get("is_offer_made"):
        return _not_understood(request)
    events = (slot("is_offer_made", True), *_back_to_form(request))
    step = () if request.is_form_open else (slot("step", "request"),)
    return ActionAnswer((*step, *events), (say("utter_cannot_help"),))


def _help(request: ActionRequest) -> ActionAnswer:
    if request.is_form_open and request.requested_slot:
        return ActionAnswer((followup(FORM),), (say(f"utter_help_{request.requested_slot}"),))
    return ActionAnswer((slot("step", "request"), followup("action_listen")), (say("utter_help"),))


def _greet(request: ActionRequest) -> ActionAnswer:
    if request.is_form_open:
        return ActionAnswer((followup(FORM),), (say("utter_hello_again"),))
    return ActionAnswer((slot("step", "request"), followup("action_listen")), (say("utter_greet"),))


def _start_over(request: ActionRequest) -> ActionAnswer:
    """Drop what was being done. Who is calling stays known: nobody is checked twice for nothing."""
    closed = ({"event": "active_loop", "name": None, "timestamp": None}, slot("requested_slot", None))
    events = (*closed, *emptied_form(), slot("step", "request"), followup("action_listen"))
    return ActionAnswer(events, (say("utter_start_over"), say("utter_what_can_i_do")))


def _take_digits(request: ActionRequest) -> ActionAnswer:
    """Start the form for an order number nobody asked for yet; other digits mean nothing here."""
    if not request.is_form_open and any(len(digits) == ORDER_NUMBER_DIGITS for digits in request.numbers):
        return ActionAnswer((followup(FORM),))
    return _not_understood(request)


def _ask_request(request: ActionRequest) -> ActionAnswer:
    events = (slot("step", "request"), followup("action_listen"))
    return ActionAnswer(events, (say("utter_ask_request"),))


ACTIONS: Mapping[str, Callable[[ActionRequest], ActionAnswer]] = {
    "action_carry_on": _carry_on,
    "action_not_understood": _not_understood,
    "action_cannot_help": _cannot_help,
    "action_help": _help,
    "action_greet": _greet,
    "action_start_over": _start_over,
    "action_take_digits": _take_digits,
    "action_ask_request": _ask_request,
    "action_repeat": _repeat,
    "action_change_language": _change_language,
    "action_slower": _slower,
}
