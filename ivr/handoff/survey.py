"""Two questions after a call: was it solved, and how was it. What an answer by key or voice means. Pure."""

import re
from dataclasses import dataclass

_YES = {
    "en": ("yes", "yeah", "yep", "sure", "it was", "solved", "all good"),
    "sv": ("ja", "japp", "jo", "absolut", "löst"),
    "nb": ("ja", "jepp", "jo", "absolutt", "løst"),
    "fi": ("kyllä", "joo", "juu", "ratkesi"),
}
_NO = {
    "en": ("no", "nope", "not", "wasn't", "unsolved"),
    "sv": ("nej", "nä", "inte", "olöst"),
    "nb": ("nei", "ikke", "uløst"),
    "fi": ("ei", "en", "eikä"),
}
_MARKS = {
    "en": ("one", "two", "three", "four", "five"),
    "sv": ("ett", "två", "tre", "fyra", "fem"),
    "nb": ("en", "to", "tre", "fire", "fem"),
    "fi": ("yksi", "kaksi", "kolme", "neljä", "viisi"),
}
YES_KEY, NO_KEY = "1", "2"


@dataclass(frozen=True)
class Answer:
    """One answer. `value` is None when there was none, or none that could be understood."""

    value: int | None
    way: str  # "key", "voice" or "none"


def read_solved(keys: str, words: str, language: str) -> Answer:
    """Return 1 for solved and 0 for not. A sentence that says both, or neither, is no answer."""
    if keys[:1] in {YES_KEY, NO_KEY}:
        return Answer(int(keys[0] == YES_KEY), "key")
    said = _words(words)
    is_yes = _holds(said, _YES.get(language, ()))
    is_no = _holds(said, _NO.get(language, ()))
    if is_no:  # "no, yes that was not it": who says no is not counted as pleased
        return Answer(0, "voice")
    return Answer(1, "voice") if is_yes else Answer(None, "none")


def read_rating(keys: str, words: str, language: str) -> Answer:
    """Return 1 to 5."""
    if keys[:1] in set("12345"):
        return Answer(int(keys[0]), "key")
    said = _words(words)
    marks = _MARKS.get(language, ())
    found = {
        mark for mark, name in enumerate(marks, start=1) if name in said.split() or str(mark) in said.split()
    }
    return Answer(found.pop(), "voice") if len(found) == 1 else Answer(None, "none")


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower().replace("’", "'")))


def _holds(said: str, wanted: tuple[str, ...]) -> bool:
    return any(f" {word} " in f" {said} " for word in wanted)
