"""Which calls and which assumptions a page's address asks for."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from math import isfinite

from ivr.insights.tally import Scope
from ivr.insights.value import Assumptions

DAYS_AT_FIRST = 28
MOST_DAYS = 366 * 3


def read_scope(asked: Mapping[str, str], today: date) -> Scope:
    """Return the scope; what is missing or makes no sense: the last four weeks, everything, real calls."""
    last = min(_day(asked.get("to")) or today, today)
    first = _day(asked.get("from")) or last - timedelta(days=DAYS_AT_FIRST - 1)
    first = max(min(first, last), last - timedelta(days=MOST_DAYS))
    return Scope(
        first.isoformat(),
        last.isoformat(),
        asked.get("intent") or None,
        asked.get("language") or None,
        asked.get("release") or None,
        asked.get("synthetic") == "yes",
    )


def read_assumptions(asked: Mapping[str, str]) -> Assumptions:
    """Return the assumptions, each as given or else by default; what is no positive number is left out."""
    given = {}
    for field in fields(Assumptions):
        amount = _amount(asked.get(field.name))
        if amount is not None:
            given[field.name] = amount
    return replace(Assumptions(), **given)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _amount(text: str | None) -> float | None:
    try:
        amount = float((text or "").replace(",", "."))
    except ValueError:
        return None
    return amount if isfinite(amount) and amount > 0 else None
