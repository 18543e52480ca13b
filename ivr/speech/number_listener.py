"""Reads a number out of one sound in several ways, when the question asks for one and the first is not sure.

Recognition writes what sounds likeliest as a text, and a text is smoothed: "four five no" becomes "450", of
"five five five" one is swallowed. More ways cost a decoder's time only: the three likeliest texts, and the
likeliest one in words, without figures, all written side by side. Which number was meant the dialogue
decides: it knows the orders.
"""

import math
from dataclasses import replace

from ivr.conversation.expectation import Expectation, Expecting
from ivr.dialogue.spoken.codes import hear_code
from ivr.dialogue.spoken.hearing import hear_numbers
from ivr.speech.beam import Read
from ivr.speech.careful_hearing import Recognised
from ivr.speech.greedy_decoder import GreedyDecoder
from ivr.speech.silence_memory import Heard
from ivr.speech.transcriber import Alternative

WIDTH = 3
# Of 46 numbers of the awaited length the 27 above were right, of those below three not
# (benchmarks/order_numbers.py, base, people and the neural voice).
SURE = -0.25  # mean log probability of a token
MOST_MISSING = 2  # digits; with more to come, the caller has not finished
# Among readings of the awaited length the dialogue chooses the order that exists. A postcode proves who
# calls: it is taken as it was heard, and nobody waits for other readings of it.
CHOSEN_BY_WHAT_EXISTS = frozenset({"order_number"})
MOST_MISSING_OF_A_CODE = 1


def with_other_numbers(
    free: Recognised, expects: Expectation, language: str, heard: Heard, decoder: GreedyDecoder
) -> Recognised:
    """Return what the decoder wrote by itself, with the other numbers that the sound may be."""
    if not is_number_unsure(free.text, free.mean_log_probability, expects, language):
        return free
    reads = decoder.readings(heard, language, WIDTH)
    return replace(free, alternatives=other_numbers(free.text, reads, expects, language))


def is_number_unsure(text: str, mean_log_probability: float, expects: Expectation, language: str) -> bool:
    """Say whether a number is awaited, is about all there, and may be another one."""
    if expects.kind is not Expecting.DIGITS or expects.digits is None or expects.digits < 2:
        return False
    if expects.shape is not None:
        has_digits = len(_digits(text, expects, language)) >= expects.digits - MOST_MISSING_OF_A_CODE
        is_whole = hear_code(text, expects.shape, language) is not None
        return (is_whole and mean_log_probability < SURE) or (has_digits and not is_whole)
    if len(_digits(text, expects, language)) < expects.digits - MOST_MISSING:
        return False
    number = hear_numbers(text, language, (expects.digits,)).digits or ""
    if len(number) != expects.digits:
        return True
    return mean_log_probability < SURE and expects.step in CHOSEN_BY_WHAT_EXISTS


def other_numbers(
    text: str, reads: list[Read], expects: Expectation, language: str
) -> tuple[Alternative, ...]:
    """Return the readings with other numbers than `text` has, one for each number, the likeliest first."""
    shares: dict[str, float] = {}
    words: dict[str, str] = {}
    for read in sorted(reads, key=lambda one: -one.log_probability):
        number = _number(read.text, expects, language)
        shares[number] = shares.get(number, 0.0) + math.exp(read.log_probability)
        words.setdefault(number, read.text)
    total = sum(shares.values())
    known = {"", _number(text, expects, language)}
    others = sorted((number for number in shares if number not in known), key=lambda one: -shares[one])
    return tuple(Alternative(words[number], shares[number] / total) for number in others)


def _number(text: str, expects: Expectation, language: str) -> str:
    """Return what tells one reading from another: its digits, or the code of letters and digits."""
    if expects.shape is not None:
        return hear_code(text, expects.shape, language) or ""
    return _digits(text, expects, language)


def _digits(text: str, expects: Expectation, language: str) -> str:
    lengths = (expects.digits,) if expects.digits is not None else ()
    return "".join(sign for sign in hear_numbers(text, language, lengths).text if sign.isdecimal())
