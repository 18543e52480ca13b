"""Whether a briefing that somebody else put into other words says only what ours says. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

LONGER_BY = 1.1
_NUMBER = re.compile(r"\d(?:[\s,]*\d)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NEGATIONS = {
    "not", "no", "never", "nothing", "none", "nobody", "without", "isn't", "wasn't", "didn't", "couldn't",
    "haven't", "hasn't", "don't", "doesn't", "can't", "inte", "ej", "aldrig", "inget", "ingen", "inga",
    "utan", "ikke", "aldri", "ingenting", "uten", "ei", "eivät", "eikä", "ilman",
}  # fmt: skip
# Words that join others and state nothing by themselves; every other one must be in the plain briefing.
_JOINING: Mapping[str, tuple[str, ...]] = {
    "en": (
        "a", "an", "the", "and", "or", "but", "so", "then", "also", "about", "of", "to", "for", "from", "in",
        "on", "at", "by", "with", "it", "its", "is", "are", "was", "were", "has", "have", "had", "been", "be",
        "this", "that", "they", "their", "them", "who", "which", "caller", "bot", "as",
    ),
    "sv": (
        "en", "ett", "den", "det", "de", "och", "eller", "men", "så", "sedan", "också", "om", "av", "till",
        "för", "från", "i", "på", "med", "är", "var", "har", "hade", "som", "sin", "sitt", "boten", "att",
    ),
    "nb": (
        "en", "et", "den", "det", "de", "og", "eller", "men", "så", "også", "om", "av", "til", "for", "fra",
        "i", "på", "med", "er", "var", "har", "hadde", "som", "sin", "sitt", "boten", "at",
    ),
    "fi": (
        "ja", "tai", "mutta", "sekä", "myös", "on", "oli", "ovat", "se", "sen", "hän", "hänen", "joka",
        "jonka", "että", "botti", "kun",
    ),
}  # fmt: skip


class Rewriter(Protocol):
    """Puts a briefing into other words."""

    def rewrite(self, sentences: Sequence[str], language: str) -> str | None:
        """Return the same in other words, None when that failed or took too long. Blocking, any thread."""
        ...


def says_the_same(rewritten: str, sentences: Sequence[str], language: str) -> bool:
    """Say whether a rewriting states nothing that is not in the sentences, and drops no number or "not".

    Every word must be one of ours, no more often than we say it, or join others; numbers, names (our words
    in capitals inside a sentence) and negations must be the same ones as often.
    """
    plain = " ".join(sentences)
    if not rewritten.strip() or len(rewritten) > LONGER_BY * len(plain):
        return False
    if _numbers(rewritten) != _numbers(plain) or _negations(rewritten) != _negations(plain):
        return False
    if not _names(plain) <= set(_WORD.findall(rewritten)):
        return False
    joining = set(_JOINING.get(language, ()))
    stated = Counter(word for word in _words(rewritten) if word not in joining)
    return stated <= Counter(_words(plain))


def _numbers(text: str) -> set[str]:
    return {re.sub(r"\D", "", found) for found in _NUMBER.findall(text)}


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def _negations(text: str) -> Counter[str]:
    return Counter(word for word in _words(text) if word in _NEGATIONS)


def _names(text: str) -> set[str]:
    """Return the words in capitals that do not begin a sentence."""
    inside = re.findall(r"(?<![.!?:])(?<!^)\s([^\W\d_]+)", text)
    return {word for word in inside if word[0].isupper() and len(word) > 1}
