"""Measures how well and how fast the transcribers hear people, and what they invent.

    .venv/bin/python -m benchmarks.asr ../shared/data [--sizes base tiny.en] [--engines ...] [--sets ...]

The folder holds speech/ and noise/ with a manifest.jsonl each. Rows measured before are kept in
results/asr.json, so that long measurements can be taken in pieces.
"""

import argparse
import itertools
import math
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
import whisper
from whisper.normalizers import EnglishTextNormalizer

from benchmarks import report
from benchmarks.asr_clips import WORDS, Clip, digit_strings, not_speech, people, short_answers
from ivr.bootstrap.adapters import known_sentences
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.speech.doubts import is_repetitive, words_of
from ivr.speech.faster_whisper_transcriber import FasterWhisperTranscriber
from ivr.speech.silence_memory import SilenceMemory
from ivr.speech.transcriber import Doubt, Transcriber
from ivr.speech.whisper_layers import Precision, best_for_many_rows
from ivr.speech.whisper_transcriber import WhisperTranscriber, Window

JOINED_STRINGS = 40
YES_NO = Expectation(Expecting.YES_NO, "anything_else")
DIGIT = Expectation(Expecting.DIGITS, "order_number", 1)
NUMBER = Expectation(Expecting.DIGITS, "order_number", 6)
QUESTIONS = {"open": OPEN_QUESTION, "yes or no": YES_NO, "one digit": DIGIT, "six digits": NUMBER}
INVENTIONS = 1000 * len(QUESTIONS)
Make = Callable[[Path, str, int], Transcriber]
normalise = EnglishTextNormalizer()


def own(
    window: Window,
    decoder: Precision | None = None,
    encoder: Precision | None = None,
    is_taught: bool = False,
) -> Make:
    """Return a maker of the product's own engine; precisions that are not given are those it serves with."""

    def make(models: Path, size: str, threads: int) -> Transcriber:
        weights, vad = models / f"whisper/{size}.pt", models / "silero_vad.onnx"
        known = known_sentences(report.ROOT / "nlu_data") if is_taught else None
        return WhisperTranscriber(
            weights, vad, threads, window, decoder=decoder, encoder=encoder, known=known
        )

    return make


def faster(models: Path, size: str, threads: int) -> Transcriber:
    """Make the second engine."""
    return FasterWhisperTranscriber(models / f"faster-whisper/{size}", models / "silero_vad.onnx", threads)


ENGINES: dict[str, Make] = {
    "full window fp32": own(Window.FULL, Precision.FLOAT32, Precision.FLOAT32),
    "remembered silence fp32": own(Window.REMEMBERED_SILENCE, Precision.FLOAT32, Precision.FLOAT32),
    "remembered silence, decoder int8": own(Window.REMEMBERED_SILENCE, Precision.INT8, Precision.FLOAT32),
    "as served": own(Window.REMEMBERED_SILENCE, is_taught=True),
    "faster-whisper int8": faster,
}


def sentences(hear: Transcriber, clips: Iterable[Clip]) -> dict[str, Any]:
    """Word error rate and seconds a turn."""
    wrong = words = loops = 0
    seconds = []
    for clip in clips:
        heard = hear.transcribe(clip.audio, "en")
        seconds.append(heard.decode_s)
        loops += heard.doubt is Doubt.REPETITION or is_repetitive(words_of(heard.text))
        wanted = normalise(clip.text).split()
        words += len(wanted)
        wrong += word_errors(wanted, normalise(heard.text).split())
    return {"wer_percent": round(100 * wrong / words, 1), "loops": loops, "turn_s": report.spread(seconds)}


def strings(hear: Transcriber, clips: Iterable[Clip]) -> dict[str, Any]:
    """Exact digit strings."""
    right = [digits_of(hear.transcribe(clip.audio, "en").text) == clip.digits for clip in clips]
    return {"strings": len(right), "exact": sum(right)}


def answers(hear: Transcriber, clips: Iterable[Clip]) -> dict[str, Any]:
    """Bare yes, no and digits: how many come back without a doubt, and rightly."""
    counts: dict[str, dict[str, int]] = {}
    missed: list[str] = []
    for clip in clips:
        count = counts.setdefault(clip.source, {"clips": 0, "undoubted": 0, "right": 0})
        heard = hear.transcribe(clip.audio, "en", DIGIT if clip.digits else YES_NO)
        count["clips"] += 1
        count["undoubted"] += heard.doubt is None
        right = digits_of(heard.text) == clip.digits if clip.digits else words_of(heard.text) == [clip.text]
        if heard.doubt is None and not right:
            missed.append(f"{clip.source}: {clip.text} as {heard.text}")
        count["right"] += right and heard.doubt is None
    return {"short_answers": counts, "short_answers_misheard": missed}


