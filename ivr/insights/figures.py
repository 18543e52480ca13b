"""How certain a figure is: shares with Wilson's interval, means, quantiles from classes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054  # two-sided 95 % of the normal distribution
FEWEST_SHOWN = 5  # an aggregate of fewer calls is not shown: it would tell of single people


@dataclass(frozen=True)
class Figure:
    """A value with its 95 % interval and the n behind it; `value` is None where there is nothing to say."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def is_shown(self) -> bool:
        """Say whether enough stands behind it."""
        return self.value is not None and self.n >= FEWEST_SHOWN


def count_shown(count: int) -> str:
    """Write how many there were; a few are "under 5", for the same reason."""
    return f"under {FEWEST_SHOWN}" if 0 < count < FEWEST_SHOWN else f"{count:,}".replace(",", "\u202f")


NOTHING = Figure(None, None, None, 0)


def share(hits: int, n: int) -> Figure:
    """Return hits of n with Wilson's score interval. Source: Wilson, JASA 22 (1927), 209-212."""
    if n <= 0:
        return NOTHING
    p = hits / n
    scale = 1 + Z_95**2 / n
    middle = (p + Z_95**2 / (2 * n)) / scale
    reach = Z_95 * sqrt(p * (1 - p) / n + Z_95**2 / (4 * n * n)) / scale
    return Figure(p, max(0.0, middle - reach), min(1.0, middle + reach), n)


def mean(total: int, squares: int, n: int, scale: float = 1.0) -> Figure:
    """Return the mean of n values, none below zero, from their sum and squares; a normal 95 % interval."""
    if n <= 0:
        return NOTHING
    value = total / n
    if n == 1:
        return Figure(value * scale, None, None, 1)
    variance = max(0.0, (squares - n * value * value) / (n - 1))
    reach = Z_95 * sqrt(variance / n)
    return Figure(value * scale, max(0.0, value - reach) * scale, (value + reach) * scale, n)


def quantile(classes: Mapping[str, int], q: float) -> Figure:
    """Return the upper edge of the class in which the quantile lies; None in the open class.

    `classes` are counts by `counts.class_of` names. The true value is at most one class lower.
    """
    n = sum(classes.values())
    if n == 0:
        return NOTHING
    wanted = q * n
    passed = 0
    for name in sorted(classes):  # digits sort before the open class's letters
        passed += classes[name]
        if passed >= wanted:
            return Figure(float(name), None, None, n) if name.isdecimal() else Figure(None, None, None, n)
    raise AssertionError("the classes hold n values")
