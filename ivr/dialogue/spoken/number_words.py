"""What a language's file says about its numbers, in the form that `hearing` reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class NumberWords:
    """One language's words for numbers.

    `sound_alikes` are ordinary words that speech recognition writes for a digit; they count only
    among digits. `joiners` stand between tens and units or after hundreds ("and"). `corrections`
    take back digits said before them. `several` are digits counted ("två sjuor", "two sevens").
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
    several: Mapping[str, int] = field(default_factory=dict)
    respelled: tuple[tuple[str, str], ...] = ()  # letters that two words share where they are written as one
    has_compounds: bool = False  # "fyrtiosju", "neljäkymmentäseitsemän" are one word each
    has_bare_scales: bool = False  # "hundra" is 100 and "hundratvå" 102, without a "one" before
    has_units_first: bool = False  # "sju og førti" is 47
    is_and_optional: bool = False  # "fyra tusen sju" is 4007; in English only "four thousand and seven" is

    @cached_property
    def parts(self) -> frozenset[str]:
        """The words that a compound may be made of."""
        tables = (self.units, self.teens, self.tens, self.repeats)
        words = {word for table in tables for word in table} | self.hundred | self.thousand | self.joiners
        return frozenset(words)

    @cached_property
    def correction_starts(self) -> frozenset[str]:
        """The words that corrections begin with."""
        return frozenset(phrase[0] for phrase in self.corrections)

    @cached_property
    def longer(self) -> frozenset[str]:
        """The words that recognition may write as two: "seven teen", "neljä toista"."""
        return frozenset({*self.teens, *self.tens})
