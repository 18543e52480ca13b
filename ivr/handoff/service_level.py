"""How well callers who wanted a person were served: counted from the moves of their transfers. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.handoff.transfer import TransferState

ANSWERED_WITHIN_S = 20.0
SETTLED_WITHIN_S = 180.0

S = TransferState


@dataclass(frozen=True)
class PersonRequest:
    """One caller's way to a person. `promised_at` is when a callback or a message was agreed instead.

    `left_at` is when the caller hung up without either.
    """

    asked_at: datetime
    joined_at: datetime | None = None
    promised_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def settled_at(self) -> datetime | None:
        """Return when the caller reached a person or got a promise, whichever was first."""
        return min((at for at in (self.joined_at, self.promised_at) if at is not None), default=None)


_FIELDS = {
    S.BRIDGED: "joined_at",
    S.GIVEN_UP: "promised_at",
    S.MESSAGE: "promised_at",
    S.ABANDONED: "left_at",
}


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def percent(self) -> int | None:
        """Return the share in whole percent, None of nothing."""
        return None if self.of == 0 else round(100 * self.hits / self.of)


@dataclass(frozen=True)
class ServiceLevel:
    """Of the requests that were decided: answered in time, settled in time."""

    requests: int
    answered: Share
    settled: Share
    left: int


def person_requests(moves: Iterable[tuple[datetime, str, str]]) -> list[PersonRequest]:
    """Return one request per transfer from moves (at, transfer id, state) in the order they happened."""
    found: dict[str, PersonRequest] = {}
    for at, transfer_id, state in moves:
        known = found.get(transfer_id)
        if known is None:
            if state == S.REQUESTED:
                found[transfer_id] = PersonRequest(at)
            continue
        field = _FIELDS.get(S(state)) if state in set(S) else None
        if field is not None and getattr(known, field) is None:
            found[transfer_id] = replace(known, **{field: at})
    return list(found.values())


def service_level(requests: Iterable[PersonRequest], now: datetime) -> ServiceLevel:
    """Count how requests fared. One that still waits within the limit is not counted yet.

    A caller who hangs up before the limit without a person counts as missed: nobody knows for whose sake.
    """
    listed = list(requests)
    return ServiceLevel(
        requests=len(listed),
        answered=_share(listed, now, ANSWERED_WITHIN_S, is_promise_enough=False),
        settled=_share(listed, now, SETTLED_WITHIN_S, is_promise_enough=True),
        left=sum(request.left_at is not None for request in listed),
    )


def _share(requests: list[PersonRequest], now: datetime, limit_s: float, is_promise_enough: bool) -> Share:
    hits = of = 0
    for request in requests:
        reached = request.settled_at if is_promise_enough else request.joined_at
        is_over = request.settled_at is not None or request.left_at is not None
        is_hit = reached is not None and (reached - request.asked_at).total_seconds() <= limit_s
        if not is_hit and not is_over and (now - request.asked_at).total_seconds() <= limit_s:
            continue
        hits += is_hit
        of += 1
    return Share(hits, of)
