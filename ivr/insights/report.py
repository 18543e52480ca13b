"""What a page of insights shows for a scope: asks the tally, computes, and hands over finished figures."""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.insights import value
from ivr.insights.figures import Figure, quantile
from ivr.insights.flow import Flow, flow
from ivr.insights.friction import Matter, MatterSums, automation, matters
from ivr.insights.heart import MEASURES, containment, heart, total
from ivr.insights.tally import Scope, Tally


@dataclass(frozen=True)
class Report:
    """Everything the insights page shows of one scope."""

    scope: Scope
    calls: int
    alive: int
    without_disclosure: int
    heart: Mapping[str, Figure]
    containment: Mapping[str, Figure]
    fates_by_day: Mapping[str, Mapping[str, int]]
    calls_by_hour: Mapping[str, int]
    matters: tuple[Matter, ...]
    automation: tuple[tuple[str, float, float, int], ...]
    flow: Flow
    edges: Mapping[str, int]
    stays: tuple[tuple[str, float, int], ...]  # (step, mean seconds, stays)
    left_at: Mapping[str, int]
    escalations: Mapping[str, int]
    risks: Mapping[str, int]
    worth: value.Worth
    sensitivity: tuple[tuple[str, float, float], ...]
    answer_p50: Figure  # milliseconds
    answer_p95: Figure
    releases: Mapping[str, int]
    languages: Mapping[str, int]
    intents: Mapping[str, int]


def report(tally: Tally, scope: Scope, owners: Mapping[str, str], given: value.Assumptions) -> Report:
    """Ask and compute. Raises RecordsUnavailable."""
    measures = {*MEASURES, *value.MEASURES, "alive", "without_disclosure", "hour", "edge", "stay_ms", "stays"}
    measures |= {"left_at", "escalation", "risk", "answer_class"}
    sums = tally.amounts(sorted(measures), scope)
    by_intent = matter_sums(tally, scope)
    found = matters(by_intent, owners, given)
    risky = sum(sum(by_intent.calls.get(intent, {}).values()) for intent in value.RISKY_INTENTS)
    return Report(
        scope=scope,
        calls=total(sums, "calls"),
        alive=total(sums, "alive"),
        without_disclosure=total(sums, "without_disclosure"),
        heart=heart(sums),
        containment=containment(sums["fate"]),
        fates_by_day=tally.split("fate", "day", scope),
        calls_by_hour=sums["hour"],
        matters=tuple(found),
        automation=tuple(automation(found)),
        flow=flow(sums["edge"]),
        edges=sums["edge"],
        stays=_stays(sums["stay_ms"], sums["stays"]),
        left_at=sums["left_at"],
        escalations=sums["escalation"],
        risks=sums["risk"],
        worth=value.worth(sums, risky, given),
        sensitivity=tuple(value.sensitivity(sums, risky, given)),
        answer_p50=quantile(sums["answer_class"], 0.5),
        answer_p95=quantile(sums["answer_class"], 0.95),
        releases=_amounts(tally, "release", scope),
        languages=_amounts(tally, "language", scope),
        intents={intent: sum(counted.values()) for intent, counted in by_intent.calls.items()},
    )


def matter_sums(tally: Tally, scope: Scope) -> MatterSums:
    """Return what was counted of each matter. Raises RecordsUnavailable."""
    names = list(MatterSums.__annotations__)
    by_intent = tally.splits(names, "intent", scope)
    return MatterSums(**{name: {intent: sums[name] for intent, sums in by_intent.items()} for name in names})


def _amounts(tally: Tally, by: str, scope: Scope) -> dict[str, int]:
    return {name: sum(counted.values()) for name, counted in tally.split("calls", by, scope).items()}


def _stays(stay_ms: Mapping[str, int], stays: Mapping[str, int]) -> tuple[tuple[str, float, int], ...]:
    found = [(step, stay_ms.get(step, 0) / count / 1000, count) for step, count in stays.items()]
    return tuple(sorted(found, key=lambda stay: -stay[1] * stay[2]))
