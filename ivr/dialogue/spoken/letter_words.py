"""How callers say letters: spelling alphabets, and the letters' names as recognition writes them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class LetterWords:
    """`alphabet` spells a letter for certain; `names` are what its bare name is written as.

    `doubled` are the words before a V or U that make it a W; `likened` stand in "B as in Bravo".
    """

    alphabet: Mapping[str, str]
    names: Mapping[str, str]
    doubled: frozenset[str]
    likened: tuple[tuple[str, ...], ...]


def _by_first_letter(words: str, **others: str) -> dict[str, str]:
    return {word: word[0].upper() for word in words.split()} | others


# ICAO's, known everywhere.
NATO = _by_first_letter(
    "alfa alpha bravo charlie delta echo eco foxtrot golf hotel india juliet juliett juliette kilo lima mike "
    "november oscar papa quebec romeo sierra tango uniform victor whiskey whisky yankee zulu",
    xray="X",
    kebec="Q",
)

LETTER_WORDS: Mapping[str, LetterWords] = {
    "en": LetterWords(
        NATO,
        {
            "bee": "B",
            "be": "B",
            "see": "C",
            "sea": "C",
            "cee": "C",
            "si": "C",
            "dee": "D",
            "ee": "E",
            "eff": "F",
            "ef": "F",
            "gee": "G",
            "ji": "G",
            "aitch": "H",
            "haitch": "H",
            "age": "H",
            "eye": "I",
            "jay": "J",
            "kay": "K",
            "cay": "K",
            "okay": "K",
            "el": "L",
            "ell": "L",
            "elle": "L",
            "em": "M",
            "en": "N",
            "oh": "O",
            "pee": "P",
            "pea": "P",
            "queue": "Q",
            "cue": "Q",
            "kew": "Q",
            "are": "R",
            "ar": "R",
            "our": "R",
            "ess": "S",
            "es": "S",
            "tea": "T",
            "tee": "T",
            "you": "U",
            "yu": "U",
            "vee": "V",
            "we": "V",
            "ex": "X",
            "eggs": "X",
            "why": "Y",
            "wye": "Y",
            "zee": "Z",
            "zed": "Z",
            "hey": "A",
            "eh": "A",
        },
        frozenset({"double"}),
        (
            ("as", "in"),
            ("for",),
            ("like",),
            ("is", "for"),
            ("as",),
            # and what recognition writes for "as in"
            ("is", "in"),
            ("is", "an"),
            ("is", "and"),
            ("as", "and"),
            ("s", "in"),
            ("s", "and"),
        ),
    ),
    "sv": LetterWords(
        NATO
        | _by_first_letter(
            "adam bertil bärtil cesar caesar david erik filip gustav helge ivar johan kalle ludvig martin "
            "niklas olof petter qvintus rudolf sigurd tore urban viktor wilhelm xerxes yngve zäta zeta åke "
            "ärlig östen",
            kvintus="Q",
            vilhelm="W",
            säta="Z",
            sigge="S",
        ),
        {
            "be": "B",
            "se": "C",
            "ce": "C",
            "de": "D",
            "eff": "F",
            "ge": "G",
            "hå": "H",
            "jod": "J",
            "ji": "J",
            "kå": "K",
            "ell": "L",
            "el": "L",
            "em": "M",
            "pe": "P",
            "ku": "Q",
            "qu": "Q",
            "är": "R",
            "err": "R",
            "ess": "S",
            "te": "T",
            "ve": "V",
            "ex": "X",
            "eks": "X",
            "ah": "A",
        },
        frozenset({"dubbel", "dubbelt"}),
        (("som", "i"), ("som",)),
    ),
    "nb": LetterWords(
        NATO
        | _by_first_letter(
            "anna bernhard cæsar caesar david edith fredrik gustav harald ivar johan karin ludvig martin "
            "nils olivia petter quintus rikard sigrid teodor ulrik wilhelm xerxes yngling zakarias ærlig "
            "østen åse",
            kvintus="Q",
            vilhelm="W",
        ),
        {
            "be": "B",
            "se": "C",
            "ce": "C",
            "de": "D",
            "eff": "F",
            "ge": "G",
            "hå": "H",
            "jod": "J",
            "je": "J",
            "kå": "K",
            "ell": "L",
            "el": "L",
            "em": "M",
            "pe": "P",
            "ku": "Q",
            "ærr": "R",
            "err": "R",
            "ess": "S",
            "te": "T",
            "ve": "V",
            "eks": "X",
            "sett": "Z",
            "ah": "A",
        },
        frozenset({"dobbelt", "dobbel"}),
        (("som", "i"), ("som",)),
    ),
    "fi": LetterWords(
        NATO
        | _by_first_letter(
            "aarne bertta celsius daavid eemeli faarao gideon heikki iivari jussi kalle lauri matti niilo "
            "otto paavo risto sakari tyyne urho vihtori wiski yrjö åke äiti öljy",
            kuu="Q",
            äksä="X",
            tseta="Z",
            viski="W",
            bertha="B",
            tavid="D",
        ),
        {
            "aa": "A",
            "bee": "B",
            "pee": "P",
            "see": "C",
            "dee": "D",
            "tee": "T",
            "ee": "E",
            "äf": "F",
            "äffä": "F",
            "gee": "G",
            "hoo": "H",
            "ii": "I",
            "jii": "J",
            "koo": "K",
            "äl": "L",
            "ällä": "L",
            "äm": "M",
            "ämmä": "M",
            "än": "N",
            "ännä": "N",
            "oo": "O",
            "är": "R",
            "ärrä": "R",
            "äs": "S",
            "ässä": "S",
            "uu": "U",
            "vee": "V",
            "yy": "Y",
            "tset": "Z",
            "ruotsalainen": "Å",
            "ää": "Ä",
            "öö": "Ö",
        },
        frozenset({"tupla", "kaksois"}),
        (("niin", "kuin"), ("kuin",), ("niinkuin",)),
    ),
}
