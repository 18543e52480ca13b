"""Which language was heard, from the recogniser's figures."""

import pytest

from ivr.speech.languages import likeliest, own_code, whisper_code

FOUND = {"en": 0.2, "sv": 0.3, "nb": 0.1, "da": 0.4}


def test_the_likeliest_of_the_offered_languages_counts() -> None:
    language, share = likeliest(FOUND, ("en", "sv", "nb", "fi")) or ("", 0.0)
    assert language == "sv"
    assert share == pytest.approx(0.5)


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert likeliest({}, ("en", "sv")) is None
    assert likeliest({"ja": 1.0}, ("en", "sv")) is None


def test_bokmal_has_another_code_in_whisper() -> None:
    assert [whisper_code(code) for code in ("nb", "sv")] == ["no", "sv"]
    assert [own_code(code) for code in ("no", "sv")] == ["nb", "sv"]
