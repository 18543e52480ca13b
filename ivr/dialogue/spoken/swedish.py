"""Swedish numbers as callers say them and recognition writes them."""

from ivr.dialogue.spoken.number_words import NumberWords

_UNITS = {
    "noll": 0, "nolla": 0, "ett": 1, "en": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5,
    "sex": 6, "sju": 7, "åtta": 8, "nio": 9,
}  # fmt: skip
_TENS = {
    "tjugo": 20, "trettio": 30, "fyrtio": 40, "femtio": 50,
    "sextio": 60, "sjuttio": 70, "åttio": 80, "nittio": 90,
}  # fmt: skip

_COMPOUNDS = {tens + unit: ten + one for tens, ten in _TENS.items() for unit, one in _UNITS.items() if one}

SWEDISH = NumberWords(
    units=_UNITS,
    teens={
        **_COMPOUNDS,
        "tio": 10, "elva": 11, "tolv": 12, "tretton": 13, "fjorton": 14, "femton": 15,
        "sexton": 16, "sjutton": 17, "arton": 18, "nitton": 19,
    },
    tens=_TENS,
    hundred=frozenset({"hundra"}),
    thousand=frozenset({"tusen"}),
    repeats={"dubbel": 2, "dubbelt": 2, "trippel": 3},
    sound_alikes={},
    joiners=frozenset({"och"}),
    fillers=frozenset({"eh", "öh", "äh", "hmm", "mm", "sen", "streck"}),
    corrections=(("nej",), ("förlåt",), ("vänta",), ("jag", "menar"), ("nej", "förlåt"), ("eller",)),
)  # fmt: skip
