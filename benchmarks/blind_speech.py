"""Utterances that measure the ends of turns: written blind by somebody else, pasted in here, used once.

A row is (kind, question, parts): the kind "open", "number" or "yes or no"; one of the questions imported
here, or an `Expectation` of its own; and the parts as they are spoken, with a pause of 0.3 to 2.5 s between
them: one part is a whole utterance. Each row is said in three of the voices. Once it was read, the set is one
to develop with: it moves to a file of its own and into `cut_offs.SPLITS`, and the next one is pasted in.
"""

from benchmarks.more_paused_speech import CANCEL
from benchmarks.paused_speech import MORE, NUMBER, POSTCODE, Sentences, Split
from ivr.carrier.call_script import Voice
from ivr.conversation.expectation import OPEN_QUESTION

__all__ = ("BLIND", "CANCEL", "MORE", "NUMBER", "OPEN_QUESTION", "POSTCODE")

PAUSED: Sentences = ()
WHOLE: Sentences = ()

BLIND = Split(
    PAUSED,
    WHOLE,
    (
        Voice(engine="hibari", pitch=41),
        Voice(engine="hibari", pitch=59),
        Voice(name="en-us", variant="f1"),
        Voice(name="en-gb-x-rp", variant="f2"),
        Voice(name="en-gb-x-gbclan", variant="m2"),
        Voice(name="en-us", variant="m5"),
    ),
    "fsdd_george",  # both speakers at hand read digits in other sets, in other groups
    ("813148f970_00", "19c97e4e6f_00", "540346d6e8_02", "def5675529_00", "def5675529_03", "8411ada49c_00"),
    53,
)
