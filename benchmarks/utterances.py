"""What the callers of the benchmarks say: three kinds of voices, real people's recordings among them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.audio import g711
from ivr.audio.frames import FRAME_SAMPLES, split_payload
from ivr.audio.resample import resample
from ivr.audio.wav import read_wav, write_wav
from ivr.carrier.call_script import Say, Voice
from ivr.carrier.caller_voice import Speak, loud_frames, speech_of

ROOT = Path(__file__).resolve().parents[1]
RECORDINGS = ROOT.parent / "shared" / "data" / "speech"
BETWEEN_DIGITS_S = 0.12
LINE_NOISE = 1e-4

LOW = Voice(engine="hibari", pitch=38)
HIGH = Voice(engine="hibari", pitch=62)
ESPEAK = Voice(name="en-us", variant="f4")


@dataclass(frozen=True)
class Utterance:
    """One line: mu-law frames of 20 ms, and which of them is the last with speech in it."""

    text: str
    voice: str
    frames: list[bytes]
    last_speech_frame: int


class Mouths:
    """Speaks lines in any of the voices; people's recordings only where they are."""

    def __init__(self, speak: Speak, scratch: Path) -> None:
        self._speak = speak
        self._scratch = scratch
        self._noise = np.random.default_rng(1)
        manifest = RECORDINGS / "manifest.jsonl"
        rows = manifest.read_text(encoding="utf-8").splitlines() if manifest.is_file() else []
        self._rows = [json.loads(row) for row in rows]

    @property
    def has_people(self) -> bool:
        """Say whether recordings of real people are at hand."""
        return bool(self._rows)

    def says(self, text: str, voice: Voice) -> Utterance:
        """Return a line in a synthetic voice."""
        name = f"{voice.engine} {voice.pitch}" if voice.engine == "hibari" else f"espeak {voice.variant}"
        return self._utterance(text, name, speech_of(Say(text=text), voice, self._speak))

    def person_says(self, file: str) -> Utterance:
        """Return a recording of a real caller."""
        row = next(row for row in self._rows if row["audio"].endswith(file))
        speech = speech_of(Say(wav=RECORDINGS / row["audio"]), LOW, self._speak)
        return self._utterance(row["text"], "person", speech)

    def person_reads(self, speaker: str, digits: str, take: int = 0) -> Utterance:
        """Return digits a real person said one by one, read as one number."""
        parts = []
        for digit in digits:
            audio, rate = read_wav(RECORDINGS / "wav" / f"fsdd_{speaker}_{digit}_{take}.wav")
            parts += [resample(audio, rate, 8000), np.zeros(int(8000 * BETWEEN_DIGITS_S), np.float32)]
        file = self._scratch / f"{speaker}-{digits}-{take}.wav"
        write_wav(file, (np.concatenate(parts) * 32767).astype(np.int16), 8000)
        return self._utterance(digits, f"person {speaker}", speech_of(Say(wav=file), LOW, self._speak))

    def _utterance(self, text: str, voice: str, speech: np.ndarray) -> Utterance:
        loud = [number for number, is_speech in enumerate(loud_frames(speech)) if is_speech]
        on_line = speech + self._noise.normal(0, LINE_NOISE, speech.size).astype(np.float32)
        frames = split_payload(g711.encode(np.clip(on_line, -1, 1)), FRAME_SAMPLES)
        return Utterance(text, voice, frames, loud[-1])


Call = Callable[[Mouths], list[Utterance]]


def synthetic_calls(mouths: Mouths) -> list[list[Utterance]]:
    """Return calls as in examples/calls, in two synthetic voices and an espeak one."""
    order = ("Hello, where is my order?", "four seven one one nine two", "one one four five five")
    return [
        [
            mouths.says(text, LOW)
            for text in (*order, "Are you a robot?", "Can you repeat that, please?", "No, that was all.")
        ],
        [
            mouths.says("Are you a robot?", ESPEAK),
            mouths.says("I would like to know where my order is.", ESPEAK),
            *(mouths.says(text, HIGH) for text in order[1:]),
            mouths.says("What are your opening hours?", ESPEAK),
            mouths.says("No, thanks.", ESPEAK),
        ],
    ]


def calls_with_people(mouths: Mouths) -> list[list[Utterance]]:
    """Return calls in which real people read their numbers and say their lines."""
    return [
        [
            mouths.says("Where is my order?", HIGH),
            mouths.person_reads("jackson", "471192"),
            mouths.person_reads("jackson", "11455", 1),
            mouths.person_says("def5675529_05.wav"),
            mouths.says("Never mind. Goodbye.", LOW),
        ],
        [
            mouths.person_says("def5675529_01.wav"),
            mouths.says("Are you a robot?", LOW),
            mouths.person_says("19c97e4e6f_01.wav"),
            mouths.says("What are your opening hours?", HIGH),
            mouths.person_says("def5675529_05.wav"),
        ],
        [
            mouths.says("Where is my order?", ESPEAK),
            mouths.person_reads("george", "471192", 2),
            mouths.person_reads("george", "11455", 1),
            mouths.says("Can you repeat that, please?", HIGH),
            mouths.says("No, goodbye.", ESPEAK),
        ],
    ]


def all_calls(mouths: Mouths) -> list[list[Utterance]]:
    """Return every kind of call; without recordings only the synthetic ones."""
    return synthetic_calls(mouths) + (calls_with_people(mouths) if mouths.has_people else [])


def bare_answers(mouths: Mouths) -> list[Utterance]:
    """Return single words as people give them to a yes/no question."""
    words = [mouths.says(word, voice) for voice in (LOW, HIGH, ESPEAK) for word in ("Yes.", "No.")]
    if mouths.has_people:
        words += [mouths.person_says(f"686be46bdd_0{take}.wav") for take in (0, 2)]
    return words
