"""What is known about a caller's matter at the moment a person is asked to take over. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ivr.handoff.escalation import EscalationReason


@dataclass(frozen=True)
class Case:
    """Facts only; nothing here is inferred. `None` means not known.

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


def plain(case: Case) -> dict[str, Any]:
    """Return the case ready for JSON."""
    return asdict(case) | {"reason": str(case.reason), "tried": list(case.tried)}


def read_case(stored: Mapping[str, Any]) -> Case:
    """Return the case that `plain` made."""
    parts = dict(stored)
    return Case(**(parts | {"reason": EscalationReason(parts["reason"]), "tried": tuple(parts["tried"])}))
