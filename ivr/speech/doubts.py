"""Whether a transcription may be acted on, judged from the sound, the model's own figures and the words."""

import re
import zlib
from dataclasses import dataclass

from ivr.speech.transcriber import Doubt

# Under this the line is silent: comfort noise and codec hiss lie at -70 to -60 dBFS.
SILENT_DBFS = -60.0
# The shortest digit of the free-spoken-digit set has 0.16 s of voice by silero-vad; noise has none.
MIN_VOICED_S = 0.09
# openai-whisper transcribe(): logprob_threshold, no_speech_threshold, compression_ratio_threshold.
MIN_MEAN_LOG_PROBABILITY = -1.0
MAX_NO_SPEECH_PROBABILITY = 0.6
MAX_COMPRESSION_RATIO = 2.4
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
        "so",
        "okay",
        "oh",
        "i'm sorry",
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
    if evidence.mean_log_probability < MIN_MEAN_LOG_PROBABILITY:
        return Doubt.LOW_LOG_PROBABILITY
    if _is_stock_phrase_without_evidence(words, evidence):
        return Doubt.NO_SPEECH
    return None


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation or sounds in brackets."""
    without_sounds = re.sub(r"\[.*?\]|\(.*?\)|♪.*?(♪|$)", " ", text.lower())
    return re.findall(r"[\w']+", without_sounds)


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


_NUMBER_WORDS = frozenset("zero oh one two three four five six seven eight nine ten double triple".split())


def _is_stock_phrase_without_evidence(words: list[str], evidence: Evidence) -> bool:
    if " ".join(words) not in STOCK_PHRASES:
        return False
    return (
        evidence.voiced_s < _STOCK_MAX_VOICED_S
        or evidence.mean_log_probability < _STOCK_MIN_MEAN_LOG_PROBABILITY
        or evidence.no_speech_probability > _STOCK_MAX_NO_SPEECH_PROBABILITY
    )
