"""What answers mean while the bot asks for order number and postcode."""

import pytest

from ivr.dialogue.order_form import FormState, FormStep, mended_number, take_answer

STARTING = FormState(asked=None, order_number=None, first_digits=None, is_number_confirmed=False)
NUMBER_ASKED = FormState("order_number", None, None, False)
POSTCODE_ASKED = FormState("postcode", "471192", None, False)


def test_a_number_said_with_the_request_is_taken() -> None:
    step = take_answer(STARTING, "order_status", ("471192",))
    assert step == FormStep(order_number="471192", is_number_new=True)


def test_number_and_postcode_in_one_breath_are_both_taken() -> None:
    step = take_answer(STARTING, "order_status", ("471192", "11455"))
    assert (step.order_number, step.postcode) == ("471192", "11455")


def test_a_number_of_another_length_is_nothing_before_one_was_asked_for() -> None:
    assert not take_answer(STARTING, "order_status", ("47119",)).is_understood


def test_a_number_in_two_breaths_is_put_together() -> None:
    first = take_answer(NUMBER_ASKED, "inform_number", ("471",))
    assert first == FormStep(first_digits="471")
    rest = take_answer(FormState("order_number", None, "471", False), "inform_number", ("192",))
    assert rest.order_number == "471192"


@pytest.mark.parametrize("digits", ["1", "1924", "19245678"])
def test_a_second_part_that_does_not_fit_is_not_understood(digits: str) -> None:
    assert not take_answer(
        FormState("order_number", None, "471", False), "inform_number", (digits,)
    ).is_understood


def test_seven_digits_are_not_an_order_number() -> None:
    assert not take_answer(NUMBER_ASKED, "inform_number", ("4711923",)).is_understood


@pytest.mark.parametrize("postcode", ["11455", "0150"])
def test_a_postcode_completes_the_form(postcode: str) -> None:
    step = take_answer(POSTCODE_ASKED, "inform_number", (postcode,))
    assert (step.order_number, step.postcode) == ("471192", postcode)


def test_six_digits_for_the_postcode_correct_the_number() -> None:
    step = take_answer(POSTCODE_ASKED, "inform_number", ("481192",))
    assert step == FormStep(order_number="481192", is_number_new=True)


def test_no_to_the_number_read_back_opens_it_again() -> None:
    assert take_answer(POSTCODE_ASKED, "deny", ()) == FormStep(is_reopened=True)


def test_no_with_another_number_takes_that_number() -> None:
    assert take_answer(POSTCODE_ASKED, "deny", ("481192",)).order_number == "481192"


def test_no_with_five_digits_opens_the_number_again_rather_than_guess() -> None:
    assert take_answer(POSTCODE_ASKED, "deny", ("48119",)).is_reopened


def test_yes_to_the_number_read_back_asks_for_the_postcode_once_more_only_once() -> None:
    confirmed = take_answer(POSTCODE_ASKED, "affirm", ())
    assert confirmed == FormStep(order_number="471192", is_number_confirmed=True)
    again = take_answer(FormState("postcode", "471192", None, True), "affirm", ())
    assert not again.is_understood


@pytest.mark.parametrize("state", [STARTING, NUMBER_ASKED, POSTCODE_ASKED])
@pytest.mark.parametrize("intent", ["opening_hours", "repeat", "nlu_fallback", None])
def test_other_matters_fill_nothing(state: FormState, intent: str | None) -> None:
    assert not take_answer(state, intent, ()).is_understood


@pytest.mark.parametrize(
    ("number", "part", "mended"),
    [
        ("471192", "48", "481192"),
        ("471192", "193", "471193"),
        ("471192", "492", "471492"),
        ("471192", "71", None),
        ("471192", "55", None),
        ("471192", "12", None),
        ("471192", "8", None),
        ("471192", "4811", None),
    ],
)
def test_a_part_said_again_mends_the_number_where_it_fits_once(
    number: str, part: str, mended: str | None
) -> None:
    assert mended_number(number, part) == mended


def test_a_correction_after_the_read_back_is_read_back_again() -> None:
    state = FormState("postcode", "471192", None, False)
    assert take_answer(state, "deny", ("48",)) == FormStep(order_number="481192", is_number_new=True)
