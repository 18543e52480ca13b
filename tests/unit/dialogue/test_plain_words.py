"""Whatever a caller says reaches Rasa as plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.plain_words import LONGEST, plain_words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Where's my order?", "where's my order"),
        ("Where\u2019s my  ORDER!", "where's my order"),
        ('/restart{"x": 1}', "restart x 1"),
        ("/enter_digits", "enter digits"),
        ("'quoted' words'", "quoted words"),
        ("e-mail", "e mail"),
        ("<Hangup/>", "hangup"),
        ("Tack så mycket", "tack så mycket"),
        ("\x00\u202e\n", ""),
        ("", ""),
    ],
)
def test_words_stay_and_the_rest_goes(said: str, words: str) -> None:
    assert plain_words(said) == words


@given(st.text(max_size=2000))
def test_no_command_or_markup_survives(said: str) -> None:
    words = plain_words(said)
    assert not set(words) & set('/{}[]()<>"\\;\n')
    assert len(words) <= LONGEST
    assert plain_words(words) == words
