"""Which sentences of the designers a doubtful text may have been, and whether one of them was said. Pure.

Recognition writes what sounds likeliest as English at large: "I'm the robot." for "Are you a robot?". What
callers of this bot ask for is written down in nlu_data/. The few sentences that look and sound most like the
text are weighed by the decoder on the same sound; one counts when the sound is nearly as likely to be it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from ivr.dialogue.plain_words import plain_words

# Chosen on three voices (450 sound clips), tested on three others: see docs/speech.md.
UNSURE = -0.2  # mean log probability of a token; surer texts stay
FEWEST_WORDS = 3  # of a known sentence; in shorter ones there is too little to tell them by
MOST_WORDS = 16
WEIGHED = 5
_LEAST_ALIKE = 50.0  # rapidfuzz ratio, 0 to 100
_MOST_WORDS_APART = 2
_LEAST_ODDS = -3.0  # log probability of the known sentence over that of the text
_LEAST_END = -0.3  # log probability that the known sentence ends where the sound does
_LEAST_MEAN, _LEAST_MEAN_OF_SHORT = -1.6, -1.1  # of few words misheard beginnings of others are made up
_SHORT = 4
_FIGURE = re.compile(r"\d")
_VOWELS = re.compile(r"[aeiouyåäöæøhw']+")
_TWICE = re.compile(r"(.)\1+")
_ALIKE = str.maketrans("zcdbvgq", "sktpfkk")


@dataclass(frozen=True)
class Weight:
    """How likely the decoder finds a text, in log probabilities: its words, and that it ends after them.

    `sign` is the likeliest at its end.
    """

    words: float
    end: float
    tokens: int
    sign: str = "."

    @property
    def whole(self) -> float:
        """Return the log probability of the text as all that was said."""
        return self.words + self.end

    @property
    def mean(self) -> float:
        """Return the mean over its tokens and its end."""
        return self.whole / (self.tokens + 1)


@dataclass(frozen=True)
class Taken:
    """The known sentence that was said; `odds` is its log probability over that of the decoder's own text."""

    text: str
    weight: Weight
    odds: float


class KnownSentences:
    """The sentences of each language, found by their letters and by their consonants."""

    def __init__(self, sentences: Mapping[str, Sequence[str]]) -> None:
        """`sentences` by language, as written; those with figures and the shortest are left out."""
        fitting = {
            language: [one for one in all_of_them if _fits(one)]
            for language, all_of_them in sentences.items()
        }
        self._sentences = fitting
        self._letters = {language: [plain_words(one) for one in own] for language, own in fitting.items()}
        self._sounds = {language: [sounds_of(one) for one in own] for language, own in self._letters.items()}

    def near(self, text: str, language: str) -> list[str]:
        """Return the sentences most like the text, WEIGHED at most; none when it is one. 2 ms for 4,000."""
        plain = plain_words(text)
        letters = self._letters.get(language, [])
        if not letters or not plain or plain in letters:
            return []
        alike = process.cdist([plain], letters, scorer=fuzz.ratio)[0]
        alike = alike + process.cdist([sounds_of(plain)], self._sounds[language], scorer=fuzz.ratio)[0]
        best = sorted(range(len(letters)), key=lambda place: -alike[place])[:WEIGHED]
        own = self._sentences[language]
        return [written(own[place]) for place in best if _is_alike(letters[place], plain)]


def is_worth_weighing(text: str, mean_log_probability: float) -> bool:
    """Say whether a text is doubtful enough to be another one; numbers are never replaced."""
    return mean_log_probability < UNSURE and not _FIGURE.search(text)


def sentence_said(text: str, own: Weight, known: Sequence[str], weights: Sequence[Weight]) -> Taken | None:
    """Say which of the known sentences was said in place of the decoder's own text; None for none of them.

    The beginning of a sentence is not taken for the whole of it: the caller is still to say the rest.
    """
    if not known:
        return None
    best = max(range(len(known)), key=lambda place: weights[place].whole)
    sentence, weight = plain_words(known[best]), weights[best]
    plain = plain_words(text)
    odds = weight.whole - own.whole
    least_mean = _LEAST_MEAN_OF_SHORT if len(sentence.split()) <= _SHORT else _LEAST_MEAN
    if odds < _LEAST_ODDS or weight.end < _LEAST_END or weight.mean < least_mean:
        return None
    if not _is_alike(sentence, plain) or _is_part(sentence, plain) or _is_part(plain, sentence):
        return None
    return Taken(known[best], weight, odds)


def written(sentence: str) -> str:
    """Return a sentence as recognition begins one, with a capital."""
    return sentence[0].upper() + sentence[1:]


def sounds_of(plain: str) -> str:
    """Return the consonants by which words are told apart on a bad line, those that sound alike as one."""
    spelled = plain.replace("ph", "f").replace("kn", "n").replace("ck", "k")
    return _TWICE.sub(r"\1", _VOWELS.sub("a", spelled).translate(_ALIKE))


def _is_alike(one: str, other: str) -> bool:
    is_as_long = abs(len(one.split()) - len(other.split())) <= _MOST_WORDS_APART
    return is_as_long and fuzz.ratio(one, other) >= _LEAST_ALIKE


def _is_part(one: str, other: str) -> bool:
    return one.startswith(f"{other} ") or one.endswith(f" {other}")


def _fits(sentence: str) -> bool:
    return FEWEST_WORDS <= len(sentence.split()) <= MOST_WORDS and not _FIGURE.search(sentence)
