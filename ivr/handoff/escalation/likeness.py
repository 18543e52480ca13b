"""How alike two sentences are, also when one is rephrased or misheard. Pure."""

from collections import Counter


def likeness(one: str, other: str) -> float:
    """Return 0..1: the mean of shared words and shared letter triples (Dice's measure on both)."""
    words = _dice(Counter(one.split()), Counter(other.split()))
    return (words + _dice(_triples(one), _triples(other))) / 2


def _triples(text: str) -> Counter[str]:
    padded = f" {text} "
    return Counter(padded[at : at + 3] for at in range(len(padded) - 2))


def _dice(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
