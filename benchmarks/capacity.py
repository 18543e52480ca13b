"""Measure how many calls at once the service holds in real time, beside Pipecat's same ramp.

    .venv/bin/python -m benchmarks.capacity --system "ivr whisper base" [--levels 1,2,4,8,16,24,32]

At every level that many callers, none in step with another, hold calls for a while. The bar is a p95 of
1.5 s; the ramp goes on until the median is over it, since single slow turns have causes other than load
(`slowest` names them). The callers run in this process and the system in its own; how late the callers'
frames left and how much CPU the callers took is printed, because a late load generator would measure itself.
"""

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import click

from benchmarks import report
from benchmarks.stream_caller import Lateness, StreamCaller
from benchmarks.systems import Ours, System
from benchmarks.turn_latency import OURS, PARTS, PEERS, started, waiting_words
from benchmarks.utterances import Mouths, Utterance, synthetic_calls
from ivr.speech.hibari_synthesizer import HibariSynthesizer

KNEE_S = 1.5
SLOWEST = 6
STEP_S = 0.73  # between two callers' first words
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
Record = dict[str, Any]


@dataclass
class Usage:
    """CPU time and memory of a system's processes over one level."""

    pids: dict[str, int]
    peak_rss: dict[str, int] = field(default_factory=dict)
    _began: dict[str, float] = field(default_factory=dict)
    _began_at: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """Start watching, on a thread that looks twice a second."""
        self._began = {name: cpu_s(pid) for name, pid in self.pids.items()}
        self._began_at = time.monotonic()
        threading.Thread(target=self._watch, daemon=True).start()

    def end(self) -> Record:
        """Return cores used and peak memory of each part."""
        self._stop.set()
        seconds = time.monotonic() - self._began_at
        cores = {name: (cpu_s(pid) - self._began[name]) / seconds for name, pid in self.pids.items()}
        return {
            "cores_used": {name: round(used, 2) for name, used in cores.items()},
            "peak_rss_mb": {name: round(rss / 2**20) for name, rss in self.peak_rss.items()},
        }

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            for name, pid in self.pids.items():
                self.peak_rss[name] = max(self.peak_rss.get(name, 0), rss_bytes(pid))


def cpu_s(pid: int) -> float:
    """Return the CPU seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_bytes(pid: int) -> int:
    """Return the memory a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * PAGE


