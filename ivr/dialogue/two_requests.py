"""Where one sentence holds two requests: "where is my order and when are you open". Pure."""

import re
from collections.abc import Iterator, Mapping

FEWEST_WORDS = 5  # of a sentence with two requests
FEWEST_WORDS_EACH = 2
MOST_PLACES = 3  # looked at: each costs two parses
# Longest first: "and also" is one joint, not two.
_JOINTS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "and then also",
        "and also",
        "and then",
        "but also",
        "as well as",
        "oh and",
        "plus",
        "also",
        "and",
    ),
    "sv": ("och sen också", "och också", "och sen", "och även", "men också", "samt", "dessutom", "och"),
    "nb": ("og så også", "og også", "og så", "men også", "samt", "dessuten", "og"),
    "fi": ("ja sitten", "ja myös", "mutta myös", "sekä", "lisäksi", "ja"),
}
_SENTENCE_END = re.compile(r"[.?!;]\s+")


def places(text: str, language: str) -> list[tuple[str, str]]:
    """Return the ways to cut the words in two, the likeliest first; none for a short sentence."""
    if len(text.split()) < FEWEST_WORDS:
        return []
    cuts = [*_at_sentence_ends(text), *_at_joints(text, language)]
    whole = [(one.strip(" ,"), other.strip(" ,")) for one, other in cuts]
    fitting = [(one, other) for one, other in whole if min(_words(one), _words(other)) >= FEWEST_WORDS_EACH]
    return list(dict.fromkeys(fitting))[:MOST_PLACES]


def _at_sentence_ends(text: str) -> Iterator[tuple[str, str]]:
    for end in _SENTENCE_END.finditer(text):
        yield text[: end.start()], text[end.end() :]


def _at_joints(text: str, language: str) -> Iterator[tuple[str, str]]:
    joints = "|".join(_JOINTS.get(language, _JOINTS["en"]))
    for joint in re.finditer(rf"\b(?:{joints})\b", text, re.IGNORECASE):
        yield text[: joint.start()], text[joint.end() :]


def _words(text: str) -> int:
    return len(text.split())
