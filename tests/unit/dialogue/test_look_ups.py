"""Every look-up in the company's systems leaves its trace in the call's record."""

from ivr.records.kinds import Kind
from tests.support.form_talk import FormTalk
from tests.support.order_desk import OrderDesk


def noted(desk: OrderDesk) -> list[dict[str, object]]:
    return [dict(event.facts) for event in desk.records.events("CA1") if event.kind == Kind.LOOKED_UP]


def test_an_order_that_was_found_is_noted_with_its_number() -> None:
    desk = OrderDesk()
    desk.timed("471192", "11455")
    assert noted(desk) == [{"system": "orders", "found": True, "order_number": "471192"}]


def test_a_wrong_postcode_and_an_unknown_number_look_alike_and_name_no_order() -> None:
    desk = OrderDesk()
    desk.timed("471192", "99999")
    desk.timed("123456", "11455")
    assert noted(desk) == [{"system": "orders", "found": False}] * 2


def test_a_locked_caller_asks_no_system() -> None:
    desk = OrderDesk()
    for _ in range(9):
        desk.timed("471192", "99999")
    assert len(noted(desk)) == len(desk.book.asked) < 9


def test_every_system_a_matter_needs_is_noted() -> None:
    talk = FormTalk()
    talk.is_checked()
    talk.hears("balance")
    assert [facts["system"] for facts in noted(talk.desk)] == ["orders", "invoices"]


def test_a_system_that_is_down_did_not_know() -> None:
    desk = OrderDesk()
    desk.book.is_up = False
    desk.timed("471192", "11455")
    assert noted(desk) == [{"system": "orders", "found": False}]
