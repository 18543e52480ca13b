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
MOST_ODD_WORDS = 1
LONGEST_ODD_WORD = 4  # letters; "um" becomes "on" or "I'm"
_RUN = re.compile(r"\d+")
_LIKE_NO = re.compile(r"[\s,.-]+(?:now|know|nah)[\s,.]+", re.IGNORECASE)


def likeliest_words(
    readings: Sequence[str], language: str, lengths: tuple[int, ...], is_known: IsKnown | None = None
) -> str:
    """Return the words to act on: the reading whose number is of an awaited length and exists.

    `readings` come likeliest first. Where no number that exists is among them, the first of an awaited
    length is taken, as it was read or else as it is mended; where there is none either, the first reading
    as it is. `is_known` may block; a number that is the only one is not asked for.
    """
    if not lengths or not readings:
        return readings[0] if readings else ""
    fitting: dict[str, str] = {}
    for words in readings:
        digits = hear_numbers(words, language, lengths).digits
        if digits and len(digits) in lengths:
            fitting.setdefault(digits, words)
    if not fitting or next(iter(fitting.values())) != readings[0]:
        for digits in _mended(readings, language, lengths):
            fitting.setdefault(digits, digits)
    doubled = [] if fitting else list(_doubled(readings[0], language, lengths))
    candidates = [*fitting, *doubled]
    if is_known is not None and len(candidates) > (0 if doubled else 1):
        known = next((digits for digits in candidates[:MOST_LOOKED_UP] if is_known(digits)), None)
        if known is not None:
            return fitting.get(known, known)
    return next(iter(fitting.values()), readings[0])


def _mended(readings: Sequence[str], language: str, lengths: tuple[int, ...]) -> Iterator[str]:
    """Yield the numbers that the readings hold if words between their digits were misheard."""
    for words in readings:
        for way in (_with_no_for_a_word, _with_no_for_nought, _without_words_between):
            for mended in way(words, language):
                digits = hear_numbers(mended, language, lengths).digits
                if digits and len(digits) in lengths:
                    yield digits


def _with_no_for_a_word(words: str, language: str) -> Iterator[str]:
    if language == "en" and _LIKE_NO.search(words):
        yield _LIKE_NO.sub(" no, ", words)


def _with_no_for_nought(words: str, language: str) -> Iterator[str]:
    if language != "en":
        return
    for nought in re.finditer("0", words):
        if _RUN.search(words[: nought.start()]):
            yield f"{words[: nought.start()]} no, {words[nought.end() :]}"


def _without_words_between(words: str, language: str) -> Iterator[str]:
    """Yield the digits alone, where single short words stand among them: "5 on 3 1 3 6 3"."""
    plain = hear_numbers(words, language, (1,)).text.split()
    places = [at for at, word in enumerate(plain) if _RUN.search(word)]
    if not places:
        return
    among = plain[places[0] : places[-1] + 1]
    odd = [word for word in among if not _RUN.search(word)]
    if 0 < len(odd) <= MOST_ODD_WORDS and all(len(word) <= LONGEST_ODD_WORD for word in odd):
        yield " ".join(word for word in among if word not in odd)


def _doubled(words: str, language: str, lengths: tuple[int, ...]) -> Iterator[str]:
    """Yield the numbers with one digit twice: of two equal ones, recognition swallows one."""
    digits = hear_numbers(words, language, lengths).digits or ""
    if len(digits) + 1 in lengths:
        yield from dict.fromkeys(digits[:at] + digits[at] + digits[at:] for at in range(len(digits)))
