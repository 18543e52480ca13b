"""Measure how long a caller waits for an answer, beside Pipecat on the same wire in the same run.

    .venv/bin/python -m benchmarks.turn_latency                                four systems, about 11 minutes
    .venv/bin/python -m benchmarks.turn_latency --systems "ivr whisper base"   one row, about 6 minutes
    ... --minutes 4, then --minutes 4 --more                                     the same in pieces

Every system gets the same calls, but only one caller speaks, and waits for an answer, at a time: the
systems take turns, sentence by sentence, and nobody's recognition disturbs another's. Time to first
audio counts from the last 20 ms frame with speech in it to the first frame above silence that comes
back. Where our time goes is what the service wrote down for the same calls. Pipecat says one fixed
sentence at once, with no dialogue and no look-up behind it.
"""

import asyncio
import json
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import click

from benchmarks import report
from benchmarks.stream_caller import Lateness, TimedTurn, converse
from benchmarks.systems import Ours, Pipecat, System, ours, pipecat
from benchmarks.utterances import Mouths, Utterance, all_calls, bare_answers
from ivr.carrier.caller_voice import Speak
from ivr.speech.hibari_synthesizer import HibariSynthesizer

PARTS = ("endpointing_s", "transcription_s", "dialogue_s", "speech_s")
OURS = {
    "ivr whisper base": ("whisper", "base"),
    "ivr whisper tiny.en": ("whisper", "tiny.en"),
    "ivr faster-whisper base": ("faster-whisper", "base"),
    "ivr faster-whisper tiny.en": ("faster-whisper", "tiny.en"),
}
PEERS = {"pipecat defaults": ("defaults", "default"), "pipecat tuned": ("tuned", "default")}
FIRST = (
    *("ivr whisper base", "ivr whisper tiny.en"),
    *("pipecat defaults", "pipecat tuned"),
)
RULER = "pipecat tuned"  # whose median the others are a share of
SPREAD = ("p50", "p95", "p99", "max", "n")
PATIENCE_S = "30"  # a caller who waits for the others to finish must not be asked whether they are there
MEANINGS = {"yes": {"yes", "yeah", "yep"}, "no": {"no", "nope", "nah"}}
BARE_IN_ONE_CALL = 2  # a third answer that fits no question would fetch a person
WAITING_WORDS = {"say_still_working", "say_still_working_2", "say_still_working_3"}
Record = dict[str, Any]


@contextmanager
def started(names: tuple[str, ...], folder: Path, speak: Speak) -> Iterator[list[System]]:
    """Start all systems; they idle while another one is called."""
    with ExitStack() as stack:
        systems: list[System] = []
        for name in names:
            if name in OURS:
                systems.append(
                    stack.enter_context(
                        ours(name, folder, *OURS[name], no_input_s=PATIENCE_S, most_calls="100")
                    )
                )
            else:
                systems.append(stack.enter_context(pipecat(name, folder, speak, *PEERS[name])))
        yield systems


async def call(system: System, lines: list[Utterance], one_at_a_time: asyncio.Lock) -> Record:
    """Hold one call; return its turns and what the system knows about it."""
    lateness = Lateness()
    load = round(os.getloadavg()[0], 2)
    async with aiohttp.ClientSession() as session, system.call(session, lateness) as (caller, sid):
        await converse(caller, lines, one_at_a_time)
    turns = [_turn(turn) for turn in caller.turns]
    record: Record = {"turns": turns, "late_ms": lateness.summary_ms(), "load_1min": load}
    if isinstance(system, Ours):
        record |= _from_events(await asyncio.to_thread(system.events, sid))
    if isinstance(system, Pipecat):
        rows = map(json.loads, system.heard_file.read_text(encoding="utf-8").splitlines())
        record["heard"] = [row["text"] for row in rows if row["call_sid"] == sid]
    return record


def _turn(turn: TimedTurn) -> Record:
    waited = turn.time_to_first_audio_s
    return {
        "text": turn.text,
        "voice": turn.voice,
        "waited_s": None if waited is None else round(waited, 3),
        "is_cut_off": turn.is_cut_off,
        "is_answered": turn.first_audio_at is not None,
    }


