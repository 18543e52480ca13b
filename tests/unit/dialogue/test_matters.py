"""Each matter is looked up, confirmed and done as the shop allows; nothing happens without a yes."""

from datetime import date

import pytest

from ivr.orders.order_book import Order, OrderStatus
from tests.fakes.memory_orders import TODAY, MemoryOrderBook
from tests.fakes.memory_shop import MemoryShop
from tests.support.form_talk import FormTalk
from tests.support.order_desk import OrderDesk


def talk_about(status: OrderStatus, delivery_date: date | None = date(2030, 3, 11)) -> FormTalk:
    """Return a talk with a caller who was checked for an order of this status."""
    desk = OrderDesk()
    order = Order("471192", "11455", status, "Eva Berg", delivery_date)
    desk.book.order = order
    desk.shop = MemoryShop(MemoryOrderBook([order]))
    talk = FormTalk(desk)
    talk.is_checked()
    return talk


def test_an_order_is_cancelled_after_a_yes() -> None:
    talk = talk_about(OrderStatus.RECEIVED)
    assert talk.hears("cancel_order") == ["utter_confirm_cancel"]
    assert talk.desk.shop.changes == {}
    said = talk.hears("affirm", "yes please", entities=("said_yes",))
    assert said == ["utter_order_now_cancelled", "utter_ask_anything_else"]
    assert talk.says("utter_order_now_cancelled")["case_number"] == talk.slots["case_number"]
    assert talk.desk.shop.book.orders["471192"].status is OrderStatus.CANCELLED
    assert talk.hears("order_status")[0] == "utter_order_cancelled"


@pytest.mark.parametrize(
    ("intent", "entities"), [("deny", ()), ("deny", ("said_no",)), ("cancel_order", ("said_no",))]
)
def test_nothing_happens_after_a_no(intent: str, entities: tuple[str, ...]) -> None:
    talk = talk_about(OrderStatus.RECEIVED)
    talk.hears("cancel_order")
    said = talk.hears(intent, "no don't cancel it", entities=entities)
    assert said == ["utter_nothing_changed", "utter_ask_anything_else"]
    assert talk.desk.shop.changes == {}


def test_a_yes_with_a_no_in_it_is_asked_again() -> None:
    talk = talk_about(OrderStatus.RECEIVED)
    talk.hears("cancel_order")
    assert talk.hears("affirm", "yes but don't do it", entities=("said_yes", "said_no")) == []
    assert talk.asked == "confirmation"
    assert talk.desk.shop.changes == {}


@pytest.mark.parametrize(
    ("matter", "status", "words"),
    [
        ("cancel_order", OrderStatus.SHIPPED, "utter_too_late_to_cancel"),
        ("cancel_order", OrderStatus.DELIVERED, "utter_already_delivered"),
        ("cancel_order", OrderStatus.CANCELLED, "utter_already_cancelled"),
        ("change_order", OrderStatus.PACKED, "utter_too_late_to_change"),
        ("change_order", OrderStatus.DELIVERED, "utter_already_delivered"),
        ("return_item", OrderStatus.SHIPPED, "utter_return_not_delivered"),
        ("return_item", OrderStatus.CANCELLED, "utter_already_cancelled"),
    ],
)
def test_what_the_shop_does_not_allow_is_said_at_once(matter: str, status: OrderStatus, words: str) -> None:
    talk = talk_about(status, TODAY)
    assert talk.hears(matter) == [words, "utter_ask_anything_else"]
    assert talk.desk.shop.changes == {}


def test_a_delivery_is_moved_after_the_day_was_read_back() -> None:
    talk = talk_about(OrderStatus.RECEIVED)
    assert talk.hears("change_order", "I want to change my order") == ["utter_ask_choice"]
    assert talk.hears("inform_number", "the day", entities=("choice_day",)) == ["utter_ask_delivery_day"]
    said = talk.hears("unclear", "Sunday")
    assert said == ["utter_day_not_possible", "utter_ask_delivery_day"]
    assert talk.hears("unclear", "then Thursday") == ["utter_confirm_delivery_day"]
    assert talk.says("utter_confirm_delivery_day")["new_date"] == "2030-03-07"
    assert talk.hears("deny", "no, Friday", entities=("said_no",)) == ["utter_confirm_delivery_day"]
    said = talk.hears("affirm", "yes")
    assert said == ["utter_delivery_day_changed", "utter_ask_anything_else"]
    assert talk.desk.shop.book.orders["471192"].delivery_date == date(2030, 3, 8)


def test_day_said_with_the_request_is_not_asked_for() -> None:
    talk = talk_about(OrderStatus.RECEIVED)
    assert talk.hears("change_order", "can you move it to Friday") == ["utter_confirm_delivery_day"]


