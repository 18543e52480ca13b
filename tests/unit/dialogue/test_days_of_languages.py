"""A day named in Swedish, Norwegian or Finnish is the day that was meant."""

from datetime import date

import pytest

from ivr.dialogue.spoken.days import hear_day

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("language", "said", "meant"),
    [
        ("sv", "på torsdag", date(2026, 11, 26)),
        ("sv", "nästa veckas tisdag, alltså tisdag nästa vecka", date(2026, 12, 1)),
        ("sv", "den tolfte december", date(2026, 12, 12)),
        ("sv", "i övermorgon", date(2026, 11, 25)),
        ("sv", "på måndag nej på fredag", date(2026, 11, 27)),
        ("nb", "den tjuefjerde", date(2026, 11, 24)),
        ("nb", "om to uker", date(2026, 12, 7)),
        ("fi", "perjantaina kiitos", date(2026, 11, 27)),
        ("fi", "kahdestoista joulukuuta", date(2026, 12, 12)),
        ("fi", "huomenna", date(2026, 11, 24)),
        ("sv", "vet inte", None),
    ],
)
def test_a_day_is_heard(language: str, said: str, meant: date | None) -> None:
    assert hear_day(said, language, MONDAY) == meant
