"""Which article answers a question, and when none does. Pure.

Words are compared by their letters in fours, so that endings and slips of speech recognition matter little;
rare pieces count more than common ones (tf-idf, cosine). Nothing is answered below LEAST_ALIKE, to a single
telling word ("what time is it"), or when half of the telling words are unknown to the article.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.knowledge.article import Article

GRAM = 4
# Chosen with benchmarks/knowledge.py: own questions left out one at a time, against out-of-scope sentences.
LEAST_ALIKE = 0.36
FEWEST_TELLING = 2  # words
LEAST_KNOWN = 0.5  # of the telling words; more than this share must be known
_WORD = re.compile(r"[^\W_]+")
# Said in every question: they tell nothing of what is asked.
_EVERYDAY = {
    "en": (
        "a an the i me my you your we is are do does did can could would will what how when where "
        "which who why to of for on in it that this and or with have has be am please want know get "
        "if there any about"
    ),
    "sv": (
        "en ett den det jag mig min mitt du er vi är har kan kunde vill ska vad hur när var vilken "
        "vem varför att av för på i och eller med om som finns man får ni tack veta gör göra"
    ),
    "nb": (
        "en et den det jeg meg min mitt du dere vi er har kan kunne vil skal hva hvordan når hvor "
        "hvilken hvem hvorfor å av for på i og eller med om som finnes man får takk vite gjør"
    ),
    "fi": (
        "minä minun mä sinä te me on ovat olla voi voiko voin haluan haluaisin mitä miten milloin "
        "missä mikä kuka miksi ja tai että se tämä kun jos onko saa saako kiitos tietää"
    ),
}


@dataclass(frozen=True)
class Found:
    """An article and how alike the question is, 0 to 1."""

    article: Article
    alike: float


class Index:
    """The articles of one language, ready to be asked. Safe from any thread."""

    def __init__(self, articles: Sequence[Article], language: str) -> None:
        self._everyday = frozenset(_EVERYDAY.get(language, "").split())
        self._entries = [
            (article, self._pieces(words))
            for article in articles
            for words in (*article.questions, article.title)
        ]
        self._vocabulary: dict[str, set[str]] = {}
        for article, pieces in self._entries:
            self._vocabulary.setdefault(article.slug, set()).update(pieces)
        for article in articles:  # what it says may be asked for, though nobody was heard asking so
            self._vocabulary[article.slug].update(self._pieces(f"{article.spoken} {article.text}"))
        seen = Counter(piece for _, pieces in self._entries for piece in pieces)
        count = max(1, len(self._entries))
        self._rarity = {piece: math.log((1 + count) / (1 + times)) + 1 for piece, times in seen.items()}
        self._unseen = math.log(1 + count) + 1

    def best(self, question: str, most: int = 5) -> list[Found]:
        """Return the likest articles, the likest first."""
        asked = self._weighed(self._pieces(question))
        likest: dict[str, Found] = {}
        for article, pieces in self._entries:
            alike = _cosine(asked, self._weighed(pieces))
            if alike > likest.get(article.slug, Found(article, 0.0)).alike:
                likest[article.slug] = Found(article, alike)
        return sorted(likest.values(), key=lambda found: (-found.alike, found.article.slug))[:most]

    def answer(self, question: str) -> Found | None:
        """Return the article that answers the question; None when none is like it enough."""
        found = self.best(question, 1)
        telling = self._telling(question)
        if not found or found[0].alike < LEAST_ALIKE or len(telling) < FEWEST_TELLING:
            return None
        known = self._vocabulary[found[0].article.slug]
        share = sum(2 * len(known.intersection(_grams(word))) > len(_grams(word)) for word in telling) / len(
            telling
        )
        return found[0] if share > LEAST_KNOWN else None

    def _pieces(self, words: str) -> Counter[str]:
        return Counter(piece for word in self._telling(words) for piece in _grams(word))

    def _telling(self, words: str) -> list[str]:
        return [word for word in _WORD.findall(words.lower()) if word not in self._everyday]

    def _weighed(self, pieces: Mapping[str, int]) -> dict[str, float]:
        return {
            piece: (1 + math.log(times)) * self._rarity.get(piece, self._unseen)
            for piece, times in pieces.items()
        }


def _grams(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[at : at + GRAM] for at in range(max(1, len(framed) - GRAM + 1))}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    common = sum(weight * other[piece] for piece, weight in one.items() if piece in other)
    lengths = math.hypot(*one.values()) * math.hypot(*other.values()) if one and other else 0.0
    return common / lengths if lengths else 0.0
