"""Which matters cost most and where each of them fails. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.insights.call_summary import NOTHING_ASKED
from ivr.insights.fates import Fate
from ivr.insights.figures import FEWEST_SHOWN, Figure, share
from ivr.insights.value import MS_A_MINUTE, Assumptions

NO_OWNER = "no owner"
HANDLED = (Fate.PASSED_IN_TIME, Fate.PASSED_TOO_LATE)


@dataclass(frozen=True)
class Matter:
    """One reason for contact. `fails_at` is the step with most failures, None when it never failed."""

    intent: str
    owner: str
    calls: int
    minutes: float
    money: float
    solved: Figure
    contained: Figure
    fails_at: str | None
    failures: int
    systems: tuple[str, ...]
    lost_minutes: float  # of people, and of the bot where it did not help: what mending could save
    lost_money: float


@dataclass(frozen=True)
class MatterSums:
    """What was counted of each matter, as `Tally.split(measure, "intent", scope)` gives it."""

    calls: Mapping[str, Mapping[str, int]]
    total_ms: Mapping[str, Mapping[str, int]]
    person_ms: Mapping[str, Mapping[str, int]]
    fate: Mapping[str, Mapping[str, int]]
    failure: Mapping[str, Mapping[str, int]]
    system: Mapping[str, Mapping[str, int]]


def matters(sums: MatterSums, owners: Mapping[str, str], given: Assumptions) -> list[Matter]:
    """Return the reasons for contact, the dearest first; matters of fewer than five calls are left out."""
    found = [
        _matter(intent, sums, owners, given)
        for intent, counted in sums.calls.items()
        if sum(counted.values()) >= FEWEST_SHOWN
    ]
    return sorted(found, key=lambda matter: (-matter.money, -matter.calls, matter.intent))


def _matter(intent: str, sums: MatterSums, owners: Mapping[str, str], given: Assumptions) -> Matter:
    fates = sums.fate.get(intent, {})
    over = sum(fates.values())
    known = fates.get(Fate.SOLVED, 0) + fates.get(Fate.GAVE_UP, 0)
    contained = fates.get(Fate.SOLVED, 0) + fates.get(Fate.UNKNOWN, 0)
    total_ms = sum(sums.total_ms.get(intent, {}).values())
    person_minutes = sum(sums.person_ms.get(intent, {}).values()) / MS_A_MINUTE
    with_person = sum(fates.get(fate, 0) for fate in HANDLED)
    minutes = total_ms / MS_A_MINUTE
    money = (minutes - person_minutes) * given.bot_minute
    money += (person_minutes + with_person * given.wrap_up_minutes) * given.person_minute
    unhelped = (over - contained) / over if over else 0.0
    lost_bot_minutes = (minutes - person_minutes) * unhelped
    lost_person_minutes = person_minutes + with_person * given.wrap_up_minutes
    steps = _by_step(sums.failure.get(intent, {}))
    fails_at = max(steps, key=lambda step: (steps[step], step)) if steps else None
    return Matter(
        intent=intent,
        owner=owners.get(intent, NO_OWNER),
        calls=sum(sums.calls[intent].values()),
        minutes=minutes,
        money=money,
        solved=share(fates.get(Fate.SOLVED, 0), known),
        contained=share(contained, over),
        fails_at=fails_at,
        failures=steps[fails_at] if fails_at else 0,
        systems=tuple(sorted({name.partition(":")[0] for name in sums.system.get(intent, {})})),
        lost_minutes=lost_bot_minutes + lost_person_minutes,
        lost_money=lost_bot_minutes * given.bot_minute + lost_person_minutes * given.person_minute,
    )


def mend_first(found: Sequence[Matter], most: int = 3) -> list[Matter]:
    """Return the matters where the most money is lost on calls the bot did not help with."""
    worth = [matter for matter in found if matter.lost_money > 0 and matter.intent != NOTHING_ASKED]
    return sorted(worth, key=lambda matter: (-matter.lost_money, matter.intent))[:most]


def _by_step(failures: Mapping[str, int]) -> dict[str, int]:
    steps: dict[str, int] = {}
    for name, count in failures.items():
        step = name.partition(":")[0]
        steps[step] = steps.get(step, 0) + count
    return steps


def automation(found: list[Matter]) -> Iterator[tuple[str, float, float, int]]:
    """Yield (matter, share contained, share solved, calls): the picture of what can be automated."""
    for matter in found:
        if matter.contained.value is not None and matter.solved.is_shown and matter.solved.value is not None:
            yield matter.intent, matter.contained.value, matter.solved.value, matter.calls
