"""Keys pressed for one caller at the same moment, in two processes over one database."""

from benchmarks.accept_races import race


def test_nobody_is_owned_by_two() -> None:
    seen = race(40)
    assert seen["two owners"] == 0
    assert seen["one owner"] > 20
