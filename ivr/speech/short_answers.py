"""Which short answers a question may get, how they are spelled, and when one was said. Pure.

A word of half a second gives the decoder too little to go by: it writes "Bye." for "five" and "Kevin." for
"seven". What the question asks for narrows the choice. Each answer's spellings are weighed by the decoder
against what it wrote by itself, once as the word sounds and once said three times over, which steadies it;
words that are no answer compete, so that "help" stays "help".
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.conversation.expectation import Expectation, Expecting
from ivr.speech.doubts import words_of
from ivr.speech.transcriber import Alternative

LONGEST_S = 1.5  # of sound with 0.1 s around it; longer answers are recognised by themselves
ONE_DIGIT_S = 0.8  # where several are awaited: five digits in one breath take 1.4 s and are not one of them
# How many spellings stay in after their first token, and after the whole of them: (answers, rivals).
BY_FIRST_TOKEN = (14, 8)
BY_WHOLE = (6, 3)
# Chosen on one speaker's digits and one synthetic voice, tested on others: see docs/speech.md.
_DIGIT_SCORE = -5.0
_YES_NO_SCORE = 2.2
_DIGIT_WEIGHT_OF_RIVALS = 0.25
_YES_NO_WEIGHT_OF_RIVALS = 0.8
_MOST_RIVALRY = 8.0
_LEAST_RIVALRY = -12.0
_WORTH_NAMING = 0.02
_SENTENCE_WORDS, _SENTENCE_SURE = 3, -0.6
_SURE = -0.35  # exp of it is a confidence of 0.7
_SURE_OF_OTHERS = -0.8
# Who is less sure of the answer, 0 to 1 among all of them, hears the sound slower and quicker as well.
_CLEAR_SHARE = 0.7
PACES = (0.8, 1.2)


@dataclass(frozen=True)
class _Words:
    """One language's short answers; `digits` are the words for 0 to 9."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    digits: tuple[str, ...]
    others: str


_WORDS: Mapping[str, _Words] = {
    "en": _Words(
        ("yes", "yeah", "yep"),
        ("no", "nope"),
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        "help agent person operator repeat again what sorry pardon hello goodbye thanks stop wait okay "
        "please cancel nothing um hmm",
    ),
    "sv": _Words(
        ("ja", "japp", "jo"),
        ("nej", "nä"),
        ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio"),
        "hjälp person människa igen va förlåt ursäkta hallå hej tack stopp vänta okej avbryt ingenting eh",
    ),
    "nb": _Words(
        ("ja", "jo"),
        ("nei",),
        ("null", "en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni"),
        "hjelp person menneske igjen hva unnskyld hallo hei takk stopp vent ok avbryt ingenting eh hmm",
    ),
    "fi": _Words(
        ("kyllä", "joo"),
        ("ei",),
        ("nolla", "yksi", "kaksi", "kolme", "neljä", "viisi", "kuusi", "seitsemän", "kahdeksan", "yhdeksän"),
        "apua ihminen henkilö uudestaan mitä anteeksi haloo hei kiitos seis odota okei peruuta öö hmm",
    ),
}


@dataclass(frozen=True)
class Spelling:
    """One way to write one answer. `answer` is None for words that are no answer to the question."""

    answer: str | None
    once: str
    thrice: str


@dataclass(frozen=True)
class Weighed:
    """A spelling with its log probabilities: of the sound as it is, and of the sound three times over.

    The latter is the mean over several paces where the sound was heard at more than one.
    """

    spelling: Spelling
    once: float
    thrice: float


@dataclass(frozen=True)
class ShortAnswer:
    """The answer that was said, its probability among all that were weighed, and the others'."""

    text: str
    probability: float
    alternatives: tuple[Alternative, ...]


def longest_s(expects: Expectation) -> float:
    """Return how long a sound may be, 0.1 s around it included, that is weighed as a short answer."""
    awaits_more = expects.kind is Expecting.DIGITS and expects.digits not in {None, 1}
    return ONE_DIGIT_S if awaits_more else LONGEST_S


def spellings(expects: Expectation, language: str) -> list[Spelling]:
    """Return what to weigh; empty when the question does not ask for short answers."""
    words = _WORDS.get(language)
    if words is None or expects.kind is Expecting.OPEN:
        return []
    yes_no = [(words.yes[0], words.yes), (words.no[0], words.no)]
    digits = [(str(value), (word, str(value))) for value, word in enumerate(words.digits)]
    asked, rest = (digits, yes_no) if expects.kind is Expecting.DIGITS else (yes_no, digits)
    found = [spelling for answer, forms in asked for word in forms for spelling in _spelled(answer, word)]
    others = [*(word for _, forms in rest for word in forms if not word.isdecimal()), *words.others.split()]
    return found + [spelling for word in others for spelling in _spelled(None, word)]


