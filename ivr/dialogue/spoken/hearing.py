"""Which digits a caller said, however said: "four seven double one", "forty-seven eleven", "47 11"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from ivr.dialogue.spoken.compounds import split
from ivr.dialogue.spoken.languages import NUMBER_WORDS
from ivr.dialogue.spoken.number_words import NumberWords

SHORTEST_UNASKED = 4  # digits; a shorter run in free speech stays words ("two questions", "one moment")
SHORTEST_AWAITED = 2  # digits; "one moment, please" is no answer to "what's the number?"
FEWEST_CERTAIN = 2  # digits said plainly before sound-alikes beside them count
_TOKENS = re.compile(r"\d+|[^\W\d_]+(?:['\u2019][^\W\d_]+)*|[^\s\w]")


@dataclass(frozen=True)
class HeardNumbers:
    """`text` is the sentence with every run of digits written as one number; `digits` the run that counts."""

    text: str
    digits: str | None


class _Class(Enum):
    FIGURES = "figures"
    UNIT = "unit"
    TEEN = "teen"
    TENS = "tens"
    HUNDRED = "hundred"
    THOUSAND = "thousand"
    REPEAT = "repeat"
    SEVERAL = "several"
    ALIKE = "alike"
    JOINER = "joiner"
    FILLER = "filler"
    BREAK = "break"  # punctuation inside a number: separates groups
    CORRECTION = "correction"
    WORD = "word"


@dataclass(frozen=True)
class _Token:
    kind: _Class
    text: str
    value: int = 0
    is_glued: bool = False  # written in one word with the token before


_NUMERIC = {_Class.FIGURES, _Class.UNIT, _Class.TEEN, _Class.TENS}
_STARTS_RUN = _NUMERIC | {_Class.REPEAT, _Class.ALIKE}
_SCALES = {_Class.HUNDRED, _Class.THOUSAND}
_INSIDE_RUN = (
    _STARTS_RUN
    | _SCALES
    | {
        _Class.SEVERAL,
        _Class.JOINER,
        _Class.FILLER,
        _Class.BREAK,
        _Class.CORRECTION,
    }
)
_ENDS_RUN = _STARTS_RUN | _SCALES | {_Class.SEVERAL}
_HYPHENS = "-\u2011\u2013"


def hear_numbers(text: str, language: str = "en", lengths: tuple[int, ...] = ()) -> HeardNumbers:
    """Find the digits in what was heard and write them as one number each.

    `lengths` are the lengths an awaited number may have, the most likely first; empty when no number
    was asked for. Only an awaited number may be short, and only among awaited digits do sound-alikes
    ("for", "to", "oh") count. An unknown language leaves everything but figures as it is.
    """
    words = NUMBER_WORDS.get(language, NUMBER_WORDS["en"])
    pieces: list[str] = []
    found: list[str] = []
    for run in _runs(_with_ones(list(_tokens(text, words)), words)):
        start, end, digits = _number_in(run, words, lengths)
        pieces.extend(token.text for token in run[:start])
        if digits:
            pieces.append(digits)
            found.append(digits)
        pieces.extend(token.text for token in run[end:])
    fitting = [digits for digits in found if len(digits) in lengths]
    best = fitting or found
    return HeardNumbers(_joined(pieces), best[-1] if best else None)


def _joined(pieces: list[str]) -> str:
    text = " ".join(filter(None, pieces))
    return re.sub(r"\s+([.,!?;:])", r"\1", text)


def _tokens(text: str, words: NumberWords) -> Iterator[_Token]:
    raw = _TOKENS.findall(text)
    lowered = [part.lower() for part in raw]
    at = 0
    while at < len(raw):
        took = _correction_length(lowered, at, words)
        if took:
            yield _Token(_Class.CORRECTION, " ".join(raw[at : at + took]))
            at += took
            continue
        if at + 1 < len(raw) and _is_one_word(lowered[at], lowered[at + 1], words):
            yield _classified(f"{raw[at]} {raw[at + 1]}", lowered[at] + lowered[at + 1], words)
            at += 2
            continue
        yield from _taken_apart(raw[at], lowered[at], words)
        at += 1


def _is_one_word(word: str, following: str, words: NumberWords) -> bool:
    """Say whether recognition wrote one number word as two: "seven teen", "neljä kymmentä"."""
    return following not in words.parts and word + following in words.longer


def _taken_apart(raw: str, word: str, words: NumberWords) -> Iterator[_Token]:
    """Yield the word's token, or those of the number words it is made of; the first carries its text."""
    token = _classified(raw, word, words)
    if token.kind is not _Class.WORD or not words.has_compounds:
        yield token
        return
    for short, full in words.respelled:
        word = word.replace(short, full)
    parts = split(word, words.parts)
    if not parts:
        yield token
        return
    yield replace(_classified(parts[0], parts[0], words), text=raw)
    for part in parts[1:]:
        yield replace(_classified(part, part, words), text="", is_glued=True)


