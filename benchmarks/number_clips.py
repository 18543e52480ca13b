"""The callers of order_numbers.py: real people's digits, and synthetic voices, on a phone line."""

import json
import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.asr_clips import LINE_HZ, on_the_phone
from ivr.audio.resample import resample
from ivr.audio.wav import read_wav
from ivr.speech.hibari_synthesizer import HibariSynthesizer

PAUSE_S = (0.05, 0.25)  # between two digits of a group
GROUP_PAUSE_S = (0.35, 0.7)
ESPEAK_HZ = 22050


class Mouth(Protocol):
    """One caller's voice. `can_speak` is false for a recording, which has digits and nothing else."""

    name: str
    language: str
    can_speak: bool

    def say(self, words: str, dice: random.Random) -> np.ndarray:
        """Return float32 audio at 8 kHz; a recording takes figures and spaces, a voice any words."""
        ...


@dataclass(frozen=True)
class RecordedDigits:
    """A real person's single digits, joined with pauses."""

    folder: Path
    speaker: str
    language: str = "en"
    can_speak: bool = False

    @property
    def name(self) -> str:
        """Return the speaker's name in the manifest."""
        return self.speaker

    @cached_property
    def _takes(self) -> dict[str, list[np.ndarray]]:
        rows = map(json.loads, (self.folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
        takes: dict[str, list[np.ndarray]] = {}
        for row in rows:
            if row.get("kind") == "isolated" and row["speaker"] == self.speaker:
                audio, rate = read_wav(self.folder / row["audio"])
                takes.setdefault(row["digits"], []).append(resample(audio, rate, LINE_HZ))
        return takes

    def say(self, words: str, dice: random.Random) -> np.ndarray:
        """Say figures; a space is a longer pause."""
        parts: list[np.ndarray] = []
        for sign in words:
            if sign.isdigit():
                parts += [dice.choice(self._takes[sign]), _quiet(dice.uniform(*PAUSE_S))]
            else:
                parts.append(_quiet(dice.uniform(*GROUP_PAUSE_S)))
        return np.concatenate(parts)


@dataclass(frozen=True)
class RecordedSpelling:
    """A real person's letters, spelling words and digits: Debian's asterisk-core-sounds-en-wav."""

    folder: Path
    name: str = "asterisk_allison"
    language: str = "en"
    can_speak: bool = False

    def say(self, words: str, dice: random.Random) -> np.ndarray:
        """Say figures and letters; a capital is said by its spelling word, a space is a longer pause."""
        parts: list[np.ndarray] = []
        for sign in words:
            if sign == " ":
                parts.append(_quiet(dice.uniform(*GROUP_PAUSE_S)))
                continue
            kind = "digits" if sign.isdigit() else "phonetic" if sign.isupper() else "letters"
            name = f"{sign.lower()}_p" if kind == "phonetic" else sign
            audio, rate = read_wav(self.folder / kind / f"{name}.wav")
            parts += [resample(audio, rate, LINE_HZ), _quiet(dice.uniform(*PAUSE_S))]
        return np.concatenate(parts)


@dataclass(frozen=True)
class SyntheticVoice:
    """A made voice: hibari, or one of espeak-ng's."""

    name: str
    language: str
    speak: Callable[[str], np.ndarray]
    can_speak: bool = True

    def say(self, words: str, dice: random.Random) -> np.ndarray:
        """Say any words."""
        return self.speak(words)


def mouths(speech: Path, language: str) -> list[Mouth]:
    """Return the callers who speak a language; recordings where the folder has them."""
    if language == "en":
        found: list[Mouth] = []
        if (speech / "manifest.jsonl").is_file():
            found += [RecordedDigits(speech, speaker) for speaker in ("fsdd_george", "fsdd_jackson")]
        found += [_hibari(0.9), _hibari(1.0), _hibari(1.15)]
        return found + [_espeak(voice, "en") for voice in ("en-us", "en-gb")]
    return [_espeak(voice, language) for voice in (language, f"{language}+f3")]


def heard_on_the_phone(spoken: np.ndarray, noise: np.ndarray | None, snr_db: float) -> np.ndarray:
    """Mix in noise at a ratio to the speech, send it over a mu-law line; return 16 kHz."""
    spoken = 0.25 * spoken / max(1e-6, float(np.abs(spoken).max()))
    if noise is not None:
        start = spoken.size % max(1, noise.size - spoken.size)
        part = np.resize(noise[start:], spoken.size)
        wanted = float(np.sqrt(np.mean(spoken**2))) / 10 ** (snr_db / 20)
        spoken = spoken + part * wanted / max(1e-6, float(np.sqrt(np.mean(part**2))))
    return on_the_phone(np.clip(spoken, -1, 1))


def noises(folder: Path) -> list[np.ndarray]:
    """Return the recorded noises at 8 kHz; none where the folder is missing."""
    return [resample(*read_wav(file), LINE_HZ) for file in sorted(folder.glob("*.wav"))]


def _hibari(speed: float) -> SyntheticVoice:
    voice = HibariSynthesizer(speed)
    return SyntheticVoice(f"hibari {speed:g}", "en", lambda words: voice.synthesize(words, "en"))


def _espeak(voice: str, language: str) -> SyntheticVoice:
    def speak(words: str) -> np.ndarray:
        command = ["espeak-ng", "-v", voice, "-s", "145", "--stdout", words]
        ran = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=20)
        # The header of a streamed file does not know the length: 44 bytes, then 16-bit samples.
        samples = np.frombuffer(ran.stdout[44 : 44 + (len(ran.stdout) - 44) // 2 * 2], "<i2") / 32768
        return resample(samples.astype(np.float32), ESPEAK_HZ, LINE_HZ)

    return SyntheticVoice(f"espeak {voice}", language, speak)


def _quiet(seconds: float) -> np.ndarray:
    return np.zeros(int(LINE_HZ * seconds))
