"""Whether a caller who speaks just as the bot begins to answer is still in the middle of a sentence. Pure.

Nobody answers an answer within its first word: who speaks then had only paused. Both parts are one utterance,
and what the bot made of the first alone is taken back, where nothing was done because of it.
"""

from collections.abc import Mapping

from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.conversation.turn_words import turn_words
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.dialogue.plain_words import plain_words

ANSWER_UNHEARD_S = 0.6  # of an answer's sound: less than people need to take it in and reply
# After words that were as likely half as all: who speaks then is likelier to go on than to reply.
ANSWER_TO_HALF_UNHEARD_S = 1.2
SURELY_ALL = 0.67  # of a probability
LONGEST_BREAK_S = 2.5  # between the parts: 95 of 100 pauses inside turns are shorter
# What a dialogue has done by then cannot be taken back.
DONE = ("is_verified", "is_status_read", "case_number", "customer_name")


def goes_on(
    break_s: float, answer_heard_s: float, asked: Expectation = OPEN_QUESTION, whole: float | None = None
) -> bool:
    """Say whether a voice belongs to the turn before, an answer to `asked`.

    It began `break_s` after the last word, when `answer_heard_s` of the answer had sounded (0: nothing yet).
    `whole` is how likely the words before were all; of a number it says nothing.
    """
    is_half = whole is not None and whole < SURELY_ALL and asked.kind is not Expecting.DIGITS
    unheard_s = ANSWER_TO_HALF_UNHEARD_S if is_half else ANSWER_UNHEARD_S
    return break_s <= LONGEST_BREAK_S and answer_heard_s <= unheard_s


def may_take_back(asked: Expectation, reply: DialogueReply | None, facts: Mapping[str, str]) -> bool:
    """Say whether a turn that answered `asked` did nothing but answer; `facts` were known before it."""
    if reply is None or reply.verdict not in {Verdict.ANSWERED, Verdict.NO_MATCH}:
        return False
    if asked.kind is Expecting.YES_NO and asked.step == "confirmation":
        return False
    return all(reply.facts.get(name) == facts.get(name) for name in DONE)


def answers(words: str, asked: Expectation, language: str) -> bool:
    """Say whether words begin with the yes or no that the bot has asked for since."""
    known = turn_words(language)
    first = plain_words(words).split()[:1]
    return asked.kind is Expecting.YES_NO and not (known.yes | known.no).isdisjoint(first)


def joined(first: str, second: str) -> str:
    """Return both parts as one: the full stop between them was none, a question mark may be one."""
    return f"{first.rstrip(' .,…')} {second}".strip()