def _with_ones(tokens: list[_Token], words: NumberWords) -> list[_Token]:
    """Put the "one" that such languages leave out before "hundra" and "tusen" in a number.

    A scale that stands alone among words is none: "tusen tack" is not a thousand.
    """
    if not words.has_bare_scales:
        return tokens
    is_alone = all(token.kind in _SCALES | {_Class.BREAK, _Class.FILLER} for token in tokens)
    whole: list[_Token] = []
    for at, token in enumerate(tokens):
        before = whole[-1].kind if whole else _Class.WORD
        after = tokens[at + 1].kind if at + 1 < len(tokens) else _Class.WORD
        is_counted = before in _NUMERIC or (token.kind is _Class.THOUSAND and before is _Class.HUNDRED)
        is_number = is_alone or before in _SCALES or after in _NUMERIC | _SCALES | {_Class.JOINER}
        if token.kind in _SCALES and not is_counted and is_number:
            whole.append(_Token(_Class.UNIT, "", 1, token.is_glued))
        whole.append(token)
    return whole


def _correction_length(lowered: list[str], at: int, words: NumberWords) -> int:
    if lowered[at] not in words.correction_starts:
        return 0
    fitting = (len(phrase) for phrase in words.corrections if tuple(lowered[at : at + len(phrase)]) == phrase)
    return max(fitting, default=0)


def _classified(raw: str, word: str, words: NumberWords) -> _Token:
    if raw.isdecimal():
        return _Token(_Class.FIGURES, "".join(str(int(figure)) for figure in raw))
    for kind, table in (
        (_Class.UNIT, words.units),
        (_Class.TEEN, words.teens),
        (_Class.TENS, words.tens),
        (_Class.REPEAT, words.repeats),
        (_Class.SEVERAL, words.several),
        (_Class.ALIKE, words.sound_alikes),
    ):
        if word in table:
            return _Token(kind, raw, table[word])
    for kind, group in (
        (_Class.HUNDRED, words.hundred),
        (_Class.THOUSAND, words.thousand),
        (_Class.JOINER, words.joiners),
        (_Class.FILLER, words.fillers),
    ):
        if word in group:
            return _Token(kind, raw)
    return _Token(_Class.WORD if raw[0].isalnum() else _Class.BREAK, raw)


def _runs(tokens: list[_Token]) -> Iterator[list[_Token]]:
    """Cut the sentence into runs that may be one number and single tokens that are not."""
    at = 0
    while at < len(tokens):
        end = at
        if tokens[at].kind in _STARTS_RUN:
            while end < len(tokens) and tokens[end].kind in _INSIDE_RUN:
                end += 1
            while tokens[end - 1].kind not in _ENDS_RUN:
                end -= 1  # a run ends with digits; trailing commas and "no" belong to the sentence
        yield tokens[at : max(end, at + 1)]
        at = max(end, at + 1)


def _number_in(run: list[_Token], words: NumberWords, lengths: tuple[int, ...]) -> tuple[int, int, str]:
    """Return where in the run the number stands and its digits; (0, 0, "") for ordinary speech."""
    ordinary = (0, 0, "")
    certain = sum(_certain_digits(token) for token in run)
    start, end = 0, len(run)
    if not lengths or certain < FEWEST_CERTAIN:
        start, end = _without_alikes_at_the_ends(run)
        digits = _corrected(_without_loose_alikes(run[start:end]), words)
        shortest = SHORTEST_AWAITED if lengths else SHORTEST_UNASKED
        return (start, end, digits) if len(digits) >= shortest else ordinary
    digits = _corrected(run, words, lengths)
    while len(digits) > min(lengths) and len(digits) not in lengths:
        if run[start].kind is _Class.ALIKE:  # "for 471192"
            start += 1
        elif run[end - 1].kind is _Class.ALIKE:  # "471192 too"
            end -= 1
        else:
            break
        digits = _corrected(run[start:end], words, lengths)
    return (start, end, digits) if len(digits) >= SHORTEST_AWAITED else ordinary


