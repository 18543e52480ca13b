"""When the caller's turn is over: from what is expected, the words so far and the pause. Pure.

Waits are seconds from the last speech. Callers pause up to 2.5 s (p95) inside a number they read
aloud, so silence alone is not the end; a complete answer needs almost no wait. `benchmarks/cut_offs.py`
measures both: who is cut off, and how long the others wait.
"""

import re
from dataclasses import dataclass

from ivr.conversation.expectation import Expectation, Expecting
from ivr.dialogue.plain_words import plain_words
from ivr.dialogue.spoken.hearing import hear_numbers

COMPLETE_S = 0.35
SENTENCE_S = 0.45  # recognition heard the melody of an end: it wrote a full stop or a question mark
USUAL_S = 0.7
UNSURE_S = 1.2
UNFINISHED_S = 2.6
LONGEST_WAIT_S = UNFINISHED_S
LONGEST_TURN_S = 28.0  # the recogniser's window is 30 s
SURE = 0.6  # asr_confidence; words heard with less do not shorten the wait
SURE_OF_DIGITS = 0.5  # figures have several spellings, which halves the confidence in each
SENTENCE_WORDS = 3  # shorter ones get a full stop whatever follows
STUMBLE_WORDS = 2  # "hey" for "eight", "for little" for "four zero": numbers misheard are this short

_NO = frozenset({"no", "nope", "nah"})
_YES_NO = _NO | {"yes", "yeah", "yep", "sure", "correct", "right", "okay", "ok"}
_POLITE = frozenset(
    {"please", "thanks", "thank", "you", "that's", "that", "is", "it", "all", "fine", "it's", "everything"}
    | {"i", "do", "don't", "very", "much", "good", "exactly", "of", "course"}
)
_REPLIES = _NO | {
    *("agent", "person", "human", "operator", "representative", "help", "repeat", "again", "what", "sorry"),
    *("pardon", "stop", "wait", "hello", "goodbye", "bye", "order", "status", "nothing", "none", "cancel"),
}
# Words nobody ends a turn with: what they announce is still to come, whatever recognition wrote behind.
_ANNOUNCING = frozenset(
    {"and", "or", "but", "because", "so", "then", "if", "when", "that", "which", "who", "than", "as"}
    | {"um", "uh", "uhm", "erm", "er", "eh", "hmm", "well", "the", "a", "an", "my", "your", "our", "their"}
    | {"is", "it's", "i'm", "was", "are", "can", "could", "would", "need", "want", "wanted", "gonna", "also"}
    | {"for", "to", "with", "about", "of", "from", "at", "on", "in", "by", "into", "like"}
    | {"number", "postcode"}
)
# What is asked or told about may end with such a word: "where my order is", "who is it from?".
_ASKING = frozenset({"where", "what", "what's", "when", "how", "who", "which", "why"})
_MAY_END_WHEN_ASKING = frozenset({"is", "are", "was", "it's", "can"})
_MAY_END_A_QUESTION = frozenset(
    {"for", "to", "with", "about", "of", "from", "on", "in", "like", "that", "then", "number", "postcode"}
)
# "I don't have my order number" is whole, "my order number" is not.
_HAVING = frozenset({"have", "know", "find", "lost", "forgot", "see", "with", "without"})
_OPENINGS = re.compile(
    r"\b(i'd like|i would like|(can|could|would) you( please)?( tell me)?|tell me|i have|i've got|"
    r"i just|i wanted|is it possible|i was wondering|my name|order number is|do you know)$"
)


@dataclass(frozen=True)
class Wait:
    """How long to wait after the last speech, and why; the reason goes into the turn record."""

    seconds: float
    reason: str


def wait(expects: Expectation, words: str, language: str = "en", asr_confidence: float = 1.0) -> Wait:
    """Decide the wait after the last speech from the words heard so far."""
    plain = plain_words(words)
    if expects.kind is Expecting.DIGITS:
        found = _wait_for_digits(expects, words, plain, language)
        return _if_unsure(found, asr_confidence < SURE_OF_DIGITS)
    found = _wait_for_words(expects, words, plain)
    return _if_unsure(found, asr_confidence < SURE)


def _if_unsure(found: Wait, is_unsure: bool) -> Wait:
    """Lengthen a wait that rests on words which may be wrong; a bare yes or no never has much confidence."""
    if not is_unsure or found.seconds >= UNSURE_S or found.reason == "yes_no_complete":
        return found
    return Wait(UNSURE_S, f"{found.reason}_unsure")


def _wait_for_words(expects: Expectation, words: str, plain: str) -> Wait:
    if _is_unfinished(words, plain):
        return Wait(UNFINISHED_S, "trailing_word")
    said = plain.split()
    if expects.kind is Expecting.YES_NO and said and said[0] in _YES_NO and _POLITE.issuperset(said[1:]):
        return Wait(COMPLETE_S, "yes_no_complete")
    if words.rstrip().endswith((".", "?", "!")) and len(said) >= SENTENCE_WORDS:
        return Wait(SENTENCE_S, "sentence")
    return Wait(USUAL_S, "pause")


def _wait_for_digits(expects: Expectation, words: str, plain: str, language: str) -> Wait:
    lengths = (expects.digits,) if expects.digits is not None else ()
    heard = len(hear_numbers(words, language, lengths).digits or "")
    if heard == expects.digits:
        return Wait(COMPLETE_S, "digits_complete")
    if heard > 0:
        return Wait(UNFINISHED_S, "digits_unfinished")
    said = plain.split()
    if 0 < len(said) <= STUMBLE_WORDS and _REPLIES.isdisjoint(said):
        return Wait(UNFINISHED_S, "digits_to_come")  # misheard, or "yeah" and "okay" before the number
    found = _wait_for_words(expects, words, plain)
    return Wait(USUAL_S, "no_digits") if found.reason == "pause" else found


def _is_unfinished(words: str, plain: str) -> bool:
    """Say whether the sentence announces more than it has said."""
    if words.rstrip().endswith((",", "...", "…", "-")):
        return True
    if _OPENINGS.search(plain):
        return True
    said = plain.split()
    if not said or said[-1] not in _ANNOUNCING:
        return False
    return not _may_end(said, is_question=words.rstrip().endswith("?"))


def _may_end(said: list[str], is_question: bool) -> bool:
    last = said[-1]
    if last in {"number", "postcode"} and not _HAVING.isdisjoint(said):
        return True
    if _ASKING.isdisjoint(said[:-1]):
        return False
    return last in _MAY_END_WHEN_ASKING or (is_question and last in _MAY_END_A_QUESTION)
