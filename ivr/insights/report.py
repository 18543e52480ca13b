"""What each page of insights shows for a scope: asks the tally, computes, and hands over finished figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ivr.insights import value
from ivr.insights.figures import FEWEST_SHOWN, Figure, quantile
from ivr.insights.flow import Flow, flow
from ivr.insights.friction import Matter, MatterSums, automation, matters
from ivr.insights.heart import MEASURES, containment, heart, total
from ivr.insights.tally import Scope, Tally
from ivr.insights.topics import Quoted, Topic, quoted_places, topics

QUOTES_READ = 1_500  # the newest words that met no answer
BY = ("intent", "language", "hour", "release")


@dataclass(frozen=True)
class Choices:
    """How many calls a scope has, what it can be narrowed down to, and how many there are of each."""

    calls: int
    intents: Mapping[str, int]
    languages: Mapping[str, int]
    releases: Mapping[str, int]


@dataclass(frozen=True)
class Overview:
    """How the calls of a scope were."""

    scope: Scope
    calls: int
    alive: int
    without_disclosure: int
    heart: Mapping[str, Figure]
    containment: Mapping[str, Figure]
    fates_by_day: Mapping[str, Mapping[str, int]]
    calls_by_hour: Mapping[str, int]
    escalations: Mapping[str, int]
    risks: Mapping[str, int]
    answer_p50: Figure  # milliseconds
    answer_p95: Figure


@dataclass(frozen=True)
class Friction:
    """Why people call and where it fails."""

    matters: Sequence[Matter]
    automation: Sequence[tuple[str, float, float, int]]
    topics: Sequence[Topic]
    places: Sequence[Quoted]


@dataclass(frozen=True)
class Way:
    """How calls run."""

    flow: Flow
    edges: Mapping[str, int]
    stays: Sequence[tuple[str, float, int]]  # (step, mean seconds, stays)
    left_at: Mapping[str, int]


@dataclass(frozen=True)
class ValuePage:
    """What calls cost and save, with what the figures rest on."""

    worth: value.Worth
    sensitivity: Sequence[value.Sensitivity]
    risks: Mapping[str, int]


def choices(tally: Tally, scope: Scope) -> Choices:
    """Return what there is to choose from in the scope's days."""
    everything = replace(scope, intent=None, language=None, release=None)
    counted_here = tally.amounts(("calls",), scope)
    return Choices(
        total(counted_here, "calls"),
        *(
            {name: sum(counted.values()) for name, counted in tally.split("calls", by, everything).items()}
            for by in ("intent", "language", "release")
        ),
    )


def overview(tally: Tally, scope: Scope) -> Overview:
    """Ask and compute. Raises RecordsUnavailable."""
    measures = {*MEASURES, "alive", "without_disclosure", "hour", "escalation", "risk", "answer_class"}
    sums = tally.amounts(sorted(measures), scope)
    return Overview(
        scope=scope,
        calls=total(sums, "calls"),
        alive=total(sums, "alive"),
        without_disclosure=total(sums, "without_disclosure"),
        heart=heart(sums),
        containment=containment(sums["fate"]),
        fates_by_day=tally.split("fate", "day", scope),
        calls_by_hour=sums["hour"],
        escalations=_shown(sums["escalation"]),
        risks=_shown(sums["risk"]),
        answer_p50=quantile(sums["answer_class"], 0.5),
        answer_p95=quantile(sums["answer_class"], 0.95),
    )


def heart_by(tally: Tally, scope: Scope, by: str) -> Mapping[str, Mapping[str, Figure]]:
    """Return the figures of HEART for each matter, language, hour or release; few calls are left out.

    Raises ValueError for another `by`, RecordsUnavailable.
    """
    if by not in BY:
        raise ValueError(f"figures are told apart by {', '.join(BY)}")
    if by == "hour":
        split = tally.by_hour(MEASURES, scope)
    else:
        split = tally.splits(MEASURES, by, scope)
    return {name: heart(sums) for name, sums in split.items() if total(sums, "calls") >= FEWEST_SHOWN}


def friction(
    tally: Tally, scope: Scope, owners: Mapping[str, str], given: value.Assumptions, has_quotes: bool = True
) -> Friction:
    """Ask and compute. Raises RecordsUnavailable."""
    found = matters(_matter_sums(tally, scope), owners, given)
    quotes = tally.quotes(scope, QUOTES_READ) if has_quotes else ()
    return Friction(found, tuple(automation(found)), topics(quotes), quoted_places(quotes))


def way(tally: Tally, scope: Scope) -> Way:
    """Ask and compute. Raises RecordsUnavailable."""
    sums = tally.amounts(("edge", "stay_ms", "stays", "left_at"), scope)
    return Way(flow(sums["edge"]), sums["edge"], _stays(sums["stay_ms"], sums["stays"]), sums["left_at"])


def value_page(tally: Tally, scope: Scope, given: value.Assumptions) -> ValuePage:
    """Ask and compute. Raises RecordsUnavailable."""
    sums = tally.amounts((*value.MEASURES, "risk"), scope)
    by_intent = tally.split("calls", "intent", scope)
    risky = sum(sum(by_intent.get(intent, {}).values()) for intent in value.RISKY_INTENTS)
    tried = tuple(value.sensitivity(sums, risky, given))
    return ValuePage(value.worth(sums, risky, given), tried, _shown(sums["risk"]))


def _matter_sums(tally: Tally, scope: Scope) -> MatterSums:
    names = list(MatterSums.__annotations__)
    by_intent = tally.splits(names, "intent", scope)
    return MatterSums(**{name: {intent: sums[name] for intent, sums in by_intent.items()} for name in names})


def _shown(counted: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counted.items() if count >= FEWEST_SHOWN}


def _stays(stay_ms: Mapping[str, int], stays: Mapping[str, int]) -> tuple[tuple[str, float, int], ...]:
    found = [(step, stay_ms.get(step, 0) / count / 1000, count) for step, count in stays.items()]
    return tuple(sorted(found, key=lambda stay: -stay[1] * stay[2]))
