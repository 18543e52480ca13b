"""Which parts of a turn are read: the whole, its clauses, and stretches of a long one."""

import re

SHORTEST_CLAUSE = 3  # words; fewer say nothing by themselves
STRETCH_WORDS = 24
MOST_PARTS = 4  # what is read of a turn at most, each 5 ms
_SPOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_APOSTROPHES = re.compile(r"[’`´]")
_BREAK = re.compile(r"[.!?;:\n]+|,")
_LONGEST_TEXT = 2000  # characters; nobody says more in a turn


def spoken(text: str) -> str:
    """Return what is said: small letters, apostrophes and figures kept, no punctuation."""
    return " ".join(_SPOKEN.findall(_APOSTROPHES.sub("'", text.casefold())))


def parts_of(text: str) -> list[str]:
    """Return what is read of a turn, as spoken: the whole first, each clause, and stretches of a long one.

    In a long turn one clause may say it all; in the whole it would drown.
    """
    text = text[:_LONGEST_TEXT]
    whole = spoken(text)
    words = whole.split()
    clauses = [clause for clause in map(spoken, _BREAK.split(text)) if len(clause.split()) >= SHORTEST_CLAUSE]
    if len(clauses) >= MOST_PARTS:
        clauses = []  # read in stretches
    stretches = [
        " ".join(words[at : at + STRETCH_WORDS])
        for at in range(0, len(words) - STRETCH_WORDS // 2, STRETCH_WORDS)
        if len(words) > STRETCH_WORDS
    ]
    found = dict.fromkeys([whole, *clauses, *stretches])
    return [part for part in found if part][:MOST_PARTS]
