"""Codes of letters and digits, as callers say them and recognition writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.spoken.codes import hear_code
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
