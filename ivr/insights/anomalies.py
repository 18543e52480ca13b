"""Whether the last hours were worse than such hours usually are, and whether that is worth an alert. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import sqrt
from zoneinfo import ZoneInfo

from ivr.insights.fates import Fate
from ivr.insights.figures import Figure, share
from ivr.insights.tally import HourOfRelease

MEASURES = (
    "calls", "annoyed", "fate", "answers", "slow_answers", "turns", "no_matches", "heard", "unsure",
)  # fmt: skip
ALL_RELEASES = "all releases"
Sums = Mapping[str, Mapping[str, int]]


class Signal(StrEnum):
    """What is watched; definitions.yml says what each one means."""

    FRUSTRATION = "frustration"
    CONTAINMENT = "containment"
    LATENCY = "latency"
    NO_MATCH = "no_match"
    CONFIDENCE = "confidence"


@dataclass(frozen=True)
class Rule:
    """From how many, and from which change for the worse (a share), a signal alerts."""

    least_n: int
    least_change: float


@dataclass(frozen=True)
class AlertPolicy:
    """What counts as worse; nlu_data/alerts.yml."""

    hours: int
    compare_weeks: int
    quiet_hours: int
    sureness: float
    rules: Mapping[Signal, Rule]


@dataclass(frozen=True)
class Anomaly:
    """A share of bad ones that is worse than before, of one release or of all."""

    signal: Signal
    release: str
    now: Figure
    before: Figure
    sureness: float


@dataclass(frozen=True)
class Window:
    """Hours as (day, hour) of the company: the last ones, the same of weeks before, those of all days."""

    now: tuple[tuple[str, str], ...]
    same_weekday: frozenset[tuple[str, str]]
    any_day: frozenset[tuple[str, str]]

    def days(self) -> list[str]:
        """Return every day that must be asked for."""
        return sorted({day for day, _ in {*self.now, *self.any_day}})


def window(now: datetime, zone: ZoneInfo, policy: AlertPolicy) -> Window:
    """Return which hours are compared. The running hour is none of them."""
    full = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    last = [(full - timedelta(hours=back)).astimezone(zone) for back in range(policy.hours, 0, -1)]

    def before(days_back: Sequence[int]) -> frozenset[tuple[str, str]]:
        return frozenset(
            ((moment.date() - timedelta(days=back)).isoformat(), f"{moment.hour:02}")
            for moment in last
            for back in days_back
        )

    weeks = range(1, policy.compare_weeks + 1)
    return Window(
        tuple((moment.date().isoformat(), f"{moment.hour:02}") for moment in last),
        before([7 * week for week in weeks]),
        before(range(1, 7 * policy.compare_weeks + 1)),
    )


def anomalies(hours: Mapping[HourOfRelease, Sums], looked_at: Window, policy: AlertPolicy) -> list[Anomaly]:
    """Return what got worse, the surest first: each release, and all together where there are several.

    A release is compared with all releases before: a new one has no past of its own. Where the same weekday
    has too few, the same hours of every day stand in; where these are too few as well, nothing is said.
    """
    present: dict[str, Counter[Signal]] = {}
    of_n: dict[str, Counter[Signal]] = {}
    past = [(Counter[Signal](), Counter[Signal]()) for _ in range(2)]
    for (day, hour, release), sums in hours.items():
        at = (day, hour)
        for signal, (bad, n) in _shares(sums).items():
            if at in looked_at.now:
                for name in (release, ALL_RELEASES):
                    present.setdefault(name, Counter())[signal] += bad
                    of_n.setdefault(name, Counter())[signal] += n
            for (bads, ns), is_inside in zip(
                past, (at in looked_at.same_weekday, at in looked_at.any_day), strict=True
            ):
                if is_inside:
                    bads[signal] += bad
                    ns[signal] += n
    if len(present) == 2:  # one release: all together says the same again
        del present[ALL_RELEASES]
    found = [
        anomaly
        for release, bads in present.items()
        for signal, rule in policy.rules.items()
        for anomaly in _judged(signal, release, bads[signal], of_n[release][signal], past, rule, policy)
    ]
    return sorted(found, key=lambda one: (-one.sureness, one.signal, one.release))


def _judged(
    signal: Signal,
    release: str,
    bad: int,
    n: int,
    past: Sequence[tuple[Mapping[Signal, int], Mapping[Signal, int]]],
    rule: Rule,
    policy: AlertPolicy,
) -> Iterator[Anomaly]:
    compared = next(((bads[signal], ns[signal]) for bads, ns in past if ns[signal] >= rule.least_n), None)
    if n < rule.least_n or compared is None:
        return
    bad_before, n_before = compared
    change = bad / n - bad_before / n_before
    pooled = (bad + bad_before) / (n + n_before)
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / n_before))
    if change < rule.least_change or error == 0 or change / error < policy.sureness:
        return
    yield Anomaly(signal, release, share(bad, n), share(bad_before, n_before), change / error)


def _shares(sums: Sums) -> dict[Signal, tuple[int, int]]:
    """Return (bad ones, of how many) for each signal."""
    count = {measure: sum(keys.values()) for measure, keys in sums.items()}
    fates = sums.get("fate", {})
    contained = fates.get(Fate.SOLVED, 0) + fates.get(Fate.UNKNOWN, 0)
    over = sum(fates.values())
    return {
        Signal.FRUSTRATION: (count.get("annoyed", 0), count.get("calls", 0)),
        Signal.CONTAINMENT: (over - contained, over),
        Signal.LATENCY: (count.get("slow_answers", 0), count.get("answers", 0)),
        Signal.NO_MATCH: (count.get("no_matches", 0), count.get("turns", 0) + count.get("no_matches", 0)),
        Signal.CONFIDENCE: (count.get("unsure", 0), count.get("heard", 0)),
    }
