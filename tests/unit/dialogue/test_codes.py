"""Codes of letters and digits, as callers say them and recognition writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.spoken.codes import find_code, hear_code, keyed_code, likeliest_code
from ivr.dialogue.spoken.letter_words import LETTER_WORDS

SHAPE = "AA9999"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("A B 4 7 1 1", "AB4711"),
        ("AB-4711.", "AB4711"),
        ("It's AB4711.", "AB4711"),
        ("Alpha Bravo forty seven eleven", "AB4711"),
        ("the number is A as in alpha, D as in bravo, four seven double one", "AB4711"),
        ("B for Bertha, K like king, oh one two three", "BK0123"),
        ("see are 4 oh 4 oh", "CR4040"),
        ("double u x 12 34", "WX1234"),
        ("A B 4 7 1 8, no, 1 9", "AB4719"),
        ("A D, sorry, B 4 7 1 1", "AB4711"),
        ("um, Q uh X-ray 9 9 8 0", "QX9980"),
        ("8 B 4 7 1 1", "AB4711"),
        ("Order number O is an Oscar, Q is in Quebec, 4895.", "OQ4895"),
        ("It's Allison Lima, K.S. and Kilo 92-80.", "LK9280"),
    ],
)
def test_english(said: str, code: str) -> None:
    assert hear_code(said, SHAPE, "en") == code


@pytest.mark.parametrize(
    ("said", "language", "code"),
    [
        ("Adam Bertil fyra sju ett ett", "sv", "AB4711"),
        ("A som i Adam, B som i Bertil, 47 11", "sv", "AB4711"),
        ("Kalle Åke fyrtiosju noll tre", "sv", "KÅ4703"),
        ("dubbel-v kå ett två tre fyra", "sv", "WK1234"),
        ("Anna Østen fire sju en en", "nb", "AØ4711"),
        ("Aarne Bertta neljä seitsemän yksi yksi", "fi", "AB4711"),
        ("A niin kuin Aarne, Äiti, nolla kaksi kolme viisi", "fi", "AÄ0235"),
    ],
)
def test_other_languages(said: str, language: str, code: str) -> None:
    assert hear_code(said, SHAPE, language) == code


def test_a_code_in_a_sentence_has_its_place() -> None:
    said = "Where is my order, Alpha Bravo 47-11, please?"
    found = find_code(said, SHAPE, "en")
    assert found is not None
    assert found.code == "AB4711"
    assert said[found.start : found.end] == "Alpha Bravo 47-11"


@pytest.mark.parametrize(
    ("readings", "orders", "code"),
    [
        (["B D 4 7 1 1"], {"BD4711"}, "BD4711"),
        (["B D 4 7 1 1", "P D 4711"], {"PD4711"}, "PD4711"),
        (["B F 4 7 1 1"], {"BS4711"}, "BS4711"),
        (["M A 4 7 1 1"], {"NA4711", "MK4711"}, "NA4711"),
        (["B F 4 7 1 1"], {"QR4711"}, "BF4711"),
        (["where is it", "B F 4 7 1 1"], set(), "BF4711"),
        (["where is it"], {"BF4711"}, None),
    ],
)
def test_what_exists_decides_between_codes_that_sound_alike(
    readings: list[str], orders: set[str], code: str | None
) -> None:
    assert likeliest_code(readings, SHAPE, "en", orders.__contains__) == code


@pytest.mark.parametrize(
    ("keys", "orders", "code"),
    [
        ("224711", {"AB4711"}, "AB4711"),
        ("974711", {"WS4711", "XP4712"}, "WS4711"),
        ("224711", {"AB4711", "CA4711"}, None),
        ("224711", set(), None),
        ("104711", {"AB4711"}, None),
        ("22471", {"AB4711"}, None),
        ("524711", {"KÅ4711"}, "KÅ4711"),
    ],
)
def test_keys_are_the_one_order_they_may_be(keys: str, orders: set[str], code: str | None) -> None:
    assert keyed_code(keys, SHAPE, orders.__contains__) == code


@pytest.mark.parametrize(
    "said",
    ["", "where is my order", "I don't have it", "A B 4 7 1", "yes please", "can I speak to a person"],
)
def test_a_sentence_is_no_code(said: str) -> None:
    assert hear_code(said, SHAPE, "en") is None


@pytest.mark.parametrize("language", ["en", "sv", "nb", "fi"])
@given(
    letters=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2),
    digits=st.text("0123456789", min_size=4, max_size=4),
)
def test_every_code_can_be_spelled(language: str, letters: str, digits: str) -> None:
    by_letter = {letter: word for word, letter in reversed(LETTER_WORDS[language].alphabet.items())}
    said = " ".join([*(by_letter[letter] for letter in letters), *digits])
    assert hear_code(said, SHAPE, language) == letters + digits


@given(said=st.text(max_size=200))
def test_nothing_that_is_said_breaks_it(said: str) -> None:
    code = hear_code(said, SHAPE, "en")
    assert code is None or len(code) == len(SHAPE)
