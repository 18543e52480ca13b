"""What is known about a caller's matter at the moment a person is asked to take over. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ivr.handoff.escalation import EscalationReason


@dataclass(frozen=True)
class WhyTransferred:
    """One signal that spoke for a person, with its evidence: the turn, the caller's words, its weight."""

    signal: str  # a value of handoff.escalation.signals.Signal
    turn: int
    words: str
    points: float


@dataclass(frozen=True)
class Case:
    """What is known, with its evidence. `None` means not known.

    `wanted` is the caller's own words (the first request that was understood, else the first heard),
    `tried` what the bot did about it, in order, as prompt-ready keys ("asked_order_number",
    "read_status").
    """

    call_id: str
    language: str
    reason: EscalationReason
    caller_number: str | None = None
    caller_name: str | None = None
    is_verified: bool = False
    wanted: str | None = None
    intent: str | None = None
    order_number: str | None = None
    order_status: str | None = None
    tried: tuple[str, ...] = ()
    reason_words: str | None = None
    reasons: tuple[WhyTransferred, ...] = ()
    mood: str | None = None
    policy_version: str | None = None
    matter: str | None = None
    callback_digits: str | None = None


def plain(case: Case) -> dict[str, Any]:
    """Return the case ready for JSON."""
    parts = asdict(case)
    return parts | {
        "reason": str(case.reason),
        "tried": list(case.tried),
        "reasons": list(parts["reasons"]),
    }


def read_case(stored: Mapping[str, Any]) -> Case:
    """Return the case that `plain` made."""
    parts = dict(stored)
    reasons = tuple(WhyTransferred(**why) for why in parts.get("reasons", ()))
    read = {"reason": EscalationReason(parts["reason"]), "tried": tuple(parts["tried"]), "reasons": reasons}
    return Case(**(parts | read))


def carry_over(earlier: Case, now: Case) -> Case:
    """Return the case as it is now, with what was known when the same call went to a person before."""
    return replace(
        now,
        caller_number=now.caller_number or earlier.caller_number,
        caller_name=now.caller_name or earlier.caller_name,
        is_verified=now.is_verified or earlier.is_verified,
        wanted=earlier.wanted or now.wanted,
        intent=earlier.intent or now.intent,
        order_number=now.order_number or earlier.order_number,
        order_status=now.order_status or earlier.order_status,
        tried=tuple(dict.fromkeys((*earlier.tried, *now.tried))),
        reason_words=now.reason_words or earlier.reason_words,
        matter=now.matter or earlier.matter,
        callback_digits=now.callback_digits or earlier.callback_digits,
    )


def told_in(case: Case, language: str | None) -> Case:
    """Return the case as it is told in another language; None keeps the caller's."""
    return replace(case, language=language or case.language)