def _from_events(events: list[Record]) -> Record:
    heard = [event["facts"] for event in events if event["kind"] == "utterance_heard"]
    answered = [event["facts"] for event in events if event["kind"] == "turn_answered"]
    return {
        "heard": [fact["text"] for fact in heard],
        "doubts": [fact["doubt"] for fact in heard],
        "endpoints": [fact["endpoint"] for fact in heard],
        "decode_s": [fact["decode_s"] for fact in heard],
        "timings": [fact["timings"] for fact in answered if fact.get("timings")],
        "waiting_words": waiting_words(events),
    }


def waiting_words(events: list[Record]) -> int:
    """Count what a caller heard instead of the answer: after 1.5 s it is the first sound."""
    prompts = [event["facts"]["prompt_id"] for event in events if event["kind"] == "prompt_started"]
    return sum(name in WAITING_WORDS for name in prompts)


async def measure(
    systems: list[System], calls: list[list[Utterance]], results: Record, turns: int, until: float
) -> None:
    """Call all systems until each has answered enough turns, or the time is up."""
    one_at_a_time = asyncio.Lock()

    async def keep_calling(system: System) -> None:
        found = results[system.name]
        while answered(found) < turns and time.monotonic() < until:
            lines = calls[len(found["calls"]) % len(calls)]
            record = await call(system, lines, one_at_a_time)
            found["calls"].append(record)
            waits = [turn["waited_s"] for turn in record["turns"]]
            click.echo(f"{system.name}: {waits} {record.get('heard')}", err=True)

    await asyncio.gather(*(keep_calling(system) for system in systems))


async def measure_bare(systems: list[System], words: list[Utterance], results: Record) -> None:
    """Let every system hear a bare yes or no, two a call."""
    one_at_a_time = asyncio.Lock()

    async def ask(system: System) -> None:
        for start in range(0, len(words), BARE_IN_ONE_CALL):
            lines = words[start : start + BARE_IN_ONE_CALL]
            results[system.name]["bare"].append(await call(system, lines, one_at_a_time))

    await asyncio.gather(*(ask(system) for system in systems))


def answered(result: Record) -> int:
    """Count the turns that were timed."""
    return len(waits_of(result))


def waits_of(result: Record) -> list[float]:
    """Return every wait that was timed."""
    return [t["waited_s"] for c in result["calls"] for t in c["turns"] if t["waited_s"] is not None]


def summary(result: Record) -> Record:
    """Boil one system's calls down."""
    turns = [turn for one in result["calls"] for turn in one["turns"]]
    timings = [timing for one in result["calls"] for timing in one.get("timings", [])]
    bare = [turn for one in result["bare"] for turn in one["turns"]]
    return {
        "time_to_first_audio_s": report.spread(waits_of(result)),
        "parts_s": {
            part: report.spread([t[part] for t in timings if part in t]) for part in PARTS if timings
        },
        "endpoints": dict(Counter(reason for one in result["calls"] for reason in one.get("endpoints", []))),
        "cut_off": sum(turn["is_cut_off"] for turn in turns),
        "no_answer": sum(not turn["is_answered"] and not turn["is_cut_off"] for turn in turns),
        "waiting_words": sum(one.get("waiting_words", 0) for one in result["calls"]),
        "bare_heard": _bare_heard(result["bare"]),
        "bare": len(bare),
        "latest_frame_ms": max((one["late_ms"]["max"] for one in result["calls"]), default=None),
    }


def _bare_heard(calls: list[Record]) -> int:
    """Count the words that were answered and recognised as what they mean; "Yeah" is a yes."""
    heard = 0
    for one in calls:
        words = [set(re.findall(r"[a-z]+", text.lower())) for text in one["heard"]]
        for turn in one["turns"]:
            meant = MEANINGS[turn["text"].strip(".").lower()]
            found = next((said for said in words if said & meant), None)
            if found is not None and turn["is_answered"]:
                words.remove(found)
                heard += 1
    return heard


