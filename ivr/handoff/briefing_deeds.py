"""What each thing the bot did or said is called in a briefing, and how much it matters to the agent. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

DONE = 92  # something was changed: the agent must know
FAILED = 60
FOUND = 58
SAID = 30
ASKED = 18
MARGINAL = 8


@dataclass(frozen=True)
class Meaning:
    """A statement's kind, its weight, which of the prompt's values it needs, and whether it was a change."""

    kind: str
    weight: int
    slots: tuple[str, ...] = ()
    is_change: bool = False


def _change(kind: str, *slots: str) -> Meaning:
    return Meaning(kind, DONE, slots, is_change=True)


MEANINGS: Mapping[str, tuple[Meaning, ...]] = {
    "utter_order_now_cancelled": (
        _change("brief_did_cancel"),
        Meaning("brief_confirmation", MARGINAL, ("case_number",)),
    ),
    "utter_delivery_day_changed": (
        _change("brief_did_move", "new_date"),
        Meaning("brief_confirmation", MARGINAL, ("case_number",)),
    ),
    "utter_address_changed": (
        _change("brief_did_address"),
        Meaning("brief_confirmation", MARGINAL, ("case_number",)),
    ),
    "utter_return_started": (
        _change("brief_did_return"),
        Meaning("brief_return_code", MARGINAL, ("return_code",)),
    ),
    "utter_invoice_sent": (_change("brief_did_invoice"),),
    "utter_copy_requested": (_change("brief_did_copy"),),
    "utter_deletion_requested": (_change("brief_did_deletion"),),
    "utter_no_match_for_order": (Meaning("brief_failed_no_match", FAILED),),
    "utter_cannot_verify": (Meaning("brief_failed_no_match", FAILED),),
    "utter_orders_unavailable": (Meaning("brief_failed_orders", FAILED),),
    "utter_too_late_to_cancel": (Meaning("brief_failed_cancel_late", FAILED),),
    "utter_too_late_to_change": (Meaning("brief_failed_change_late", FAILED),),
    "utter_already_cancelled": (Meaning("brief_failed_already_cancelled", FAILED),),
    "utter_already_delivered": (Meaning("brief_failed_already_delivered", FAILED),),
    "utter_return_not_delivered": (Meaning("brief_failed_return_not_delivered", FAILED),),
    "utter_return_too_late": (Meaning("brief_failed_return_late", FAILED),),
    "utter_request_not_possible": (Meaning("brief_failed_refused", FAILED),),
    "utter_change_refused": (Meaning("brief_failed_refused", FAILED),),
    "utter_product_not_found": (Meaning("brief_failed_product", FAILED),),
    "utter_cannot_help": (Meaning("brief_failed_cannot_help", SAID),),
    "utter_new_date": (Meaning("brief_told_new_date", FOUND, ("delivery_date",)),),
    "utter_expected_on": (Meaning("brief_told_expected", FOUND, ("delivery_date",)),),
    "utter_delivered_on": (Meaning("brief_told_delivered", FOUND, ("delivery_date",)),),
    "utter_tracking": (Meaning("brief_told_tracking", ASKED, ("carrier_name",)),),
    "utter_refund_sent": (Meaning("brief_told_refund_sent", FOUND, ("amount", "paid_on")),),
    "utter_refund_expected": (Meaning("brief_told_refund_expected", FOUND, ("amount", "paid_on")),),
    "utter_return_none": (Meaning("brief_told_return_none", FOUND),),
    "utter_return_registered": (Meaning("brief_told_return_registered", FOUND),),
    "utter_return_received": (Meaning("brief_told_return_received", FOUND),),
    "utter_invoice_open": (Meaning("brief_told_unpaid", FOUND, ("amount", "due_date")),),
    "utter_balance_open": (Meaning("brief_told_unpaid", FOUND, ("amount", "due_date")),),
    "utter_invoice_overdue": (Meaning("brief_told_overdue", FOUND, ("amount", "due_date")),),
    "utter_balance_overdue": (Meaning("brief_told_overdue", FOUND, ("amount", "due_date")),),
    "utter_invoice_paid": (Meaning("brief_told_paid", FOUND, ("amount",)),),
    "utter_balance_zero": (Meaning("brief_told_nothing_owed", FOUND),),
    "utter_invoice_none": (Meaning("brief_told_invoice_none", FOUND),),
    "utter_in_stock": (Meaning("brief_told_in_stock", SAID, ("product",)),),
    "utter_few_in_stock": (Meaning("brief_told_few_in_stock", SAID, ("product",)),),
    "utter_out_of_stock": (Meaning("brief_told_out_of_stock", SAID, ("product",)),),
    "utter_back_in_stock": (Meaning("brief_told_back_in_stock", SAID, ("back_on",)),),
    "utter_nothing_changed": (Meaning("brief_told_nothing_changed", SAID),),
    "utter_opening_hours": (Meaning("brief_tried_read_opening_hours", SAID),),
    "utter_locations": (Meaning("brief_told_locations", SAID),),
    "utter_call_112": (Meaning("brief_told_112", FAILED),),
    "utter_ask_order_number": (Meaning("brief_tried_asked_order_number", ASKED),),
    "utter_ask_postcode": (Meaning("brief_tried_asked_postcode", ASKED),),
}
