"""English numbers as callers say them and recognition writes them."""

from ivr.dialogue.spoken.number_words import NumberWords

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
    several={
        "zeros": 0, "zeroes": 0, "ones": 1, "twos": 2, "threes": 3, "fours": 4, "fives": 5, "sixes": 6,
        "sevens": 7, "eights": 8, "nines": 9,
    },
)  # fmt: skip
