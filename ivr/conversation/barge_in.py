"""Whether speech over the bot takes the floor from it, and whether what was said was meant to. Pure.

Three looks. While the caller makes a sound, how it sounds decides whether the bot falls silent, with a
glimpse of its first words where they come in time. While the bot holds its sentence, further glimpses may
find nothing but listening, and it goes on. Once all the words are known, they decide whether that was a turn.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.turn_words import turn_words
from ivr.dialogue.plain_words import plain_words
from ivr.dialogue.spoken.hearing import hear_numbers

# Four windows of clear voice, two of them with the mouth open: audio/talk_meter.py says what that lets in.
MIN_VOICED_S = 0.128
MIN_OPEN_S = 0.064
# Who listens says "yeah", "right, okay"; who says it for longer has begun a turn.
LISTENING_S = 0.6
# Whoever cried wolf must cry longer: talk behind the caller would stop the bot word by word.
MORE_VOICED_EACH_TIME_S = 0.3
MOST_TIMES = 3
RESUME_AFTER_S = 0.35  # silence after a sound that was not meant; sooner would run into its second syllable
RESUME_AFTER_LISTENING_S = 0.2  # once all of it is known to be "okay"
WORDLESS_S = 2.0  # a voice that has lasted so long and holds no word is behind the caller
ECHO_MARGIN = 12  # characters, 0.8 s of speech, by which the place of a prompt's words is guessed wrong
ECHO_WORDS = 3  # fewer may be a caller who takes up the bot's own word: "order", "opening hours"


class Glimpse(StrEnum):
    """What the first words of a voice over the bot look like."""

    NOT_YET = "not_yet"
    NOTHING = "nothing"  # looked, and recognised none
    LISTENING = "listening"
    WORDS = "words"


WORDLESS = frozenset({Glimpse.NOT_YET, Glimpse.NOTHING})


class Reason(StrEnum):
    """Why the bot goes on, or does not."""

    NO_SPEECH = "no_speech"
    DOUBTFUL = "doubtful"
    ECHO = "echo"
    BACKCHANNEL = "backchannel"
    ANSWER = "answer"
    WORDS = "words"


MEANT = frozenset({Reason.ANSWER, Reason.WORDS})


@dataclass(frozen=True)
class Verdict:
    """What speech over a prompt was, and why."""

    reason: Reason

    @property
    def is_meant(self) -> bool:
        """Whether the caller wanted the floor: a turn, to be answered."""
        return self.reason in MEANT


@dataclass(frozen=True)
class TalkedOver:
    """The prompt that was cut: which share of it had sounded when the voice began and when it was cut."""

    text: str
    began: float = 0.0
    heard: float = 1.0

    def words_at_the_time(self) -> list[str]:
        """Return the words that sounded about the time of the caller's voice; an estimate by length."""
        first = self.began * len(self.text) - ECHO_MARGIN
        last = self.heard * len(self.text) + ECHO_MARGIN
        near = (word for word in re.finditer(r"\S+", self.text) if word.end() > first and word.start() < last)
        return plain_words(" ".join(word.group() for word in near)).split()


def glimpse(words: str, doubt: str | None, language: str = "en") -> Glimpse:
    """Say what the words recognised so far look like.

    A doubted transcription is as good as none, unless it found a listener's noise, which is always doubted.
    """
    said = plain_words(words).split()
    known = turn_words(language)
    if said and (known.sounds | known.yes).issuperset(said):
        return Glimpse.LISTENING
    return Glimpse.WORDS if said and doubt is None else Glimpse.NOTHING


def takes_the_floor(
    is_interruptible: bool,
    voiced_s: float,
    open_s: float,
    dismissed: int = 0,
    seen: Glimpse = Glimpse.WORDS,
) -> bool:
    """Say whether the sound over a prompt, so many seconds of it voice and open voice, stops the bot.

    `dismissed` sounds have stopped it since the caller's last turn and were none.
    """
    longer_s = LISTENING_S if seen is Glimpse.LISTENING else 0.0
    needed_s = MIN_VOICED_S + longer_s + MORE_VOICED_EACH_TIME_S * min(dismissed, MOST_TIMES)
    return is_interruptible and voiced_s >= needed_s and open_s >= MIN_OPEN_S


def let_go(voiced_s: float, lasted_s: float, seen: Glimpse) -> Reason | None:
    """Say why the bot goes on although what stopped it still sounds; None while it may be a turn."""
    if seen is Glimpse.LISTENING and voiced_s < MIN_VOICED_S + LISTENING_S:
        return Reason.BACKCHANNEL
    return Reason.NO_SPEECH if seen is Glimpse.NOTHING and lasted_s >= WORDLESS_S else None


def resumes_after_s(reason: Reason) -> float:
    """Return the silence after a sound that was no turn before the bot speaks on."""
    return RESUME_AFTER_LISTENING_S if reason is Reason.BACKCHANNEL else RESUME_AFTER_S


def is_yes_awaited(prompt: str, expects: Expectation) -> bool:
    """Say whether a yes over the prompt is an answer to it, and so never just a sign of listening."""
    return expects.kind is Expecting.YES_NO and "?" in prompt


def was_meant(
    words: str, doubt: str | None, over: TalkedOver, expects: Expectation, language: str = "en"
) -> Verdict:
    """Decide between a turn and going on with the prompt, from the words heard over it."""
    said = plain_words(words).split()
    if doubt in {"silence", "no_speech"} or not said:
        return Verdict(Reason.NO_SPEECH)
    if doubt is not None:
        return Verdict(Reason.DOUBTFUL)
    if _is_echo(said, over.words_at_the_time()):
        return Verdict(Reason.ECHO)
    if _answers(words, said, over, expects, language):
        return Verdict(Reason.ANSWER)
    known = turn_words(language)
    listening = known.sounds | known.yes | known.praise
    return Verdict(Reason.BACKCHANNEL if listening.issuperset(said) else Reason.WORDS)


def _answers(words: str, said: list[str], over: TalkedOver, expects: Expectation, language: str) -> bool:
    if expects.kind is Expecting.DIGITS:
        lengths = (expects.digits,) if expects.digits is not None else ()
        return hear_numbers(words, language, lengths).digits is not None
    if is_yes_awaited(over.text, expects):
        return not turn_words(language).yes.isdisjoint(said)
    return False


def _is_echo(said: list[str], sounding: list[str]) -> bool:
    """Say whether the words are a piece of what the bot itself was saying."""
    if len(said) < ECHO_WORDS:
        return False
    return any(sounding[at : at + len(said)] == said for at in range(len(sounding) - len(said) + 1))