def is_plain(among: Sequence[Spelling], text: str, mean_log_probability: float) -> bool:
    """Say whether what the decoder wrote by itself is one of these words, written with confidence.

    A word that is no answer to the question needs less of it: hardly anything else is written so.
    """
    said = text.strip(" .!").lower()
    return any(
        mean_log_probability >= (_SURE if one.answer is not None else _SURE_OF_OTHERS)
        and one.once.strip(" .").lower() == said
        for one in among
    )


def is_sentence(text: str, mean_log_probability: float) -> bool:
    """Say whether what the decoder wrote by itself is clearly more than a word: nothing needs weighing then.

    Of 186 bare words (benchmarks/asr_clips.py, base) one was written as three words, at -1.54.
    """
    return len(words_of(text)) >= _SENTENCE_WORDS and mean_log_probability >= _SENTENCE_SURE


def says_more(among: Sequence[Spelling], text: str, answer: str) -> bool:
    """Say whether what the decoder wrote by itself is the answer with other words behind it: "No, but"."""
    forms = {one.once.strip(" .").lower() for one in among if one.answer == answer}
    said = words_of(text)
    return bool(said) and said[0] in forms and not forms.issuperset(said[1:])


def likeliest(among: Sequence[Spelling], scores: Sequence[float], answers: int, rivals: int) -> list[int]:
    """Return the places of the spellings that score best: so many answers, so many rivals."""
    found = []
    for is_answer, count in ((True, answers), (False, rivals)):
        places = [place for place, one in enumerate(among) if (one.answer is not None) is is_answer]
        found += sorted(places, key=lambda place: -scores[place])[:count]
    return found


def is_clear(finalists: Sequence[Weighed]) -> bool:
    """Say whether one answer is so much likelier than the others that the sound need not be heard again."""
    thrice = _by_answer(finalists)
    return thrice[_best(thrice)] - _log_sum(list(thrice.values())) >= math.log(_CLEAR_SHARE)


def short_answer(expects: Expectation, finalists: Sequence[Weighed], free: float) -> ShortAnswer | None:
    """Say which answer was said; None when it was something else, or cannot be told.

    `free` is the log probability of what the decoder wrote by itself.
    """
    answers = [one for one in finalists if one.spelling.answer is not None]
    thrice = _by_answer(answers)
    best = _best(thrice)
    rival = max(one.thrice for one in finalists if one.spelling.answer is None)
    against_free = _log_sum([one.once for one in answers]) - free
    against_rivals = min(_MOST_RIVALRY, max(_LEAST_RIVALRY, thrice[best] - rival))
    is_digits = expects.kind is Expecting.DIGITS
    weight = _DIGIT_WEIGHT_OF_RIVALS if is_digits else _YES_NO_WEIGHT_OF_RIVALS
    if against_free + weight * against_rivals < (_DIGIT_SCORE if is_digits else _YES_NO_SCORE):
        return None
    total = _log_sum(list(thrice.values()))
    shares = {answer: math.exp(log - total) for answer, log in thrice.items()}
    others = sorted((answer for answer in shares if answer != best), key=lambda answer: -shares[answer])
    alternatives = [Alternative(other, shares[other]) for other in others if shares[other] >= _WORTH_NAMING]
    return ShortAnswer(best, shares[best], tuple(alternatives))


def _by_answer(finalists: Sequence[Weighed]) -> dict[str, float]:
    logs: dict[str, list[float]] = {}
    for one in finalists:
        if one.spelling.answer is not None:
            logs.setdefault(one.spelling.answer, []).append(one.thrice)
    return {answer: _log_sum(own) for answer, own in logs.items()}


def _best(logs: Mapping[str, float]) -> str:
    return max(logs, key=lambda answer: logs[answer])


def _spelled(answer: str | None, word: str) -> list[Spelling]:
    capital = word.capitalize()
    found = [Spelling(answer, f" {capital}.", f" {capital}, {word}, {word}.")]
    if answer is not None:
        found.append(Spelling(answer, f" {word}", f" {word} {word} {word}"))
    return found


def _log_sum(logs: Sequence[float]) -> float:
    most = max(logs)
    return most + math.log(sum(math.exp(log - most) for log in logs))
