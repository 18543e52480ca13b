"""Every number from 0 to 9999 comes back however its language says it."""

from collections.abc import Callable

import pytest
from num2words import num2words

from ivr.dialogue.spoken.hearing import hear_numbers

UNITS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "sv": ["noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio"],
    "nb": ["null", "en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni"],
    "fi": [
        "nolla",
        "yksi",
        "kaksi",
        "kolme",
        "neljä",
        "viisi",
        "kuusi",
        "seitsemän",
        "kahdeksan",
        "yhdeksän",
    ],
}
COLLOQUIAL = {
    "sv": (
        ["noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nie"],
        ["tie", "tju", "tretti", "fyrti", "femti", "sexti", "sjutti", "åtti", "nitti"],
    ),
    "nb": (
        ["null", "en", "to", "tre", "fire", "fem", "seks", "syv", "åtte", "ni"],
        ["ti", "tyve", "tredve", "førr", "femti", "seksti", "sytti", "åtti", "nitti"],
    ),
    "fi": (
        ["nolla", "yks", "kaks", "kolme", "neljä", "viis", "kuus", "seittemän", "kaheksan", "yheksän"],
        [
            "kymppi",
            "kakskyt",
            "kolkyt",
            "nelkyt",
            "viiskyt",
            "kuuskyt",
            "seitkyt",
            "kaheksankyt",
            "yheksänkyt",
        ],
    ),
}
LANGUAGES = sorted(UNITS)


def in_words(number: int, language: str) -> str:
    """Say a number as num2words does, whose own slips in Swedish are understood too."""
    return str(num2words(number, lang={"nb": "no"}.get(language, language)))


def digit_by_digit(digits: str, language: str) -> str:
    return " ".join(UNITS[language][int(digit)] for digit in digits)


def in_pairs(digits: str, language: str) -> str:
    pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
    return " ".join(
        in_words(int(pair), language) if pair[0] != "0" else digit_by_digit(pair, language) for pair in pairs
    )


def heard(said: str, language: str, length: int) -> str | None:
    return hear_numbers(said, language, (length,)).digits


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("say", [digit_by_digit, in_pairs])
def test_four_digits_come_back(language: str, say: Callable[[str, str], str]) -> None:
    missed = {
        said: found
        for number in range(10_000)
        if (found := heard(said := say(f"{number:04}", language), language, 4)) != f"{number:04}"
    }
    assert missed == {}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_numbers_come_back(language: str) -> None:
    missed = {
        said: found
        for number in range(10, 10_000)
        if (found := heard(said := in_words(number, language), language, len(str(number)))) != str(number)
    }
    assert missed == {}


@pytest.mark.parametrize("language", sorted(COLLOQUIAL))
def test_two_digits_come_back_as_people_say_them_at_home(language: str) -> None:
    units, tens = COLLOQUIAL[language]
    for number in range(20, 100):
        unit = units[number % 10] if number % 10 else ""
        for said in (tens[number // 10 - 1] + unit, f"{tens[number // 10 - 1]} {unit}"):
            assert heard(said, language, 2) == str(number), said


@pytest.mark.parametrize(
    ("language", "said", "digits"),
    [
        ("sv", "fyra sju dubbel-ett nittitvå", "471192"),
        ("sv", "förtiosju elva nie två", "471192"),
        ("sv", "fyrahundrasjuttioettusen etthundranittiotvå", "471192"),
        ("sv", "två sjuor noll tre ettor", "770111"),
        ("sv", "tjufem nitti noll noll", "259000"),
        ("sv", "fyra åtta nej förlåt fyra sju ett ett nio två", "471192"),
        ("nb", "sju og førti elleve to og nitti", "471192"),
        ("nb", "førtisju elleve enogtyve", "471121"),
        ("fi", "neljäkymmentäseitsemän yksitoista yhdeksänkymmentäkaksi", "471192"),
        ("fi", "nelkytseittemän ykstoista ysi kaks", "471192"),
        ("fi", "neljä kymmentä seitsemän yks toista ysi kaks", "471192"),
        ("fi", "tuplaseiska kaksi nollaa ysi kasi", "770098"),
    ],
)
def test_order_numbers_in_free_forms(language: str, said: str, digits: str) -> None:
    assert heard(said, language, 6) == digits


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", "tusen tack"),
        ("sv", "en stund bara"),
        ("sv", "jag har två frågor"),
        ("nb", "tusen takk"),
        ("nb", "to spørsmål"),
        ("fi", "tuhannet kiitokset"),
        ("fi", "kaksi kysymystä"),
    ],
)
def test_ordinary_words_stay_words(language: str, said: str) -> None:
    for awaited in ((), (6,)):
        assert hear_numbers(said, language, awaited).digits is None
