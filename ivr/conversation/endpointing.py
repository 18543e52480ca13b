"""When the caller's turn is over: from what is expected, the words so far and the pauses. Pure.

Waits are seconds from the last speech. Callers pause up to 2.5 s (p95) inside a number they read
aloud, so silence alone is not the end; a complete answer needs almost no wait. `benchmarks/cut_offs.py`
measures both: who is cut off, and how long the others wait.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.turn_words import TurnWords, turn_words
from ivr.dialogue.plain_words import plain_words
from ivr.dialogue.spoken.hearing import hear_numbers
from ivr.dialogue.spoken.readings import likeliest_words

COMPLETE_S = 0.3  # the shortest pause worth the name; the words are known by 0.2 to 0.35 s
SURE_SENTENCE_S = 0.3
SENTENCE_S = 0.45  # recognition heard the melody of an end: it wrote a full stop or a question mark
USUAL_S = 0.7
DONE_S = 0.9  # before something is done that cannot be taken back: as long as an answer could have been
UNSURE_S = 1.3
UNSURE_DIGITS_S = 1.0
UNSURE_WORDS_FOR_DIGITS_S = 1.5  # "A clear of three.", where a number is read aloud: digits misheard
GREETING_S = 1.2  # "Good afternoon", where anything is asked: what is wanted comes next
ONE_SHORT_S = 1.2  # a digit is missing: swallowed by recognition more often than still to be said
UNFINISHED_S = 2.8
LONGEST_WAIT_S = UNFINISHED_S
LONGEST_TURN_S = 28.0  # the recogniser's window is 30 s
OWN_PAUSE_SHARE = 1.6  # who paused for so long inside this turn may pause again, about as long
SURE = 0.6  # asr_confidence; words heard with less do not shorten the wait
VERY_SURE = 0.8  # a half sentence is seldom heard with so much
SURE_OF_DIGITS = 0.5  # figures have several spellings, which halves the confidence in each
SENTENCE_WORDS = 3  # shorter ones get a full stop whatever follows
# By how likely the words are all (`calls/turn_ends.py`): (log odds, wait), straight lines between them.
# Whoever says what may be all or not, which most mishearings are, is answered before the silence is felt,
# and who goes on soon after is taken back (`continuation.py`). What is plainly half is waited for.
EVEN_S = 0.8
HALF_S = 2.0
ByOdds = tuple[tuple[float, float], ...]
BY_ODDS: ByOdds = ((-1.3, HALF_S), (-0.5, EVEN_S), (0.0, EVEN_S), (1.5, COMPLETE_S))
# Recognition that is less sure than usual lowers the odds.
USUAL_CONFIDENCE = 0.8
BY_CONFIDENCE = 0.9  # log odds for each e-fold of confidence
ODDS_OF_REPLY = 1.0  # log odds that a yes or no with a few words is all
REPLY_WORDS = 4
ENDS_ALL_THE_SAME = 0.8  # "Stop asking me that": a word that mostly announces more, at the end of a sentence
BY_WAIT = ((COMPLETE_S, "whole"), (USUAL_S, "likely"), (EVEN_S, "open"), (math.inf, "half"))
NUMBER_FIRST = 0.5  # "let me see", "it is", before a number: less likely all of it is waited for
WITHOUT_DIGITS = frozenset({"sentence", "no_digits"})  # reasons for words where a number is awaited
BY_MELODY = frozenset({"sentence", "pause"})  # reasons that look at no words
ENDS = (".", "?", "!")
GOES_ON = (",", "...", "…", "-")
_LEAST = 1e-3
STUMBLE_WORDS = 2  # "hey" for "eight", "for little" for "four zero": numbers misheard are this short


@dataclass(frozen=True)
class Wait:
    """How long to wait after the last speech, and why; the reason goes into the turn record."""

    seconds: float
    reason: str


def wait(
    expects: Expectation,
    words: str,
    language: str = "en",
    asr_confidence: float = 1.0,
    longest_pause_s: float = 0.0,
    whole: float | None = None,
    readings: tuple[str, ...] = (),
    by_odds: ByOdds = BY_ODDS,
) -> Wait:
    """Decide the wait after the last speech from the words so far and the longest pause within them.

    `whole` is how likely they are all, `readings` are other words that the sound may have been.
    """
    plain = plain_words(words)
    known = turn_words(language)
    if expects.kind is Expecting.DIGITS:
        found = _wait_for_digits(expects, words, plain, language, longest_pause_s)
        if found.seconds > USUAL_S and _is_complete_in((words, *readings), expects, language):
            return Wait(USUAL_S, "digits_by_reading")
        if whole is not None and whole < NUMBER_FIRST and found.reason in WITHOUT_DIGITS:
            found = _before_the_number(found, plain, known)
        if found.reason in WITHOUT_DIGITS:
            return _if_unsure(found, asr_confidence < SURE, UNSURE_WORDS_FOR_DIGITS_S)
        return _if_unsure(found, asr_confidence < SURE_OF_DIGITS, UNSURE_DIGITS_S)
    found = _wait_for_words(expects, words, plain, known)
    if found.reason == "trailing_word" and _ends_all_the_same(words, plain, known, whole):
        found = Wait(SENTENCE_S, "sentence")
    if whole is not None and found.reason in BY_MELODY:
        return _wait_by_ends(found, whole, asr_confidence, _is_reply(expects, plain, known), by_odds)
    if found.reason == "sentence" and asr_confidence >= VERY_SURE:
        return Wait(SURE_SENTENCE_S, "sentence_sure")
    return _if_unsure(found, asr_confidence < SURE)


def _before_the_number(found: Wait, plain: str, known: TurnWords) -> Wait:
    """Wait for the number itself, unless what was said is a reply of another kind: "no", "I don't know"."""
    said = plain.split()
    if not (known.replies | known.no | known.having).isdisjoint(said):
        return found
    return Wait(UNFINISHED_S, "number_to_come")


def _wait_by_ends(found: Wait, whole: float, asr_confidence: float, is_reply: bool, by_odds: ByOdds) -> Wait:
    """Let the model of turn ends decide: the likelier that the words are all, the shorter the wait."""
    odds = math.log(max(whole, _LEAST) / max(1.0 - whole, _LEAST)) + ODDS_OF_REPLY * is_reply
    odds += BY_CONFIDENCE * math.log(max(asr_confidence, _LEAST) / USUAL_CONFIDENCE)
    seconds = _between(odds, by_odds)
    name = next(name for limit, name in BY_WAIT if seconds <= limit)
    return Wait(seconds, f"{found.reason}_{name}")


def _between(odds: float, by_odds: ByOdds) -> float:
    if odds <= by_odds[0][0]:
        return by_odds[0][1]
    for (less, longer_s), (more, shorter_s) in pairwise(by_odds):
        if odds < more:
            return longer_s + (shorter_s - longer_s) * (odds - less) / (more - less)
    return by_odds[-1][1]


def _if_unsure(found: Wait, is_unsure: bool, at_least_s: float = UNSURE_S) -> Wait:
    """Lengthen a wait that rests on words which may be wrong; a bare yes or no never has much confidence."""
    if not is_unsure or found.seconds >= at_least_s or found.reason.startswith("yes_no"):
        return found
    return Wait(at_least_s, f"{found.reason}_unsure")


def _wait_for_words(expects: Expectation, words: str, plain: str, known: TurnWords) -> Wait:
    if _is_unfinished(words, plain, known):
        is_number = expects.kind is Expecting.DIGITS
        return Wait(UNFINISHED_S if is_number else HALF_S, "trailing_word")
    said = plain.split()
    if expects.kind is Expecting.OPEN and said and known.greetings.issuperset(said):
        return Wait(GREETING_S, "greeting")
    if expects.kind is Expecting.YES_NO and said and said[0] in known.yes | known.no:
        if (known.polite | known.yes).issuperset(said[1:]):
            return _wait_for_reply(expects, said, known)
        if len(said) <= STUMBLE_WORDS:
            return Wait(USUAL_S, "yes_no_and_a_word")
    if words.rstrip().endswith(ENDS) and len(said) >= SENTENCE_WORDS:
        return Wait(SENTENCE_S, "sentence")
    return Wait(USUAL_S, "pause")


def _wait_for_reply(expects: Expectation, said: list[str], known: TurnWords) -> Wait:
    """Wait longer for what cannot be taken back: a yes that something is done on, a no that ends the call."""
    if expects.step == "confirmation" and said[0] in known.yes:
        return Wait(DONE_S, "yes_no_is_done")
    if expects.step == "anything_else" and said[0] in known.no and len(said) == 1:
        return Wait(USUAL_S, "yes_no_ends_the_call")
    return Wait(COMPLETE_S, "yes_no_complete")


def _ends_all_the_same(words: str, plain: str, known: TurnWords, whole: float | None) -> bool:
    is_possible = not known.may_end_a_question.isdisjoint(plain.split()[-1:])
    is_ended = words.rstrip().endswith(ENDS) and not words.rstrip().endswith(GOES_ON)
    return is_possible and is_ended and (whole or 0.0) >= ENDS_ALL_THE_SAME


def _is_reply(expects: Expectation, plain: str, known: TurnWords) -> bool:
    """Say whether this is a yes or no with a few words, "No, don't mind", to a question that asks for one."""
    said = plain.split()
    is_short = 0 < len(said) <= REPLY_WORDS
    return expects.kind is Expecting.YES_NO and is_short and said[0] in known.yes | known.no


def _wait_for_digits(
    expects: Expectation, words: str, plain: str, language: str, longest_pause_s: float
) -> Wait:
    known = turn_words(language)
    lengths = (expects.digits,) if expects.digits is not None else ()
    numbers = hear_numbers(words, language, lengths)
    heard = len(numbers.digits or "")
    if heard == expects.digits:
        return Wait(COMPLETE_S, "digits_complete")
    if heard > 0:
        return _wait_for_more_digits(_places(numbers.text, known), expects.digits, longest_pause_s)
    said = plain.split()
    if 0 < len(said) <= STUMBLE_WORDS and (known.replies | known.no).isdisjoint(said):
        return Wait(UNFINISHED_S, "digits_to_come")  # misheard, or "yeah" and "okay" before the number
    found = _wait_for_words(expects, words, plain, known)
    return Wait(USUAL_S, "no_digits") if found.reason == "pause" else found


def _is_complete_in(readings: tuple[str, ...], expects: Expectation, language: str) -> bool:
    lengths = (expects.digits,) if expects.digits is not None else ()
    chosen = likeliest_words(readings, language, lengths)
    return len(hear_numbers(chosen, language, lengths).digits or "") in lengths


def _wait_for_more_digits(places: int, wanted: int | None, longest_pause_s: float) -> Wait:
    if wanted is None or places < wanted - 1:
        return Wait(UNFINISHED_S, "digits_unfinished")
    if places == wanted:
        return Wait(USUAL_S, "digits_misheard")  # as many as there should be, a word among them
    if places > wanted:
        return Wait(UNSURE_DIGITS_S, "digits_too_many")
    return Wait(min(UNFINISHED_S, max(ONE_SHORT_S, OWN_PAUSE_SHARE * longest_pause_s)), "digits_one_short")


def _places(text: str, known: TurnWords) -> int:
    """Count digits, and the words from the first digit on that can only be digits misheard: "4 m 1192"."""
    said = plain_words(text).split()
    first = next((at for at, word in enumerate(said) if word.isdigit()), len(said))
    odd = [word for word in said[first:] if not word.isdigit()]
    digits = sum(len(word) for word in said if word.isdigit())
    passed_over = known.announcing | known.polite | {sound for sound in known.sounds if len(sound) > 1}
    return digits + sum(word not in passed_over for word in odd)


def _is_unfinished(words: str, plain: str, known: TurnWords) -> bool:
    """Say whether the sentence announces more than it has said."""
    if words.rstrip().endswith(GOES_ON):
        return True
    if known.openings.search(plain):
        return True
    said = plain.split()
    if not said or said[-1] not in known.announcing:
        return False
    return not _may_end(said, words.rstrip().endswith("?"), known)


def _may_end(said: list[str], is_question: bool, known: TurnWords) -> bool:
    last = said[-1]
    if last in known.number_words and not known.having.isdisjoint(said):
        return True
    if known.asking.isdisjoint(said[:-1]):
        return False
    return last in known.may_end_when_asking or (is_question and last in known.may_end_a_question)
