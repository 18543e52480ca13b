"""What there is to tell an agent about a case: typed statements, each with where it is known from. Pure.

Nothing is inferred: a statement is there because the case holds the fact, and says so by its source.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.handoff.briefing_deeds import FOUND, MEANINGS, Meaning
from ivr.handoff.briefing_quote import (
    SURE,
    WORTH_KNOWING,
    evidence_by_reason,
    matters,
    quoted,
    request_words,
)
from ivr.handoff.case import Asked, Case, Deed, WhyTransferred
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.escalation.signals import Signal

R = EscalationReason
# Nothing the caller said led to these: the words before them were an answer to a question.
_NO_LAST_WORDS = frozenset({R.VERIFICATION_FAILED, R.ORDERS_UNAVAILABLE, R.NO_INPUT})
_TELLING = 8  # words: fewer only ask for a person
_MOOD_BY = {"upset": Signal.UPSET_ABOUT_MATTER, "annoyed_with_bot": Signal.FRUSTRATED_WITH_BOT}
_MOOD_IS_THE_REASON = {R.FRUSTRATED, R.UPSET, R.BEREAVEMENT}
_CANCELLED = "utter_order_now_cancelled"
_DANGER = {R.EMERGENCY, R.SAFETY}
_FIRST: Mapping[R, str] = {
    R.EMERGENCY: "danger",
    R.SAFETY: "hurt",
    R.VERIFICATION_FAILED: "check",
    R.FRUSTRATED: "sorry",
    R.UPSET: "sorry",
    R.KEPT_REPEATING: "read",
    R.CALLED_BEFORE: "read",
    R.BEREAVEMENT: "loss",
    R.NOT_UNDERSTOOD: "own_words",
    R.NO_INPUT: "hear",
    R.DIALOGUE_UNAVAILABLE: "fault",
    R.SPEECH_UNAVAILABLE: "fault",
    R.ORDERS_UNAVAILABLE: "look_up",
    R.DEADLINE: "by_then",
    R.COMPLEX: "one_by_one",
}


class From(StrEnum):
    """Where a fact is known from."""

    SAID = "said"  # the caller, in words
    KEYED = "keyed"  # the caller, by keys
    LOOKED_UP = "looked_up"  # the order system
    BOT = "bot"  # the bot's own doing
    RECORD = "record"  # counted or noted by the service


@dataclass(frozen=True)
class Source:
    """Where a statement comes from; turn 0 is an earlier talk in the call, None no turn in particular."""

    origin: From
    turn: int | None = None
    prompt_id: str | None = None
    words: str = ""


@dataclass(frozen=True)
class Statement:
    """One thing to tell, by the response that words it.

    `slots` are its values, `terms` those that are responses themselves. The lighter it is, the sooner it is
    left out. An unverified one is what a caller claims.
    """

    kind: str
    source: Source
    weight: int
    slots: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)
    is_verified: bool = True


WHO, WHY, ORDER, ABOUT_WEIGHT, QUOTE, STATUS, DEADLINE, NOT_TOLD = 100, 98, 90, 88, 64, 70, 75, 91
SECOND_REASON, CONTACTS, MOOD, FIRST, PLAIN_ORDER, EARLIER_MATTER = 52, 50, 45, 40, 36, 34
TELLING_WORDS, CALLBACK, MISSES, NOTHING, REQUEST, LAST_WORDS = 37, 26, 22, 16, 14, 12


def statements(case: Case) -> tuple[Statement, ...]:
    """Return everything there is to tell, in the order it is told."""
    return (
        _who(case),
        *_wants(case),
        *_done(case),
        *_why(case),
        *_circumstances(case),
        *_first(case),
    )


def _who(case: Case) -> Statement:
    if not case.is_verified:
        return Statement("brief_caller_unverified", Source(From.RECORD), WHO, is_verified=False)
    source = Source(From.LOOKED_UP, case.since.get("is_verified"))
    if case.caller_name is None:
        return Statement("brief_caller_verified_no_name", source, WHO)
    return Statement("brief_caller_verified", source, WHO, {"caller_name": case.caller_name})


def _wants(case: Case) -> Iterator[Statement]:
    brought_up, (quote, turn) = matters(case), quoted(case)
    for one in brought_up[-1:]:
        is_plain = one.intent == "order_status" and case.order_number is not None
        is_plain = is_plain or one.intent == case.reason  # a complaint, for one
        yield _about("brief_wants_about", one, PLAIN_ORDER if is_plain else ABOUT_WEIGHT)
    if case.order_number is not None:
        source = _from_caller(case, "order_number")
        order = {"order_number": case.order_number}
        kind = "brief_wants_order" if case.is_verified else "brief_wants_order_unverified"
        yield Statement(kind, source, ORDER, order, is_verified=case.is_verified)
    if quote:
        words = Source(From.SAID, turn, words=quote)
        yield Statement("brief_wants_words", words, QUOTE, {"wanted": quote}, is_verified=False)
    elif case.half_heard and case.half_heard[-1].words:
        half = case.half_heard[-1]
        words = Source(From.SAID, half.turn, words=half.words)
        yield Statement("brief_half_heard", words, QUOTE, {"wanted": half.words}, is_verified=False)
    elif not brought_up and case.order_number is None:
        yield Statement("brief_wants_unknown", Source(From.RECORD), ABOUT_WEIGHT)
    for one in brought_up[:-1]:
        yield _about("brief_wanted_before", one, EARLIER_MATTER)
    first, asked_in = request_words(case)
    is_new = brought_up and brought_up[-1].intent != case.reason and first not in {quote, case.reason_words}
    if is_new and turn is not None and asked_in is not None and asked_in < turn:
        words = Source(From.SAID, asked_in, words=first)
        yield Statement("brief_request_words", words, REQUEST, {"wanted": first}, is_verified=False)


def _about(kind: str, one: Asked, weight: int) -> Statement:
    source = Source(From.SAID, one.turn, words=one.words)
    return Statement(kind, source, weight, terms={"about": f"brief_about_{one.intent}"})


def _done(case: Case) -> Iterator[Statement]:
    told = list(_deeds(case))
    status = _status(case)
    if status is not None:
        told.insert(0, status)
    latest = {statement.kind: statement for statement in told}  # said twice, only the newer counts
    yield from latest.values()
    untold = [deed for deed in case.deeds if not deed.is_told and any(m.is_change for m in _meanings(deed))]
    if untold:
        yield Statement("brief_not_told", Source(From.BOT, untold[-1].turn), NOT_TOLD)
    heard_of = [deed for deed in _all_deeds(case) if deed.is_told and _meanings(deed)]
    if not latest and not case.is_verified and not heard_of and not untold:
        yield Statement("brief_tried_nothing", Source(From.RECORD), NOTHING)


def _status(case: Case) -> Statement | None:
    """Return how the order stands, and whether the caller was told."""
    if case.order_status is None or not case.is_verified:
        return None
    terms = {"order_status": f"brief_status_{case.order_status}"}
    name = f"utter_order_{case.order_status}"
    told = [deed for deed in _all_deeds(case) if deed.prompt_id == name and deed.is_told]
    if told:
        read = Source(From.BOT, told[-1].turn, name)
        return Statement("brief_tried_read_status", read, STATUS, terms=terms)
    if case.order_status == "cancelled" and any(one.prompt_id == _CANCELLED for one in _all_deeds(case)):
        return None  # the bot's doing says it
    source = Source(From.LOOKED_UP, case.since.get("order_status"))
    return Statement("brief_detail_status", source, FOUND, terms=terms)


def _deeds(case: Case) -> Iterator[Statement]:
    for deed in _all_deeds(case):
        for meaning in _meanings(deed):
            slots = {name: deed.slots[name] for name in meaning.slots if name in deed.slots}
            if len(slots) < len(meaning.slots) or _is_said_elsewhere(meaning.kind, case):
                continue
            if not deed.is_told and not meaning.is_change:
                continue
            source = Source(From.BOT, deed.turn, deed.prompt_id)
            yield Statement(meaning.kind, source, meaning.weight, slots)


def _all_deeds(case: Case) -> tuple[Deed, ...]:
    return case.deeds or tuple(Deed(name, 0) for name in case.tried)


def _meanings(deed: Deed) -> tuple[Meaning, ...]:
    return MEANINGS.get(deed.prompt_id, ())


def _is_said_elsewhere(kind: str, case: Case) -> bool:
    """Say whether what is known now, or the reason, makes it superfluous that the bot asked or failed."""
    match kind:
        case "brief_tried_asked_order_number":
            return case.order_number is not None
        case "brief_tried_asked_postcode":
            return case.is_verified or case.reason is R.VERIFICATION_FAILED
        case "brief_failed_no_match":
            return case.reason is R.VERIFICATION_FAILED or case.is_verified
        case "brief_failed_orders":
            return case.reason is R.ORDERS_UNAVAILABLE
    return False


def _why(case: Case) -> Iterator[Statement]:
    """Return the reason with its evidence, then the other signals an agent is to know of."""
    by_reason = evidence_by_reason(case)
    yield _reason(_true_reason(case, by_reason), by_reason, case, WHY)
    for reason in WORTH_KNOWING:
        why_also = by_reason.get(reason)
        if reason is case.reason or why_also is None or why_also.points < SURE:
            continue
        yield _reason(reason, by_reason, case, DEADLINE if reason is R.DEADLINE else SECOND_REASON)


def _true_reason(case: Case, evidence: Mapping[R, WhyTransferred]) -> R:
    """Return why, without blaming the bot for what the words say of the matter."""
    is_at_the_matter = R.UPSET in evidence and _mood_evidence(case, "annoyed_with_bot") is None
    return R.UPSET if case.reason is R.FRUSTRATED and is_at_the_matter else case.reason


def _mood_evidence(case: Case, mood: str) -> WhyTransferred | None:
    return next((why for why in case.reasons if why.signal == _MOOD_BY.get(mood)), None)


def _reason(reason: R, evidence: Mapping[R, WhyTransferred], case: Case, weight: int) -> Statement:
    kind, why = f"brief_reason_{reason}", evidence.get(reason)
    if why is not None:
        return Statement(
            kind, _at(case, why.turn, why.words), weight, is_verified=reason not in WORTH_KNOWING
        )
    if reason is R.PRESSED_ZERO:
        return Statement(kind, Source(From.KEYED, case.keyed[-1] if case.keyed else None), weight)
    if reason is R.ASKED_FOR_PERSON:
        source = Source(From.SAID, case.since.get("reason_words"), words=case.reason_words or "")
        return Statement(kind, source, weight)
    return Statement(kind, Source(From.RECORD), weight)


def _circumstances(case: Case) -> Iterator[Statement]:
    why = _mood_evidence(case, case.mood or "")
    if why is not None and case.reason not in _MOOD_IS_THE_REASON:
        yield Statement(f"brief_mood_{case.mood}", _at(case, why.turn, why.words), MOOD)
    if case.earlier_contacts == 1:
        yield Statement("brief_called_once_before", Source(From.RECORD), CONTACTS)
    elif case.earlier_contacts:
        times = {"times": str(case.earlier_contacts)}
        yield Statement("brief_called_before", Source(From.RECORD), CONTACTS, times)
    if case.misses and case.reason not in {R.NOT_UNDERSTOOD, R.NO_INPUT}:
        kind = "brief_missed_once" if case.misses == 1 else "brief_missed"
        slots = {} if case.misses == 1 else {"times": str(case.misses)}
        yield Statement(kind, Source(From.RECORD), MISSES, slots)
    if case.callback_digits:
        source = _from_caller(case, "callback_digits")
        number = {"digits": case.callback_digits}
        yield Statement("brief_callback_number", source, CALLBACK, number, is_verified=False)
    yield from _last_words(case)


def _last_words(case: Case) -> Iterator[Statement]:
    """Return what the caller said last, unless it is quoted already or was the answer to a question."""
    last, turn = case.reason_words, case.since.get("reason_words")
    answers = {case.since.get(name) for name in ("order_number", "is_verified", "callback_digits")} - {None}
    if case.reason in _NO_LAST_WORDS or turn in answers:
        return
    if last and any(map(str.isalnum, last)) and last != quoted(case)[0]:
        weight = TELLING_WORDS if len(last.split()) >= _TELLING else LAST_WORDS
        source = Source(From.SAID, turn, words=last)
        yield Statement("brief_last_words", source, weight, {"wanted": last}, is_verified=False)


def _first(case: Case) -> Iterator[Statement]:
    """Return what to do first: danger, else who it is before an order is read out, else by the reason."""
    what = _FIRST.get(case.reason)
    if case.reason not in _DANGER and case.order_number is not None and not case.is_verified:
        what = "check"
    if what is not None:
        weight = WHY if case.reason in _DANGER else FIRST
        yield Statement(f"brief_first_{what}", Source(From.RECORD), weight)


def _from_caller(case: Case, name: str) -> Source:
    return _at(case, case.since.get(name), "")


def _at(case: Case, turn: int | None, words: str) -> Source:
    return Source(From.KEYED if turn in case.keyed else From.SAID, turn, words=words)