def _certain_digits(token: _Token) -> int:
    return len(token.text) if token.kind is _Class.FIGURES else int(token.kind in _NUMERIC)


def _without_alikes_at_the_ends(run: list[_Token]) -> tuple[int, int]:
    """Return where the certain digits start and end; an "oh" right after a digit word still belongs."""
    start, end = 0, len(run)
    while start < end and run[start].kind not in _NUMERIC | {_Class.REPEAT}:
        start += 1
    while end > start and run[end - 1].kind not in _NUMERIC | _SCALES | {_Class.SEVERAL}:
        is_zero = run[end - 1].kind is _Class.ALIKE and run[end - 1].value == 0
        if is_zero and end - 2 >= start and run[end - 2].kind in {_Class.UNIT, _Class.ALIKE}:
            break
        end -= 1
    return start, end


def _without_loose_alikes(run: list[_Token]) -> list[_Token]:
    """Keep "oh" among certain digits even when no number was asked for; drop other sound-alikes."""
    return [token for token in run if token.kind is not _Class.ALIKE or token.value == 0]


def _corrected(run: list[_Token], words: NumberWords, lengths: tuple[int, ...] = ()) -> str:
    """Spell the run; digits after "no" or "sorry" replace what was wrong before it.

    That is as much as leaves a number of an awaited length ("4 7 1 8, no, 1 9 2" is 471192); where no
    length fits, as many as are said again, or all when they are as many.
    """
    said = ""
    part: list[_Token] = []
    is_replacing = False
    for token in [*run, _Token(_Class.CORRECTION, "")]:
        if token.kind is not _Class.CORRECTION:
            part.append(token)
            continue
        digits = _spelled(part, words)
        if is_replacing and digits:
            said = _replaced(said, digits, lengths)
        else:
            said += digits
        part = []
        is_replacing = True
    return said


def _replaced(said: str, again: str, lengths: tuple[int, ...]) -> str:
    for length in lengths:
        wrong = len(said) + len(again) - length
        if 0 < wrong <= len(said) and len(again) < length:
            return said[:-wrong] + again
    return again if len(again) >= len(said) else said[: -len(again)] + again


def _spelled(tokens: list[_Token], words: NumberWords) -> str:
    """Concatenate the groups of a run: "forty seven eleven" is 47 and 11, "four hundred and five" is 405."""
    spoken = [token for token in tokens if token.kind is not _Class.FILLER]
    digits = ""
    at = 0
    while at < len(spoken):
        group, took = _group(spoken, at, words)
        digits += group
        at += took
    return digits


def _group(tokens: list[_Token], at: int, words: NumberWords) -> tuple[str, int]:
    """Read one group from `at`; return its digits and how many tokens it took."""
    token = tokens[at]
    if token.kind is _Class.REPEAT:
        return _repeated(tokens, at)
    if token.kind is _Class.UNIT and token.value > 1 and _is_followed_by(tokens, at, _Class.SEVERAL):
        return str(tokens[at + 1].value) * token.value, 2
    if token.kind is _Class.FIGURES and not _is_followed_by(tokens, at, _Class.HUNDRED, _Class.THOUSAND):
        return token.text, 1
    if token.kind not in _NUMERIC | {_Class.ALIKE}:
        return "", 1
    value, took = _below_thousand(tokens, at, words)
    if _is_followed_by(tokens, at + took - 1, _Class.THOUSAND):
        return _thousands(tokens, at, value, took + 1, words)
    if token.kind in {_Class.UNIT, _Class.ALIKE} and took == 1:
        return str(token.value), 1
    return str(value), took


def _thousands(tokens: list[_Token], at: int, value: int, took: int, words: NumberWords) -> tuple[str, int]:
    """Add what follows "thousand" when it belongs to the same number."""
    rest_at = _after_joiner(tokens, at + took)
    has_comma = rest_at is None and at + took < len(tokens) and tokens[at + took].text == ","
    if has_comma:
        rest_at = _after_joiner(tokens, at + took + 1)
    if rest_at is None:
        return str(value * 1000), took
    rest, rest_took = _below_thousand(tokens, rest_at, words)
    is_joined = not has_comma and (
        rest_at > at + took
        or tokens[rest_at].is_glued
        or (words.is_and_optional and not _is_first_of_several(tokens, rest_at))
    )
    is_counted_again = _is_followed_by(tokens, rest_at + rest_took - 1, _Class.THOUSAND)
    if (rest >= 100 or is_joined) and not is_counted_again:
        return str(value * 1000 + rest), rest_at + rest_took - at
    return str(value * 1000), took


