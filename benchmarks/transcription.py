"""Measures how well and how fast the transcribers hear: `python benchmarks/transcription.py --help`.

The clips are a folder with a manifest.jsonl of {"audio", "text", "digits" (optional)}. Each clip is put on
the phone first: 0.3 s of quiet line before, 0.5 s after, 8 kHz mu-law.
"""

import argparse
import json
import platform
import re
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import whisper
from whisper.normalizers import EnglishTextNormalizer

from ivr.audio import g711
from ivr.audio.resample import resample
from ivr.audio.wav import read_wav
from ivr.speech.faster_whisper_transcriber import FasterWhisperTranscriber
from ivr.speech.silence_memory import SilenceMemory
from ivr.speech.transcriber import Transcriber
from ivr.speech.whisper_transcriber import WhisperTranscriber, Window

DIGITS = {
    word: str(value)
    for value, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
}
LINE_NOISE = 1e-4
normalise = EnglishTextNormalizer()


@dataclass(frozen=True)
class Clip:
    """One utterance as it arrives: float32, 16 kHz."""

    audio: np.ndarray
    text: str
    digits: str | None
    is_single_digit: bool


@dataclass
class Score:
    """What one transcriber made of the clips."""

    total_s: list[float] = field(default_factory=list)
    encoder_s: list[float] = field(default_factory=list)
    wrong_words: int = 0
    words: int = 0
    exact_strings: int = 0
    strings: int = 0
    doubted: int = 0

    def line(self, name: str) -> str:
        """Return one row of the table."""
        encoder = f"{statistics.median(self.encoder_s):9.3f}" if self.encoder_s else f"{'-':>9}"
        p95 = sorted(self.total_s)[int(0.95 * (len(self.total_s) - 1))]
        return (
            f"{name:34} {len(self.total_s):4} {100 * self.wrong_words / max(1, self.words):6.1f} % "
            f"{self.exact_strings:3} of {self.strings:<3} {self.doubted:7} {encoder} "
            f"{statistics.median(self.total_s):8.3f} {p95:8.3f}"
        )


def load_clips(folder: Path, limit: int) -> list[Clip]:
    """Read the clips and put them on the phone; spread evenly over the manifest when limited."""
    noise = np.random.default_rng(0)
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    chosen = rows if limit == 0 else rows[:: max(1, len(rows) // limit)][:limit]
    clips = []
    for row in chosen:
        audio, rate = read_wav(folder / row["audio"])
        line = np.concatenate([np.zeros(2400), resample(audio, rate, 8000), np.zeros(4000)])
        phone = g711.decode(g711.encode(line + noise.normal(0, LINE_NOISE, line.size)))
        is_single = row.get("kind") == "isolated"
        clips.append(Clip(resample(phone, 8000, 16000), row["text"], row.get("digits"), is_single))
    return clips


def score(transcriber: Transcriber, clips: list[Clip]) -> Score:
    """Transcribe every clip. Words count over sentences, exactness over digit strings."""
    result = Score()
    for clip in clips:
        heard = transcriber.transcribe(clip.audio, "en")
        result.total_s.append(heard.decode_s)
        result.doubted += heard.doubt is not None
        if clip.digits and not clip.is_single_digit:
            result.strings += 1
            result.exact_strings += digits_of(heard.text) == clip.digits
        elif not clip.digits:
            wanted = normalise(clip.text).split()
            result.words += len(wanted)
            result.wrong_words += word_errors(wanted, normalise(heard.text).split())
    return result


def encoder_seconds(model: Path, clips: list[Clip], window: Window) -> list[float]:
    """Time the encoder alone, including the spectrogram and the decoder's keys and values."""
    memory = SilenceMemory(whisper.load_model(str(model), device="cpu").eval())
    encode = memory.encode if window is Window.REMEMBERED_SILENCE else memory.encode_full
    seconds = []
    with torch.inference_mode():
        for clip in clips:
            started = time.perf_counter()
            encode(clip.audio)
            seconds.append(time.perf_counter() - started)
    return seconds


def digits_of(text: str) -> str:
    """Return the digits in a text, written as figures or words."""
    words = re.findall(r"[a-z]+|\d", text.lower())
    return "".join(DIGITS.get(word, word) for word in words if word in DIGITS or word.isdigit())


def word_errors(wanted: list[str], heard: list[str]) -> int:
    """Return the fewest words to insert, delete or replace."""
    row = list(range(len(heard) + 1))
    for place, word in enumerate(wanted, 1):
        diagonal, row[0] = row[0], place
        for column, other in enumerate(heard, 1):
            best = min(row[column] + 1, row[column - 1] + 1, diagonal + (word != other))
            diagonal, row[column] = row[column], best
    return row[-1]


def main() -> None:
    """Print one row per transcriber."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, help="folder with manifest.jsonl")
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--sizes", nargs="+", default=["base", "tiny.en"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0, help="use only so many clips")
    chosen = parser.parse_args()
    clips = load_clips(chosen.clips, chosen.limit)
    print(
        f"{platform.processor() or platform.machine()}, {chosen.threads} threads, torch {torch.__version__}"
    )
    print(f"{'':34} {'n':>4} {'WER':>8} {'digit strings':>11} doubted encoder_s median_s    p95_s")
    vad = chosen.models / "silero_vad.onnx"
    for size in chosen.sizes:
        weights = chosen.models / f"whisper/{size}.pt"
        for window in Window:
            result = score(WhisperTranscriber(weights, vad, chosen.threads, window), clips)
            result.encoder_s = encoder_seconds(weights, clips, window)
            print(result.line(f"whisper {size} {window.value}"), flush=True)
        faster = FasterWhisperTranscriber(chosen.models / f"faster-whisper/{size}", vad, chosen.threads)
        print(score(faster, clips).line(f"faster-whisper {size} int8"), flush=True)


if __name__ == "__main__":
    main()
