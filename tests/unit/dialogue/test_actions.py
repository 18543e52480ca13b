"""Actions answer in rasa-sdk's wire format and never say more than was verified."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.action_wire import FORM, ActionRequestMalformed, read_request
from ivr.dialogue.actions import ACTION_NAMES, UnknownAction
from tests.support.form_talk import FormTalk, body


@pytest.fixture
def talk() -> FormTalk:
    return FormTalk()


def test_number_then_postcode_then_status(talk: FormTalk) -> None:
    assert talk.hears("order_status") == ["utter_ask_order_number"]
    assert talk.hears("inform_number", numbers=("471192",)) == [
        "utter_read_back_order_number",
        "utter_ask_postcode",
    ]
    assert talk.says("utter_read_back_order_number")["order_number"] == "471192"
    assert talk.hears("inform_number", numbers=("11455",)) == [
        "utter_order_shipped",
        "utter_expected_on",
        "utter_tracking",
        "utter_ask_anything_else",
    ]
    assert talk.slots["step"] == "anything_else"
    assert talk.slots["is_verified"] is True
    assert talk.slots["postcode"] is None


def test_a_wrong_postcode_empties_the_form_and_tells_nothing(talk: FormTalk) -> None:
    talk.hears("inform_number", numbers=("471192",))
    said = talk.hears("inform_number", numbers=("99999",))
    assert said == ["utter_no_match_for_order", "utter_ask_order_number"]
    assert talk.slots["order_number"] is None
    assert not talk.slots["is_verified"]
    assert talk.slots["order_status"] is None


def test_a_missing_order_gets_the_very_same_answer(talk: FormTalk) -> None:
    other = FormTalk()
    for each, number in ((talk, "471192"), (other, "999999")):
        each.hears("inform_number", numbers=(number,))
        each.hears("inform_number", numbers=("99999",))
    assert talk.responses == other.responses
    assert {**talk.slots, "known_order_number": ""} == {**other.slots, "known_order_number": ""}


def test_three_wrong_tries_lead_to_a_person(talk: FormTalk) -> None:
    for _ in range(3):
        talk.hears("inform_number", numbers=("471192",))
        said = talk.hears("inform_number", numbers=("99999",))
    assert said == ["utter_cannot_verify", "hand_over"]
    assert talk.responses[-1]["custom"]["reason"] == "verification_failed"


def test_a_failing_order_system_leads_to_a_person(talk: FormTalk) -> None:
    talk.desk.book.is_up = False
    talk.hears("inform_number", numbers=("471192",))
    assert talk.hears("inform_number", numbers=("11455",)) == ["utter_orders_unavailable", "hand_over"]
    assert talk.responses[-1]["custom"]["reason"] == "orders_unavailable"


def test_a_second_order_is_verified_anew(talk: FormTalk) -> None:
    talk.is_checked()
    talk.hears("inform_number", numbers=("803415",))
    assert not talk.slots["is_verified"]
    assert talk.slots["order_status"] is None
    assert talk.slots["customer_name"] is None


def test_who_was_checked_is_not_asked_again(talk: FormTalk) -> None:
    talk.is_checked()
    assert talk.hears("track_delivery")[0] == "utter_tracking"
    assert talk.hears("order_status", entities=("another_order",)) == ["utter_ask_order_number"]
    assert not talk.slots["is_verified"]


@pytest.mark.parametrize("matter", ["order_status", "track_delivery", "return_status", "balance", "invoice"])
def test_nothing_of_an_order_is_told_without_verification(talk: FormTalk, matter: str) -> None:
    talk.slots |= {
        "matter": matter,
        "outcome": None,
        "order_status": "shipped",
        "known_order_number": "471192",
    }
    assert talk.runs("action_serve_matter") == ["utter_orders_unavailable", "hand_over"]


def test_not_understood_in_the_form_gives_the_floor_back_to_it(talk: FormTalk) -> None:
    assert talk.runs("action_not_understood", is_form_open=True) == ["no_match"]
    assert talk.followed_by == [FORM]
    assert talk.runs("action_not_understood") == ["no_match"]
    assert talk.followed_by == ["action_listen"]


def test_what_the_bot_can_do_is_said_once_then_it_is_a_no_match(talk: FormTalk) -> None:
    assert talk.runs("action_cannot_help", intent="out_of_scope") == ["utter_cannot_help"]
    assert talk.runs("action_cannot_help", intent="out_of_scope") == ["no_match"]


def test_help_fits_the_open_question(talk: FormTalk) -> None:
    talk.slots["requested_slot"] = "postcode"
    assert talk.runs("action_help", is_form_open=True) == ["utter_help_postcode"]
    talk.slots["requested_slot"] = None
    assert talk.runs("action_help") == ["utter_help"]


def test_only_six_digits_start_the_form_unasked(talk: FormTalk) -> None:
    assert talk.runs("action_take_digits", numbers=("471192",)) == []
    assert talk.followed_by == [FORM]
    assert talk.runs("action_take_digits", numbers=("1",)) == ["no_match"]


def test_first_digits_are_repeated_when_the_rest_is_asked_for(talk: FormTalk) -> None:
    talk.hears("order_status")
    assert talk.hears("inform_number", numbers=("471",)) == ["utter_rest_of_order_number"]
    assert talk.says("utter_rest_of_order_number")["digits"] == "471"
    said = talk.hears("inform_number", numbers=("192",))
    assert said == ["utter_read_back_order_number", "utter_ask_postcode"]


def test_starting_over_drops_the_matter_and_keeps_who_is_calling(talk: FormTalk) -> None:
    talk.is_checked()
    talk.hears("cancel_order")
    assert talk.runs("action_start_over", intent="start_over") == ["utter_start_over", "utter_what_can_i_do"]
    assert talk.slots["matter"] is None
    assert talk.slots["requested_slot"] is None
    assert talk.slots["is_verified"] is True


def test_an_unknown_action_is_refused(talk: FormTalk) -> None:
    with pytest.raises(UnknownAction):
        talk.runs("action_refund_everything")


@pytest.mark.parametrize("action", sorted(ACTION_NAMES))
@pytest.mark.parametrize("is_form_open", [True, False])
def test_every_action_answers_a_call_that_knows_nothing(
    talk: FormTalk, action: str, is_form_open: bool
) -> None:
    answer = talk.actions.run(read_request(body(action, is_form_open=is_form_open))).as_json()
    assert set(answer) == {"events", "responses"}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(ANY_JSON)
def test_any_other_body_is_refused(anything: object) -> None:
    with pytest.raises(ActionRequestMalformed):
        read_request(anything)


@given(st.dictionaries(st.sampled_from(["slots", "latest_message", "active_loop"]), ANY_JSON))
def test_an_odd_tracker_is_read_or_refused(tracker: dict[str, Any]) -> None:
    try:
        request = read_request({"next_action": "action_help", "sender_id": "CA1", "tracker": tracker})
    except ActionRequestMalformed:
        return
    assert all(number.isalnum() for number in request.numbers)


def test_numbers_with_anything_but_figures_are_left_out() -> None:
    request = read_request(body("action_help", numbers=("471192", "12a", "", "٤٧", "1" * 33, "<b>")))
    assert request.numbers == ("471192",)


def test_a_number_with_letters_comes_beside_its_stand_in() -> None:
    sent = body("action_help", numbers=("000000",))
    sent["tracker"]["latest_message"]["metadata"] = {"code": "AB4711"}
    assert read_request(sent).numbers == ("AB4711",)
    sent["tracker"]["latest_message"]["metadata"] = {"code": "AB 4711; DROP"}
    assert read_request(sent).numbers == ("000000",)