def _repeated(tokens: list[_Token], at: int) -> tuple[str, int]:
    is_hyphenated = _is_followed_by(tokens, at, _Class.BREAK) and tokens[at + 1].text in _HYPHENS
    took = 3 if is_hyphenated else 2
    after = tokens[at + took - 1] if at + took - 1 < len(tokens) else None
    if after is None:
        return "", 1
    if after.kind in {_Class.UNIT, _Class.ALIKE} or (after.kind is _Class.FIGURES and len(after.text) == 1):
        single = after.text if after.kind is _Class.FIGURES else str(after.value)
        return single * tokens[at].value, took
    if after.kind is _Class.FIGURES:  # "double 192" is how recognition writes "double one nine two"
        return after.text[0] * tokens[at].value + after.text[1:], took
    return "", 1


def _is_followed_by(tokens: list[_Token], at: int, *kinds: _Class) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].kind in kinds


def _after_joiner(tokens: list[_Token], at: int) -> int | None:
    """Return where a number goes on, past "and"; None when it does not."""
    if at < len(tokens) and tokens[at].kind is _Class.JOINER:
        at += 1
    return at if at < len(tokens) and tokens[at].kind in _NUMERIC - {_Class.FIGURES} else None


def _below_thousand(tokens: list[_Token], at: int, words: NumberWords) -> tuple[int, int]:
    """Read units, teens, tens and hundreds; return the value and how many tokens it took."""
    value, took = _below_hundred(tokens, at, words)
    if not _is_followed_by(tokens, at + took - 1, _Class.HUNDRED):
        return value, took
    took += 1
    rest_at = _after_joiner(tokens, at + took)
    if rest_at is None:
        return value * 100, took
    is_joined = rest_at > at + took or tokens[rest_at].is_glued
    if not is_joined and _is_first_of_several(tokens, rest_at):
        return value * 100, took
    rest, rest_took = _below_hundred(tokens, rest_at, words)
    if _is_followed_by(tokens, rest_at + rest_took - 1, _Class.HUNDRED):
        if rest_took == 1 or tokens[rest_at].kind is not _Class.TENS:
            return value * 100, took  # "four hundred seven hundred": two groups
        return value * 100 + tokens[rest_at].value, rest_at + 1 - at  # "seven hundred forty, seven hundred"
    return value * 100 + rest, rest_at + rest_took - at


def _is_first_of_several(tokens: list[_Token], at: int) -> bool:
    """Say whether digits said one by one begin here."""
    is_unit = tokens[at].kind is _Class.UNIT
    return is_unit and _is_followed_by(tokens, at, _Class.UNIT, _Class.ALIKE, _Class.REPEAT)


def _below_hundred(tokens: list[_Token], at: int, words: NumberWords) -> tuple[int, int]:
    token = tokens[at]
    if token.kind is _Class.FIGURES:
        return int(token.text), 1
    if words.has_units_first and _is_unit_and_tens(tokens[at : at + 3]):
        return token.value + tokens[at + 2].value, 3
    if token.kind is not _Class.TENS:
        return token.value, 1
    has_unit = _is_followed_by(tokens, at, _Class.UNIT) and tokens[at + 1].value > 0
    if has_unit:
        return token.value + tokens[at + 1].value, 2
    hyphenated = _is_followed_by(tokens, at, _Class.BREAK) and tokens[at + 1].text in _HYPHENS
    unit = tokens[at + 2] if hyphenated and at + 2 < len(tokens) else None
    if unit and unit.kind is _Class.UNIT and unit.value > 0:
        return token.value + unit.value, 3
    return token.value, 1


def _is_unit_and_tens(tokens: list[_Token]) -> bool:
    """Say whether this is "sju og førti"."""
    kinds = [token.kind for token in tokens]
    return kinds == [_Class.UNIT, _Class.JOINER, _Class.TENS] and tokens[0].value > 0
