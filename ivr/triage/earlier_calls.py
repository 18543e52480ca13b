"""What of an earlier call may be the same case again: what it was about, unless it was solved. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ivr.dialogue.matters import MATTERS
from ivr.handoff.escalation.signals import EarlierContact
from ivr.records.kinds import Kind
from ivr.records.store import CallEvent

ANSWERED_STEP = "anything_else"  # the dialogue asks it once a matter is dealt with
FAILURES_OF_TROUBLE = 2  # asked again once is any good call
_NOT_CONTAINED = {Kind.ESCALATED, Kind.CALLBACK_BOOKED, Kind.MESSAGE_TAKEN}


def unsolved(calls: Iterable[Sequence[CallEvent]]) -> tuple[EarlierContact, ...]:
    """Return what the calls were about that a caller may well be phoning about again.

    Left out are those that the bot ended well by itself, and those of which nobody knows the matter.
    """
    found = (_contact(events) for events in calls if not _is_solved(events))
    return tuple(one for one in found if one.order_number or one.matters)


def _contact(events: Sequence[CallEvent]) -> EarlierContact:
    orders = [event.facts.get("order_number") for event in events if event.kind == Kind.LOOKED_UP]
    known = [str(order) for order in orders if order]
    return EarlierContact(known[-1] if known else None, frozenset(filter(None, map(_matter, events))))


def _matter(event: CallEvent) -> str | None:
    intent = event.facts.get("intent") if event.kind == Kind.TURN_ANSWERED else None
    return intent if intent in MATTERS else None


def _is_solved(events: Sequence[CallEvent]) -> bool:
    """Say whether every matter was answered, without a person, without trouble and without a complaint."""
    is_answered, failures = False, 0
    for event in events:
        if event.kind in _NOT_CONTAINED or _is_complaint(event.kind, event.facts):
            return False
        failures += event.kind in {Kind.NO_MATCH, Kind.NO_INPUT}
        if event.kind == Kind.TURN_ANSWERED:
            step = (event.facts.get("expects") or {}).get("step")
            is_done = event.facts.get("verdict") == "answered" and step == ANSWERED_STEP
            is_answered = is_done or (is_answered and _matter(event) is None)
    return is_answered and failures < FAILURES_OF_TROUBLE


def _is_complaint(kind: str, facts: Mapping[str, Any]) -> bool:
    is_unsolved = facts.get("question") == "solved" and not facts.get("value")
    return facts.get("intent") == "frustrated" or (kind == Kind.SURVEY_ANSWERED and is_unsolved)