def show(results: Record, on: Record) -> None:
    """Print the tables."""
    click.echo(f"{on['cpu']}, {on['cores']} cores, load {on['load_1min']} at the start\n")
    rows, parts = [], []
    ruler = report.spread(waits_of(results[RULER]))["p50"] if RULER in results else None
    for name, result in results.items():
        s = summary(result)
        wait = s["time_to_first_audio_s"]
        bare = f"{s['bare_heard']} of {s['bare']}"
        figures = [wait[key] for key in SPREAD]
        figures.append(f"{100 * wait['p50'] / ruler:.0f} %" if ruler and wait["p50"] else "")
        rows.append([name, *figures, s["cut_off"], s["no_answer"], bare, s["latest_frame_ms"]])
        for part, values in s["parts_s"].items():
            parts.append([f"{name}: {part.removesuffix('_s')}", *(values[key] for key in SPREAD)])
    head = ["time to first audio, s", *SPREAD, "of Pipecat tuned", "cut off", "no answer", "bare yes/no"]
    click.echo(report.table([*head, "latest frame, ms"], rows))
    if parts:
        click.echo("\n" + report.table(["where it goes, s", *SPREAD], parts))


def draw(name: str, results: Record, on: Record) -> None:
    """Draw every wait as a dot, and the median as a line."""
    figure, axes = report.figure(8, 0.7 * len(results) + 1.4)
    systems = list(results)[::-1]
    for row, system in enumerate(systems):
        waits = waits_of(results[system])
        jitter = [row + 0.25 * ((7 * n % 11) / 5 - 1) for n in range(len(waits))]
        is_ours = system.startswith("ivr")
        axes.scatter(waits, jitter, s=14, alpha=0.6, color="#1b7f5c" if is_ours else "#8a8f98", linewidths=0)
        middle = report.spread(waits)["p50"]
        if middle is not None:
            axes.plot([middle, middle], [row - 0.35, row + 0.35], color="black", linewidth=2)
            axes.annotate(f" {middle:.2f} s", (middle, row + 0.36), fontsize=8, va="bottom", ha="center")
    axes.set_yticks(range(len(systems)), systems)
    axes.set_ylim(-0.6, len(systems) - 0.3)
    axes.set_xlim(left=0)
    axes.set_xlabel("seconds from the end of the caller's speech to the first sound of the answer")
    axes.set_title(f"Time to first audio, {on['cores']} cores ({on['cpu']})", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    report.save_figure(name, figure)


@click.command(help=__doc__)
@click.option(
    "--systems",
    "names",
    multiple=True,
    type=click.Choice([*OURS, *PEERS]),
    help="Default: two of ours and both of Pipecat.",
)
@click.option("--turns", default=40, show_default=True, help="Answered turns to measure for each.")
@click.option("--minutes", default=30.0, show_default=True, help="Stop then; --more goes on.")
@click.option("--more", is_flag=True, help="Add to the results on disk.")
@click.option("--bare", is_flag=True, help="Measure bare yes and no instead of calls.")
@click.option("--name", default="turn_latency", show_default=True, help="Name of the result files.")
def main(names: tuple[str, ...], turns: int, minutes: float, more: bool, bare: bool, name: str) -> None:
    """Measure, print, save."""
    names = names or FIRST
    until = time.monotonic() + 60 * minutes
    kept = report.load(name) if more else {}
    on = kept.get("machine") or report.machine()
    results: Record = kept.get("systems", {})
    for one in names:
        results.setdefault(one, {"calls": [], "bare": []})
    speak = HibariSynthesizer().synthesize
    with tempfile.TemporaryDirectory() as folder:
        mouths = Mouths(speak, Path(folder))
        calls, words = all_calls(mouths), bare_answers(mouths)
        with started(names, Path(folder), speak) as systems:
            click.echo("all systems ready", err=True)
            try:
                if bare:
                    asyncio.run(measure_bare(systems, words, results))
                else:
                    asyncio.run(measure(systems, calls, results, turns, until))
            finally:
                summaries = {one: summary(result) for one, result in results.items()}
                report.save(name, {"machine": on, "summary": summaries, "systems": results})
    show(results, on)
    draw(name, results, on)


if __name__ == "__main__":
    main()
