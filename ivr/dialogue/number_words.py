"""How digits are spoken, per language: the tables that `spoken_numbers` reads."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class NumberWords:
    """One language's words for numbers.

    `sound_alikes` are ordinary words that speech recognition writes for a digit; they count only
    among digits. `tens_unit_joiners` stand between tens and units or after hundreds ("and").
    `corrections` take back digits said before them.
    """

    units: Mapping[str, int]
    teens: Mapping[str, int]
    tens: Mapping[str, int]
    hundred: frozenset[str]
    thousand: frozenset[str]
    repeats: Mapping[str, int]
    sound_alikes: Mapping[str, int]
    joiners: frozenset[str]
    fillers: frozenset[str]
    corrections: tuple[tuple[str, ...], ...]


ENGLISH = NumberWords(
    units={
        "zero": 0, "nought": 0, "naught": 0, "null": 0,
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
        "six": 6, "seven": 7, "eight": 8, "nine": 9, "niner": 9,
    },
    teens={
        "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
        "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    },
    tens={
        "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50,
        "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    },
    hundred=frozenset({"hundred"}),
    thousand=frozenset({"thousand"}),
    repeats={"double": 2, "triple": 3, "treble": 3},
    sound_alikes={
        "oh": 0, "o": 0, "ow": 0, "won": 1, "to": 2, "too": 2, "tree": 3, "free": 3, "for": 4, "fore": 4,
        "sicks": 6, "ate": 8, "nein": 9,
    },
    joiners=frozenset({"and"}),
    fillers=frozenset(
        {"um", "uh", "uhm", "umm", "er", "erm", "eh", "ah", "hmm", "mm", "like", "then", "dash", "hyphen"}
    ),
    corrections=(
        ("no",), ("sorry",), ("wait",), ("actually",), ("rather",), ("correction",), ("scratch", "that"),
        ("i", "mean"), ("i", "meant"), ("no", "sorry"), ("no", "wait"), ("sorry", "no"), ("oh", "no"),
        ("or", "rather"), ("no", "i", "mean"), ("sorry", "i", "mean"), ("wait", "no"), ("oh", "sorry"),
    ),
)  # fmt: skip

_SWEDISH_UNITS = {
    "noll": 0, "nolla": 0, "ett": 1, "en": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5,
    "sex": 6, "sju": 7, "åtta": 8, "nio": 9,
}  # fmt: skip
_SWEDISH_TENS = {
    "tjugo": 20, "trettio": 30, "fyrtio": 40, "femtio": 50,
    "sextio": 60, "sjuttio": 70, "åttio": 80, "nittio": 90,
}  # fmt: skip

_SWEDISH_COMPOUNDS = {
    tens + unit: ten + one
    for tens, ten in _SWEDISH_TENS.items()
    for unit, one in _SWEDISH_UNITS.items()
    if one
}

SWEDISH = NumberWords(
    units=_SWEDISH_UNITS,
    teens={
        **_SWEDISH_COMPOUNDS,
        "tio": 10, "elva": 11, "tolv": 12, "tretton": 13, "fjorton": 14, "femton": 15,
        "sexton": 16, "sjutton": 17, "arton": 18, "nitton": 19,
    },
    tens=_SWEDISH_TENS,
    hundred=frozenset({"hundra"}),
    thousand=frozenset({"tusen"}),
    repeats={"dubbel": 2, "dubbelt": 2, "trippel": 3},
    sound_alikes={},
    joiners=frozenset({"och"}),
    fillers=frozenset({"eh", "öh", "äh", "hmm", "mm", "sen", "streck"}),
    corrections=(("nej",), ("förlåt",), ("vänta",), ("jag", "menar"), ("nej", "förlåt"), ("eller",)),
)  # fmt: skip

NUMBER_WORDS: Mapping[str, NumberWords] = {"en": ENGLISH, "sv": SWEDISH}