def test_an_address_is_read_back_before_it_is_changed() -> None:
    talk = talk_about(OrderStatus.RECEIVED)
    said = talk.hears("change_order", "change the delivery address", entities=("choice_address",))
    assert said == ["utter_ask_address"]
    assert talk.hears("opening_hours", "Storgatan 5, Lund.") == ["utter_confirm_address"]
    assert talk.says("utter_confirm_address")["address"] == "Storgatan 5, Lund"
    assert talk.hears("affirm")[0] == "utter_address_changed"
    assert [change.detail for change, _ in talk.desk.shop.changes.values()] == ["Storgatan 5, Lund"]


def test_a_return_is_started_once() -> None:
    talk = talk_about(OrderStatus.DELIVERED, TODAY)
    talk.desk.shop.returns.clear()
    assert talk.hears("return_item") == ["utter_confirm_return"]
    said = talk.hears("affirm")
    assert said[:2] == ["utter_return_started", "utter_return_label_by_email"]
    assert talk.hears("return_item") == ["utter_return_registered", "utter_ask_anything_else"]
    assert talk.hears("return_status") == ["utter_return_registered", "utter_ask_anything_else"]


def test_a_late_return_is_refused() -> None:
    talk = talk_about(OrderStatus.DELIVERED, date(2030, 2, 1))
    talk.desk.shop.returns.clear()
    assert talk.hears("return_item")[0] == "utter_return_too_late"


def test_an_invoice_is_told_then_sent_after_a_yes() -> None:
    talk = talk_about(OrderStatus.SHIPPED)
    said = talk.hears("invoice")
    assert said[0].startswith("utter_invoice_")
    assert said[1:] == ["utter_confirm_invoice"]
    assert talk.hears("affirm")[0] == "utter_invoice_sent"


def test_an_order_without_an_invoice() -> None:
    talk = talk_about(OrderStatus.RECEIVED)
    assert talk.hears("invoice") == ["utter_invoice_none", "utter_ask_anything_else"]
    assert talk.hears("balance") == ["utter_balance_zero", "utter_ask_anything_else"]


def test_stock_needs_no_check_of_the_caller() -> None:
    talk = FormTalk()
    assert talk.hears("stock", "do you have wool blankets")[0] == "utter_in_stock"
    assert talk.hears("stock", "are the winter boots in stock")[:2] == [
        "utter_out_of_stock",
        "utter_back_in_stock",
    ]
    assert talk.hears("stock", "do you have lamps") == ["utter_product_unclear", "utter_ask_product"]
    assert talk.hears("unclear", "the desk lamp")[0] == "utter_few_in_stock"
    assert talk.hears("stock", "is it in stock") == ["utter_ask_product"]
    assert talk.hears("stock", "flying carpets")[0] == "utter_product_unknown"
    assert talk.hears("unclear", "a carpet that flies") == [
        "utter_product_not_found",
        "utter_ask_anything_else",
    ]


@pytest.mark.parametrize(
    ("matter", "reason"),
    [("complaint", "complaint"), ("payment_problem", "topic_reserved"), ("change_details", "topic_reserved")],
)
def test_what_a_person_settles_is_told_once_then_passed_on(matter: str, reason: str) -> None:
    talk = FormTalk()
    assert talk.hears(matter) == [f"utter_ask_words_{matter}"]
    said = talk.hears("frustrated", "this is useless, it came in pieces")
    assert said == [f"utter_passed_on_{matter}", "hand_over"]
    assert talk.responses[-1]["custom"]["reason"] == reason


def test_data_requests_get_a_case_number_after_a_yes() -> None:
    talk = FormTalk()
    assert talk.hears("what_you_know") == ["utter_what_we_know", "utter_confirm_what_you_know"]
    assert talk.hears("affirm")[0] == "utter_copy_requested"
    assert talk.hears("delete_my_data") == ["utter_confirm_delete_my_data"]
    talk.desk.privacy.is_down = True
    assert talk.hears("affirm") == ["utter_request_not_possible", "hand_over"]
    assert len(talk.desk.privacy.opened) == 1


def test_a_caller_may_change_their_mind_in_the_form() -> None:
    talk = FormTalk()
    talk.hears("order_status")
    talk.hears("inform_number", numbers=("471192",))
    assert talk.hears("cancel_order") == ["utter_ask_postcode"]
    assert talk.hears("inform_number", numbers=("11455",)) == [
        "utter_too_late_to_cancel",
        "utter_ask_anything_else",
    ]


def test_digits_that_sound_like_another_matter_are_an_answer() -> None:
    talk = FormTalk()
    talk.hears("cancel_order")
    talk.hears("order_status", "my order is 471192", numbers=("471192",))
    assert (talk.slots["matter"], talk.asked) == ("cancel_order", "postcode")


def test_a_question_in_the_form_is_left_to_the_rules() -> None:
    talk = FormTalk()
    talk.hears("order_status")
    assert talk.hears("opening_hours") == []
    assert talk.asked == "order_number"


def test_slower_is_remembered_and_the_form_keeps_its_question() -> None:
    talk = FormTalk()
    talk.hears("order_status")
    assert talk.runs("action_slower", intent="slower") == ["slower"]
    assert talk.slots["speech_rate"] == "slow"
    assert talk.followed_by == ["matter_form"]
