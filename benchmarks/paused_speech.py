"""Utterances as callers say them: whole, or with pauses where people think, breathe or read on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.caller_sounds import RATE_HZ, REAL_SPEECH, VOICES, Speak
from ivr.carrier.call_script import Say
from ivr.carrier.caller_voice import loud_frames, speech_of
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting

NUMBER = Expectation(Expecting.DIGITS, "order_number", 6)
POSTCODE = Expectation(Expecting.DIGITS, "postcode", 5)
MORE = Expectation(Expecting.YES_NO, "anything_else")
LINE_NOISE = 10 ** (-66 / 20)
BEFORE_S, AFTER_S = 0.5, 4.0
# Pauses inside turns: median 0.7 s, 95 % under 2.5 s (the figures), none shorter than 0.3 s.
PAUSE_MEDIAN_S, PAUSE_SIGMA = 0.75, 0.73
SHORTEST_S, LONGEST_S = 0.3, 2.5

WITH_PAUSES: tuple[tuple[str, Expectation, tuple[str, ...]], ...] = (
    ("open", OPEN_QUESTION, ("I'd like", "to return a lamp.")),
    ("open", OPEN_QUESTION, ("I'd like to", "return a lamp.")),
    ("open", OPEN_QUESTION, ("I want to", "know where my order is.")),
    ("open", OPEN_QUESTION, ("My order number is", "four seven one one nine two.")),
    ("open", OPEN_QUESTION, ("Where is my order, and", "when does it arrive?")),
    ("open", OPEN_QUESTION, ("I ordered a lamp, but", "it hasn't come.")),
    ("open", OPEN_QUESTION, ("Can you tell me", "when you are open on Saturday?")),
    ("open", OPEN_QUESTION, ("I have a question about", "my delivery.")),
    ("open", OPEN_QUESTION, ("I'm calling because", "my parcel never arrived.")),
    ("open", OPEN_QUESTION, ("Um,", "I'd like to speak to a person.")),
    ("open", OPEN_QUESTION, ("Is it possible to", "change the address?")),
    ("open", OPEN_QUESTION, ("It was supposed to come on", "Monday, I think.")),
    ("number", NUMBER, ("four seven", "one one", "nine two")),
    ("number", NUMBER, ("four seven one", "one nine two")),
    ("number", NUMBER, ("forty seven", "eleven", "ninety two")),
    ("number", NUMBER, ("It's", "four seven one", "one nine two")),
    ("number", NUMBER, ("four seven one one", "um", "nine two")),
    ("number", POSTCODE, ("one one four", "five five")),
    ("yes or no", MORE, ("Yes, and", "I want to know your opening hours.")),
    ("yes or no", MORE, ("Um,", "no, thank you.")),
    ("yes or no", MORE, ("Yes, I also need", "a receipt.")),
)
WHOLE: tuple[tuple[str, Expectation, str], ...] = (
    ("open", OPEN_QUESTION, "Where is my order?"),
    ("open", OPEN_QUESTION, "I want to talk to a person."),
    ("open", OPEN_QUESTION, "When are you open on Saturdays?"),
    ("open", OPEN_QUESTION, "I'd like to return a lamp."),
    ("number", NUMBER, "four seven one one nine two"),
    ("number", NUMBER, "forty seven eleven ninety two"),
    ("number", POSTCODE, "one one four five five"),
    ("yes or no", MORE, "Yes."),
    ("yes or no", MORE, "No."),
    ("yes or no", MORE, "No, thank you."),
    ("yes or no", MORE, "Yes, please."),
)


@dataclass(frozen=True)
class Paused:
    """One utterance on the line: float32, 8 kHz. `speech_s` are (begin, end) of its parts."""

    kind: str
    text: str
    expects: Expectation
    audio: np.ndarray
    speech_s: tuple[tuple[float, float], ...]

    @property
    def ends_s(self) -> float:
        """Second of the last speech."""
        return self.speech_s[-1][1]


def every_utterance(speak: Speak, seed: int = 5) -> Iterator[Paused]:
    """Yield the sentences in three voices each, then numbers read by real people where they are at hand."""
    random = np.random.default_rng(seed)
    for number, (kind, expects, parts) in enumerate(WITH_PAUSES):
        for turn in range(3):
            voice = VOICES[(2 * turn + number) % len(VOICES)]
            said = [speech_of(Say(text=part), voice, speak) for part in parts]
            yield _joined(kind, " … ".join(parts), expects, said, random)
    for number, (kind, expects, text) in enumerate(WHOLE):
        for turn in range(3):
            voice = VOICES[(2 * turn + number) % len(VOICES)]
            yield _joined(kind, text, expects, [speech_of(Say(text=text), voice, speak)], random)
    yield from _read_by_people(random)


def _read_by_people(random: np.random.Generator) -> Iterator[Paused]:
    digits = _people_digits()
    for speaker, recordings in digits.items():
        for grouping in ((2, 2, 2), (3, 3), (1, 2, 3), (6,), (6,)):
            groups = [[str(random.integers(0, 10)) for _ in range(size)] for size in grouping]
            said = [np.concatenate([_digit(recordings, one, random) for one in group]) for group in groups]
            text = " … ".join(" ".join(group) for group in groups) + f" ({speaker})"
            yield _joined("number", text, NUMBER, said, random)


def _people_digits() -> dict[str, dict[str, list[np.ndarray]]]:
    manifest = REAL_SPEECH / "manifest.jsonl"
    rows = [json.loads(line) for line in manifest.read_text().splitlines()] if manifest.is_file() else []
    found: dict[str, dict[str, list[np.ndarray]]] = {}
    for row in rows:
        if row.get("kind") == "isolated":
            audio = speech_of(Say(wav=REAL_SPEECH / row["audio"]), VOICES[0])
            found.setdefault(row["speaker"], {}).setdefault(row["digits"], []).append(audio)
    return found


def _digit(recordings: dict[str, list[np.ndarray]], digit: str, random: np.random.Generator) -> np.ndarray:
    takes = recordings[digit]
    return np.concatenate([takes[random.integers(len(takes))], np.zeros(960, np.float32)])


def _joined(
    kind: str, text: str, expects: Expectation, said: list[np.ndarray], random: np.random.Generator
) -> Paused:
    pieces = [np.zeros(round(BEFORE_S * RATE_HZ), np.float32)]
    spans = []
    for number, part in enumerate(said):
        loud = [at for at, is_loud in enumerate(loud_frames(part)) if is_loud]
        part = part[loud[0] * 160 : (loud[-1] + 1) * 160]
        if number:
            pause_s = np.clip(random.lognormal(np.log(PAUSE_MEDIAN_S), PAUSE_SIGMA), SHORTEST_S, LONGEST_S)
            pieces.append(np.zeros(round(float(pause_s) * RATE_HZ), np.float32))
        begins = sum(piece.size for piece in pieces)
        pieces.append(part)
        spans.append((begins / RATE_HZ, (begins + part.size) / RATE_HZ))
    pieces.append(np.zeros(round(AFTER_S * RATE_HZ), np.float32))
    audio = np.concatenate(pieces)
    audio = audio + random.normal(0, LINE_NOISE, audio.size)
    return Paused(kind, text, expects, audio.astype(np.float32), tuple(spans))
