"""Everything a caller can say or key, reduced to classes: one example stands for all treated alike."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.nlu.exploration.world import POSTCODE

ORDER = "471192"
OTHER_ORDER = "480263"
NUMBERS = {
    "an order number": (ORDER,),
    "another order number": (OTHER_ORDER,),
    "an order number and a postcode": (ORDER, POSTCODE),
    "the first half of a number": ("471",),
    "the second half of a number": ("192",),
    "part of the number again": ("48",),
    "a postcode": (POSTCODE,),
    "a postcode of four digits": ("0155",),
    "one digit": ("7",),
    "too many digits": ("12345678",),
}
# intent -> the ways it is said: words, and the patterns found in them
SAID: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "affirm": (("yes", frozenset({"said_yes"})),),
    "deny": (("no", frozenset({"said_no"})),),
    "change_order": (
        ("change my order please", frozenset()),
        ("change the address please", frozenset({"choice_address"})),
        ("change the delivery day", frozenset({"choice_day"})),
        ("move it to next thursday", frozenset({"choice_day"})),
    ),
    "order_status": (
        ("where is my order", frozenset()),
        ("where is my other order", frozenset({"another_order"})),
    ),
    "stock": (
        ("do you have something", frozenset()),
        ("do you have floor lamps", frozenset()),
        ("do you have a lamp", frozenset()),
        ("cotton blanket", frozenset()),
        ("dining table", frozenset()),
        ("desk lamp", frozenset()),
    ),
    "out_of_scope": (
        ("sing me a little song", frozenset()),
        ("next thursday", frozenset()),
        ("on sunday", frozenset()),
        ("the twelfth of march", frozenset()),
    ),
    "unclear": (("hm", frozenset()), ("yes no yes", frozenset({"said_yes", "said_no"}))),
    "nlu_fallback": (("mumble mumble mumble", frozenset()),),
}


@dataclass(frozen=True)
class Heard:
    """One class of input as Rasa gets it; `label` is what a report calls it."""

    label: str
    intent: str
    words: str
    numbers: tuple[str, ...] = ()
    entities: frozenset[str] = frozenset()

    @property
    def is_keyed(self) -> bool:
        """Say whether it came from the keypad."""
        return self.intent == "enter_digits"


def all_inputs(intents: tuple[str, ...]) -> Iterator[Heard]:
    """Yield every class of input for a domain with these intents."""
    for intent in (*intents, "nlu_fallback"):
        if intent in {"inform_number", "enter_digits"}:
            continue
        ways = SAID.get(intent, ((f"{intent.replace('_', ' ')} that is", frozenset()),))
        for words, entities in ways:
            yield Heard(f"{intent}: {words}", intent, words, (), entities)
    for name, numbers in NUMBERS.items():
        said = " ".join(numbers)
        if "inform_number" in intents:
            yield Heard(f"says {name}", "inform_number", said, numbers, frozenset({"digits"}))
        if "enter_digits" in intents and len(numbers) == 1:
            yield Heard(f"keys {name}", "enter_digits", said, numbers, frozenset({"digits"}))
    if "cancel_order" in intents:
        both = frozenset({"digits"})
        yield Heard("cancel_order with its number", "cancel_order", "cancel order 471192", (ORDER,), both)
        yield Heard(
            "cancel_order, too many digits", "cancel_order", "cancel order 12345678", ("12345678",), both
        )
