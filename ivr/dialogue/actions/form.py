"""The form all matters share: who is calling, the matter's own questions, a yes before anything is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ivr.dialogue.action_wire import ActionAnswer, ActionRequest, ask, command, followup, say, slot
from ivr.dialogue.actions import details
from ivr.dialogue.actions.details import Taken
from ivr.dialogue.actions.memory import (
    Event,
    after,
    emptied_details,
    emptied_identity,
    forgotten_order,
    order_facts,
    verified_order,
)
from ivr.dialogue.actions.money_words import invoice_words
from ivr.dialogue.matters import DEFAULT_MATTER, MATTERS, Matter, Question, next_question
from ivr.dialogue.order_check import CheckOutcome, OrderCheck
from ivr.dialogue.order_form import FormState, FormStep, take_answer
from ivr.orders.order_book import OrderBookUnavailable
from ivr.orders.shop import ChangeKind, Shop

SERVE = "action_serve_matter"
_IDENTITY = {Question.ORDER_NUMBER, Question.POSTCODE}
_OWN_WORDS = {Question.WORDS, Question.ADDRESS}  # whatever is said there is the answer


@dataclass(frozen=True)
class Prepared:
    """What is known before a matter's own questions. An outcome ends the form at once."""

    words: tuple[Event, ...] = ()
    outcome: str | None = None


class MatterForm:
    """Takes the answers. Blocking, any thread; what it knows is in the request."""

    def __init__(self, order_check: OrderCheck, shop: Shop, today: Callable[[], date]) -> None:
        self._order_check = order_check
        self._shop = shop
        self._today = today

    def take_answer(self, request: ActionRequest) -> ActionAnswer:
        """Start the form, take an answer to its open question, or leave the words to the rules."""
        asked = request.requested_slot if request.is_form_open else None
        if asked is None:
            return self._start(request)
        question = Question(asked)
        taken = self._taken(question, request)
        if taken is not None:
            return self._go_on(request, taken)
        if _is_another_matter(question, request):
            return self._start(request)
        if request.intent in MATTERS:
            return _kept_open(question, request)
        return ActionAnswer((ask(question),))  # no slot of ours is set, so Rasa's form gives way to the rules

    def _start(self, request: ActionRequest) -> ActionAnswer:
        """Open the form, or turn it to another matter; what is known of the order is kept."""
        name = request.intent if request.intent in MATTERS else request.slots.get("matter")
        matter = MATTERS[name or DEFAULT_MATTER]
        events = (*emptied_details(), slot("matter", name or DEFAULT_MATTER), slot("step", None))
        opening = Taken(events)
        if matter.needs_order:
            opening = opening.then(self._recognised(request))
        opening = opening.then(details.said_already(matter, request, self._shop, self._today()))
        return self._go_on(request, opening)

    def _recognised(self, request: ActionRequest) -> Taken:
        """Take number and postcode from the first words; who was checked before is not asked again."""
        slots = request.slots
        step = take_answer(FormState(None, None, None, False), request.intent, request.numbers)
        is_verified = bool(slots.get("is_verified"))
        if step.is_understood and not (is_verified and step.order_number == slots.get("known_order_number")):
            return self._identified(request, step)
        if is_verified and "another_order" in request.entities:
            return Taken((*emptied_identity(), *forgotten_order()))
        return Taken()

    def _taken(self, question: Question, request: ActionRequest) -> Taken | None:
        if question not in _IDENTITY:
            return details.take(question, request, self._shop, self._today())
        state = FormState(
            asked=question,
            order_number=request.slots.get("order_number"),
            first_digits=request.slots.get("first_digits"),
            is_number_confirmed=bool(request.slots.get("is_number_confirmed")),
        )
        step = take_answer(state, request.intent, request.numbers)
        return self._identified(request, step) if step.is_understood else None

    def _identified(self, request: ActionRequest, step: FormStep) -> Taken:
        if step.order_number and step.postcode:
            return self._checked(request.call_id, step.order_number, step.postcode)
        return Taken(_remembered(step), _read_back(step))

    def _checked(self, call_id: str, number: str, postcode: str) -> Taken:
        checked = self._order_check.check(call_id, number, postcode)
        known = slot("known_order_number", number)
        if checked.outcome is CheckOutcome.NO_MATCH:
            events = (*emptied_identity(), *forgotten_order(), known)
            return Taken(events, (say("utter_no_match_for_order"),))
        if checked.order is None:
            return Taken((known, *forgotten_order(), slot("outcome", checked.outcome.value)))
        return Taken((known, *emptied_identity(), *order_facts(checked.order)))

    def _go_on(self, request: ActionRequest, taken: Taken) -> ActionAnswer:
        """Ask what is still open, or close the form and have the matter served."""
        slots = after(request.slots, taken.events)
        matter = MATTERS[slots.get("matter") or DEFAULT_MATTER]
        if _is_caller_known(matter, slots) and not slots.get("is_prepared") and not slots.get("outcome"):
            prepared = self._prepared(matter, slots)
            taken = taken.then(
                Taken((slot("is_prepared", True), slot("outcome", prepared.outcome)), prepared.words)
            )
            slots = after(slots, taken.events)
        question = None if slots.get("outcome") else next_question(matter, slots)
        if question is None:
            return ActionAnswer((*taken.events, slot("requested_slot", None), followup(SERVE)), taken.words)
        return ActionAnswer((*taken.events, ask(question)), taken.words)

    def _prepared(self, matter: Matter, slots: Mapping[str, Any]) -> Prepared:
        """Look up what must be known before the caller is asked to decide."""
        try:
            if matter.change is ChangeKind.RESEND_INVOICE:
                invoice = self._shop.invoice_of(slots["known_order_number"])
                return (
                    Prepared(outcome="none")
                    if invoice is None
                    else Prepared(invoice_words(invoice, self._today()))
                )
            if matter.change is not None:
                why = self._shop.refusal(verified_order(slots), matter.change)
                return Prepared() if why is None else Prepared(outcome=why.value)
        except OrderBookUnavailable:
            return Prepared(outcome=CheckOutcome.UNAVAILABLE.value)
        return (
            Prepared((say("utter_what_we_know"),)) if slots.get("matter") == "what_you_know" else Prepared()
        )


