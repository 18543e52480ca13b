"""Which code of letters and digits a caller said: "A B four seven", "Adam Bertil 47", "B as in Bravo". Pure.

The code's shape is known ("AA9999": A for a letter, 9 for a digit), and that decides what an ambiguous word
is: "oh" is a nought where a digit stands and an O where a letter does, "eight" may be an A, "see" a C.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from ivr.dialogue.spoken.compounds import split
from ivr.dialogue.spoken.languages import NUMBER_WORDS
from ivr.dialogue.spoken.letter_words import LETTER_WORDS, LetterWords
from ivr.dialogue.spoken.number_words import NumberWords

LETTER, DIGIT = "A", "9"
MOST_COST = 7.0  # beyond that it is a sentence, not a code
MOST_LOOKED_UP = 20  # codes that sound alike; what the caller would accept is asked for anyway
MOST_KEYED = 64  # codes that the same keys may be, with three letters to a key
_ALIKE = 1.0
_SKIPPED = 2.5
_WORD_AS_LETTERS = 2.0  # "in" is seldom I and N: recognition writes letters in capitals
_TOKENS = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_DIGITS_FOR = {"O": "0", "I": "1", "L": "1", "B": "8", "S": "5", "Z": "2"}
_LETTERS_FOR = {"0": "O", "8": "A", "1": "I", "5": "S", "2": "Q"}
# Letters whose bare names differ by what a phone line cuts off, above 3.4 kHz, or by one short sound.
_SOUND_ALIKE = ("BDEPTVGCZ", "FSX", "MN", "AKJH", "IY", "QUW", "LO")
_ON_KEY = {"2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO", "7": "PQRS", "8": "TUV", "9": "WXYZ"}
_FURTHER_ON_KEY = {"Å": "2", "Ä": "2", "Æ": "2", "Ö": "6", "Ø": "6"}

IsKnown = Callable[[str], bool]


@dataclass(frozen=True)
class FoundCode:
    """A code in capitals, and where its words stand in the text."""

    code: str
    start: int
    end: int


@dataclass(frozen=True)
class _Path:
    cost: float
    said: str  # the characters so far
    begins: int = 0  # the first word that is part of it, and the one after the last
    ends: int = 0


@dataclass(frozen=True)
class _Step:
    """What some words may stand for: characters, how many words they took, what believing it costs."""

    characters: str
    took: int
    cost: float = 0.0


def find_code(text: str, shape: str, language: str = "en") -> FoundCode | None:
    """Return the code and its place, or None when the words hold none of this shape.

    `shape` is made of "A" for a letter and "9" for a digit. An unknown language is read as English.
    """
    tokens = list(_TOKENS.finditer(text))
    words = [token.group() for token in tokens]
    reader = _Reader(
        [word.lower() for word in words],
        frozenset(word.lower() for word in words if word.isupper()),
        shape,
        NUMBER_WORDS.get(language, NUMBER_WORDS["en"]),
        LETTER_WORDS.get(language, LETTER_WORDS["en"]),
    )
    path = reader.path()
    if path is None:
        return None
    return FoundCode(path.said, tokens[path.begins].start(), tokens[path.ends - 1].end())


def hear_code(text: str, shape: str, language: str = "en") -> str | None:
    """Return the code in capitals, or None when the words hold none of this shape."""
    found = find_code(text, shape, language)
    return found.code if found is not None else None


def likeliest_code(
    readings: Sequence[str], shape: str, language: str = "en", is_known: IsKnown | None = None
) -> str | None:
    """Return the code to act on: the first that exists among the readings' codes and those that sound alike.

    The first reading's code where none exists; None when no reading holds a code. `is_known` may block.
    """
    heard = (hear_code(words, shape, language) for words in readings)
    codes = list(dict.fromkeys(code for code in heard if code is not None))
    if not codes or is_known is None:
        return codes[0] if codes else None
    alike = (other for code in codes for other in _sounding_alike(code))
    candidates = dict.fromkeys([*codes, *islice(alike, MOST_LOOKED_UP)])
    return next((code for code in candidates if is_known(code)), codes[0])


def keyed_code(keys: str, shape: str, is_known: IsKnown | None) -> str | None:
    """Return the one code that exists of those that the keys may be, a letter by the key that bears it.

    None when there is none or more than one, or nobody knows. `is_known` may block.
    """
    if len(keys) != len(shape) or is_known is None:
        return None
    choices = [_letters_on(key) if kind == LETTER else key for key, kind in zip(keys, shape, strict=True)]
    codes = ["".join(characters) for characters in islice(product(*choices), MOST_KEYED)]
    known = list(islice((code for code in codes if is_known(code)), 2))
    return known[0] if len(known) == 1 else None


def _letters_on(key: str) -> str:
    return _ON_KEY.get(key, "") + "".join(one for one, on in _FURTHER_ON_KEY.items() if on == key)


def _sounding_alike(code: str) -> Iterator[str]:
    """Yield the codes with one letter that sounds like the one that was heard."""
    for place, character in enumerate(code):
        for alike in (letters for letters in _SOUND_ALIKE if character in letters):
            for other in alike.replace(character, ""):
                yield code[:place] + other + code[place + 1 :]


@dataclass
class _Reader:
    words: list[str]
    in_capitals: frozenset[str]
    shape: str
    numbers: NumberWords
    letters: LetterWords

    def path(self) -> _Path | None:
        """Find the cheapest way to read the words that fills the shape."""
        # best[at] holds, for every number of characters read, the cheapest path to the word `at`.
        best: list[dict[int, _Path]] = [{} for _ in range(len(self.words) + 1)]
        best[0][0] = _Path(0.0, "")
        for at in range(len(self.words)):
            for path in list(best[at].values()):
                for end, further in self._onward(at, path):
                    place = len(further.said)
                    if place not in best[end] or further.cost < best[end][place].cost:
                        best[end][place] = further
        found = best[-1].get(len(self.shape))
        return found if found is not None and found.cost <= MOST_COST else None

    def _onward(self, at: int, path: _Path) -> Iterator[tuple[int, _Path]]:
        corrected = self._correction_at(at)
        if corrected:
            for kept in range(len(path.said) + 1):  # what is said now may replace any of the last characters
                cost = path.cost + 0.01 * (len(path.said) - kept)
                yield at + corrected, _Path(cost, path.said[:kept], path.begins, path.ends)
            return
        is_outside = not path.said or len(path.said) == len(self.shape)
        is_filler = self.words[at] in self.numbers.fillers | self.numbers.joiners
        cost = path.cost + (0.0 if is_filler else 0.3 if is_outside else _SKIPPED)
        yield at + 1, _Path(cost, path.said, path.begins, path.ends)
        for step in self._steps(at):
            fitted = self._fitted(step, len(path.said))
            if fitted is not None:
                begins, ends = path.begins if path.said else at, at + step.took
                yield ends, _Path(path.cost + fitted.cost, path.said + fitted.characters, begins, ends)

    def _correction_at(self, at: int) -> int:
        fitting = (
            len(phrase)
            for phrase in self.numbers.corrections
            if tuple(self.words[at : at + len(phrase)]) == phrase
        )
        return max(fitting, default=0)

    def _steps(self, at: int) -> Iterator[_Step]:
        """Yield what the words from here on may stand for, whatever the shape."""
        word = self.words[at]
        following = self.words[at + 1] if at + 1 < len(self.words) else ""
        letter = self._letter(word)
        if letter:
            yield _Step(letter, 1, 0.0 if word in self.letters.alphabet or len(word) == 1 else 0.5 * _ALIKE)
        yield from self._likened(at, letter)
        if word in self.letters.doubled and self._letter(following) in {"U", "V"}:
            yield _Step("W", 2)
        if word in {"x", "ex"} and following == "ray":
            yield _Step("X", 2)
        if word in self.numbers.repeats and following:
            for step in self._single(following):
                if len(step.characters) == 1:
                    yield _Step(step.characters * self.numbers.repeats[word], 2, step.cost)
        yield from self._single(word)
        if word in self.numbers.tens and 0 < self.numbers.units.get(following, 0) < 10:
            yield _Step(str(self.numbers.tens[word] + self.numbers.units[following]), 2)

    def _single(self, word: str) -> Iterator[_Step]:
        tables = (self.numbers.units, self.numbers.teens, self.numbers.tens)
        value = next((table[word] for table in tables if word in table), None)
        if value is not None:
            yield _Step(str(value), 1)
        elif word in self.numbers.sound_alikes:
            yield _Step(str(self.numbers.sound_alikes[word]), 1, _ALIKE)
        elif self.numbers.has_compounds and (parts := split(word, self.numbers.parts)):
            units = [self.numbers.units.get(part, self.numbers.tens.get(part, -1)) for part in parts]
            if min(units) >= 0 and (len(parts) != 2 or units[0] < 10):
                yield _Step("".join(map(str, units)), 1)
            elif len(parts) == 2 and units[0] >= 20 and 0 < units[1] < 10:
                yield _Step(str(sum(units)), 1)
        elif len(word) <= len(self.shape) and (word.isdecimal() or not word.isalpha() or len(word) <= 3):
            is_word = word.isalpha() and len(word) > 1 and word not in self.in_capitals
            yield _Step(word.upper(), 1, _WORD_AS_LETTERS if is_word else 0.0)

    def _letter(self, word: str) -> str:
        if len(word) == 1 and word.isalpha():
            return word.upper()
        return self.letters.alphabet.get(word, self.letters.names.get(word, ""))

    def _likened(self, at: int, letter: str) -> Iterator[_Step]:
        """Yield the letter of "B as in Bravo": the word's, whatever the letter was heard as."""
        for phrase in self.letters.likened:
            end = at + 1 + len(phrase)
            if tuple(self.words[at + 1 : end]) != phrase or end >= len(self.words):
                continue
            word = self.words[end]
            known = self.letters.alphabet.get(word)
            if known and (letter or len(self.words[at]) <= 3):
                yield _Step(known, len(phrase) + 2)
            elif letter and len(word) > 2 and word[0].upper() == letter:
                yield _Step(letter, len(phrase) + 2)

    def _fitted(self, step: _Step, place: int) -> _Step | None:
        """Put the characters where the shape has them: an O is a nought where a digit stands."""
        wanted = self.shape[place : place + len(step.characters)]
        if len(wanted) < len(step.characters):
            return None
        cost, fitted = step.cost, ""
        for character, kind in zip(step.characters, wanted, strict=True):
            fits = character.isdecimal() if kind == DIGIT else character.isalpha()
            other = (_DIGITS_FOR if kind == DIGIT else _LETTERS_FOR).get(character)
            if not fits and other is None:
                return None
            cost += 0.0 if fits else _ALIKE
            fitted += character if fits else other or ""
        return _Step(fitted, step.took, cost)
