"""Which reading of a number is acted on."""

import pytest

from ivr.dialogue.spoken.readings import MOST_LOOKED_UP, likeliest_words

NUMBER = (6,)


def nothing_exists(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("readings", "orders", "expected"),
    [
        (("It's 471192.", "It's 471102."), {"471192"}, "It's 471192."),
        (("It's 471192.", "It's 471102."), {"471102"}, "It's 471102."),
        (("It's 471192.", "It's 471102."), set(), "It's 471192."),
        (("49-225.", "492225."), set(), "492225."),
        (("0-5-5-5-2.",), {"055552"}, "055552"),
        (("0-5-5-5-2.",), {"055523"}, "0-5-5-5-2."),
        (("7-3-0-20067.",), set(), "720067"),
        (("I don't have it.", "I don't have that."), {"471192"}, "I don't have it."),
    ],
)
def test_the_number_that_fits_and_exists_is_acted_on(
    readings: tuple[str, ...], orders: set[str], expected: str
) -> None:
    assert likeliest_words(readings, "en", NUMBER, orders.__contains__) == expected


def test_without_a_question_for_a_number_the_words_stay() -> None:
    assert likeliest_words(("47 11", "471192"), "en", (), nothing_exists) == "47 11"


def test_a_sure_number_is_not_looked_up() -> None:
    asked: list[str] = []

    def remember(number: str) -> bool:
        asked.append(number)
        return False

    assert likeliest_words(("471192",), "en", NUMBER, remember) == "471192"
    assert asked == []


def test_few_numbers_are_looked_up() -> None:
    asked: list[str] = []
    likeliest_words([f"47119{last}" for last in range(10)], "en", NUMBER, lambda n: bool(asked.append(n)))
    assert len(asked) == MOST_LOOKED_UP


@pytest.mark.parametrize("language", ["sv", "nb", "fi"])
def test_a_nought_is_no_only_in_english(language: str) -> None:
    assert likeliest_words(("7 3 0 2 0 0 6 7",), language, NUMBER) == "7 3 0 2 0 0 6 7"
