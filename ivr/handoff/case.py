"""What is known about a caller's matter at the moment a person is asked to take over. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
class Asked:
    """One matter the caller brought up: the intent, the turn, and the words it was read from."""

    intent: str
    turn: int
    words: str


@dataclass(frozen=True)
class Deed:
    """Something the bot said or did: the prompt that says it, its values, and whether it was said aloud."""

    prompt_id: str
    turn: int
    slots: Mapping[str, str] = field(default_factory=dict)
    is_told: bool = True


@dataclass(frozen=True)
class Case:
    """What is known, with its evidence. `None` means not known.

    `wanted` is the caller's own words (the first request that was understood, else the first heard),
    `tried` what the bot did about it, in order, as prompt-ready keys ("asked_order_number", "read_status").
    `matter` is the sentence the caller gave when asked what it is about, `callback_digits` the number as
    the caller gave it. `half_heard` are words that were doubted, for want of better ones. `since` says in
    which turn a field became known and `keyed` which turns were keys; turn 0 is an earlier talk with the
    bot in the same call.
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
    delivery_date: str | None = None
    asked: tuple[Asked, ...] = ()
    deeds: tuple[Deed, ...] = ()
    half_heard: tuple[Asked, ...] = ()
    misses: int = 0
    earlier_contacts: int = 0
    since: Mapping[str, int] = field(default_factory=dict)
    keyed: tuple[int, ...] = ()


def plain(case: Case) -> dict[str, Any]:
    """Return the case ready for JSON."""
    parts = asdict(case)
    listed = {name: list(value) for name, value in parts.items() if isinstance(value, tuple)}
    return parts | listed | {"reason": str(case.reason)}


def read_case(stored: Mapping[str, Any]) -> Case:
    """Return the case that `plain` made; of one whose caller was erased, what is left of it."""
    parts = {"call_id": "", **stored}
    read = {
        "reason": EscalationReason(parts["reason"]),
        "tried": tuple(parts.get("tried", ())),
        "reasons": tuple(WhyTransferred(**{"words": "", **why}) for why in parts.get("reasons", ())),
        "asked": tuple(Asked(**{"words": "", **one}) for one in parts.get("asked", ())),
        "deeds": tuple(Deed(**one) for one in parts.get("deeds", ())),
        "half_heard": tuple(Asked(**{"words": "", **one}) for one in parts.get("half_heard", ())),
        "keyed": tuple(parts.get("keyed", ())),
    }
    return Case(**(parts | read))
