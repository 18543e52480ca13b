"""Which product a caller means, though recognition spells it another way. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from ivr.orders.shop import Product

SURE = 86.0  # of 100; "rain jackets" is 96 to "rain jacket", "train ticket" 73
CLOSE = 6.0  # two products this close to each other are both meant
HEAD_WORD = 90.0  # the last word alone names a kind: "lamps" are all lamps
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Found:
    """The products that may be meant, the likeliest first; one is sure, two must be asked about."""

    products: tuple[Product, ...]


def name_in(product: Product, language: str) -> str:
    """Return what the product is called in the language."""
    return product.names.get(language, product.names["en"])


def find_product(said: str, products: Sequence[Product], language: str) -> Found:
    """Return the products that the words may name."""
    words = _WORD.findall(said.lower())
    likest = sorted(
        ((_likeness(words, name_in(product, language).lower()), product) for product in products),
        key=lambda pair: -pair[0],
    )
    if likest and likest[0][0] >= SURE:
        best = likest[0][0]
        return Found(
            tuple(product for alike, product in likest[:2] if best - alike < CLOSE and alike >= SURE)
        )
    kind = tuple(product for product in products if _names_kind(words, name_in(product, language).lower()))
    return Found(kind[:2])


def _likeness(words: list[str], name: str) -> float:
    """Return how much the best run of words resembles the name, 0 to 100."""
    length = len(name.split())
    runs = (
        " ".join(words[at : at + size])
        for size in range(max(1, length - 1), length + 2)
        for at in range(len(words) - size + 1)
    )
    return max((fuzz.ratio(run, name) for run in runs), default=0.0)


def _names_kind(words: list[str], name: str) -> bool:
    head = name.split()[-1]
    return any(len(word) > 3 and 100 * JaroWinkler.similarity(word, head) >= HEAD_WORD for word in words)
