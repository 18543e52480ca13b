"""What an answer to one of a matter's own questions means: a day, an address, a product, words, yes or no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ivr.dialogue.action_wire import ActionRequest, say, slot
from ivr.dialogue.actions.memory import Event
from ivr.dialogue.matters import Choice, Matter, Question
from ivr.dialogue.product_search import find_product, name_in
from ivr.dialogue.spoken.days import hear_day
from ivr.orders.order_book import OrderBookUnavailable
from ivr.orders.shop import Shop
from ivr.orders.shop_rules import delivery_days, is_delivery_day

# Said while the bot takes down the caller's own words, these still steer the call.
STEERING = {
    "speak_to_person", "emergency", "repeat", "slower", "help", "start_over", "change_language",
    "are_you_a_robot", "goodbye",
}  # fmt: skip
_NO_WORDS = STEERING | {"enter_digits"}  # keys tell no story
_NO_PRODUCT_MEANT = STEERING | {"opening_hours", "locations", "frustrated", "thanks", "greet"}
SHORTEST_ADDRESS = 2  # words
SHORTEST_STORY = 2
LONGEST_ADDRESS = 120  # characters: it is read back
MOST_PRODUCT_TRIES = 2


@dataclass(frozen=True)
class Taken:
    """What an answer changes, and what is said about it before the next question."""

    events: tuple[Event, ...] = ()
    words: tuple[Event, ...] = ()

    def then(self, more: "Taken") -> "Taken":
        """Return both, one after the other."""
        return Taken(self.events + more.events, self.words + more.words)


def take(question: Question, request: ActionRequest, shop: Shop, today: date) -> Taken | None:
    """Return what the answer means, None when it is none."""
    if question is Question.PRODUCT:
        return _product(request, shop)
    return _ANSWERS[question](request, today)


def said_already(matter: Matter, request: ActionRequest, shop: Shop, today: date) -> Taken:
    """Take the answers that the caller's first words hold: "move it to Friday"."""
    if Question.CHOICE in matter.asks:
        return _choice(request, today) or Taken()
    if Question.PRODUCT in matter.asks:
        return _named_product(request, shop) or Taken()
    return Taken()


def _choice(request: ActionRequest, today: date) -> Taken | None:
    if "choice_address" in request.entities:
        return Taken((slot("choice", Choice.ADDRESS.value),))
    day = _delivery_day(request, today)
    if day is not None:
        return Taken((slot("choice", Choice.DAY.value),)).then(day)
    return Taken((slot("choice", Choice.DAY.value),)) if "choice_day" in request.entities else None


def _delivery_day(request: ActionRequest, today: date) -> Taken | None:
    day = hear_day(request.said, request.language, today)
    if day is None:
        return None
    if is_delivery_day(day, today):
        return Taken((slot("delivery_day", day.isoformat()),))
    first, last = (edge.isoformat() for edge in delivery_days(today))
    return Taken(
        (slot("delivery_day", None),), (say("utter_day_not_possible", first_day=first, last_day=last),)
    )


def _address(request: ActionRequest, today: date) -> Taken | None:
    if request.intent in _NO_WORDS or len(request.said.split()) < SHORTEST_ADDRESS:
        return None
    return Taken((slot("address", request.said[:LONGEST_ADDRESS].strip(" .!?,;:")),))


def _words(request: ActionRequest, today: date) -> Taken | None:
    if request.intent in _NO_WORDS or len(request.said.split()) < SHORTEST_STORY:
        return None
    return Taken((slot("words", request.said),))


def _confirmation(request: ActionRequest, today: date) -> Taken | None:
    """Take a yes only when nothing in the words says no: what follows cannot be undone by talking."""
    is_no = request.intent == "deny" or "said_no" in request.entities
    is_yes = request.intent == "affirm" or "said_yes" in request.entities
    if request.slots.get("matter") == "change_order" and not is_yes:
        another_day = _delivery_day(request, today) if request.slots.get("choice") == Choice.DAY else None
        if another_day is not None:  # "no, Thursday"
            return another_day
    if is_yes == is_no:
        return None
    return Taken((slot("confirmation", is_yes),))


def _product(request: ActionRequest, shop: Shop) -> Taken | None:
    named = _named_product(request, shop)
    if named is not None:
        return named
    if request.intent in _NO_PRODUCT_MEANT:
        return None
    tries = int(request.slots.get("product_tries") or 0) + 1
    if tries >= MOST_PRODUCT_TRIES:
        return Taken((slot("product_tries", tries), slot("outcome", "not_found")))
    return Taken((slot("product_tries", tries),), (say("utter_product_unknown"),))


def _named_product(request: ActionRequest, shop: Shop) -> Taken | None:
    try:
        found = find_product(request.said, shop.products(), request.language).products
    except OrderBookUnavailable:
        return Taken((slot("outcome", "unavailable"),))
    if not found:
        return None
    if len(found) == 1:
        return Taken((slot("product", found[0].code),))
    one, other = (name_in(product, request.language) for product in found)
    return Taken((slot("product", None),), (say("utter_product_unclear", product=one, other_product=other),))


_ANSWERS: Mapping[Question, Callable[[ActionRequest, date], Taken | None]] = {
    Question.CHOICE: _choice,
    Question.DELIVERY_DAY: _delivery_day,
    Question.ADDRESS: _address,
    Question.WORDS: _words,
    Question.CONFIRMATION: _confirmation,
}
