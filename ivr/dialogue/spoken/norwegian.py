"""Norwegian (bokmål) numbers, both ways of counting: "førtisju" and "sju og førti"."""

from ivr.dialogue.spoken.number_words import NumberWords

NORWEGIAN = NumberWords(
    units={
        "null": 0, "nullen": 0, "en": 1, "én": 1, "ett": 1, "ener": 1, "to": 2, "toer": 2, "tre": 3,
        "treer": 3,
        "fire": 4, "firer": 4, "fem": 5, "femmer": 5, "seks": 6, "sekser": 6, "sju": 7, "syv": 7, "sjuer": 7,
        "syver": 7, "åtte": 8, "åtter": 8, "ni": 9, "nier": 9,
    },
    teens={
        "ti": 10, "elleve": 11, "tolv": 12, "tretten": 13, "fjorten": 14, "femten": 15, "seksten": 16,
        "sytten": 17, "atten": 18, "nitten": 19,
    },
    tens={
        "tjue": 20, "tyve": 20, "tretti": 30, "tredve": 30, "førti": 40, "førr": 40, "førre": 40,
        "femti": 50, "seksti": 60, "sytti": 70, "åtti": 80, "nitti": 90,
    },
    hundred=frozenset({"hundre"}),
    thousand=frozenset({"tusen"}),
    repeats={"dobbel": 2, "dobbelt": 2, "doble": 2, "trippel": 3},
    sound_alikes={"sjø": 7, "ei": 1, "nå": 0},
    joiners=frozenset({"og"}),
    fillers=frozenset(
        {"eh", "øh", "øhm", "hm", "hmm", "mm", "så", "strek", "bindestrek", "da", "altså"}
        | {"liksom"}
    ),
    corrections=(
        ("nei",), ("beklager",), ("unnskyld",), ("vent",), ("jeg", "mener"), ("jeg", "mente"),
        ("nei", "unnskyld"), ("nei", "beklager"), ("nei", "vent"), ("eller",), ("eller", "nei"), ("feil",),
        ("nei", "feil"), ("nei", "jeg", "mener"), ("rettere", "sagt"),
    ),
    several={
        "nuller": 0, "enere": 1, "toere": 2, "treere": 3, "firere": 4, "femmere": 5, "seksere": 6,
        "sjuere": 7, "syvere": 7, "åttere": 8, "niere": 9,
    },
    respelled=(("ettusen", "etttusen"),),
    has_compounds=True,
    has_bare_scales=True,
    has_units_first=True,
    is_and_optional=True,
)  # fmt: skip
