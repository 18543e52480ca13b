"""What calls cost and save under assumptions anybody may change, and how much each one matters. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from ivr.insights.counts import WAIT_CLASSES_MS
from ivr.insights.fates import Fate
from ivr.insights.figures import Figure, quantile, share
from ivr.insights.heart import Sums, total

MEASURES = ("calls", "bot_ms", "person_ms", "fate", "wait_class")
MS_A_MINUTE = 60_000
PROMPT_ANSWER_MS = 20_000
TRIED = 0.2  # by how much each assumption is moved, up and down
RISKY_INTENTS = ("complaint", "cancel_order", "return_item")


@dataclass(frozen=True)
class Assumptions:
    """What the figures rest on; the page lets anybody change each one. Money in the company's currency.

    The defaults are round numbers to begin with; a company puts its own in their place.
    """

    bot_minute: float = 0.6  # telephony and server
    person_minute: float = 7.0
    wrap_up_minutes: float = 2.0  # after each call with a person
    person_contact_minutes: float = 6.0  # what a contained call would have taken a person
    order_value: float = 650.0
    server_watts: float = 40.0
    calls_at_once: float = 8.0  # that share the server, on average while it is in use
    grid_g_per_kwh: float = 30.0  # Nordic mix


@dataclass(frozen=True)
class Worth:
    """What the calls of a scope come to. Money, seconds, watt-hours and grams as the definitions say."""

    cost_bot: float | None
    cost_person: float | None
    saved: float
    minutes_saved: float
    revenue_at_risk: float
    energy: float | None
    carbon: float | None
    service_level: Figure
    time_to_person: Figure


# Which figure an assumption is shown by: the first of these that it moves.
RESTING = ("saved", "revenue_at_risk", "cost_person", "carbon")


@dataclass(frozen=True)
class Sensitivity:
    """What a figure would be if one assumption were a fifth lower, as it is now, and a fifth higher."""

    assumption: str
    figure: str
    low: float
    now: float
    high: float


def worth(sums: Sums, risky_calls: int, given: Assumptions) -> Worth:
    """Return what the calls come to; `risky_calls` are those about RISKY_INTENTS."""
    calls = total(sums, "calls")
    bot_minutes = total(sums, "bot_ms") / MS_A_MINUTE
    with_person = total(sums, "wait_class")
    person_minutes = total(sums, "person_ms") / MS_A_MINUTE + given.wrap_up_minutes * with_person
    solved = sums["fate"].get(Fate.SOLVED, 0)
    watt_hours = bot_minutes / 60 * given.server_watts / given.calls_at_once
    return Worth(
        cost_bot=bot_minutes * given.bot_minute / calls if calls else None,
        cost_person=person_minutes * given.person_minute / with_person if with_person else None,
        saved=solved * given.person_contact_minutes * given.person_minute - bot_minutes * given.bot_minute,
        minutes_saved=solved * given.person_contact_minutes,
        revenue_at_risk=risky_calls * given.order_value,
        energy=watt_hours / calls if calls else None,
        carbon=watt_hours / 1000 * given.grid_g_per_kwh / calls if calls else None,
        service_level=service_level(sums["wait_class"]),
        time_to_person=_seconds(quantile(sums["wait_class"], 0.95)),
    )


def service_level(waits: Mapping[str, int]) -> Figure:
    """Return the share of those who waited for a person and had one within 20 s."""
    edges = {f"{edge:07}" for edge in WAIT_CLASSES_MS if edge <= PROMPT_ANSWER_MS}
    return share(sum(n for name, n in waits.items() if name in edges), sum(waits.values()))


def sensitivity(sums: Sums, risky_calls: int, given: Assumptions) -> Iterator[Sensitivity]:
    """Yield for each assumption a figure that rests on it, when it is a fifth lower, and higher."""
    now = worth(sums, risky_calls, given)
    for field in fields(given):
        value = getattr(given, field.name)
        low, high = (
            worth(sums, risky_calls, replace(given, **{field.name: value * factor}))
            for factor in (1 - TRIED, 1 + TRIED)
        )
        for figure in RESTING:
            three = [getattr(tried, figure) for tried in (low, now, high)]
            if None not in three and three[0] != three[2]:
                yield Sensitivity(field.name, figure, *three)
                break


def _seconds(figure: Figure) -> Figure:
    value = None if figure.value is None else figure.value / 1000
    return replace(figure, value=value)
