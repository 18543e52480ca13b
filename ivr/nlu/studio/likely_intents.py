"""Which intents a designer is offered for a caller's words. Pure.

A naive Bayes classifier over words and their beginnings: it owes nothing to the model whose doubts brought
the words here, and it needs no loading.
"""

import math
from collections import Counter
from collections.abc import Sequence

from ivr.nlu.corpus import Line, as_heard
from ivr.nlu.studio.inbox import Utterance

OFFERED = 5
STEM = 4  # letters: words of one stem share them in most inflections


class LikelyIntents:
    """Counts of the sentences there are, by language and intent."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._words: dict[tuple[str, str], Counter[str]] = {}
        self._known: dict[str, set[str]] = {}
        for line in lines:
            pieces = _pieces(line.plain)
            self._words.setdefault((line.language, line.intent), Counter()).update(pieces)
            self._known.setdefault(line.language, set()).update(pieces)

    def of(self, said: Utterance) -> tuple[str, ...]:
        """Return the likeliest intents, the first one first; none in a language without sentences."""
        known = self._known.get(said.language, set())
        pieces = [piece for piece in _pieces(as_heard(said.text, said.language)) if piece in known]
        # Every intent is equally likely beforehand: many sentences of one are no sign that callers mean it.
        odds = {
            intent: _log_likelihood(pieces, words, len(known))
            for (language, intent), words in self._words.items()
            if language == said.language
        }
        return tuple(sorted(odds, key=lambda intent: (-odds[intent], intent))[:OFFERED])


def _log_likelihood(pieces: Sequence[str], words: "Counter[str]", vocabulary: int) -> float:
    total = sum(words.values()) + vocabulary  # add-one smoothing
    return sum(math.log((words[piece] + 1) / total) for piece in pieces)


def _pieces(plain: str) -> list[str]:
    words = plain.split()
    return [*words, *(f"{word[:STEM]}…" for word in words if len(word) > STEM)]
