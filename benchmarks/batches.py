"""What recognising the turns of several calls in one pass would bring: encoder and decoder, 1 to 8 at once.

    .venv/bin/python -m benchmarks.batches [--size base]

Turns of 2.5 s, all alike, ten tokens each: the best case for a batch, since nothing is padded and all end
together. Beside them the same turns one after another, as the pool takes them. The mean wait is what the
calls in the batch would notice: one after another the first has its words long before the last. One
thread, and its CPU time is what counts, so that other work on the machine does not change the figures much.
"""

import argparse
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks import report
from ivr.speech.checkpoints import load_whisper
from ivr.speech.greedy_decoder import GreedyDecoder
from ivr.speech.silence_memory import SilenceMemory, log_mel
from ivr.speech.whisper_layers import Precision, best_for_a_row, best_for_many_rows

SPEECH_S = 2.5
OWN_FRAMES = 150  # 2.5 s and 0.5 s of tail
TOKENS = 10
RUNS = 7
SIZES = (1, 2, 4, 8)


class BatchedWhisper:
    """The product's layers over several turns at once."""

    def __init__(self, model: Path, encoder: Precision, decoder: Precision) -> None:
        loaded = load_whisper(model)
        self._memory = SilenceMemory(loaded, encoder)
        self._decoder = GreedyDecoder(loaded, 160, decoder)
        mel = log_mel(np.random.default_rng(0).normal(0, 0.05, 40_000).astype(np.float32), 80, 320 * 152)
        self._mel = mel

    def run(self, turns: int) -> None:
        """Encode and decode that many turns in one pass."""
        memory, decoder = self._memory, self._decoder
        own = OWN_FRAMES
        states = self._encode(self._mel.expand(turns, -1, -1), own)
        cross = [
            _with_silence(source.keys_values(states), silence, own // 10)
            for source, silence in zip(memory._cross, memory._cross_silence, strict=True)
        ]
        bias = memory._bias(own)
        past: list[tuple[Tensor, Tensor]] = []
        tokens = torch.full((turns, 4), 50)
        position = 0
        for _ in range(TOKENS):
            x = decoder._embedding(tokens) + decoder._positions[position : position + tokens.shape[1]]
            grown = []
            for place, (layer, rows) in enumerate(zip(decoder._layers, cross, strict=True)):
                queries, keys, values = layer.attention.queries_keys_values(layer.attention_norm(x))
                if past:
                    keys, values = (
                        torch.cat([past[place][0], keys], 2),
                        torch.cat([past[place][1], values], 2),
                    )
                grown.append((keys, values))
                x = x + layer.attention.mix(queries, keys, values, is_causal=not past)
                x = layer.feed_forward(x + layer.cross.attend(layer.cross_norm(x), *rows, bias))
            past = grown
            position += tokens.shape[1]
            tokens = decoder._logits(decoder._norm(x)[:, -1]).argmax(-1)[:, None]

    def _encode(self, mel: Tensor, own: int) -> Tensor:
        memory = self._memory
        first, second = memory._convolutions
        gelu = torch.nn.functional.gelu
        x = gelu(second(gelu(first(mel)))).permute(0, 2, 1)[:, :own] + memory._positions[:own]
        for layer, silence in zip(memory._layers, memory._silence, strict=True):
            queries, *rows = layer.attention.queries_keys_values(layer.attention_norm(x))
            keys, values = _with_silence((rows[0], rows[1]), silence, own // 10)
            x = layer.feed_forward(x + layer.attention.mix(queries, keys, values, memory._bias(own)))
        states: Tensor = memory._norm(x)
        return states


def _with_silence(
    own: tuple[Tensor, Tensor], silence: tuple[Tensor, Tensor], start: int
) -> tuple[Tensor, Tensor]:
    many = own[0].shape[0]
    keys, values = (
        torch.cat([mine, rest[:, :, start:].expand(many, -1, -1, -1)], 2)
        for mine, rest in zip(own, silence, strict=True)
    )
    return keys, values


def seconds(run: BatchedWhisper, turns: int, times: int) -> float:
    """Return the least CPU time that `times` passes over `turns` turns took, of several runs."""
    found = math.inf
    for _ in range(RUNS):
        started = time.process_time()
        for _ in range(times):
            run.run(turns)
        found = min(found, time.process_time() - started)
    return found


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--size", default="base")
    chosen = parser.parse_args()
    machine = report.machine()
    torch.set_num_threads(1)
    rows: dict[str, Any] = {}
    with torch.inference_mode():
        run = BatchedWhisper(
            chosen.models / f"whisper/{chosen.size}.pt", best_for_many_rows(), best_for_a_row()
        )
        run.run(8)
        one = seconds(run, 1, 1)
        for turns in SIZES:
            took = seconds(run, turns, 1)
            rows[str(turns)] = {
                "pass_s": round(took, 4),
                "turns_a_second": round(turns / took, 1),
                "one_by_one_turns_a_second": round(1 / one, 1),
                "mean_wait_s": round(took, 4),
                "one_by_one_mean_wait_s": round(one * (turns + 1) / 2, 4),
            }
    name = f"{chosen.size}, one thread"
    kept = report.load("batches").get("rows", {})
    report.save("batches", {"machine": machine, "rows": kept | {name: rows}})
    columns = list(rows["1"])
    table = [(turns, *(row[column] for column in columns)) for turns, row in rows.items()]
    print(report.table(("turns at once", *columns), table))


if __name__ == "__main__":
    main()
