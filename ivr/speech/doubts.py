"""Whether a transcription may be acted on, judged from the sound, the model's own figures and the words."""

import re
import zlib
from dataclasses import dataclass

from ivr.speech.transcriber import Doubt

# Under this the line is silent: comfort noise and codec hiss lie at -70 to -60 dBFS.
SILENT_DBFS = -60.0
# Three windows. Of 100 single digits on the phone (free-spoken-digit set) the least voiced, an "eight"
# between pure silence, has 0.096 s by silero-vad, most have 0.35 s and more; five recorded noises have none.
MIN_VOICED_S = 0.09
# openai-whisper transcribe(): logprob_threshold, no_speech_threshold, compression_ratio_threshold.
MIN_MEAN_LOG_PROBABILITY = -1.0
MAX_NO_SPEECH_PROBABILITY = 0.6
MAX_COMPRESSION_RATIO = 2.4
# whisper takes silence as certain only when both figures are bad. Digit strings read aloud reach 0.59
# at a log probability of -0.15; inventions over noise have both high no-speech and low probability.
_NO_SPEECH_MIN_MEAN_LOG_PROBABILITY = -0.5
# One digit may be written "8", "Eight." or "eight": the choice halves its probability (measured down to
# -1.6 for a correct "8"), so a short answer is not doubted for what a sentence would be.
_SHORT_ANSWER_MIN_MEAN_LOG_PROBABILITY = -1.8
# Nobody says more than this many words in a second of voice; loops and inventions do.
MAX_WORDS_PER_VOICED_S = 9.0
_MIN_LOOP_WORDS = 8
_MIN_LOOPS = 4
# With so little evidence the stock phrases below are doubted.
_STOCK_MAX_VOICED_S = 0.5
_STOCK_MIN_MEAN_LOG_PROBABILITY = -0.6
_STOCK_MAX_NO_SPEECH_PROBABILITY = 0.3

# What Whisper, trained on subtitles, writes over silence and noise.
STOCK_PHRASES = frozenset(
    {
        "you",
        "thank you",
        "thank you very much",
        "thank you so much",
        "thanks",
        "thanks for watching",
        "thank you for watching",
        "please subscribe",
        "bye",
        "bye bye",
        "the end",
        "music",
    }
)


@dataclass(frozen=True)
class Evidence:
    """What is known about one transcription. `voiced_s` counts the windows voice activity found."""

    text: str
    rms_dbfs: float
    voiced_s: float
    mean_log_probability: float
    no_speech_probability: float


def doubt_before_listening(rms_dbfs: float, voiced_s: float) -> Doubt | None:
    """Say whether the sound alone rules out words, so that recognition need not run."""
    if rms_dbfs < SILENT_DBFS:
        return Doubt.SILENCE
    if voiced_s < MIN_VOICED_S:
        return Doubt.NO_SPEECH
    return None


def doubt_about(evidence: Evidence) -> Doubt | None:
    """Say why the words must not be acted on; None when they may be."""
    before = doubt_before_listening(evidence.rms_dbfs, evidence.voiced_s)
    if before is not None:
        return before
    words = words_of(evidence.text)
    if not words:
        return Doubt.NO_SPEECH
    if is_repetitive(words) or len(words) > 2 + MAX_WORDS_PER_VOICED_S * evidence.voiced_s:
        return Doubt.REPETITION
    if _is_unlikely(words, evidence.mean_log_probability):
        return Doubt.LOW_LOG_PROBABILITY
    if (
        evidence.no_speech_probability > MAX_NO_SPEECH_PROBABILITY
        and evidence.mean_log_probability < _NO_SPEECH_MIN_MEAN_LOG_PROBABILITY
    ):
        return Doubt.NO_SPEECH
    if _is_stock_phrase_without_evidence(words, evidence):
        return Doubt.NO_SPEECH
    return None


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation or sounds in brackets."""
    without_sounds = re.sub(r"\[.*?\]|\(.*?\)|♪.*?(♪|$)", " ", text.lower())
    return re.findall(r"[\w']+", without_sounds)


def is_worth_another_try(text: str, mean_log_probability: float) -> bool:
    """Say whether the words look wrong enough to listen again with the full window."""
    words = words_of(text)
    return is_repetitive(words) or _is_unlikely(words, mean_log_probability)


def is_repetitive(words: list[str]) -> bool:
    """Say whether the words are a decoder's loop: one group of words over and over, or all too compressible.

    Digits read aloud repeat by nature ("zero zero zero zero"), so loops of numbers need not be loops.
    """
    spoken = [word for word in words if not word.isdigit() and word not in _NUMBER_WORDS]
    if len(spoken) < _MIN_LOOP_WORDS:
        return False
    for size in range(1, len(spoken) // _MIN_LOOPS + 1):
        tail = spoken[-size * _MIN_LOOPS :]
        if all(tail[place] == tail[place % size] for place in range(len(tail))):
            return True
    text = " ".join(spoken).encode()
    return len(text) / len(zlib.compress(text)) > MAX_COMPRESSION_RATIO


_NUMBER_WORDS = frozenset(
    {"zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
    | {"double", "triple"}
)
_SHORT_ANSWERS = _NUMBER_WORDS | {"yes", "no", "yeah", "yep", "nope", "help", "agent", "person", "stop"}


def _is_unlikely(words: list[str], mean_log_probability: float) -> bool:
    is_short_answer = len(words) <= 2 and all(word.isdigit() or word in _SHORT_ANSWERS for word in words)
    floor = _SHORT_ANSWER_MIN_MEAN_LOG_PROBABILITY if is_short_answer else MIN_MEAN_LOG_PROBABILITY
    return mean_log_probability < floor


def _is_stock_phrase_without_evidence(words: list[str], evidence: Evidence) -> bool:
    if " ".join(words) not in STOCK_PHRASES:
        return False
    return (
        evidence.voiced_s < _STOCK_MAX_VOICED_S
        or evidence.mean_log_probability < _STOCK_MIN_MEAN_LOG_PROBABILITY
        or evidence.no_speech_probability > _STOCK_MAX_NO_SPEECH_PROBABILITY
    )
