"""Which stretches of what was said are one long number, in figures or in words, and what it can be.

A number said aloud comes back from speech recognition in groups, with commas, in figures, in words or mixed
("4111, 1111, eleven eleven"). Numbers of up to six digits stay: the shop's order numbers and
postcodes are short.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ivr.dialogue.spoken.compounds import split
from ivr.dialogue.spoken.languages import NUMBER_WORDS
from ivr.dialogue.spoken.number_words import NumberWords
from ivr.privacy.identity_numbers import CARD_LENGTHS, CARD_STARTS, is_card, is_personal_number
from ivr.privacy.spans import Sensitive, Span
from ivr.privacy.tokens import Token, tokens

FEWEST_DIGITS = 7  # from here on a number may reach somebody or name somebody
FEWEST_OF_A_CARD = 15  # misheard digits break the check digit; a number this long is kept away all the same
PERSONAL_LENGTHS = (12, 11, 10)
LONGEST_PHONE = 13
_GLUE = frozenset("-–—.,/()+ ") | {
    "dash",
    "hyphen",
    "streck",
    "bindestreck",
    "strek",
    "viiva",
    "miinus",
    "minus",
    "plus",
}
_MOST_GLUE = 2  # signs between two groups of one number
# Day, century mark, three digits and a check character; recognition puts spaces between them.
_FINNISH = re.compile(r"\b(\d{6})\s*([-+A-FU-Y])\s*(\d{3})\s*([0-9A-Y])\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Piece:
    """A token that is part of a number; glue has no digits."""

    token: Token
    digits: str


def find_numbers(text: str, language: str) -> list[Span]:
    """Return the long numbers in the text: cards, personal numbers, phone numbers and what else is long."""
    words = NUMBER_WORDS.get(language, NUMBER_WORDS["en"])
    found = list(_finnish_as_written(text))
    for run in _runs(_taken_apart(text, words), words):
        kind = _kind(run, text)
        if kind is not None:
            start = run[0].token.start - _has_plus(run, text)
            found.append(Span(start, _end(run, text, kind), kind))
    return found


def digits_said(text: str, language: str) -> str:
    """Return every digit said, in figures or in words, as one string."""
    words = NUMBER_WORDS.get(language, NUMBER_WORDS["en"])
    return "".join(piece.digits for run in _runs(_taken_apart(text, words), words) for piece in run)


def _kind(run: Sequence[_Piece], text: str) -> Sensitive | None:
    digits = "".join(piece.digits for piece in run)
    if _holds_card(digits):
        return Sensitive.CARD
    if _holds_personal_number(run) or _finnish_end(run, text) is not None:
        return Sensitive.PERSONAL_NUMBER
    if len(digits) < FEWEST_DIGITS or _is_date(run, text):
        return None
    is_phone = len(digits) <= LONGEST_PHONE and (digits[0] == "0" or len(digits) <= FEWEST_DIGITS + 1)
    return Sensitive.PHONE if is_phone or _has_plus(run, text) else Sensitive.LONG_NUMBER


def _holds_card(digits: str) -> bool:
    windows = (
        digits[start : start + length] for length in CARD_LENGTHS for start in range(len(digits) - length + 1)
    )
    is_long = len(digits) in range(FEWEST_OF_A_CARD, CARD_LENGTHS.stop + 8) and digits[0] in CARD_STARTS
    return is_long or any(is_card(window) for window in windows)


def _holds_personal_number(run: Sequence[_Piece]) -> bool:
    """Say whether whole groups of the number are a personal number; its parts may be said apart."""
    for start in range(len(run)):
        digits = ""
        for piece in run[start:]:
            digits += piece.digits
            if len(digits) in PERSONAL_LENGTHS and is_personal_number(digits):
                return True
    return False


def _finnish_end(run: Sequence[_Piece], text: str) -> int | None:
    """Return where a Finnish personal number ends that begins with this number, its letter included."""
    digits = "".join(piece.digits for piece in run)
    before = [piece for piece in run if piece.digits]
    rest = text[before[-1].token.end :]
    taken = len(rest) - len(rest.lstrip(" -+"))
    letter = rest[taken : taken + 1]
    is_word_end = not rest[taken + 1 : taken + 2].isalpha()
    is_whole = len(digits) == 9 and letter.isalnum() and is_word_end
    written = (f"{digits[:6]}{mark}{digits[6:]}{letter.upper()}" for mark in "-A+")
    if is_whole and any(is_personal_number(number) for number in written):
        return before[-1].token.end + taken + 1
    return None


def _finnish_as_written(text: str) -> Iterator[Span]:
    for match in _FINNISH.finditer(text):
        if is_personal_number("".join(match.groups()).upper()):
            yield Span(match.start(), match.end(), Sensitive.PERSONAL_NUMBER)


def _end(run: Sequence[_Piece], text: str, kind: Sensitive) -> int:
    end = run[-1].token.end
    finnish = _finnish_end(run, text) if kind is Sensitive.PERSONAL_NUMBER else None
    return max(end, finnish or end)


def _is_date(run: Sequence[_Piece], text: str) -> bool:
    groups = [piece.digits for piece in run if piece.digits]
    written = text[run[0].token.start : run[-1].token.end]
    return (
        [len(group) for group in groups] == [4, 2, 2]
        and written.count("-") == 2
        and written[:2] in {"19", "20"}
    )


def _has_plus(run: Sequence[_Piece], text: str) -> bool:
    start = run[0].token.start
    return text[max(0, start - 1) : start] == "+"


def _taken_apart(text: str, words: NumberWords) -> list[Token]:
    """Return the tokens, number words written as one ("åttiofem") as their parts in the same place."""
    apart = []
    for token in tokens(text, is_hyphen_kept=False):
        is_plain = not words.has_compounds or not token.is_word or token.word in words.parts
        parts = (token.word,) if is_plain else split(token.word, words.parts) or (token.word,)
        apart += [replace(token, text=part) for part in parts] if len(parts) > 1 else [token]
    return apart


def _runs(found: Sequence[Token], words: NumberWords) -> Iterator[list[_Piece]]:
    run: list[_Piece] = []
    glue: list[_Piece] = []
    at = 0
    while at < len(found):
        piece, took = _number_at(found, at, words, is_inside=bool(run))
        if piece is not None:
            run += [*glue, piece]
            glue = []
            at += took
            continue
        word = found[at].word
        if run and len(glue) < _MOST_GLUE and (word in _GLUE or word in words.fillers):
            glue.append(_Piece(found[at], ""))
        else:
            if run:
                yield run
            run, glue = [], []
        at += 1
    if run:
        yield run


def _number_at(
    found: Sequence[Token], at: int, words: NumberWords, is_inside: bool
) -> tuple[_Piece | None, int]:
    """Return the digits said at this place and how many tokens they took."""
    token = found[at]
    word = token.word
    if token.text.isdecimal():
        return _Piece(token, "".join(str(int(figure)) for figure in token.text)), 1
    if word in words.repeats and at + 1 < len(found):
        following, took = _number_at(found, at + 1, words, is_inside)
        if following is not None and len(following.digits) == 1:
            return _joined(token, following, following.digits * words.repeats[word]), took + 1
    if word in words.tens:
        return _tens_at(found, at, words)
    if word in words.hundred | words.thousand and is_inside:
        return _Piece(token, ""), 1
    reversed_tens = _reversed_at(found, at, words)
    if reversed_tens is not None:
        return reversed_tens
    for table in (words.units, words.teens, words.several, words.sound_alikes if is_inside else {}):
        if word in table:
            return _Piece(token, str(table[word])), 1
    return None, 0


def _tens_at(found: Sequence[Token], at: int, words: NumberWords) -> tuple[_Piece, int]:
    """Return "eighty five", "eighty-five" and "eighty" as one number."""
    value = words.tens[found[at].word]
    after = at + 1
    if after < len(found) and (found[after].text == "-" or found[after].word in words.joiners):
        after += 1
    unit = words.units.get(found[after].word, 0) if after < len(found) else 0
    if not unit:
        return _Piece(found[at], str(value)), 1
    last = found[after]
    return _joined(found[at], _Piece(last, ""), str(value + unit)), after - at + 1


def _reversed_at(found: Sequence[Token], at: int, words: NumberWords) -> tuple[_Piece, int] | None:
    """Return Norwegian "sju og førti" as one number."""
    said = found[at : at + 3]
    if len(said) < 3 or said[0].word not in words.units or said[1].word not in words.joiners:
        return None
    if said[2].word not in words.tens or not words.units[said[0].word]:
        return None
    value = words.tens[said[2].word] + words.units[said[0].word]
    return _joined(said[0], _Piece(said[2], ""), str(value)), len(said)


def _joined(first: Token, last: _Piece, digits: str) -> _Piece:
    whole = Token(first.text, first.start, last.token.end, first.is_first)
    return _Piece(whole, digits)
