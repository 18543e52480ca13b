"""How well the trained model understands sentences it has never seen, and how long one turn takes.

    python -m benchmarks.understanding            writes results/understanding.json

Starts its own Rasa with the trained model; training runs first when nlu_data/ changed. Measured are
the held-out sentences in nlu_data/, which were looked at while the data grew, and those in unseen_lines/,
which were written by somebody who had seen neither the data nor the model; each as it is typed, and heard
over a phone line where a `heard` folder beside it holds what recognition made of it. `ivr nlu test` shows
more, without a server and without times.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

import httpx

from benchmarks import report as reporting
from ivr.dialogue.dialogue import Dialogue, Spoken
from ivr.nlu.measuring import Report, measure
from ivr.nlu.model_reader import Parsed
from ivr.orders.order_book import Order, OrderStatus
from tests.fakes.memory_orders import MemoryOrderBook
from tests.support.real_rasa import RASA_TOKEN, ROOT, running_rasa

UNSEEN = Path(__file__).parent / "unseen_lines"  # <language>.yml, and heard/<language>.jsonl
TURNS = ["where is my order", "four seven double one nine two", "when are you open", "11455", "no thank you"]
ROUNDS = 44


class Stopwatch:
    """What work took: by the clock, and in computing time of Rasa and this process together, both in ms.

    Other work on the machine lengthens the first and hardly the second. Linux only.
    """

    def __init__(self, rasa_pid: int) -> None:
        self._clock = ~rasa_pid << 3 | 2  # as clock_getcpuclockid(3) makes it
        self.times_ms: list[float] = []
        self.cpu_ms: list[float] = []

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Add one turn."""
        started, cpu = time.perf_counter(), self._cpu_s()
        yield
        self.times_ms.append((time.perf_counter() - started) * 1000)
        self.cpu_ms.append((self._cpu_s() - cpu) * 1000)

    def _cpu_s(self) -> float:
        return time.clock_gettime(self._clock) + time.process_time()


class AskedOverHttp:
    """Implements `Reader` with a running Rasa; the watch holds how long each sentence took."""

    def __init__(self, url: str, watch: Stopwatch) -> None:
        self._watch = watch
        self._client = httpx.Client(base_url=url, params={"token": RASA_TOKEN}, timeout=10, trust_env=False)
        self._known: dict[str, Parsed] = {}

    def read_ahead(self, sentences: Iterable[str]) -> None:
        """Do nothing: the server encodes each sentence, as it does for callers."""

    def parse(self, plain: str) -> Parsed:
        """Ask once for each sentence."""
        if not plain:
            return Parsed("nlu_fallback", "", 0.0)
        if plain not in self._known:
            with self._watch.turn():
                answer = self._client.post("/model/parse", json={"text": plain}).raise_for_status().json()
            ranking = [found for found in answer["intent_ranking"] if found["name"] != "nlu_fallback"]
            best = ranking[0]
            self._known[plain] = Parsed(answer["intent"]["name"], best["name"], best["confidence"])
        return self._known[plain]


def as_held_out(unseen: Path, folder: Path) -> Path:
    """Lay the unseen sentences out as a designers' folder holds its own, and return that folder."""
    holdout = folder / "holdout"
    holdout.mkdir(parents=True)
    for file in unseen.glob("*.yml"):
        shutil.copy(file, holdout)
    for file in (unseen / "heard").glob("*.jsonl"):
        (folder / "heard" / file.stem).mkdir(parents=True)
        shutil.copy(file, folder / "heard" / file.stem / "holdout.jsonl")
    return folder


def hold_calls(dialogue: Dialogue, watch: Stopwatch) -> None:
    """Time each turn of a few whole order calls."""
    for _ in range(ROUNDS):
        call_id = uuid.uuid4().hex
        for said in TURNS:
            with watch.turn():
                dialogue.reply(call_id, Spoken(said), "en")


def spread(times_ms: list[float]) -> dict[str, float]:
    """Return median, 95th percentile and count."""
    ordered = sorted(times_ms)
    p95 = ordered[int(len(ordered) * 0.95)]
    return {"p50_ms": round(statistics.median(ordered), 1), "p95_ms": round(p95, 1), "n": len(ordered)}


def show(report: Report, name: str) -> None:
    """Print each language's figures, and every typed sentence that was taken wrongly."""
    print(name)
    for way, languages in report.scores.items():
        for language, found in languages.items():
            rest = f"{found.asked_again} asked again, {found.wrong} wrong"
            error = f"calibration error {found.calibration_error:.3f}"
            print(f"{language} {way}: {found.accuracy:.1%} of {found.sentences} right, {rest}, {error}")
            if found.out_of_scope is not None:
                out, kept = found.out_of_scope.recall, found.out_of_scope.kept
                print(f"  foreign kept out: {out:.0%} while {kept:.0%} of the others is acted on")
    for language, judged in report.judged.get("typed", {}).items():
        for one in judged:
            if not one.is_right:
                print(f"  {language} {one.wanted}: “{one.sentence}” was taken for {one.got}")


def figures(report: Report) -> dict[str, dict[str, object]]:
    """Return what is kept of a report: no sentences, no confusion matrix."""
    kept: dict[str, dict[str, object]] = {}
    for way, languages in report.scores.items():
        for language, found in languages.items():
            kept[f"{language} {way}"] = {
                "sentences": found.sentences,
                "right": round(found.accuracy, 4),
                "asked again": round(found.asked_again / found.sentences, 4),
                "wrong": round(found.wrong / found.sentences, 4),
                "calibration error": round(found.calibration_error, 4),
                "out of scope": found.out_of_scope and asdict(found.out_of_scope),
                "recall by intent": {
                    name: round(s.recall, 3) for name, s in found.intents.items() if s.sentences
                },
            }
    return kept


def main() -> None:
    """Print the figures."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter).parse_args()
    machine = reporting.machine()
    shop = MemoryOrderBook(
        [Order("471192", "11455", OrderStatus.SHIPPED, "Eva Berg", date(2030, 3, 6), "PostNord", "PN1SE")]
    )
    with tempfile.TemporaryDirectory() as folder, running_rasa(Path(folder), shop) as rasa:
        parses, calls = Stopwatch(rasa.pid), Stopwatch(rasa.pid)
        reader = AskedOverHttp(rasa.url, parses)
        report = measure(reader, ROOT / "nlu_data")
        unseen = measure(reader, as_held_out(UNSEEN, Path(folder) / "unseen"))
        hold_calls(rasa.dialogue, calls)
    times = {
        "parse": spread(parses.times_ms),
        "parse, CPU": spread(parses.cpu_ms),
        "turn": spread(calls.times_ms),
        "turn, CPU": spread(calls.cpu_ms),
    }
    show(report, "held out")
    show(unseen, "unseen")
    for what, found in times.items():
        print(f"{what}: p50 {found['p50_ms']} ms, p95 {found['p95_ms']} ms (n={found['n']})")
    print(f"Rasa starts in {rasa.starts_in_s:.0f} s")
    kept = {
        "machine": machine,
        "model": rasa.version,
        "held out": figures(report),
        "unseen": figures(unseen),
        "times": {
            **times,
            "rasa_starts_in_s": round(rasa.starts_in_s, 1),
            "load_after": round(os.getloadavg()[0], 2),
        },
    }
    reporting.save("understanding", kept)


if __name__ == "__main__":
    main()
