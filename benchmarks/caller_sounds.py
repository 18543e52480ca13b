"""Sounds a caller's line brings while the bot speaks: words, listening noises, coughs, backgrounds."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.audio.levels import rms_dbfs, to_level
from ivr.audio.resample import resample
from ivr.audio.wav import read_wav
from ivr.carrier.call_script import Say, Voice
from ivr.carrier.caller_voice import SPEECH_DBFS, loud_frames, speech_of

RATE_HZ = 8000
FRAME_S = 0.02
REAL_SPEECH = Path(__file__).parents[2] / "shared" / "data" / "speech"
REAL_NOISE = Path(__file__).parents[2] / "shared" / "data" / "noise"
Speak = Callable[[str, str], np.ndarray]

VOICES = (
    Voice(engine="hibari", pitch=38),
    Voice(engine="hibari", pitch=50),
    Voice(engine="hibari", pitch=62),
    Voice(name="en-us", variant="f4"),
    Voice(name="en-gb", variant="m3"),
    Voice(name="en-us", variant="m7"),
)
BACKCHANNELS = ("Mm-hmm.", "Uh-huh.", "Okay.", "Yeah.", "Hmm.", "Right, okay.")
TURNS = (
    "Where is my order?",
    "I want to talk to a person.",
    "Agent.",
    "No, that's the wrong number.",
    "When are you open on Saturdays?",
    "Stop.",
    "Four seven one one nine two.",
    "My name is Maria, I ordered a lamp.",
)


@dataclass(frozen=True)
class Sound:
    """`audio` is float32 at 8 kHz as it comes from the line; `kind` says what it is, `name` which one."""

    kind: str
    name: str
    audio: np.ndarray

    @property
    def begins_s(self) -> float:
        """Second of the first 20 ms frame that is loud enough to be part of it."""
        return loud_frames(self.audio).index(True) * FRAME_S


def every_sound(speak: Speak) -> Iterator[Sound]:
    """Yield all sounds; recordings of people and places only where the shared data lies beside."""
    for voice in VOICES:
        for text in TURNS:
            yield Sound("turn", f"{text} ({_named(voice)})", speech_of(Say(text=text), voice, speak))
        for text in BACKCHANNELS:
            spoken = speech_of(Say(text=text), voice, speak)
            yield Sound("backchannel", f"{text} ({_named(voice)})", spoken)
    yield from (Sound("backchannel", f"hummed mm-hm {seed}", hummed(seed)) for seed in range(6))
    yield from (Sound("cough", f"cough {seed}", cough(seed)) for seed in range(24))
    yield from _recorded_turns(speak)
    yield from _recorded_places()


def hummed(seed: int) -> np.ndarray:
    """Return "mm-hm": two hums with closed lips, the second higher, a breath between."""
    random = np.random.default_rng(seed)
    pitch_hz = random.uniform(95, 210)
    first = _hum(pitch_hz, random.uniform(0.14, 0.22), random)
    breath = 0.02 * random.normal(0, 1, int(random.uniform(0.04, 0.09) * RATE_HZ))
    second = _hum(pitch_hz * random.uniform(1.15, 1.35), random.uniform(0.16, 0.28), random)
    return _framed(np.concatenate([first, breath, second]))


def cough(seed: int) -> np.ndarray:
    """Return a cough: a burst, 0.1-0.2 s of noise through the throat, at times a short voiced end.

    Durations and bands after Korpas et al., Cough 2 (2006): explosive phase, intermediate, voiced phase.
    """
    random = np.random.default_rng(1000 + seed)
    bursts = random.integers(1, 3)
    parts = []
    for _ in range(bursts):
        length = int(random.uniform(0.10, 0.20) * RATE_HZ)
        noise = _band(random.normal(0, 1, length), 400, 3400)
        noise *= np.exp(-np.arange(length) / (0.06 * RATE_HZ))
        parts.append(noise)
        if random.random() < 0.5:
            parts.append(0.4 * _hum(random.uniform(110, 220), random.uniform(0.04, 0.09), random, 2600))
        parts.append(np.zeros(int(random.uniform(0.15, 0.3) * RATE_HZ)))
    return _framed(np.concatenate(parts))


def noise_of(file: Path) -> np.ndarray:
    """Return a recorded place as the line carries it, 15 dB under a caller's speech."""
    audio, rate_hz = read_wav(file)
    phone = _band(resample(audio, rate_hz, RATE_HZ), 300, 3400)
    return phone * 10 ** ((SPEECH_DBFS - 15.0 - rms_dbfs(phone)) / 20)


def _recorded_turns(speak: Speak) -> Iterator[Sound]:
    for row in _manifest(REAL_SPEECH):
        if "GetGoing" in row["source"] and row["text"] != "yes":  # no answer to a statement
            said = speech_of(Say(wav=REAL_SPEECH / row["audio"]), VOICES[0], speak)
            yield Sound("turn", f"{row['text']} (real)", said)


def _recorded_places() -> Iterator[Sound]:
    for row in _manifest(REAL_NOISE):
        audio = noise_of(REAL_NOISE / row["audio"])
        for start_s in range(0, int(audio.size / RATE_HZ) - 3, 4):
            cut = audio[start_s * RATE_HZ : (start_s + 4) * RATE_HZ].astype(np.float32)
            yield Sound("background", f"{row['kind']} at {start_s} s", cut)


def _manifest(folder: Path) -> list[dict[str, str]]:
    file = folder / "manifest.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []


def _hum(pitch_hz: float, seconds: float, random: np.random.Generator, top_hz: float = 550.0) -> np.ndarray:
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    wobble = 1 + 0.02 * np.sin(2 * np.pi * 5 * times + random.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(pitch_hz * wobble) / RATE_HZ
    hum = sum(np.sin(n * phase) / n for n in range(1, int(3400 / pitch_hz)) if n * pitch_hz < top_hz)
    leak = sum(0.03 * np.sin(n * phase) / n for n in range(1, int(3400 / pitch_hz)))
    edge = np.minimum(1, np.minimum(times, times[::-1]) / 0.03)
    return np.asarray((hum + leak) * edge)


def _band(audio: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    spectrum = np.fft.rfft(audio)
    frequencies = np.fft.rfftfreq(audio.size, 1 / RATE_HZ)
    spectrum[(frequencies < low_hz) | (frequencies > high_hz)] = 0
    return np.fft.irfft(spectrum, audio.size)


def _framed(audio: np.ndarray) -> np.ndarray:
    padded = np.pad(audio, (0, -audio.size % 160))
    return to_level(_band(padded, 200, 3400).astype(np.float32), RATE_HZ, SPEECH_DBFS).astype(np.float32)


def _named(voice: Voice) -> str:
    return f"{voice.engine} {voice.pitch}" if voice.engine == "hibari" else f"{voice.name}+{voice.variant}"