def inventions(
    hear: Transcriber, clips: Iterable[Clip], before: dict[str, Any], until: float
) -> dict[str, Any]:
    """Clips without speech that came back without a doubt, whatever question was on the floor.

    Goes on where `before`, an unfinished row, left off, and stops at `until` of time.monotonic().
    """
    is_begun = 0 < before.get("not_speech", 0) < INVENTIONS
    total = before["not_speech"] if is_begun else 0
    acted_on = list(before["inventions"]) if is_begun else []
    for clip in itertools.islice(clips, total // len(QUESTIONS), None):
        if time.monotonic() >= until:
            break
        for name, expects in QUESTIONS.items():
            total += 1
            heard = hear.transcribe(clip.audio, "en", expects)
            if heard.doubt is None:
                acted_on.append({"sound": clip.source, "question": name, "text": heard.text})
    return {"not_speech": total, "invented": len(acted_on), "inventions": acted_on}


def encoder_seconds(models: Path, size: str, engine: str, threads: int, clips: list[Clip]) -> dict[str, Any]:
    """Time the encoder alone, from the samples to what the decoder attends to."""
    torch.set_num_threads(threads)
    precision = best_for_many_rows() if engine == "as served" else Precision.FLOAT32
    memory = SilenceMemory(whisper.load_model(str(models / f"whisper/{size}.pt"), device="cpu"), precision)
    encode = memory.encode_full if engine.startswith("full") else memory.encode
    seconds = []
    with torch.inference_mode():
        encode(clips[0].audio)
        for clip in clips:
            started = time.perf_counter()
            encode(clip.audio)
            seconds.append(time.perf_counter() - started)
    return {"encoder_s": report.spread(seconds)}


def digits_of(text: str) -> str:
    """Return the digits in a text, written as figures or words."""
    words = re.findall(r"[a-z]+|\d", text.lower())
    return "".join(
        str(WORDS.index(word)) if word in WORDS else word for word in words if word in WORDS or word.isdigit()
    )


def word_errors(wanted: list[str], heard: list[str]) -> int:
    """Return the fewest words to insert, delete or replace."""
    row = list(range(len(heard) + 1))
    for place, word in enumerate(wanted, 1):
        diagonal, row[0] = row[0], place
        for column, other in enumerate(heard, 1):
            best = min(row[column] + 1, row[column - 1] + 1, diagonal + (word != other))
            diagonal, row[column] = row[column], best
    return row[-1]


def show(rows: dict[str, Any]) -> None:
    """Print the table and draw the picture."""
    head = (
        "engine",
        "WER %",
        "loops",
        "turn p50 s",
        "p95 s",
        "encoder p50 s",
        "digit strings",
        "invented",
    )
    lines = []
    for name, row in rows.items():
        turn = row.get("turn_s", {})
        exact = f"{row['exact']}/{row['strings']}" if "strings" in row else None
        made_up = f"{row['invented']}/{row['not_speech']}" if "not_speech" in row else None
        encoder = f"{row['encoder_s']['p50']:.3f}" if "encoder_s" in row else None
        p50, p95 = (f"{turn[rank]:.3f}" if turn else None for rank in ("p50", "p95"))
        lines.append((name, row.get("wer_percent"), row.get("loops"), p50, p95, encoder, exact, made_up))
    print(report.table(head, lines))
    for name, row in rows.items():
        for source, count in row.get("short_answers", {}).items():
            heard = f"{count['undoubted']} of {count['clips']} undoubted, {count['right']} right"
            print(f"{name}: yes, no, one digit, {source}: {heard}")


def draw(rows: dict[str, Any]) -> None:
    """Draw three bars a row: seconds a turn, words wrong, digit strings exact."""
    whole = {name: row for name, row in rows.items() if {"turn_s", "wer_percent", "exact"} <= row.keys()}
    if not whole:
        return
    figure, axes = report.figure(9.0, 1.4 + 0.4 * len(whole), panels=3)
    panels = {
        "seconds a turn (median)": ([row["turn_s"]["p50"] for row in whole.values()], "{:.2f}"),
        "words wrong, %": ([row["wer_percent"] for row in whole.values()], "{:.1f}"),
        "digit strings exact, %": ([100 * row["exact"] / row["strings"] for row in whole.values()], "{:.0f}"),
    }
    colours = ["#9aa5b1" if "full window" in name else "#1f77b4" for name in whole]
    for axis, (title, (values, shape)) in zip(axes, panels.items(), strict=True):
        bars = axis.barh(list(whole), values, color=colours)
        axis.bar_label(bars, labels=[shape.format(value) for value in values], padding=3, fontsize=8)
        axis.set_title(title, fontsize=9)
        axis.set_xlim(0, 1.2 * max(values))
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    report.save_figure("asr", figure)


def main() -> None:
    """Measure the chosen rows, keep the others, print all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with speech/ and noise/")
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--sizes", nargs="+", default=["base", "tiny.en"])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument(
        "--sets", nargs="+", default=["sentences", "strings", "answers", "inventions"], help="what is heard"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=math.inf, help="leave off inventions; run it again")
    chosen = parser.parse_args()
    until = time.monotonic() + 60 * chosen.minutes
    machine = report.machine()
    rows: dict[str, Any] = report.load("asr").get("rows", {})
    spoken = chosen.data / "speech"
    for size in chosen.sizes:
        for engine in chosen.engines:
            row = rows.setdefault(f"{size} {engine}", {})
            hear = ENGINES[engine](chosen.models, size, chosen.threads)
            row |= {"at": machine["at"], "threads": chosen.threads}
            if "sentences" in chosen.sets:
                row |= sentences(hear, people(spoken))
                if engine != "faster-whisper int8":
                    row |= encoder_seconds(chosen.models, size, engine, chosen.threads, people(spoken))
            if "strings" in chosen.sets:
                row |= strings(hear, digit_strings(spoken, JOINED_STRINGS))
            if "answers" in chosen.sets:
                row |= answers(hear, short_answers(spoken))
            if "inventions" in chosen.sets:
                row |= inventions(hear, not_speech(chosen.data / "noise/wav"), row, until)
            report.save("asr", {"machine": machine, "rows": rows})
    show(rows)
    draw(rows)


if __name__ == "__main__":
    main()
