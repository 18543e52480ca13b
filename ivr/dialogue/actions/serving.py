"""What is done about a matter once everything is known, and what is said about it."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date

from ivr.dialogue.action_wire import ActionAnswer, ActionRequest, command, followup, say, slot
from ivr.dialogue.actions.memory import Event, emptied_form, forgotten_order
from ivr.dialogue.actions.money_words import balance_words, money
from ivr.dialogue.actions.status_words import status_words, tracking_words
from ivr.dialogue.look_ups import LookUps
from ivr.dialogue.matters import DEFAULT_MATTER, MATTERS, Choice
from ivr.dialogue.order_check import CheckOutcome
from ivr.dialogue.privacy_desk import PrivacyDesk, PrivacyDeskUnavailable, PrivacyRequest
from ivr.dialogue.product_search import name_in
from ivr.orders.order_book import OrderBookUnavailable, OrderStatus
from ivr.orders.shop import ChangeKind, ChangeRefused, OrderChange, OrderReturn, Refusal, ReturnStatus, Shop

FEW = 3  # pieces
_LISTEN = followup("action_listen")
_REFUSED: Mapping[tuple[str, Refusal], str] = {
    ("cancel_order", Refusal.TOO_LATE): "utter_too_late_to_cancel",
    ("cancel_order", Refusal.ALREADY_DONE): "utter_already_cancelled",
    ("cancel_order", Refusal.ALREADY_DELIVERED): "utter_already_delivered",
    ("change_order", Refusal.TOO_LATE): "utter_too_late_to_change",
    ("change_order", Refusal.NOT_POSSIBLE): "utter_already_cancelled",
    ("change_order", Refusal.ALREADY_DELIVERED): "utter_already_delivered",
    ("return_item", Refusal.NOT_DELIVERED): "utter_return_not_delivered",
    ("return_item", Refusal.TOO_LATE): "utter_return_too_late",
    ("return_item", Refusal.NOT_POSSIBLE): "utter_already_cancelled",
}
_REASONS = {"complaint": "complaint"}
_RETURN_WORDS = {
    ReturnStatus.REGISTERED: "utter_return_registered",
    ReturnStatus.RECEIVED: "utter_return_received",
}
_PRIVACY = {
    "what_you_know": (PrivacyRequest.COPY, "utter_copy_requested"),
    "delete_my_data": (PrivacyRequest.DELETION, "utter_deletion_requested"),
}


class Serving:
    """Serves matters. Blocking, any thread; what it knows is in the request."""

    def __init__(
        self, shop: Shop, privacy: PrivacyDesk, today: Callable[[], date], look_ups: LookUps
    ) -> None:
        self._shop = shop
        self._look_ups = look_ups
        self._privacy = privacy
        self._today = today
        self._serve: Mapping[str, Callable[[ActionRequest], ActionAnswer]] = {
            "order_status": self._tell_status,
            "track_delivery": self._tell_tracking,
            "return_status": self._tell_return,
            "balance": self._tell_balance,
            "stock": self._tell_stock,
            **dict.fromkeys(("change_order", "cancel_order", "return_item", "invoice"), self._change),
            **dict.fromkeys(_PRIVACY, self._open_privacy_request),
            **{name: _pass_on for name, matter in MATTERS.items() if matter.is_for_person},
        }

    def serve(self, request: ActionRequest) -> ActionAnswer:
        """Do what was asked and say so; or say why it cannot be done."""
        matter = request.slots.get("matter") or DEFAULT_MATTER
        outcome = request.slots.get("outcome")
        if outcome == CheckOutcome.LOCKED:
            return _handed_over(("utter_cannot_verify",), "verification_failed")
        if outcome == CheckOutcome.UNAVAILABLE:
            return _unavailable()
        if MATTERS[matter].needs_order and not request.slots.get("is_verified"):
            return _unavailable()  # nothing about an order is ever said to a caller who was not checked
        if request.slots.get("confirmation") is False:
            return _answered((say("utter_nothing_changed"),))
        try:
            answer = self._serve[matter](request)
        except OrderBookUnavailable:
            self._note(request, matter, False)
            return _unavailable()
        self._note(request, matter, True)
        return answer

    def _note(self, request: ActionRequest, matter: str, is_found: bool) -> None:
        system = MATTERS[matter].system
        if system is not None:
            self._look_ups.note(request.call_id, system, is_found)

    def _tell_status(self, request: ActionRequest) -> ActionAnswer:
        return _answered(status_words(request.slots), (slot("is_status_read", True),))

    def _tell_tracking(self, request: ActionRequest) -> ActionAnswer:
        return _answered(tracking_words(request.slots), (slot("is_status_read", True),))

    def _tell_balance(self, request: ActionRequest) -> ActionAnswer:
        invoice = self._shop.invoice_of(request.slots["known_order_number"])
        return _answered(balance_words(invoice, self._today()))

    def _tell_return(self, request: ActionRequest) -> ActionAnswer:
        return _answered(_return_words(self._shop.return_of(request.slots["known_order_number"])))

    def _tell_stock(self, request: ActionRequest) -> ActionAnswer:
        code = request.slots.get("product")
        product = next((product for product in self._shop.products() if product.code == code), None)
        if product is None:
            if request.slots.get("is_offer_made"):  # the second thing in this call that the bot cannot do
                return _handed_over((), "not_understood")
            return _answered((say("utter_product_not_found"),), (slot("is_offer_made", True),))
        name = name_in(product, request.language)
        if product.in_stock > FEW:
            return _answered((say("utter_in_stock", product=name),))
        if product.in_stock > 0:
            return _answered((say("utter_few_in_stock", product=name),))
        back = (
            ()
            if product.back_on is None
            else (say("utter_back_in_stock", back_on=product.back_on.isoformat()),)
        )
        return _answered((say("utter_out_of_stock", product=name), *back))

    def _change(self, request: ActionRequest) -> ActionAnswer:
        matter, outcome = str(request.slots["matter"]), request.slots.get("outcome")
        if outcome == "none":
            return _answered((say("utter_invoice_none"),))
        if outcome:
            return self._refused(request, matter, Refusal(outcome))
        if request.slots.get("confirmation") is not True:
            return _unavailable()  # without a yes nothing is changed, whatever went wrong on the way here
        change = _change_of(request, matter)
        try:
            number = self._shop.change(change).number
        except ChangeRefused as refused:
            return self._refused(request, matter, refused.why)
        return _answered(*_changed(change, number))

    def _refused(self, request: ActionRequest, matter: str, why: Refusal) -> ActionAnswer:
        if matter == "return_item" and why is Refusal.ALREADY_DONE:
            return self._tell_return(request)
        words = _REFUSED.get((matter, why))
        return (
            _answered((say(words),)) if words else _handed_over(("utter_change_refused",), "topic_reserved")
        )

    def _open_privacy_request(self, request: ActionRequest) -> ActionAnswer:
        wanted, words = _PRIVACY[str(request.slots["matter"])]
        known = request.slots.get("known_order_number") if request.slots.get("is_verified") else None
        try:
            number = self._privacy.open_request(request.call_id, wanted, known)
        except PrivacyDeskUnavailable:
            return _handed_over(("utter_request_not_possible",), "topic_reserved")
        return _answered((say(words, case_number=number),), (slot("case_number", number),))


def _change_of(request: ActionRequest, matter: str) -> OrderChange:
    number, kind, detail = str(request.slots["known_order_number"]), MATTERS[matter].change, None
    assert kind is not None  # only matters that change something are served here
    if matter == "change_order" and request.slots.get("choice") == Choice.ADDRESS:
        kind, detail = ChangeKind.NEW_ADDRESS, str(request.slots["address"])
    elif matter == "change_order":
        detail = str(request.slots["delivery_day"])
    fingerprint = hashlib.sha256((detail or "").encode()).hexdigest()[:8]
    return OrderChange(f"{request.call_id}:{number}:{kind}:{fingerprint}", number, kind, detail)


def _changed(change: OrderChange, number: str) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """Return what is said about a change that was made, and what is known from now on."""
    known: tuple[Event, ...] = (slot("case_number", number),)
    match change.kind:
        case ChangeKind.CANCEL:
            facts = (slot("order_status", OrderStatus.CANCELLED.value), slot("delivery_date", None))
            return (say("utter_order_now_cancelled", case_number=number),), (*known, *facts)
        case ChangeKind.MOVE_DELIVERY:
            day = str(change.detail)
            words = say("utter_delivery_day_changed", new_date=day, case_number=number)
            return (words,), (*known, slot("delivery_date", day))
        case ChangeKind.NEW_ADDRESS:
            return (say("utter_address_changed", case_number=number),), known
        case ChangeKind.RETURN:
            started = say("utter_return_started", return_code=number)
            return (started, say("utter_return_label_by_email")), known
        case ChangeKind.RESEND_INVOICE:
            return (say("utter_invoice_sent", case_number=number),), known


def _return_words(sent_back: OrderReturn | None) -> tuple[Event, ...]:
    if sent_back is None:
        return (say("utter_return_none"),)
    words = [say(_RETURN_WORDS[sent_back.status])] if sent_back.status in _RETURN_WORDS else []
    if sent_back.amount is not None and sent_back.paid_on is not None:
        name = "utter_refund_sent" if sent_back.status is ReturnStatus.REFUNDED else "utter_refund_expected"
        amount = money(sent_back.amount, sent_back.currency)
        words.append(say(name, amount=amount, paid_on=sent_back.paid_on.isoformat()))
    return tuple(words) or (say("utter_return_received"),)


def _pass_on(request: ActionRequest) -> ActionAnswer:
    matter = str(request.slots["matter"])
    reason, words = _REASONS.get(matter, "topic_reserved"), request.slots.get("words")
    told = {"words": str(words)} if words else {}
    return _handed_over((f"utter_passed_on_{matter}",), reason, **told)


def _answered(words: tuple[Event, ...], known: tuple[Event, ...] = ()) -> ActionAnswer:
    events = (*emptied_form(), *known, slot("step", "anything_else"), _LISTEN)
    return ActionAnswer(events, (*words, say("utter_ask_anything_else")))


def _handed_over(names: tuple[str, ...], reason: str, **told: str) -> ActionAnswer:
    said = tuple(say(name) for name in names)
    return ActionAnswer((*emptied_form(), _LISTEN), (*said, command("hand_over", reason=reason, **told)))


def _unavailable() -> ActionAnswer:
    answer = _handed_over(("utter_orders_unavailable",), "orders_unavailable")
    return ActionAnswer((*forgotten_order(), *answer.events), answer.responses)
