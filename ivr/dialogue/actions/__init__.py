"""The actions Rasa calls back for: the form's answers, the check of an order, what to ask next."""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.dialogue.action_wire import (
    FORM,
    ActionAnswer,
    ActionRequest,
    command,
    followup,
    say,
    slot,
)
from ivr.dialogue.order_check import CheckOutcome, OrderCheck
from ivr.dialogue.order_form import ORDER_NUMBER_DIGITS, FormState, FormStep, take_answer
from ivr.orders.order_book import Order, OrderStatus

Event = dict[str, Any]
VALIDATE_FORM = f"validate_{FORM}"
_ORDER_SLOTS = ("customer_name", "order_status", "delivery_date", "carrier_name", "tracking_code")
_DATE_WORDING = {
    OrderStatus.DELAYED: "utter_new_date",
    OrderStatus.DELIVERED: "utter_delivered_on",
    OrderStatus.CANCELLED: None,
}
_TRACKED = {OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY, OrderStatus.DELAYED}


class UnknownAction(Exception):
    """Rasa asked for an action this service does not have."""


class Actions:
    """Runs the actions named in nlu_data/domain.yml."""

    def __init__(self, order_check: OrderCheck) -> None:
        self._order_check = order_check

    def run(self, request: ActionRequest) -> ActionAnswer:
        """Run one action. Blocking, any thread. Raises UnknownAction."""
        if request.action == VALIDATE_FORM:
            return self._take_form_answer(request)
        action = _WITHOUT_LOOK_UP.get(request.action)
        if action is None:
            raise UnknownAction(request.action)
        return action(request)

    def _take_form_answer(self, request: ActionRequest) -> ActionAnswer:
        state = FormState(
            asked=request.requested_slot if request.is_form_open else None,
            order_number=request.slots.get("order_number"),
            first_digits=request.slots.get("first_digits"),
            is_number_confirmed=bool(request.slots.get("is_number_confirmed")),
        )
        step = take_answer(state, request.intent, request.numbers)
        if not step.is_understood and state.asked is None:
            return ActionAnswer((slot("step", None),))  # the form starts; an event spares a second call
        if not step.is_understood:
            return ActionAnswer()  # no slot is set, so Rasa's form gives way to the rules
        if step.order_number and step.postcode:
            return self._checked(request.call_id, step.order_number, step.postcode)
        return ActionAnswer(_remembered(step), _form_words(step))

    def _checked(self, call_id: str, number: str, postcode: str) -> ActionAnswer:
        checked = self._order_check.check(call_id, number, postcode)
        if checked.outcome is CheckOutcome.NO_MATCH:
            return ActionAnswer(
                (*_emptied_form(), *_forgotten_order(), slot("known_order_number", number)),
                (say("utter_no_match_for_order"),),
            )
        return ActionAnswer(
            (
                slot("order_number", number),
                slot("postcode", postcode),
                slot("known_order_number", number),
                slot("outcome", checked.outcome.value),
                *(_order_facts(checked.order) if checked.order else _forgotten_order()),
            )
        )


def _remembered(step: FormStep) -> tuple[Event, ...]:
    known = () if step.order_number is None else (slot("known_order_number", step.order_number),)
    forgotten = _forgotten_order() if step.is_number_new else ()
    return (
        slot("order_number", step.order_number),
        slot("first_digits", step.first_digits),
        slot("is_number_confirmed", step.is_number_confirmed),
        slot("step", None),
        *known,
        *forgotten,
    )


def _form_words(step: FormStep) -> tuple[Event, ...]:
    if step.is_reopened:
        return (say("utter_sorry_wrong_number"),)
    if step.is_number_new and step.order_number:
        return (say("utter_read_back_order_number", order_number=step.order_number),)
    return ()


def _ask_order_number(request: ActionRequest) -> ActionAnswer:
    """Ask for the order number, or for its rest when the first digits are known."""
    first_digits = request.slots.get("first_digits")
    if first_digits:
        return ActionAnswer(responses=(say("utter_rest_of_order_number", digits=first_digits),))
    return ActionAnswer(responses=(say("utter_ask_order_status_form_order_number"),))


def _emptied_form() -> tuple[Event, ...]:
    return (
        slot("order_number", None),
        slot("postcode", None),
        slot("first_digits", None),
        slot("is_number_confirmed", None),
        slot("outcome", None),
        slot("step", None),
    )


def _forgotten_order() -> tuple[Event, ...]:
    return tuple(slot(name, None) for name in ("is_verified", "is_status_read", *_ORDER_SLOTS))


def _order_facts(order: Order) -> tuple[Event, ...]:
    return (
        slot("is_verified", True),
        slot("customer_name", order.customer_name),
        slot("order_status", order.status.value),
        slot("delivery_date", order.delivery_date.isoformat() if order.delivery_date else None),
        slot("carrier_name", order.carrier_name),
        slot("tracking_code", order.tracking_code),
    )


def _tell_order_status(request: ActionRequest) -> ActionAnswer:
    outcome = request.slots.get("outcome")
    if outcome == CheckOutcome.LOCKED:
        words = (say("utter_cannot_verify"), command("hand_over", reason="verification_failed"))
        return ActionAnswer(_emptied_form(), words)
    if outcome != CheckOutcome.FOUND or not request.slots.get("is_verified"):
        words = (say("utter_orders_unavailable"), command("hand_over", reason="orders_unavailable"))
        return ActionAnswer(_emptied_form(), words)
    return ActionAnswer(
        (*_emptied_form(), slot("step", "anything_else"), slot("is_status_read", True)),
        (*_status_words(request.slots), say("utter_ask_anything_else")),
    )


def _status_words(slots: Mapping[str, Any]) -> tuple[Event, ...]:
    status = OrderStatus(slots["order_status"])
    words = [say(f"utter_order_{status.value}")]
    date_wording = _DATE_WORDING.get(status, "utter_expected_on")
    if date_wording and slots.get("delivery_date"):
        words.append(say(date_wording, delivery_date=slots["delivery_date"]))
    if status in _TRACKED and slots.get("tracking_code") and slots.get("carrier_name"):
        words.append(
            say("utter_tracking", carrier_name=slots["carrier_name"], tracking_code=slots["tracking_code"])
        )
    return tuple(words)


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
    return ActionAnswer((slot("step", "request"),), (say("utter_help"),))


def _take_digits(request: ActionRequest) -> ActionAnswer:
    """Start the form for an order number nobody asked for yet; other digits mean nothing here."""
    if not request.is_form_open and any(len(digits) == ORDER_NUMBER_DIGITS for digits in request.numbers):
        return ActionAnswer((followup(FORM),))
    return _not_understood(request)


def _ask_request(request: ActionRequest) -> ActionAnswer:
    events = (slot("step", "request"), followup("action_listen"))
    return ActionAnswer(events, (say("utter_ask_request"),))


_WITHOUT_LOOK_UP: Mapping[str, Callable[[ActionRequest], ActionAnswer]] = {
    "action_ask_order_status_form_order_number": _ask_order_number,
    "action_order_status": _tell_order_status,
    "action_carry_on": _carry_on,
    "action_not_understood": _not_understood,
    "action_cannot_help": _cannot_help,
    "action_help": _help,
    "action_take_digits": _take_digits,
    "action_ask_request": _ask_request,
    "action_repeat": _repeat,
}
ACTION_NAMES = frozenset({VALIDATE_FORM, *_WITHOUT_LOOK_UP})
