"""What a language's file says about its numbers, in the form that `hearing` reads."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class NumberWords:
    """One language's words for numbers.

    `sound_alikes` are ordinary words that speech recognition writes for a digit; they count only
    among digits. `joiners` stand between tens and units or after hundreds ("and"). `corrections`
    take back digits said before them.
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
