"""Utterances as callers say them: whole, or with pauses where people think, breathe or read on.

Two sets: the waits were chosen on `DEVELOPMENT`; `SECOND` has other sentences, voices, people and pauses and
measured them, then helped to choose the model's. `blind_speech.py` measures.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.caller_sounds import RATE_HZ, REAL_SPEECH, VOICES, Speak
from ivr.carrier.call_script import Say, Voice
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
Sentences = tuple[tuple[str, Expectation, tuple[str, ...]], ...]

DEVELOPMENT_PAUSED: Sentences = (
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
DEVELOPMENT_WHOLE: Sentences = (
    ("open", OPEN_QUESTION, ("Where is my order?",)),
    ("open", OPEN_QUESTION, ("I want to talk to a person.",)),
    ("open", OPEN_QUESTION, ("When are you open on Saturdays?",)),
    ("open", OPEN_QUESTION, ("I'd like to return a lamp.",)),
    ("number", NUMBER, ("four seven one one nine two",)),
    ("number", NUMBER, ("forty seven eleven ninety two",)),
    ("number", POSTCODE, ("one one four five five",)),
    ("yes or no", MORE, ("Yes.",)),
    ("yes or no", MORE, ("No.",)),
    ("yes or no", MORE, ("No, thank you.",)),
    ("yes or no", MORE, ("Yes, please.",)),
)
SECOND_PAUSED: Sentences = (
    ("open", OPEN_QUESTION, ("I bought a chair last week and", "one of the legs is broken.")),
    ("open", OPEN_QUESTION, ("I'm looking for", "the parcel you sent on Tuesday.")),
    ("open", OPEN_QUESTION, ("Could you please", "check whether it has been sent?")),
    ("open", OPEN_QUESTION, ("Hi, uh,", "I need some help with an invoice.")),
    ("open", OPEN_QUESTION, ("I was wondering if", "I could change my order.")),
    ("open", OPEN_QUESTION, ("The thing is", "I paid twice for the same table.")),
    ("open", OPEN_QUESTION, ("I want to cancel", "the second order I made.")),
    ("open", OPEN_QUESTION, ("Do you have", "the green sofa in stock?")),
    ("open", OPEN_QUESTION, ("What happens if I'm", "not at home on Friday?")),
    ("open", OPEN_QUESTION, ("My neighbour said that", "somebody came with a parcel.")),
    ("open", OPEN_QUESTION, ("I got a message from", "the driver this morning.")),
    ("open", OPEN_QUESTION, ("Well, actually,", "can I speak with somebody?")),
    ("open", OPEN_QUESTION, ("I have two questions, first", "when do you close today?")),
    ("open", OPEN_QUESTION, ("It's about a delivery", "that should have come yesterday.")),
    ("open", OPEN_QUESTION, ("The number is", "eight zero three six two five.")),
    ("number", NUMBER, ("eight zero", "three six", "two five")),
    ("number", NUMBER, ("eight zero three", "six two five")),
    ("number", NUMBER, ("five five one", "zero", "two seven")),
    ("number", NUMBER, ("eighty", "thirty six", "twenty five")),
    ("number", NUMBER, ("Yes, it is", "five five one", "zero two seven")),
    ("number", NUMBER, ("Let me see, it's", "eight zero three six two five")),
    ("number", NUMBER, ("nine double one", "four three six")),
    ("number", POSTCODE, ("two two three", "one eight")),
    ("number", POSTCODE, ("two two", "three one eight")),
    ("yes or no", MORE, ("Yes, can you also", "send me a receipt?")),
    ("yes or no", MORE, ("Well,", "yes, one more thing.")),
    ("yes or no", MORE, ("No, but", "I would like to leave a complaint.")),
    ("yes or no", MORE, ("Uh,", "no.")),
)
SECOND_WHOLE: Sentences = (
    ("open", OPEN_QUESTION, ("Has my parcel been sent?",)),
    ("open", OPEN_QUESTION, ("I'd like to speak with somebody, please.",)),
    ("open", OPEN_QUESTION, ("My table arrived broken.",)),
    ("open", OPEN_QUESTION, ("What time do you close?",)),
    ("open", OPEN_QUESTION, ("I want to cancel my order.",)),
    ("open", OPEN_QUESTION, ("Customer service.",)),
    ("number", NUMBER, ("eight zero three six two five",)),
    ("number", NUMBER, ("nine double one four three six",)),
    ("number", NUMBER, ("It's five five one zero two seven.",)),
    ("number", POSTCODE, ("two two three one eight",)),
    ("number", NUMBER, ("I don't have the number with me.",)),
    ("yes or no", MORE, ("No.",)),
    ("yes or no", MORE, ("Yes.",)),
    ("yes or no", MORE, ("No, that's all, thanks.",)),
    ("yes or no", MORE, ("Yeah, sure.",)),
    ("yes or no", MORE, ("Nope.",)),
)
OTHER_VOICES = (
    Voice(engine="hibari", pitch=44),
    Voice(engine="hibari", pitch=56),
    Voice(name="en-us", variant="f2"),
    Voice(name="en-gb", variant="f5"),
    Voice(name="en-us", variant="m1"),
    Voice(name="en-gb-scotland", variant="m4"),
)


@dataclass(frozen=True)
class Split:
    """One set of utterances. `people` and `callers` choose recordings, where they are at hand."""

    paused: Sentences
    whole: Sentences
    voices: tuple[Voice, ...]
    people: str
    callers: tuple[str, ...]
    seed: int


DEVELOPMENT = Split(
    DEVELOPMENT_PAUSED,
    DEVELOPMENT_WHOLE,
    VOICES,
    "fsdd_george",
    ("f076881671_01", "8413b1cc01_04", "def5675529_05", "19c97e4e6f_01", "686be46bdd_00"),
    5,
)
SECOND = Split(
    SECOND_PAUSED,
    SECOND_WHOLE,
    OTHER_VOICES,
    "fsdd_jackson",
    ("def5675529_01", "8269bd76c9_01", "813148f970_02", "88e35d5a85_00", "686be46bdd_02", "de3a234a18_02"),
    11,
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


def every_utterance(speak: Speak, split: Split) -> Iterator[Paused]:
    """Yield the sentences in three voices each, then real people's numbers and turns, where at hand."""
    random = np.random.default_rng(split.seed)
    for number, (kind, expects, parts) in enumerate(split.paused + split.whole):
        for turn in range(3):
            voice = split.voices[(2 * turn + number) % len(split.voices)]
            # Who pauses keeps the voice up, which a comma does; not everybody, so one in three lets it fall.
            rise = "," if turn else ""
            texts = [part.rstrip(",") + rise for part in parts[:-1]] + [parts[-1]]
            said = [speech_of(Say(text=text), voice, speak) for text in texts]
            yield _joined(kind, " … ".join(texts), expects, said, random)
    yield from _read_by_people(random, split.people)
    yield from _said_by_callers(random, split.callers)


