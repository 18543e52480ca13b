"""The week in figures: this one beside the one before, and the three things to mend first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ivr.insights.figures import Figure
from ivr.insights.friction import Matter, mend_first
from ivr.insights.report import Overview, friction, overview, value_page
from ivr.insights.tally import Scope, Tally
from ivr.insights.value import Assumptions


@dataclass(frozen=True)
class Week:
    """A week's figures, Monday to Sunday, and those of the week before."""

    name: str  # as 2026-W47
    this: Overview
    before: Overview
    mend: tuple[Matter, ...]
    saved: float
    currency: str  # of all money in it

    @property
    def is_empty(self) -> bool:
        """Say that nobody called."""
        return not self.this.calls


def week_scope(name: str, is_synthetic: bool = False) -> Scope:
    """Return the days of a week such as 2026-W47. Raises ValueError."""
    monday = date.fromisoformat(f"{name}-1")
    return Scope(monday.isoformat(), (monday + timedelta(days=6)).isoformat(), is_synthetic=is_synthetic)


def week_of(day: date) -> str:
    """Return the name of the week the day is in."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"


def week_in_figures(
    tally: Tally, owners: Mapping[str, str], name: str, currency: str, is_synthetic: bool = False
) -> Week:
    """Ask and compute. Raises ValueError for no week, RecordsUnavailable."""
    scope = week_scope(name, is_synthetic)
    earlier = week_of(date.fromisoformat(scope.first_day) - timedelta(days=7))
    given = Assumptions()
    found = friction(tally, scope, owners, given, has_quotes=False).matters
    return Week(
        name,
        overview(tally, scope),
        overview(tally, week_scope(earlier, is_synthetic)),
        tuple(mend_first(found)),
        value_page(tally, scope, given).worth.saved,
        currency,
    )


def change(now: Figure, before: Figure) -> str:
    """Say whether the two differ by more than chance: their intervals lie apart."""
    if not (now.is_shown and before.is_shown):
        return ""
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return ""
    if now.low > before.high:
        return "higher"
    return "lower" if now.high < before.low else "no clear change"
