"""Which of a caller's words carry the matter, so that an agent reads those. Pure."""

from ivr.handoff.case import Asked, Case, WhyTransferred
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.escalation.decision import REASON_OF
from ivr.handoff.escalation.signals import Signal

R = EscalationReason
ABOUT = frozenset(
    {
        "order_status", "track_delivery", "change_order", "cancel_order", "return_item", "return_status",
        "invoice", "balance", "stock", "complaint", "payment_problem", "change_details", "what_you_know",
        "delete_my_data", "opening_hours", "locations",
    }
)  # fmt: skip
# Signals that an agent is to know of even when another one decided.
WORTH_KNOWING = (
    R.SAFETY, R.BEREAVEMENT, R.VULNERABLE, R.DEADLINE, R.LEGAL_THREAT, R.MONEY_LOST, R.COMPLAINT,
)  # fmt: skip
SURE = 1.0  # points: below that the words hardly spoke for it
# Reasons whose evidence is the caller's matter, so that those words are quoted before the first request.
_IN_THEIR_WORDS = frozenset({*WORTH_KNOWING, R.UPSET, R.COMPLEX})


def matters(case: Case) -> tuple[Asked, ...]:
    """Return the matters the caller brought up, each once, in order."""
    asked = case.asked or ((Asked(case.intent, 0, case.wanted or ""),) if case.intent else ())
    return tuple(one for one in asked if one.intent in ABOUT)


def quoted(case: Case) -> tuple[str, int | None]:
    """Return the caller's own words that carry the matter, and their turn; "" for noise.

    These are what they said when asked for it, else what a person was fetched for (a death, a threat, a
    deadline), else the newest request.
    """
    words, turn = _quoted(case)
    return (words, turn) if any(map(str.isalnum, words)) else ("", None)


def _quoted(case: Case) -> tuple[str, int | None]:
    if case.matter:
        return case.matter, case.since.get("matter")
    worth = [
        (reason, why) for reason, why in evidence_by_reason(case).items() if why.words and why.points >= SURE
    ]
    for is_the_reason in (True, False):
        for reason, why in worth:
            if reason in _IN_THEIR_WORDS and (reason is case.reason) == is_the_reason:
                return why.words, why.turn
    return request_words(case)


def heard_words(case: Case) -> str | None:
    """Return the words to show for the matter: the quote, else what was half heard."""
    half = [one.words for one in case.half_heard if one.words]
    return quoted(case)[0] or (half[-1] if half else None)


def is_only_the_request(case: Case) -> bool:
    """Say whether the quote words a request that the briefing names anyway."""
    return bool(matters(case)) and not case.matter and _quoted(case) == request_words(case)


def request_words(case: Case) -> tuple[str, int | None]:
    """Return the words of the newest matter, else the first that were heard, and their turn."""
    brought_up = matters(case)
    if brought_up and brought_up[-1].words:
        return brought_up[-1].words, brought_up[-1].turn
    return case.wanted or "", case.since.get("wanted")


def evidence_by_reason(case: Case) -> dict[R, WhyTransferred]:
    """Return the heaviest evidence for each reason, the heaviest reason first."""
    by_reason: dict[R, WhyTransferred] = {}
    for why in case.reasons:
        if why.signal in set(Signal):
            by_reason.setdefault(REASON_OF[Signal(why.signal)], why)
    return by_reason