def _is_caller_known(matter: Matter, slots: Mapping[str, Any]) -> bool:
    return not matter.needs_order or bool(slots.get("is_verified"))


def _is_another_matter(question: Question, request: ActionRequest) -> bool:
    """Say whether the caller has changed their mind; an answer that merely sounds like it does not count."""
    if request.intent not in MATTERS or request.intent == request.slots.get("matter"):
        return False
    if question in _OWN_WORDS:
        return False
    return not (question in _IDENTITY and request.numbers)


def _kept_open(question: Question, request: ActionRequest) -> ActionAnswer:
    """Stay with the question when the matter at hand is named again: its rule would start this very form,
    and a form that has just given way is not started again in the same turn, so nothing would be said.
    """
    if question in _IDENTITY and request.numbers:
        return ActionAnswer((slot("first_digits", None), ask(question)), (command("no_match"),))
    kept = slot("matter", request.slots.get("matter"))
    return ActionAnswer((kept, ask(question)), (say(f"utter_help_{question}"),))


def _remembered(step: FormStep) -> tuple[Event, ...]:
    known = () if step.order_number is None else (slot("known_order_number", step.order_number),)
    return (
        slot("order_number", step.order_number),
        slot("first_digits", step.first_digits),
        slot("is_number_confirmed", step.is_number_confirmed),
        slot("step", None),
        *known,
        *(forgotten_order() if step.is_number_new else ()),
    )


def _read_back(step: FormStep) -> tuple[Event, ...]:
    if step.is_reopened:
        return (say("utter_sorry_wrong_number"),)
    if step.is_number_new and step.order_number:
        return (say("utter_read_back_order_number", order_number=step.order_number),)
    return ()
