"""Swedish numbers as callers say them and recognition writes them."""

from ivr.dialogue.spoken.number_words import NumberWords

SWEDISH = NumberWords(
    units={
        "noll": 0, "nolla": 0, "nollan": 0, "nul": 0, "ett": 1, "en": 1, "etta": 1, "ettan": 1,
        "två": 2, "tvåa": 2, "tvåan": 2, "tre": 3, "trea": 3, "trean": 3, "fyra": 4, "fyran": 4,
        "fem": 5, "femma": 5, "femman": 5, "sex": 6, "sexa": 6, "sexan": 6, "sju": 7, "sjua": 7, "sjuan": 7,
        "åtta": 8, "åttan": 8, "nio": 9, "nie": 9, "nia": 9, "nian": 9,
    },
    teens={
        "tio": 10, "tie": 10, "elva": 11, "tolv": 12, "tretton": 13, "fjorton": 14, "femton": 15,
        "sexton": 16, "sjutton": 17, "arton": 18, "aderton": 18, "nitton": 19,
    },
    tens={
        "tjugo": 20, "tjugu": 20, "tjuge": 20, "tju": 20, "trettio": 30, "tretti": 30,
        "fyrtio": 40, "fyrti": 40, "förtio": 40, "förti": 40, "femtio": 50, "femti": 50,
        "sextio": 60, "sexti": 60, "sjuttio": 70, "sjutti": 70, "åttio": 80, "åtti": 80,
        "nittio": 90, "nitti": 90,
    },
    hundred=frozenset({"hundra"}),
    thousand=frozenset({"tusen"}),
    repeats={"dubbel": 2, "dubbelt": 2, "dubbla": 2, "trippel": 3, "trippelt": 3},
    sound_alikes={"nå": 0, "sjö": 7, "shu": 7, "fira": 4, "neo": 9, "åta": 8},
    joiners=frozenset({"och"}),
    fillers=frozenset(
        {"eh", "öh", "öhm", "äh", "äm", "hm", "hmm", "mm", "sen", "sedan", "streck", "då"}
        | {"alltså"}
    ),
    corrections=(
        ("nej",), ("nä",), ("förlåt",), ("ursäkta",), ("vänta",), ("jag", "menar"), ("jag", "menade"),
        ("nej", "förlåt"), ("nej", "vänta"), ("nä", "förlåt"), ("nä", "vänta"), ("eller",), ("eller", "nej"),
        ("fel",), ("nej", "fel"), ("nej", "jag", "menar"), ("förlåt", "jag", "menar"), ("oj", "nej"),
        ("rättare", "sagt"), ("nej", "inte"),
    ),
    several={
        "nollor": 0, "ettor": 1, "tvåor": 2, "treor": 3, "fyror": 4, "femmor": 5, "sexor": 6, "sjuor": 7,
        "åttor": 8, "nior": 9,
    },
    respelled=(("ettusen", "etttusen"),),
    has_compounds=True,
    has_bare_scales=True,
    is_and_optional=True,
)  # fmt: skip