def _read_by_people(random: np.random.Generator, speaker: str) -> Iterator[Paused]:
    recordings = _people_digits().get(speaker)
    if recordings is None:
        return
    for grouping in 2 * ((2, 2, 2), (3, 3), (1, 2, 3), (6,), (6,)):
        groups = [[str(random.integers(0, 10)) for _ in range(size)] for size in grouping]
        said = [np.concatenate([_digit(recordings, one, random) for one in group]) for group in groups]
        text = " … ".join(" ".join(group) for group in groups) + f" ({speaker})"
        yield _joined("number", text, NUMBER, said, random)


def _said_by_callers(random: np.random.Generator, callers: tuple[str, ...]) -> Iterator[Paused]:
    for row in _manifest():
        if row["audio"].removeprefix("wav/").removesuffix(".wav") in callers:
            said = speech_of(Say(wav=REAL_SPEECH / row["audio"]), VOICES[0])
            is_yes = row["text"] == "yes"
            kind, expects = ("yes or no", MORE) if is_yes else ("open", OPEN_QUESTION)
            yield _joined(kind, f"{row['text']} (real)", expects, [said], random)


def _manifest() -> list[dict[str, str]]:
    manifest = REAL_SPEECH / "manifest.jsonl"
    return [json.loads(line) for line in manifest.read_text().splitlines()] if manifest.is_file() else []


def _people_digits() -> dict[str, dict[str, list[np.ndarray]]]:
    found: dict[str, dict[str, list[np.ndarray]]] = {}
    for row in _manifest():
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
