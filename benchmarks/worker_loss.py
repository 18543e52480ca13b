"""How long callers wait for words when the recognition worker is killed, idle or in the middle of a turn.

    .venv/bin/python -m benchmarks.worker_loss [--size base] [--times 3]

The pool is the service's own, with the real engine. A turn is handed in at the moment of the kill (idle), or
just before it (busy): the time runs until its words come from another worker. With two workers, every other
kill hits the one that was idle anyway.
"""

import argparse
import os
import queue
import signal
import time
from typing import Any

import numpy as np

from benchmarks import report
from ivr.bootstrap.adapters import transcriber_factory
from ivr.config import load
from ivr.speech.hibari_synthesizer import HibariSynthesizer
from ivr.speech.transcriber import TranscriberFailed, Transcription
from ivr.speech.transcription_pool import TranscriptionPool

LIMIT_S = 120.0
BAR_S = 5.0


def words_after_kill(pool: TranscriptionPool, audio: np.ndarray, is_busy: bool) -> tuple[float, str]:
    """Kill the worker; return the seconds until a turn is heard again, and its words."""
    answers: queue.SimpleQueue[Transcription | TranscriberFailed] = queue.SimpleQueue()
    pid = pool.worker_pids()[0]
    if is_busy:
        pool.submit(audio, "en", answers.put)
        time.sleep(0.02)  # noqa: TID251  the worker has the turn in hand
    started = time.perf_counter()
    os.kill(pid, signal.SIGKILL)
    if not is_busy:
        pool.submit(audio, "en", answers.put)
    heard = answers.get(timeout=LIMIT_S)
    assert isinstance(heard, Transcription), heard
    return time.perf_counter() - started, heard.text


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="base")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    machine = report.machine()
    audio = np.repeat(HibariSynthesizer().synthesize("Where is my order?", "en"), 2).astype(np.float32)
    settings = load().model_copy(update={"whisper_model": chosen.size})
    pool = TranscriptionPool(transcriber_factory(settings), chosen.workers, next_after_s=0.0)
    found: dict[str, list[float]] = {"idle": [], "busy": []}
    try:
        for kind, seconds in found.items():
            for _ in range(chosen.times):
                assert pool.wait_until_ready(LIMIT_S, chosen.workers)
                took, words = words_after_kill(pool, audio, kind == "busy")
                seconds.append(took)
                print(f"{kind}: {took:.2f} s, {words!r}")
    finally:
        pool.close()
    rows: dict[str, Any] = {kind: report.spread(seconds) for kind, seconds in found.items()}
    load_after = round(os.getloadavg()[0], 2)
    kept = report.load("worker_loss").get("rows", {})
    rows = kept | {f"{chosen.size}, workers: {chosen.workers}": rows | {"load_1min_after": load_after}}
    report.save("worker_loss", {"machine": machine, "bar_s": BAR_S, "rows": rows})


if __name__ == "__main__":
    main()
