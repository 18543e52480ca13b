"""Which number a caller read out, where recognition offers several readings of the sound. Pure.

What is known decides: how long the number is, which orders exist, and how recognition mistakes what
stands between digits: "no" is written as a nought ("45 no 5" as "4505"), and of several equal digits one
is swallowed ("5 5 5 5" as "555").
"""

import re
from collections.abc import Callable, Iterator, Sequence

from ivr.dialogue.spoken.hearing import hear_numbers

IsKnown = Callable[[str], bool]

MOST_LOOKED_UP = 6  # numbers; what the caller would accept is asked for anyway, by the read-back
_RUN = re.compile(r"\d+")


def likeliest_words(
    readings: Sequence[str], language: str, lengths: tuple[int, ...], is_known: IsKnown | None = None
) -> str:
    """Return the words to act on: the reading whose number is of an awaited length and exists.

    `readings` come likeliest first. Where no number that exists is among them, the first of an awaited
    length is taken; where there is none either, the first reading as it is. `is_known` may block.
    """
    if not lengths or not readings:
        return readings[0] if readings else ""
    fitting: dict[str, str] = {}
    for words in readings:
        digits = hear_numbers(words, language, lengths).digits
        if digits and len(digits) in lengths:
            fitting.setdefault(digits, words)
    heard = list(fitting)
    first = hear_numbers(readings[0], language, lengths).digits or ""
    mended = [digits for digits in _mended(readings, first, language, lengths) if digits not in fitting]
    if is_known is not None and len(heard) + len(mended) > (1 if heard else 0):
        for digits in [*heard, *mended][:MOST_LOOKED_UP]:
            if is_known(digits):
                return fitting.get(digits, digits)
    if heard:
        return fitting[heard[0]]
    said_no = next(_with_no_for_nought(readings[0], language, lengths), None)
    return said_no or readings[0]


def _mended(readings: Sequence[str], first: str, language: str, lengths: tuple[int, ...]) -> Iterator[str]:
    """Yield the numbers that the first reading, of no awaited length, may have been meant to be."""
    if len(first) in lengths:
        return
    for words in readings:
        yield from _with_no_for_nought(words, language, lengths)
    if len(first) + 1 in lengths:
        yield from dict.fromkeys(first[:at] + first[at] + first[at:] for at in range(len(first)))


def _with_no_for_nought(words: str, language: str, lengths: tuple[int, ...]) -> Iterator[str]:
    """Yield the numbers that the words hold if one nought in them was "no"."""
    if language != "en":
        return
    for nought in re.finditer("0", words):
        corrected = f"{words[: nought.start()]} no, {words[nought.end() :]}"
        digits = hear_numbers(corrected, language, lengths).digits
        if digits and len(digits) in lengths and _RUN.search(words[: nought.start()]):
            yield digits
