"""What Whisper makes of the labelled calls over a phone line: each line in one voice, kept beside them.

    python -m benchmarks.triage_hearing --half dev --seconds 240

A line's voice and phone line are drawn by its own words from those `ivr nlu hear` uses: hibari and espeak-ng
in English, espeak-ng alone in Swedish; clear, with office or street noise, or with lost packets. What
is heard is kept in `benchmarks/triage_calls/heard/`, and nothing is trained on it.
"""

import argparse
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.triage_cases import CALLS, HALVES, read_calls, words_of
from ivr import bootstrap
from ivr.clock import SystemClock
from ivr.config import load
from ivr.nlu.corpus import Line
from ivr.nlu.heard_layer import HeardLayer
from ivr.nlu.hearing import TAKES, Missing, PhoneHearing, Take


def line_of(said: str, language: str) -> Line:
    """Return a caller's line as the hearing wants it."""
    return Line("", said, language, Path(), 0)


def lines_of_calls(half: str) -> list[Line]:
    """Return everything said in the calls of a half, once."""
    said = {
        (words_of(turn), call.language): None
        for call in read_calls()
        if call.half == half
        for turn in call.turns
        if words_of(turn)
    }
    return [line_of(words, language) for words, language in said]


def hear(lines: Sequence[Line], part: str, seconds: float) -> tuple[int, int]:
    """Hear what is missing until the time is up; return how many were heard and how many are left."""
    clock, settings = SystemClock(), load()
    until_s = clock.monotonic() + seconds
    version = importlib.metadata.version(
        "openai-whisper" if settings.transcriber == "whisper" else settings.transcriber
    )
    engine = f"{settings.transcriber}-{settings.whisper_model}-{version}"
    layers = {language: HeardLayer(CALLS, language, part) for language in TAKES}
    known = {heard.line for layer in layers.values() for heard in layer.read()}
    wanted = [Missing(line, _take(line)) for line in lines if line.key not in known]
    if not wanted:
        return 0, 0
    voice = bootstrap.make_voice(settings)

    def speak(text: str, language: str) -> np.ndarray:
        return voice.synthesize(text, language)

    done = 0
    transcriber = bootstrap.transcriber_factory(settings)(1)
    for one, heard in PhoneHearing(speak, transcriber, engine).hear(wanted):
        layers[one.line.language].add(heard)
        done += 1
        if clock.monotonic() > until_s:
            break
    return done, len(wanted) - done


def _take(line: Line) -> Take:
    takes = TAKES[line.language]
    return takes[int(line.key, 16) % len(takes)]


def main() -> None:
    """Hear for a while and say what is left."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--half", choices=HALVES, required=True)
    options.add_argument("--seconds", type=float, default=240)
    asked = options.parse_args()
    done, left = hear(lines_of_calls(asked.half), asked.half, asked.seconds)
    print(f"{done} heard, {left} left")


if __name__ == "__main__":
    main()
