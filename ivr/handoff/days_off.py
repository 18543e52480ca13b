"""Which days are public holidays in a country, with the eves on which hardly anybody works."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays

_EVES = "de_facto"  # Midsummer Eve, Christmas Eve and the like, where the calendar knows them


class CountryUnknown(ValueError):
    """There is no calendar for this country."""


@dataclass(frozen=True)
class DaysOff:
    """The holidays of a country, by its two letters (ISO 3166-1), and single days besides."""

    country: str | None = None
    days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.country is not None and self.country not in holidays.list_supported_countries():
            raise CountryUnknown(f"there is no calendar for the country {self.country}")

    def __contains__(self, day: date) -> bool:
        return day in self.days or (self.country is not None and day in _of_year(self.country, day.year))


@cache
def _of_year(country: str, year: int) -> frozenset[date]:
    known = holidays.country_holidays(country).supported_categories
    categories = ("public", _EVES) if _EVES in known else ("public",)
    return frozenset(holidays.country_holidays(country, years=year, categories=categories))