class Level:
    """So many callers at once."""

    def __init__(self, system: System, callers: int, seconds: float, lines: list[list[Utterance]]) -> None:
        self._system = system
        self._callers = callers
        self._seconds = seconds
        self._lines = lines
        self._greeted = 0
        self._all_greeted = asyncio.Event()
        self._lateness = Lateness()
        self._waits: list[float] = []
        self._slowest: list[tuple[float, str, str]] = []
        self._lost = 0
        self._cut = 0
        self._waiting_words = 0
        self._timings: list[dict[str, float]] = []
        self._began_at = 0.0

    async def run(self) -> Record:
        """Hold all calls; return what was measured."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            usage = Usage(self._system.processes() | {"callers": os.getpid()})
            tasks = [asyncio.create_task(self._caller(session, number)) for number in range(self._callers)]
            watch = asyncio.create_task(self._all_greeted.wait())
            await asyncio.wait({watch, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            self._began_at = asyncio.get_running_loop().time()
            self._lateness.late_s.clear()
            usage.begin()
            failed = [r for r in await asyncio.gather(*tasks, return_exceptions=True) if r is not None]
            watch.cancel()
        return {
            "calls": self._callers,
            "time_to_first_audio_s": report.spread(self._waits),
            "parts_s": {part: report.spread([t[part] for t in self._timings if part in t]) for part in PARTS},
            "no_answer": self._lost,
            "cut_off": self._cut,
            "waiting_words": self._waiting_words,
            "failed_calls": [repr(problem) for problem in failed],
            "caller_late_ms": self._lateness.summary_ms(),
            "load_1min": round(os.getloadavg()[0], 2),
            "slowest": sorted(self._slowest, reverse=True)[:SLOWEST],
            **usage.end(),
        }

    async def _caller(self, session: aiohttp.ClientSession, number: int) -> None:
        await asyncio.sleep(0.15 * number)
        rounds = 0
        while True:
            async with self._system.call(session, self._lateness) as (caller, sid):
                try:
                    await caller.greeted()
                finally:
                    if rounds == 0:
                        self._arrive()
                if rounds == 0:
                    await self._meet(caller, number)
                await self._talk(caller, self._lines[(number + rounds) % len(self._lines)])
                await caller.hang_up()
            if isinstance(self._system, Ours):
                events = await asyncio.to_thread(self._system.events, sid)
                self._waiting_words += waiting_words(events)
                answered = [e["facts"] for e in events if e["kind"] == "turn_answered"]
                self._timings += [facts["timings"] for facts in answered if facts.get("timings")]
            rounds += 1
            if self._is_over():
                return

    def _arrive(self) -> None:
        """Count a caller who was greeted, or never will be."""
        self._greeted += 1
        if self._greeted == self._callers:
            self._all_greeted.set()

    async def _meet(self, caller: StreamCaller, number: int) -> None:
        """Stay silent on the line until everybody is greeted, then begin out of step."""
        while not self._all_greeted.is_set():
            await caller.wait(0.1)
        await caller.wait((number * STEP_S) % 5.0)

    async def _talk(self, caller: StreamCaller, lines: Sequence[Utterance]) -> None:
        for line in lines:
            if caller.is_over or self._is_over():
                return
            turn = await caller.say(line)
            waited = turn.time_to_first_audio_s
            if waited is not None:
                self._waits.append(waited)
                self._slowest.append((round(waited, 2), line.text, line.voice))
            self._cut += turn.is_cut_off
            self._lost += turn.first_audio_at is None and not turn.is_cut_off

    def _is_over(self) -> bool:
        return asyncio.get_running_loop().time() - self._began_at > self._seconds and self._began_at > 0


def ramp(system: System, levels: Sequence[int], seconds: float, lines: list[list[Utterance]]) -> list[Record]:
    """Measure level after level, up to and with the first whose median is over the bar."""
    found = []
    for callers in levels:
        level = asyncio.run(_run(system, callers, seconds, lines))
        found.append(level)
        wait = level["time_to_first_audio_s"]
        click.echo(f"{system.name}, {callers} calls: {wait} {level['failed_calls'][:2]}", err=True)
        if wait["p50"] is None or wait["p50"] > KNEE_S:
            break
    return found


async def _run(system: System, callers: int, seconds: float, lines: list[list[Utterance]]) -> Record:
    return await Level(system, callers, seconds, lines).run()


def show(results: Record, on: Record) -> None:
    """Print one table per system."""
    click.echo(f"{on['cpu']}, {on['cores']} cores, load {on['load_1min']} at the start")
    head = [
        "calls",
        "p50 s",
        "p95 s",
        "max s",
        "n",
        "no answer",
        "cut off",
        "fillers",
        "failed",
        "late p99 ms",
    ]
    for name, levels in results.items():
        rows = []
        for level in levels:
            wait = level["time_to_first_audio_s"]
            row = [level["calls"], *(wait[key] for key in ("p50", "p95", "max", "n"))]
            row += [
                level["no_answer"],
                level["cut_off"],
                level.get("waiting_words"),
                len(level["failed_calls"]),
            ]
            row += [level["caller_late_ms"]["p99"]]
            row += [" ".join(f"{part}:{used}" for part, used in short(level["cores_used"]).items())]
            row += [" ".join(f"{part}:{rss}" for part, rss in short(level["peak_rss_mb"]).items())]
            rows.append(row)
        click.echo(f"\n{name}\n" + report.table([*head, "cores used", "peak RSS, MB"], rows))
        whole = [level for level in levels if any(part["n"] for part in level.get("parts_s", {}).values())]
        if whole:
            parts = [
                [level["calls"], *(_median_and_tail(level["parts_s"][part]) for part in PARTS)]
                for level in whole
            ]
            click.echo(report.table(["where it goes, p50 / p95 s", *PARTS], parts))


def _median_and_tail(found: Record) -> str:
    return f"{found['p50']} / {found['p95']}"


def short(parts: dict[str, float]) -> dict[str, float]:
    """Leave the process ids out of the names, and add up the parts that then have the same."""
    names = dict.fromkeys(name.split()[0] for name in parts)
    return {one: round(sum(v for name, v in parts.items() if name.split()[0] == one), 2) for one in names}


def draw(results: Record, on: Record) -> None:
    """Draw p50 and p95 over the number of calls."""
    figure, axes = report.figure(8, 4.2)
    for name, levels in results.items():
        calls = [level["calls"] for level in levels]
        waits = [level["time_to_first_audio_s"] for level in levels]
        (line,) = axes.plot(calls, [wait["p50"] for wait in waits], marker="o", label=f"{name}, p50")
        axes.plot(calls, [w["p95"] for w in waits], marker=".", linestyle=":", color=line.get_color())
    axes.axhline(KNEE_S, color="#c0392b", linewidth=0.8)
    axes.annotate("1.5 s", (1, KNEE_S), fontsize=8, va="bottom", color="#c0392b")
    axes.set_xscale("log", base=2)
    ticks = sorted({level["calls"] for levels in results.values() for level in levels})
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.set_ylim(bottom=0)
    axes.set_xlabel("calls at once")
    axes.set_ylabel("time to first audio, s (dotted: p95)")
    axes.set_title(f"Calls at once, {on['cores']} cores ({on['cpu']})", fontsize=9)
    axes.legend(fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    report.save_figure("capacity", figure)


@click.command(help=__doc__)
@click.option("--system", "name", type=click.Choice([*OURS, *PEERS]), default="ivr whisper base")
@click.option("--levels", default="1,2,4,8,16,24,32", show_default=True, help="Calls at once.")
@click.option("--seconds", default=25.0, show_default=True, help="How long each level lasts.")
@click.option("--more", is_flag=True, help="Keep other systems' results on disk.")
def main(name: str, levels: str, seconds: float, more: bool) -> None:
    """Measure, print, save."""
    kept = report.load("capacity") if more else {}
    on = kept.get("machine") or report.machine()
    results: Record = kept.get("systems", {})
    speak = HibariSynthesizer().synthesize
    with tempfile.TemporaryDirectory() as folder:
        lines = synthetic_calls(Mouths(speak, Path(folder)))
        with started((name,), Path(folder), speak) as (system,):
            click.echo("ready", err=True)
            found = ramp(system, [int(level) for level in levels.split(",")], seconds, lines)
    before = [level for level in results.get(name, []) if level["calls"] < found[0]["calls"]]
    results[name] = before + found
    report.save("capacity", {"machine": on, "systems": results})
    show(results, on)
    draw(results, on)


if __name__ == "__main__":
    main()
