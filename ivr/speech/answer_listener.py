"""Listens to a short sound for the answers its question asks for, with the decoder as the judge."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ivr.audio.resample import resample
from ivr.conversation.expectation import Expectation
from ivr.speech.careful_hearing import SAMPLE_RATE_HZ, Recognised
from ivr.speech.greedy_decoder import GreedyDecoder
from ivr.speech.short_answers import (
    BY_FIRST_TOKEN,
    BY_WHOLE,
    PACES,
    Weighed,
    is_clear,
    is_plain,
    is_sentence,
    likeliest,
    longest_s,
    says_more,
    short_answer,
    spellings,
)
from ivr.speech.silence_memory import Heard

_WINDOW = 320  # samples over which loudness is averaged
_MARGIN = 1600
_QUIET_SHARE = 1e-3  # of the loudest window's power: 30 dB below it is the line, not the word
_QUIETEST = 1e-7


def answer_heard(
    audio: np.ndarray,
    free: Recognised,
    expects: Expectation,
    language: str,
    encode: Callable[[np.ndarray], Heard],
    decoder: GreedyDecoder,
) -> Recognised:
    """Return the expected answer if the sound is one, else `free`, which the decoder wrote by itself."""
    asked = among = spellings(expects, language)
    sureness = free.mean_log_probability
    if not among or is_plain(among, free.text, sureness) or is_sentence(free.text, sureness):
        return free
    word = around_the_sound(audio)
    if not 0 < word.size <= longest_s(expects) * SAMPLE_RATE_HZ:
        return free
    once = encode(word)
    free_log = decoder.decode(once, language).log_probability
    first_logs = decoder.weigh_beginnings(once, [spelling.once for spelling in among], language)
    among = [among[place] for place in likeliest(among, first_logs, *BY_FIRST_TOKEN)]
    once_logs = decoder.weigh(once, [spelling.once for spelling in among], language)
    chosen = likeliest(among, once_logs, *BY_WHOLE)
    finalists = [among[place] for place in chosen]

    def weigh_thrice(sound: np.ndarray) -> list[float]:
        return decoder.weigh(encode(np.tile(sound, 3)), [one.thrice for one in finalists], language)

    once_of = [once_logs[place] for place in chosen]
    weighed = [Weighed(*one) for one in zip(finalists, once_of, weigh_thrice(word), strict=True)]
    if not is_clear(weighed):
        paced = [weigh_thrice(resample(word, SAMPLE_RATE_HZ, int(pace * SAMPLE_RATE_HZ))) for pace in PACES]
        means = [
            (one.thrice + sum(logs)) / (1 + len(PACES)) for one, *logs in zip(weighed, *paced, strict=True)
        ]
        weighed = [replace(one, thrice=mean) for one, mean in zip(weighed, means, strict=True)]
    found = short_answer(expects, weighed, free_log)
    if found is None or says_more(asked, free.text, found.text):
        return free
    return Recognised(
        found.text,
        float(np.log(max(found.probability, 1e-6))),
        free.no_speech_probability,
        alternatives=found.alternatives,
        language_probabilities=free.language_probabilities,
        end_probability=free.end_probability,
    )


def around_the_sound(audio: np.ndarray) -> np.ndarray:
    """Cut the quiet before and after, but for 0.1 s; empty when all is quiet."""
    power = np.convolve(audio**2, np.ones(_WINDOW) / _WINDOW, "same")
    loud = np.flatnonzero(power > max(float(power.max(initial=0.0)) * _QUIET_SHARE, _QUIETEST))
    if not loud.size:
        return audio[:0]
    return audio[max(0, loud[0] - _MARGIN) : loud[-1] + _MARGIN]
