"""When a number is read in other ways, and which other numbers come of it."""

import math

import pytest
import torch

from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.speech.beam import Beam, Read, Words
from ivr.speech.number_listener import is_number_unsure, other_numbers

NUMBER = Expectation(Expecting.DIGITS, "order_number", 6)
CODE = Expectation(Expecting.DIGITS, "order_number", 4, "AA9999")


@pytest.mark.parametrize(
    ("text", "log_probability", "is_unsure"),
    [
        ("471192.", -0.1, False),
        ("471192.", -0.4, True),
        ("47-192.", -0.1, True),
        ("4711 now. 92", -0.1, True),
        ("4 7 1", -0.4, False),  # half of it: the caller goes on
        ("Sorry?", -0.9, False),
    ],
)
def test_a_number_is_read_again_when_it_is_about_all_there_and_unsure(
    text: str, log_probability: float, is_unsure: bool
) -> None:
    assert is_number_unsure(text, log_probability, NUMBER, "en") is is_unsure


def test_nothing_is_read_again_where_no_number_is_awaited() -> None:
    assert not is_number_unsure("471192", -0.9, OPEN_QUESTION, "en")
    assert not is_number_unsure("four", -0.9, Expectation(Expecting.DIGITS, "order_number", 1), "en")


def test_a_postcode_of_its_length_is_not_read_again_since_nothing_chooses_between_readings() -> None:
    postcode = Expectation(Expecting.DIGITS, "postcode", 5)
    assert not is_number_unsure("11455", -0.9, postcode, "en")
    assert is_number_unsure("1145", -0.9, postcode, "en")


def test_each_other_number_comes_once_the_likeliest_first() -> None:
    reads = [
        Read("47-192.", -1.0),
        Read("471 192.", -2.0),
        Read("four seven one one nine two", -2.5),
        Read("471992", -2.2),
        Read("what", -3.0),
    ]
    others = other_numbers("47-192.", reads, NUMBER, "en")
    assert [other.text for other in others] == ["471 192.", "471992"]
    total = sum(math.exp(read.log_probability) for read in reads)
    assert others[0].probability == pytest.approx((math.exp(-2.0) + math.exp(-2.5)) / total)


@pytest.mark.parametrize(
    ("text", "log_probability", "is_unsure"),
    [
        ("A B 4711.", -0.1, False),
        ("A B 4711.", -0.4, True),
        ("Hey, bee 4711 now", -0.4, True),
        ("Where 4711", -0.1, True),  # the digits are there, the letters are not
        ("A B 4 7", -0.4, False),
    ],
)
def test_a_code_is_read_again_when_it_is_about_all_there_and_unsure(
    text: str, log_probability: float, is_unsure: bool
) -> None:
    assert is_number_unsure(text, log_probability, CODE, "en") is is_unsure


def test_codes_that_differ_in_letters_only_are_different_readings() -> None:
    reads = [Read("B D 4711", -1.0), Read("P D 4711", -1.5), Read("P.D. 47-11", -2.0), Read("what", -3.0)]
    assert [other.text for other in other_numbers("B D 4711", reads, CODE, "en")] == ["P D 4711"]


def test_the_beam_finds_the_likeliest_whole_text() -> None:
    """Token 0 ends a text; "1 2" starts less likely than "3" and ends likelier."""
    beam = Beam(width=2, end=0)
    assert beam.extend(torch.tensor([[0.01, 0.45, 0.04, 0.5]]).log()) == [0, 0]
    assert [beginning.tokens for beginning in beam.open] == [(3,), (1,)]
    parents = beam.extend(torch.tensor([[0.3, 0.2, 0.2, 0.3], [0.02, 0.01, 0.96, 0.01]]).log())
    assert [beginning.tokens for beginning in beam.open] == [(1, 2), (3, 3)]
    assert parents == [1, 0]
    beam.extend(torch.tensor([[0.97, 0.01, 0.01, 0.01], [0.4, 0.2, 0.2, 0.2]]).log())
    best = beam.likeliest()
    assert [one.tokens for one in best] == [(1, 2), (3,)]
    assert math.exp(best[0].log_probability) == pytest.approx(0.45 * 0.96 * 0.97)


def test_the_text_in_words_takes_the_likeliest_token_until_its_end() -> None:
    words = Words(end=0)
    for shares in ([0.1, 0.7, 0.2], [0.3, 0.1, 0.6], [0.8, 0.1, 0.1]):
        words.extend(torch.tensor(shares).log())
    assert not words.is_open
    assert words.text.tokens == (1, 2)
    assert words.text.log_probability == pytest.approx(math.log(0.7 * 0.6 * 0.8), abs=1e-5)
