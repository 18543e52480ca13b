"""Reads the blind calls, and whether a fact in plain words is in a briefing that an English agent gets.

Each fact has one reading, given here: the words it must be found by. A fact that no reading fits stops the
run, so that none counts by accident. Facts are looked for in our own sentences; only those about "the
caller's words" in the caller's.
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date

from benchmarks.briefing_calls.calls import Call, Truth
from benchmarks.briefing_calls.talk import Keys, Says, Shop, Silence, Step
from ivr.handoff.briefing import Told
from ivr.orders.order_book import Order, OrderStatus
from tests.fakes.memory_orders import TODAY

FILE = Path(__file__).with_name("blind.yml")
_COUNTS = {"two": 2, "four": 4, "nine": 9, "today": 0, "tomorrow": 1}
_ANY_DATE = r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
_ANY_ORDER = r"\border \d"
_ANY_STATUS = r"(?:it|order) (?:is|was) (?:received|packed|shipped|out for|delivered|delayed|cancelled)"

# A fact, and the sentence of ours that tells it. \1 is what the fact's group caught.
_TOLD = {
    r"caller is ([A-Z].+) and checked": r"from \1, checked",
    r"caller is not checked|the caller is unverified": r"not checked",
    r"the caller is (?:checked|verified)|number and postcode were right": r"\bchecked by",
    r"claims order (\d+)": r"gave order \1",
    r"order (\d+)": r"\border \1",
    r"(?:any|an) order number": _ANY_ORDER,
    r"number and postcode did not match": r"postcode didn't match",
    r"(shipped|packed|cancelled|delayed|delivered|out for delivery)": (
        r"(?:it|order) (?:is|was) \1|bot \1 the"
    ),
    r"the (?:order|parcel) (?:is|was) (shipped|packed|cancelled|delivered)": r"(?:it|order) (?:is|was) \1",
    r"asked for a person|the caller asked for a person": r"asked for a person",
    r"pressed zero": r"pressed zero",
    r"called once before": r"called once",
    r"called twice before": r"called 2 times",
    r"called three times before": r"called 3 times",
    r"called five times before as a counted fact": r"called 5",
    r"(?:the )?caller is upset|the caller is angry(?: at the shop)?": r"\bupset\b|\bangry\b",
    r"caller is annoyed with the bot": r"(?:impatient|frustrated) with the bot",
    r"the caller is (?:annoyed|rude)": r"impatient|frustrated|upset|rude",
    r"caller needs special care": r"extra help",
    r"somebody died": r"\bdeath\b",
    r"nothing has been done yet": r"Nothing was done",
    r"nothing was heard from the caller": r"couldn't hear them|heard nothing",
    r"the matter is not known": r"haven't said what it's about",
    r"any matter|a matter such as order status": r"\babout (?:an?|changing|cancelling|opening|where|what)\b",
    r"the order system was down": r"order system didn't answer",
    r"the product may be dangerous": r"a danger\b",
    r"threatens legal steps": r"legal steps",
    r"says money was lost": r"money is missing",
    r"several problems at once": r"several problems",
    r"the bot did not understand": r"didn't understand|failed to understand",
    r"an emergency": r"\bemergency\b",
    r"a complaint": r"\bcomplain",
    r"a payment problem": r"about a payment",
    r"about an invoice|wants the invoice again": r"about an invoice",
    r"asks about a refund": r"about a refund",
    r"asks about an order": r"about an order",
    r"wants an order cancelled|wants to cancel": r"about cancelling an order",
    r"wants to return something": r"about a return",
    r"wants to track a delivery": r"about a delivery",
    r"opening hours were told": r"read the opening hours",
    r"needed by a stated time": r"\bdeadline\b",
    r"the bot cancelled the order(?: in this call)?|(?:an|one|the) order was cancelled": r"bot cancelled",
    r"the order has a delivery date|a delivery date|delivery today as a fact": _ANY_DATE,
    r"an hour of delivery": r"\bo'clock\b|\d[:.]\d\d",
    r"the name ([A-Z].+)|a name": r"Call from",
    r"the caller's name is (Carl Gustaf) as a fact": r"\1",
    r"a status": _ANY_STATUS,
    r"a delivery": r"delivery",
    r"a refund was promised|a refund was paid .+|money was returned|a replacement was promised": (
        r"refund of|replacement|returned"
    ),
    r"the delivery was moved": r"bot moved",
    r"a return was registered": r"started a return|return is registered|Return code",
    r"the caller said (?:yes|something) .+": r"\byes\b|Last they said",
    r"the invoice was sent(?: again)?": r"sent the invoice",
    r"cancelling failed": r"too late|refused|couldn't",
    r"the caller still has to confirm": r"confirm(?!ation)",
    r"the order will still be delivered|delivery by Friday was promised": r"is due|new date is 8 Mar",
    r"the number does not exist": r"no such|doesn't exist|didn't match",
    r"the caller threatened to sue": r"legal steps",
    r"a court case is under way|a report has been filed already": r"\bcourt\b|\breport|\bsued\b",
    r"somebody is hurt|an ambulance was called|there is a fire|the fire is out": (
        r"is hurt\b|told .+ 112|\bfire\b"
    ),
    r"the caller cannot pay|the bill is wrong|the double bill .+|nine thousand .+|the shop confirmed .+": (
        r"cannot pay|wrong|double|thousand|confirm|twice"
    ),
    r"the shop owes fifty thousand as a fact": r"fifty|50",
    r"the caller's phone number": r"reached on",
    r"the order is lost|handles are .+|the table is .+|the wedding is .+|it was the caller's wife": (
        r"\blost\b|handle|pieces|wedding|wife"
    ),
}
# A fact, and what of the caller's words tells it.
_QUOTED = {
    r"sparks at the cable of a floor lamp": r"floor lamp.+sparks",
    r"says the payment was taken three times": r"payment three times",
    r"the caller's own words about a part on the side": r"doodah|on the side",
    r"the caller's own words about two orders mixed up": r"blandat ihop två order",
    r"the caller's words about a burning lamp": r"lampan har börjat brinna",
    r"the glass table came scratched": r"glass table came scratched",
    r"words of the caller": r"\w",
    r"needed by a stated time": r"by friday noon",
}  # fmt: skip
_QUESTION = "First:"  # what to do first asks and states nothing of the call


@dataclass(frozen=True)
class BlindCall:
    """One blind call, and in plain words what must and must not be told of it."""

    call: Call
    must: tuple[str, ...]
    must_not: tuple[str, ...]


def blind_calls() -> Iterator[BlindCall]:
    """Return the thirty calls."""
    for one in yaml.safe_load(FILE.read_text("utf-8"))["calls"]:
        yield BlindCall(_call(one), tuple(one["must"]), tuple(one["must_not"]))


def _call(one: Mapping[str, Any]) -> Call:
    shop, order, truth = Shop(), _order(one["order"]), dict(one["truth"])
    shop.book.is_down = one.get("shop_is_down", False)
    values = {}
    if order is not None:
        shop.book.orders[order.number] = order
        values = {"delivery_date": str(order.delivery_date), "carrier_name": str(order.carrier_name)}
    truth |= {name: set(truth.get(name, ())) for name in ("also", "moods")}
    truth |= {"intents": tuple(truth["intents"]), "contacts": one["contacts"]}
    steps = tuple(map(_step, one["steps"]))
    true = Truth(**truth, order=order, values=values)
    return Call(one["name"], one["language"], steps, true, shop, one["caller"])


def _order(held: Mapping[str, Any] | None) -> Order | None:
    if held is None:
        return None
    fields = dict(held)
    days = fields.pop("in_days")
    day = None if days is None else TODAY + datetime.timedelta(days=days)
    return Order(**{**fields, "status": OrderStatus(fields["status"])}, delivery_date=day)


def _step(step: Mapping[str, Any]) -> Step:
    if "keys" in step:
        return Keys(step["keys"])
    if "silence" in step:
        return Silence()
    return Says(
        "" if step.get("unclear") else step["intent"],
        step["says"],
        tuple(step.get("numbers", ())),
        ("said_yes",) if step["intent"] == "affirm" else (),
        step.get("signals", {}),
        "low_log_probability" if step.get("unclear") else None,
    )


def tells(fact: str, told: Sequence[Told]) -> bool:
    """Say whether a briefing tells a fact. Raises LookupError for one that no reading fits."""
    quotes = [one.text for one in told if "wanted" in one.statement.slots]
    ours = [one.text for one in told if one.text not in quotes and not one.text.startswith(_QUESTION)]
    found = [
        any(re.search(pattern, text, re.IGNORECASE) for text in where)
        for table, where in ((_TOLD, ours), (_QUOTED, quotes))
        for pattern in _patterns(fact, table)
    ]
    if not found:
        raise LookupError(f"no reading for {fact!r}")
    return any(found)


def _patterns(fact: str, table: Mapping[str, str]) -> list[str]:
    day = re.fullmatch(r"(?:delivery|new date)(?: in)? (\w+)(?: days)?", fact)
    if day and day[1] in _COUNTS and table is _TOLD:
        date = TODAY + datetime.timedelta(days=_COUNTS[day[1]])
        return [rf"\b{format_date(date, 'd MMM', locale='en')}\b"]
    matches = [(re.fullmatch(key, fact), pattern) for key, pattern in table.items()]
    return [
        pattern.replace(r"\1", re.escape(match[1])) if match.lastindex else pattern
        for match, pattern in matches
        if match
    ]


def misread(call: BlindCall, told: Sequence[Told]) -> list[str]:
    """Return the reasons and moods told that are not those its writer reads in the call."""
    truth, bad = call.call.truth, set()
    for one in told:
        kind = one.statement.kind
        if kind.startswith("brief_reason_") and kind[13:] not in {truth.reason, *truth.also, *truth.moods}:
            bad.add(one.text)
        if kind.startswith("brief_mood_") and kind[11:] not in truth.moods:
            bad.add(one.text)
        if "frustrated with the bot" in one.text and "annoyed_with_bot" not in truth.moods:
            bad.add(one.text)
    return sorted(bad)
