"""Listens to a doubtful sentence again for those that the bot was taught, with the decoder as the judge."""

import math
from dataclasses import replace

from ivr.speech.careful_hearing import Recognised
from ivr.speech.greedy_decoder import GreedyDecoder
from ivr.speech.known_sentences import KnownSentences, is_worth_weighing, sentence_said
from ivr.speech.silence_memory import Heard
from ivr.speech.transcriber import Alternative

_ENDS = " .?!"


def with_known_sentence(
    free: Recognised,
    language: str,
    heard: Heard,
    decoder: GreedyDecoder,
    known: KnownSentences,
) -> Recognised:
    """Return the known sentence that the sound is nearly as likely to be, else `free`.

    What the decoder wrote by itself becomes an alternative then.
    """
    if not is_worth_weighing(free.text, free.mean_log_probability):
        return free
    near = known.near(free.text, language)
    if not near:
        return free
    own, *weights = decoder.weigh_sentences(
        heard, [f" {free.text.rstrip(_ENDS)}", *(f" {one}" for one in near)], language
    )
    taken = sentence_said(free.text, own, near, weights)
    if taken is None:
        return free
    share = 1.0 / (1.0 + math.exp(taken.odds))
    return replace(
        free,
        text=taken.text + taken.weight.sign,
        mean_log_probability=max(free.mean_log_probability, taken.weight.mean),
        log_probability=taken.weight.whole,
        alternatives=(Alternative(free.text, share), *free.alternatives),
        end_probability=math.exp(taken.weight.end),
        sentence_odds=taken.odds,
    )
