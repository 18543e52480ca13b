"""Which code of letters and digits a caller said: "A B four seven", "Adam Bertil 47", "B as in Bravo". Pure.

The code's shape is known ("AA9999": A for a letter, 9 for a digit), and that decides what an ambiguous word
is: "oh" is a nought where a digit stands and an O where a letter does, "eight" may be an A, "see" a C.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ivr.dialogue.spoken.compounds import split
from ivr.dialogue.spoken.languages import NUMBER_WORDS
from ivr.dialogue.spoken.letter_words import LETTER_WORDS, LetterWords
from ivr.dialogue.spoken.number_words import NumberWords

LETTER, DIGIT = "A", "9"
MOST_COST = 7.0  # beyond that it is a sentence, not a code
_ALIKE = 1.0
_SKIPPED = 2.5
_WORD_AS_LETTERS = 2.0  # "in" is seldom I and N: recognition writes letters in capitals
_TOKENS = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_DIGITS_FOR = {"O": "0", "I": "1", "L": "1", "B": "8", "S": "5", "Z": "2"}
_LETTERS_FOR = {"0": "O", "8": "A", "1": "I", "5": "S", "2": "Q"}


@dataclass(frozen=True)
class _Path:
    cost: float
    said: str  # the characters so far


@dataclass(frozen=True)
class _Step:
    """What some words may stand for: characters, how many words they took, what believing it costs."""

    characters: str
    took: int
    cost: float = 0.0


def hear_code(text: str, shape: str, language: str = "en") -> str | None:
    """Return the code in capitals, or None when the words hold none of this shape.

    `shape` is made of "A" for a letter and "9" for a digit. An unknown language is read as English.
    """
    words = _TOKENS.findall(text.replace("-", " ").replace(".", " "))
    reader = _Reader(
        [word.lower() for word in words],
        frozenset(word.lower() for word in words if word.isupper()),
        shape,
        NUMBER_WORDS.get(language, NUMBER_WORDS["en"]),
        LETTER_WORDS.get(language, LETTER_WORDS["en"]),
    )
    return reader.code()


def likeliest_code(
    readings: Sequence[str], shape: str, language: str = "en", is_known: Callable[[str], bool] | None = None
) -> str | None:
    """Return the first code that exists among the readings' codes, else the first; None when there is none.

    `is_known` may block.
    """
    codes = [code for code in (hear_code(words, shape, language) for words in readings) if code is not None]
    known = (code for code in dict.fromkeys(codes) if is_known is not None and is_known(code))
    return next(known, codes[0] if codes else None)


@dataclass
class _Reader:
    words: list[str]
    in_capitals: frozenset[str]
    shape: str
    numbers: NumberWords
    letters: LetterWords

    def code(self) -> str | None:
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
        return found.said if found is not None and found.cost <= MOST_COST else None

    def _onward(self, at: int, path: _Path) -> Iterator[tuple[int, _Path]]:
        corrected = self._correction_at(at)
        if corrected:
            for kept in range(len(path.said) + 1):  # what is said now may replace any of the last characters
                yield at + corrected, _Path(path.cost + 0.01 * (len(path.said) - kept), path.said[:kept])
            return
        is_outside = not path.said or len(path.said) == len(self.shape)
        is_filler = self.words[at] in self.numbers.fillers | self.numbers.joiners
        yield at + 1, _Path(path.cost + (0.0 if is_filler else 0.3 if is_outside else _SKIPPED), path.said)
        for step in self._steps(at):
            fitted = self._fitted(step, len(path.said))
            if fitted is not None:
                yield at + step.took, _Path(path.cost + fitted.cost, path.said + fitted.characters)

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
