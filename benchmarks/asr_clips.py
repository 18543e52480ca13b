"""What asr.py lets the transcribers hear: people on the phone, short answers, and everything but speech."""

import itertools
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.audio import g711
from ivr.audio.hold_music import hold_music
from ivr.audio.resample import resample
from ivr.audio.wav import read_wav
from ivr.speech.hibari_synthesizer import HibariSynthesizer

LINE_HZ = 8000
LINE_NOISE = 1e-4
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ESPEAK_VOICES = ("en-us", "en-gb", "en-gb-scotland", "en-us+f3", "en-gb+f2", "en-us+m4")
_KEYS = {
    key: (row, column) for row, keys in enumerate(("123", "456", "789")) for column, key in enumerate(keys)
}


@dataclass(frozen=True)
class Clip:
    """One utterance as it arrives: float32, 16 kHz, over 8 kHz mu-law."""

    audio: np.ndarray
    text: str
    digits: str | None = None
    source: str = ""


def on_the_phone(audio: np.ndarray, noise: float = LINE_NOISE) -> np.ndarray:
    """Send 8 kHz audio over a line: 0.3 s of quiet before, 0.5 s after, hiss, mu-law; return 16 kHz."""
    line = np.concatenate([np.zeros(2400), audio, np.zeros(4000)])
    hiss = np.random.default_rng(0).normal(0, noise, line.size)
    return resample(g711.decode(g711.encode(line + hiss)), LINE_HZ, 16000)


def people(folder: Path) -> list[Clip]:
    """Return the sentences of real people."""
    return [_clip(folder, row) for row in _rows(folder) if not row.get("digits")]


def digit_strings(folder: Path, count: int) -> list[Clip]:
    """Return the set's digit strings and `count` more, joined from the set's single digits of one speaker."""
    given = [_clip(folder, row) for row in _rows(folder) if row.get("kind") == "connected_concat"]
    singles = [row for row in _rows(folder) if row.get("kind") == "isolated"]
    choose = np.random.default_rng(7)
    speakers = sorted({row["speaker"] for row in singles})
    made = []
    for number in range(count):
        own = [row for row in singles if row["speaker"] == speakers[number % len(speakers)]]
        chosen = [own[place] for place in choose.integers(0, len(own), 5 + number % 3)]
        parts = []
        for row in chosen:
            audio, rate = read_wav(folder / row["audio"])
            parts += [resample(audio, rate, LINE_HZ), np.zeros(int(LINE_HZ * choose.uniform(0.05, 0.25)))]
        digits = "".join(row["digits"] for row in chosen)
        made.append(Clip(on_the_phone(np.concatenate(parts)), digits, digits, "joined"))
    return given + made


def short_answers(folder: Path) -> list[Clip]:
    """Return bare yes, no and single digits: recordings, the neural voice, espeak-ng's voices."""
    clips = [
        Clip(_clip(folder, row).audio, row["text"], row.get("digits"), row.get("speaker") or "caller")
        for row in _rows(folder)
        if row.get("kind") == "isolated" or row["text"] == "yes"
    ]
    voice = HibariSynthesizer()
    for word in ("yes", "no", *WORDS):
        digits = str(WORDS.index(word)) if word in WORDS else None
        spoken = resample(voice.synthesize(word.capitalize() + ".", "en"), 8000, LINE_HZ)
        clips.append(Clip(on_the_phone(spoken), word, digits, "hibari"))
        clips += [Clip(on_the_phone(_espeak(word, name)), word, digits, "espeak") for name in _ESPEAK_VOICES]
    return clips


def not_speech(noises: Path) -> Iterator[Clip]:
    """Make 1,000 clips without a word: silence, noise, hold music, tones, keys and clicks."""
    chance = np.random.default_rng(1)
    for number in range(60):
        yield _sound(chance.normal(0, 10 ** -(3 + number % 4), 8000 + 800 * number), "silence")
    recorded = [resample(*read_wav(file), LINE_HZ) for file in sorted(noises.glob("*.wav"))]
    for number in range(280):
        noise = recorded[number % len(recorded)]
        start = int(chance.integers(0, max(1, noise.size - 4 * LINE_HZ)))
        yield _sound(noise[start : start + 4 * LINE_HZ] * 10 ** chance.uniform(-1.5, 0.7), "recorded noise")
    for number in range(210):
        coloured = _coloured(chance, exponent=number % 3, samples=int(LINE_HZ * chance.uniform(1, 6)))
        yield _sound(coloured * 10 ** chance.uniform(-2.5, -0.3), ("white", "pink", "brown")[number % 3])
    music = hold_music()
    for _ in range(150):
        start = int(chance.integers(0, music.size - 6 * LINE_HZ))
        part = music[start : start + int(LINE_HZ * chance.uniform(1, 6))]
        yield _sound(part * 10 ** chance.uniform(-1, 0.3), "hold music")
    for _ in range(100):
        yield _sound(_tone((chance.uniform(150, 3200),), chance.uniform(0.2, 4)), "tone")
    for key, seconds in itertools.islice(itertools.cycle(itertools.product(_KEYS, (0.1, 0.25, 0.6))), 100):
        row, column = _KEYS[key]
        pair = ((697, 770, 852)[row], (1209, 1336, 1477)[column])
        yield _sound(np.tile(np.append(_tone(pair, seconds), np.zeros(800)), 3), "keys")
    for _ in range(100):
        clicks = np.zeros(int(LINE_HZ * chance.uniform(1, 4)))
        clicks[chance.integers(0, clicks.size, int(chance.integers(1, 30)))] = chance.uniform(0.2, 1)
        yield _sound(clicks, "clicks")


def _sound(audio: np.ndarray, source: str) -> Clip:
    return Clip(on_the_phone(np.clip(audio, -1, 1)), "", None, source)


def _coloured(chance: np.random.Generator, exponent: int, samples: int) -> np.ndarray:
    """Return noise whose power falls with frequency to the exponent, at an RMS of 1."""
    spectrum = np.fft.rfft(chance.normal(size=samples))
    spectrum[1:] /= np.arange(1, spectrum.size) ** (exponent / 2)
    noise = np.fft.irfft(spectrum, samples)
    coloured: np.ndarray = noise / np.sqrt(np.mean(noise**2))
    return coloured


def _tone(frequencies_hz: tuple[float, ...], seconds: float) -> np.ndarray:
    time_s = np.arange(int(LINE_HZ * seconds)) / LINE_HZ
    tone: np.ndarray = sum(0.3 * np.sin(2 * np.pi * hz * time_s) for hz in frequencies_hz)  # type: ignore[assignment]
    return tone


def _espeak(word: str, voice: str) -> np.ndarray:
    ran = subprocess.run(
        ["espeak-ng", "-v", voice, "--stdout", word], stdout=subprocess.PIPE, check=True, timeout=10
    )
    # The header of a streamed file does not know the length: 44 bytes, then 22,050 Hz 16-bit samples.
    samples = np.frombuffer(ran.stdout[44 : 44 + (len(ran.stdout) - 44) // 2 * 2], "<i2") / 32768
    return resample(0.5 * samples, 22050, LINE_HZ)


def _rows(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def _clip(folder: Path, row: dict[str, str]) -> Clip:
    audio, rate = read_wav(folder / row["audio"])
    return Clip(
        on_the_phone(resample(audio, rate, LINE_HZ)),
        row["text"],
        row.get("digits"),
        row.get("speaker") or "caller",
    )
