"""What a second transfer of the same call keeps of the first one's case. Pure."""

from dataclasses import fields, replace
from typing import Any

from ivr.handoff.case import Case


def carry_over(earlier: Case, now: Case) -> Case:
    """Return the newer case of the same call with everything the earlier one knew and it does not."""
    gaps: dict[str, Any] = {
        part.name: getattr(earlier, part.name) for part in fields(Case) if getattr(now, part.name) is None
    }
    return replace(
        now,
        **gaps,
        is_verified=now.is_verified or earlier.is_verified,
        tried=tuple(dict.fromkeys((*earlier.tried, *now.tried))),
    )
