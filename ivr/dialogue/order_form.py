"""What an answer means while the bot asks for order number and postcode. Pure: words in, decision out."""

from dataclasses import dataclass

ORDER_NUMBER_DIGITS = 6
POSTCODE_DIGITS = (5, 4)
FEWEST_CORRECTING = 2  # digits; a single one could stand anywhere
MOST_CORRECTING = 3


@dataclass(frozen=True)
class FormState:
    """What the form knows before the answer. `asked` is the slot asked for, None when the form starts."""

    asked: str | None
    order_number: str | None
    first_digits: str | None
    is_number_confirmed: bool


@dataclass(frozen=True)
class FormStep:
    """What the form knows after the answer. Nothing changed when it equals the state before.

    `is_reopened` means that the caller said the number read back is wrong.
    """

    order_number: str | None = None
    postcode: str | None = None
    first_digits: str | None = None
    is_number_confirmed: bool = False
    is_number_new: bool = False
    is_reopened: bool = False
    is_understood: bool = True


def take_answer(state: FormState, intent: str | None, numbers: tuple[str, ...]) -> FormStep:
    """Decide what an answer fills, corrects or leaves open."""
    number = next((digits for digits in reversed(numbers) if len(digits) == ORDER_NUMBER_DIGITS), None)
    postcode = next((digits for digits in reversed(numbers) if len(digits) in POSTCODE_DIGITS), None)
    if state.order_number is None:
        return _while_number_is_open(state, number, postcode, numbers)
    return _while_postcode_is_open(state, intent, number, postcode, numbers)


def _while_number_is_open(
    state: FormState, number: str | None, postcode: str | None, numbers: tuple[str, ...]
) -> FormStep:
    if number:
        return FormStep(order_number=number, postcode=postcode, is_number_new=True)
    if state.asked != "order_number" or not numbers:
        return FormStep(first_digits=state.first_digits, is_understood=False)
    together = (state.first_digits or "") + numbers[-1]
    if len(together) == ORDER_NUMBER_DIGITS:
        return FormStep(order_number=together, is_number_new=True)
    if len(together) < ORDER_NUMBER_DIGITS and state.first_digits is None:
        return FormStep(first_digits=together)
    return FormStep(is_understood=False)


def _while_postcode_is_open(
    state: FormState,
    intent: str | None,
    number: str | None,
    postcode: str | None,
    numbers: tuple[str, ...],
) -> FormStep:
    if number:  # six digits are never a postcode: the caller corrects the number
        return FormStep(order_number=number, postcode=postcode, is_number_new=True)
    mended = mended_number(state.order_number or "", numbers[-1]) if numbers else None
    if mended:  # "no, four eight": part of the number read back is said again
        return FormStep(order_number=mended, is_number_new=True)
    if intent == "deny":
        return FormStep(is_reopened=True)
    if postcode:
        return FormStep(order_number=state.order_number, postcode=postcode, is_number_confirmed=True)
    if intent == "affirm" and not state.is_number_confirmed:
        return FormStep(order_number=state.order_number, is_number_confirmed=True)
    return FormStep(
        order_number=state.order_number, is_number_confirmed=state.is_number_confirmed, is_understood=False
    )


def mended_number(number: str, part: str) -> str | None:
    """Return the number with a part said again put in; None when it fits nowhere or twice.

    The part belongs where all but one of its digits agree with the number: "48" said after "471192" was
    read back makes it 481192.
    """
    if not FEWEST_CORRECTING <= len(part) <= MOST_CORRECTING or part in number:
        return None
    fitting = {
        number[:at] + part + number[at + len(part) :]
        for at in range(len(number) - len(part) + 1)
        if _differing(number[at : at + len(part)], part) == 1
    }
    return fitting.pop() if len(fitting) == 1 else None


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
