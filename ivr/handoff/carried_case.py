"""What a second transfer of the same call keeps of the first one's case. Pure."""

from dataclasses import fields, replace
from typing import Any

from ivr.handoff.case import Case

EARLIER_TALK = 0  # the turn of everything from an earlier talk with the bot: turns count anew in each


def carry_over(earlier: Case, now: Case) -> Case:
    """Return the newer case of the same call with everything the earlier one knew and it does not."""
    gaps: dict[str, Any] = {
        part.name: getattr(earlier, part.name) for part in fields(Case) if getattr(now, part.name) is None
    }
    gaps.pop("reason_words", None)  # why this transfer is wanted is not why the last one was
    is_same_order = now.order_number in {None, earlier.order_number}
    is_still_verified = earlier.is_verified and is_same_order
    if not is_same_order:
        gaps |= {"order_status": now.order_status, "delivery_date": now.delivery_date, "caller_name": None}
    return replace(
        now,
        **gaps,
        is_verified=now.is_verified or is_still_verified,
        tried=tuple(dict.fromkeys((*earlier.tried, *now.tried))),
        asked=(*(replace(one, turn=EARLIER_TALK) for one in earlier.asked), *now.asked),
        deeds=(*(replace(one, turn=EARLIER_TALK) for one in earlier.deeds), *now.deeds),
        half_heard=now.half_heard or tuple(replace(one, turn=EARLIER_TALK) for one in earlier.half_heard),
        misses=earlier.misses + now.misses,
        earlier_contacts=max(earlier.earlier_contacts, now.earlier_contacts),
        since={**dict.fromkeys(earlier.since, EARLIER_TALK), **now.since},
    )
