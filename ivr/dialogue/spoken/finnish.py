"""Finnish numbers, written and colloquial: "neljäkymmentäseitsemän", "nelkytseittemän", "yks kaks kolme"."""

from ivr.dialogue.spoken.number_words import NumberWords

_STEMS = {
    1: ("yksi", "yks"),
    2: ("kaksi", "kaks"),
    3: ("kolme", "kol"),
    4: ("neljä", "nel"),
    5: ("viisi", "viis"),
    6: ("kuusi", "kuus"),
    7: ("seitsemän", "seittemän", "seittemä", "seit"),
    8: ("kahdeksan", "kaheksan", "kasi"),
    9: ("yhdeksän", "yheksän", "ysi"),
}
_TENS = {
    stem + ending: 10 * digit
    for digit, stems in _STEMS.items()
    if digit > 1
    for stem in stems
    for ending in ("kymmentä", "kymment", "kyt")
}
_TEENS = {
    stem + ending: 10 + digit
    for digit, stems in _STEMS.items()
    for stem in stems
    for ending in ("toista", "toist")
}

FINNISH = NumberWords(
    units={
        "nolla": 0, "yksi": 1, "yks": 1, "ykkönen": 1, "kaksi": 2, "kaks": 2, "kakkonen": 2,
        "kolme": 3, "kolmonen": 3, "neljä": 4, "nelonen": 4, "viisi": 5, "viis": 5, "viitonen": 5,
        "vitonen": 5,
        "kuusi": 6, "kuus": 6, "kutonen": 6, "kuutonen": 6, "seitsemän": 7, "seittemän": 7, "seittemä": 7,
        "seiska": 7, "seitsikko": 7, "kahdeksan": 8, "kaheksan": 8, "kasi": 8, "kahdeksikko": 8,
        "yhdeksän": 9, "yheksän": 9, "ysi": 9, "yhdeksikkö": 9,
    },
    teens={"kymmenen": 10, "kymppi": 10, **_TEENS},
    tens=_TENS,
    hundred=frozenset({"sata", "sataa"}),
    thousand=frozenset({"tuhat", "tuhatta"}),
    repeats={"tupla": 2, "tripla": 3},
    sound_alikes={"kolmen": 3, "nelja": 4, "kaksin": 2},
    joiners=frozenset(),
    fillers=frozenset(
        {"öö", "öh", "ööh", "eh", "hmm", "mm", "tota", "tuota", "niinku", "sitten", "sit"}
        | {"viiva", "ja"}
    ),
    corrections=(
        ("ei",), ("eiku",), ("eikun",), ("anteeksi",), ("sori",), ("siis",), ("tarkoitan",), ("odota",),
        ("ei", "vaan"), ("ei", "kun"), ("eiku", "siis"), ("ei", "anteeksi"), ("anteeksi", "siis"),
        ("väärin",),
    ),
    several={
        "nollaa": 0, "ykköstä": 1, "kakkosta": 2, "kolmosta": 3, "nelosta": 4, "viitosta": 5, "vitosta": 5,
        "kutosta": 6, "kuutosta": 6, "seiskaa": 7, "kasia": 8, "ysiä": 9,
    },
    has_compounds=True,
    has_bare_scales=True,
    is_and_optional=True,
)  # fmt: skip
