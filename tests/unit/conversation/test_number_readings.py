"""A number that another reading completes is not waited for in vain."""

import pytest

from ivr.conversation.endpointing import UNFINISHED_S, USUAL_S, wait
from ivr.conversation.expectation import Expectation, Expecting

SIX = Expectation(Expecting.DIGITS, "order_number", 6)


@pytest.mark.parametrize("words", ["49-225.", "4922.", "for the order 49 225"])
def test_another_reading_completes_the_number(words: str) -> None:
    assert wait(SIX, words).seconds > USUAL_S
    assert wait(SIX, words, readings=("492225.",)).seconds == USUAL_S


def test_a_nought_that_was_no_completes_it_too() -> None:
    assert wait(SIX, "7908 50649.").reason == "digits_by_reading"


def test_half_a_number_is_waited_for() -> None:
    assert wait(SIX, "4 7 1,", readings=("4 7 8,",)).seconds == UNFINISHED_S
