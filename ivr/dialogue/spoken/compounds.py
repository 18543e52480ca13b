"""Where a number written as one word comes apart: "fyrahundrasjuttioett" is fyra, hundra, sjuttio, ett."""

from functools import lru_cache

LONGEST = 80  # letters; "yhdeksänsataayhdeksänkymmentäyhdeksäntuhatta" has 45


@lru_cache(maxsize=4096)
def split(word: str, parts: frozenset[str]) -> tuple[str, ...]:
    """Return the parts the whole word is made of, the longest first ones preferred; empty when it is none."""
    if len(word) > LONGEST:
        return ()
    rest: dict[int, tuple[str, ...]] = {len(word): ()}
    for start in range(len(word) - 1, -1, -1):
        for end in range(len(word), start, -1):
            if end in rest and word[start:end] in parts:
                rest[start] = (word[start:end], *rest[end])
                break
    found = rest.get(0, ())
    return found if len(found) > 1 else ()
