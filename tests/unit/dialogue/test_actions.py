"""Actions answer in rasa-sdk's wire format and never say more than was verified."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.action_wire import ActionRequestMalformed, read_request
from ivr.dialogue.actions import ACTION_NAMES, Actions, UnknownAction
from tests.support.order_desk import OrderDesk

FORM = "order_status_form"


def body(action: str, slots: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Write a request as Rasa 3.6 sends it, cut to what counts."""
    numbers = more.get("numbers", ())
    return {
        "next_action": action,
        "sender_id": "CA1",
        "tracker": {
            "slots": slots or {},
            "latest_message": {
                "intent": {"name": more.get("intent", "inform_number"), "confidence": 0.9},
                "entities": [{"entity": "digits", "value": number} for number in numbers],
            },
            "active_loop": {"name": FORM} if more.get("is_form_open") else {},
        },
    }


class Bot:
    """Runs actions and keeps slots between them, as Rasa does."""

    def __init__(self) -> None:
        self.desk = OrderDesk()
        self.actions = Actions(self.desk.order_check)
        self.slots: dict[str, Any] = {}

    def runs(self, action: str, **more: Any) -> list[str]:
        """Run an action; return what it said or ordered."""
        answer = self.actions.run(read_request(body(action, self.slots, **more))).as_json()
        for event in answer["events"]:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        self.followed_by = [event["name"] for event in answer["events"] if event["event"] == "followup"]
        self.said = answer["responses"]
        return [response.get("response") or response["custom"]["command"] for response in self.said]

    def hears_in_form(self, *numbers: str, intent: str = "inform_number") -> list[str]:
        """Let the form take an answer, then ask for what is missing."""
        said = self.runs("validate_order_status_form", numbers=numbers, intent=intent, is_form_open=True)
        missing = [name for name in ("order_number", "postcode") if self.slots.get(name) is None]
        self.slots["requested_slot"] = missing[0] if missing else None
        return said


@pytest.fixture
def bot() -> Bot:
    return Bot()


def test_number_then_postcode_then_status(bot: Bot) -> None:
    bot.slots["requested_slot"] = "order_number"
    assert bot.hears_in_form("471192") == ["utter_read_back_order_number"]
    assert bot.said[0]["order_number"] == "471192"
    assert bot.hears_in_form("11455") == []
    assert bot.runs("action_order_status") == [
        "utter_order_shipped",
        "utter_expected_on",
        "utter_tracking",
        "utter_ask_anything_else",
    ]
    assert bot.slots["step"] == "anything_else"
    assert bot.slots["is_verified"] is True
    assert bot.slots["postcode"] is None


def test_a_wrong_postcode_empties_the_form_and_tells_nothing(bot: Bot) -> None:
    bot.slots["requested_slot"] = "order_number"
    bot.hears_in_form("471192")
    assert bot.hears_in_form("99999") == ["utter_no_match_for_order"]
    assert bot.slots["order_number"] is None
    assert not bot.slots["is_verified"]
    assert bot.slots["order_status"] is None


def test_a_missing_order_gets_the_very_same_answer(bot: Bot) -> None:
    other = Bot()
    for each, number in ((bot, "471192"), (other, "999999")):
        each.slots["requested_slot"] = "order_number"
        each.hears_in_form(number)
        each.hears_in_form("99999")
    assert bot.said == other.said
    assert {**bot.slots, "known_order_number": ""} == {**other.slots, "known_order_number": ""}


def test_three_wrong_tries_lead_to_a_person(bot: Bot) -> None:
    bot.slots["requested_slot"] = "order_number"
    for _ in range(3):
        bot.hears_in_form("471192")
        bot.hears_in_form("99999")
    assert bot.runs("action_order_status") == ["utter_cannot_verify", "hand_over"]
    assert bot.said[1]["custom"]["reason"] == "verification_failed"


def test_a_failing_order_system_leads_to_a_person(bot: Bot) -> None:
    bot.desk.book.is_up = False
    bot.slots["requested_slot"] = "order_number"
    bot.hears_in_form("471192")
    bot.hears_in_form("11455")
    assert bot.runs("action_order_status") == ["utter_orders_unavailable", "hand_over"]
    assert bot.said[1]["custom"]["reason"] == "orders_unavailable"


def test_a_second_order_is_verified_anew(bot: Bot) -> None:
    bot.slots["requested_slot"] = "order_number"
    bot.hears_in_form("471192")
    bot.hears_in_form("11455")
    bot.runs("action_order_status")
    bot.hears_in_form("803415")
    assert not bot.slots["is_verified"]
    assert bot.slots["order_status"] is None
    assert bot.slots["customer_name"] is None


def test_a_status_is_never_told_without_verification(bot: Bot) -> None:
    bot.slots |= {"outcome": "found", "order_status": "shipped", "is_verified": None}
    assert "utter_order_shipped" not in bot.runs("action_order_status")


def test_not_understood_in_the_form_gives_the_floor_back_to_it(bot: Bot) -> None:
    assert bot.runs("action_not_understood", is_form_open=True) == ["no_match"]
    assert bot.followed_by == [FORM]
    assert bot.runs("action_not_understood") == ["no_match"]
    assert bot.followed_by == ["action_listen"]


def test_what_the_bot_can_do_is_said_once_then_it_is_a_no_match(bot: Bot) -> None:
    assert bot.runs("action_cannot_help", intent="out_of_scope") == ["utter_cannot_help"]
    assert bot.runs("action_cannot_help", intent="out_of_scope") == ["no_match"]


def test_help_fits_the_open_question(bot: Bot) -> None:
    bot.slots["requested_slot"] = "postcode"
    assert bot.runs("action_help", is_form_open=True) == ["utter_help_postcode"]
    bot.slots["requested_slot"] = None
    assert bot.runs("action_help") == ["utter_help"]


def test_only_six_digits_start_the_form_unasked(bot: Bot) -> None:
    assert bot.runs("action_take_digits", numbers=("471192",)) == []
    assert bot.followed_by == [FORM]
    assert bot.runs("action_take_digits", numbers=("1",)) == ["no_match"]


def test_first_digits_are_repeated_when_the_rest_is_asked_for(bot: Bot) -> None:
    bot.slots["requested_slot"] = "order_number"
    assert bot.hears_in_form("471") == []
    assert bot.runs("action_ask_order_status_form_order_number") == ["utter_rest_of_order_number"]
    assert bot.said[0]["digits"] == "471"
    assert bot.hears_in_form("192") == ["utter_read_back_order_number"]


def test_an_unknown_action_is_refused(bot: Bot) -> None:
    with pytest.raises(UnknownAction):
        bot.runs("action_refund_everything")


@pytest.mark.parametrize("action", sorted(ACTION_NAMES))
@pytest.mark.parametrize("is_form_open", [True, False])
def test_every_action_answers_a_call_that_knows_nothing(bot: Bot, action: str, is_form_open: bool) -> None:
    answer = bot.actions.run(read_request(body(action, is_form_open=is_form_open))).as_json()
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
    assert all(number.isdigit() for number in request.numbers)


def test_numbers_with_anything_but_figures_are_left_out() -> None:
    request = read_request(body("action_help", numbers=("471192", "12a", "", "٤٧", "1" * 33, "<b>")))
    assert request.numbers == ("471192",)
