"""What callers ask for that the bot does not know: utterances alike are put together, with a proposal each.

Those in one language are compared by TF-IDF over words and their pieces (inflections share those). The
largest neighbourhood becomes a topic, then the largest of what is left: no number has to be guessed. Pure.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ivr.insights.figures import FEWEST_SHOWN
from ivr.insights.tally import QuotedCall
from ivr.insights.unmet import NOT_UNDERSTOOD, OUT_OF_SCOPE
from ivr.privacy.redaction import redact

PLACES = 2048  # features are hashed into so many
PIECE = 4  # letters of a word's pieces
ALIKE = (
    0.3  # cosine from which two utterances are about the same; measured on tests/unit/insights/test_topics.py
)
MOST_WORDINGS = 600  # compared with each other; the newest
QUOTES_SHOWN = 3
TITLE_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"\[\w+\]")  # what redaction left


class Proposal(StrEnum):
    """What would help; the page says it in words."""

    INTENT = "new intent"
    ARTICLE = "new knowledge article"
    PROCESS = "mend the process"


@dataclass(frozen=True)
class Topic:
    """Five or more calls about one thing. `quotes` are redacted, the most typical first."""

    title: str
    language: str
    calls: int
    quotes: tuple[str, ...]
    intents: tuple[str, ...]  # matters these callers brought otherwise
    proposal: Proposal


@dataclass(frozen=True)
class Quoted:
    """Where and why words met no answer, in five or more calls, with some of them redacted."""

    why: str
    step: str
    calls: int
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class _Words:
    empty: frozenset[str]
    asking: frozenset[str]
    trouble: frozenset[str]


def topics(found: Sequence[QuotedCall]) -> list[Topic]:
    """Return the topics of what was out of scope or not understood, the largest first."""
    wanted = [one for one in found if one.why in {OUT_OF_SCOPE, NOT_UNDERSTOOD}]
    by_language: dict[str, list[QuotedCall]] = {}
    for one in wanted:
        by_language.setdefault(one.language, []).append(one)
    named = [topic for language, own in by_language.items() for topic in _of_language(own, language)]
    return sorted(named, key=lambda topic: (-topic.calls, topic.language, topic.title))


def quoted_places(found: Iterable[QuotedCall]) -> list[Quoted]:
    """Return why and where words met no answer, the most frequent first."""
    places: dict[tuple[str, str], dict[str, QuotedCall]] = {}
    for one in found:
        places.setdefault((one.why, one.step), {}).setdefault(one.call_id, one)
    told = [
        Quoted(why, step, len(calls), _quotes(calls.values()))
        for (why, step), calls in places.items()
        if len(calls) >= FEWEST_SHOWN
    ]
    return sorted(told, key=lambda place: (-place.calls, place.why, place.step))


def _quotes(calls: Iterable[QuotedCall]) -> tuple[str, ...]:
    shown: list[str] = []
    for words, language in dict.fromkeys((one.text, one.language) for one in calls):
        text = redact(words, language).text
        if text not in shown and _plain(text):  # a number alone tells nothing
            shown.append(text)
        if len(shown) == QUOTES_SHOWN:
            break
    return tuple(shown)


def _of_language(own: Sequence[QuotedCall], language: str) -> list[Topic]:
    words = _words(language)
    wordings: dict[tuple[str, ...], list[QuotedCall]] = {}
    for one in own:
        plain = tuple(word for word in _plain(one.text) if word not in words.empty)
        if plain and (plain in wordings or len(wordings) < MOST_WORDINGS):
            wordings.setdefault(plain, []).append(one)
    if not wordings:
        return []
    listed = list(wordings.items())
    alike = _alike([plain for plain, _ in listed])
    weights = np.array([len({one.call_id for one in said}) for _, said in listed])
    left = np.ones(len(listed), dtype=bool)
    found = []
    while left.any():
        sizes = (alike & left) @ weights
        sizes[~left] = 0
        middle = int(sizes.argmax())
        if sizes[middle] < FEWEST_SHOWN:
            break
        members = np.flatnonzero(alike[middle] & left)
        left[members] = False
        topic = _topic([listed[at] for at in members], listed[middle][0], language, words)
        if topic is not None:
            found.append(topic)
    return found


def _topic(
    members: Sequence[tuple[tuple[str, ...], list[QuotedCall]]],
    middle: tuple[str, ...],
    language: str,
    words: _Words,
) -> Topic | None:
    calls = {one.call_id: one for _, said in members for one in said}
    if len(calls) < FEWEST_SHOWN:
        return None
    typical = sorted(members, key=lambda member: (member[0] != middle, -len(member[1])))
    heard = Counter(word for plain, said in members for word in set(plain) for _ in said)
    telling = sorted(heard, key=lambda word: (-heard[word], _place_in(middle, word), word))
    matters = Counter(one.intent for one in calls.values())
    return Topic(
        _title(telling),
        language,
        len(calls),
        _quotes(said[0] for _, said in typical),
        tuple(intent for intent, _ in matters.most_common(2)),
        _proposal([one.text for one in calls.values()], words),
    )


def _title(telling: Sequence[str]) -> str:
    """Return the first words that are no inflections of each other."""
    kept: list[str] = []
    for word in telling:
        if all(word[:PIECE] != other[:PIECE] for other in kept):
            kept.append(word)
    return " ".join(kept[:TITLE_WORDS])


def _place_in(middle: tuple[str, ...], word: str) -> int:
    return middle.index(word) if word in middle else len(middle)


def _proposal(texts: Sequence[str], words: _Words) -> Proposal:
    """Trouble in a third of the calls is a process that fails; questions in half of them lack an article."""
    said = [_plain(text) for text in texts]
    stems = tuple(words.trouble)
    if 3 * sum(any(word.startswith(stems) for word in one) for one in said) >= len(said):
        return Proposal.PROCESS
    asking = sum(bool(one) and one[0] in words.asking for one in said)
    return Proposal.ARTICLE if 2 * asking >= len(said) else Proposal.INTENT


def _alike(wordings: Sequence[tuple[str, ...]]) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Return which wordings are about the same: n by n."""
    counted = np.zeros((len(wordings), PLACES), dtype=np.float32)
    for row, plain in enumerate(wordings):
        for feature in _features(plain):
            counted[row, zlib.crc32(feature.encode()) % PLACES] += 1
    # Halved: among few wordings what all share would count for nothing beside what only one has.
    rarity = 1 + np.log((1 + len(wordings)) / (1 + (counted > 0).sum(axis=0))) / 2
    weighed = np.log1p(counted) * rarity
    weighed /= np.linalg.norm(weighed, axis=1, keepdims=True)
    return np.asarray(weighed @ weighed.T >= ALIKE)


def _features(plain: tuple[str, ...]) -> Iterable[str]:
    for word in plain:
        yield f"={word}"
        yield from (word[at : at + PIECE] for at in range(len(word) - PIECE + 1))


def _plain(text: str) -> list[str]:
    return _WORD.findall(_TAG.sub(" ", text.lower()).replace("'", ""))


@cache
def _words(language: str) -> _Words:
    lists: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        Path(__file__).with_name("topic_words.yml").read_text(encoding="utf-8")
    )
    own = lists.get(language, {})
    return _Words(*(frozenset(str(own.get(name, "")).split()) for name in ("empty", "asking", "trouble")))
