"""Measure how soon a caller stops the bot, and how rarely anything else does.

    .venv/bin/python -m benchmarks.barge_in [--every 1]

Each sound comes over the second sentence of a call, in virtual time: real voice activity, floor, mouth and
Whisper, a faked line. Time to clear counts from the first 20 ms frame within 30 dB of the sound's level to
the `clear` that empties the network's buffer. `cleared` is any clear, however soon the bot goes on; `held`
one after which its sentence goes on within 0.3 s; `broken` one with a longer gap, or none to come; `stayed`
one after which it does not go on at all; `lost` a caller's turn that did not become one; `gap` the silence
in the bot's sentence, `again` how much of it is said twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
import numpy as np

from benchmarks.caller_sounds import Sound, every_sound
from benchmarks.offline_call import RATE_HZ, Bench, Echo, Played
from benchmarks.report import figure, machine, save, save_figure, spread, table
from ivr.config import load
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, Verdict

INTO_THE_PROMPT_S = (1.1, 1.9, 2.7)
ECHOES = tuple(Echo(delay_s, down_db) for delay_s in (0.04, 0.15, 0.4) for down_db in (12.0, 20.0, 28.0))
ASK = DialogueReply(
    Verdict.ANSWERED,
    (Prompt("utter_ask", "What's the six digit order number?"),),
    Expectation(Expecting.DIGITS, "order_number", 6),
)
HELD_S = 0.3  # a breath between two words is no longer
NOTHING = np.zeros(8 * RATE_HZ, np.float32)


@dataclass(frozen=True)
class Seen:
    """What one sound did."""

    kind: str
    name: str
    to_clear_s: float | None
    has_stayed_silent: bool
    was_lost: bool
    words: str
    gaps_s: tuple[float, ...] = ()  # in the bot's sentence, one for each clear after which it went on
    again_s: float = 0.0

    @property
    def is_broken(self) -> bool:
        """Whether the caller heard the bot break off, not only draw breath."""
        return self.has_stayed_silent or max(self.gaps_s, default=0.0) > HELD_S

    @property
    def is_held(self) -> bool:
        """Whether the bot drew breath, and went on."""
        return self.to_clear_s is not None and not self.is_broken


def measure(bench: Bench, every: int) -> Iterator[Seen]:
    """Play every sound, or every so-manieth, over the bot."""
    opening_s, _ = bench.opening_s()
    for number, sound in enumerate(every_sound(bench.voice.synthesize)):
        if number % every:
            continue
        at_s = opening_s + INTO_THE_PROMPT_S[number % len(INTO_THE_PROMPT_S)]
        yield seen(sound, at_s, bench.play([(sound.audio, at_s)], ASK, seed=number))
        if sound.kind == "turn" and number % 3 == 0:
            echo = ECHOES[4]
            over = Sound("turn over echo", sound.name, sound.audio)
            yield seen(over, at_s, bench.play([(sound.audio, at_s)], ASK, echo=echo, seed=number))
    for echo in ECHOES:
        quiet = Sound("echo", f"{echo.delay_s:.2f} s late, {echo.down_db:.0f} dB down", NOTHING)
        yield seen(quiet, opening_s, bench.play([(NOTHING, opening_s)], ASK, echo=echo))


def seen(sound: Sound, at_s: float, played: Played) -> Seen:
    """Judge one call by its record and its line."""
    first_s = at_s + (sound.begins_s if sound.audio.any() else 0.0)
    clears = [clear_s - first_s for clear_s in played.line.clears]
    dismissed = played.noted("barge_in_dismissed")
    words = [str(facts["text"]) for facts in dismissed + played.noted("utterance_heard")]
    return Seen(
        sound.kind,
        sound.name,
        clears[0] if clears else None,
        bool(clears) and len(dismissed) < len(clears),
        not played.asked,
        " / ".join(words),
        *(_resumed(played) if dismissed else ()),
    )


def _resumed(played: Played) -> tuple[tuple[float, ...], float]:
    """Return the gaps from each clear to the rest of the sentence, and the seconds of it said twice."""
    line = played.line
    gaps, again_s = [], 0.0
    for clear_s in line.clears:
        after = next((number for number, at_s in enumerate(line.plays) if at_s >= clear_s), None)
        if after is None or after == 0:
            continue
        gaps.append(line.plays[after] - clear_s)
        left_s = (len(line.played[after - 1]) - len(line.played[after])) / RATE_HZ
        again_s += max(0.0, clear_s - line.plays[after - 1] - left_s)
    return tuple(gaps), again_s


def summary(results: list[Seen]) -> list[dict[str, Any]]:
    """Return one row per kind."""
    rows = []
    for kind in dict.fromkeys(one.kind for one in results):
        ours = [one for one in results if one.kind == kind]
        is_turn = kind.startswith("turn")
        rows.append(
            {
                "kind": kind,
                "n": len(ours),
                "cleared": sum(one.to_clear_s is not None for one in ours),
                "held": None if is_turn else sum(one.is_held for one in ours),
                "broken": None if is_turn else sum(one.is_broken for one in ours),
                "stayed_silent": sum(one.has_stayed_silent for one in ours),
                "lost": sum(one.was_lost for one in ours) if is_turn else None,
                "gap_s": spread([gap for one in ours for gap in one.gaps_s]),
                "again_s": spread([one.again_s for one in ours if one.gaps_s]),
                "to_clear_s": spread([one.to_clear_s for one in ours if one.to_clear_s is not None])
                if is_turn
                else None,
            }
        )
    return rows


def draw(results: list[Seen]) -> None:
    """Draw how soon callers stop the bot, and what other sounds do to its sentence."""
    drawn, axes = figure(9, 3.6)
    axes.remove()
    soon, others = drawn.subplots(1, 2)
    for kind in ("turn", "turn over echo"):
        times = sorted(one.to_clear_s for one in results if one.kind == kind and one.to_clear_s is not None)
        soon.step(times, [100 * (at + 1) / len(times) for at in range(len(times))], where="post", label=kind)
    soon.axvline(HELD_S, linewidth=0.8, linestyle="--", color="grey")
    soon.set(xlabel="seconds from the caller's first sound to clear", ylabel="% of turns", xlim=(0, 0.8))
    soon.legend(fontsize=8)
    kinds = [kind for kind in dict.fromkeys(one.kind for one in results) if not kind.startswith("turn")]
    rows = [[one for one in results if one.kind == kind] for kind in kinds]
    shares = {
        "nothing": [sum(one.to_clear_s is None for one in row) / len(row) for row in rows],
        f"a gap of at most {HELD_S} s": [sum(one.is_held for one in row) / len(row) for row in rows],
        "broken off": [sum(one.is_broken for one in row) / len(row) for row in rows],
    }
    left = [0.0] * len(kinds)
    for (name, values), colour in zip(shares.items(), ("#1b7f5c", "#d9a441", "#b3392f"), strict=True):
        others.barh(kinds, [100 * value for value in values], left=left, label=name, color=colour)
        left = [before + 100 * value for before, value in zip(left, values, strict=True)]
    others.set(xlabel="% of sounds, and what they did to the bot's sentence")
    others.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)
    save_figure("barge_in", drawn)


@click.command(help=__doc__)
@click.option("--every", default=1, show_default=True, help="Play only every so-manieth sound.")
def main(every: int) -> None:
    """Measure, print, save."""
    on = machine()
    results = list(measure(Bench(load()), every))
    rows = summary(results)
    spreads = [row["to_clear_s"] or {} for row in rows]
    cells = [
        [
            row["kind"],
            row["n"],
            *(row[key] for key in ("cleared", "held", "broken", "stayed_silent", "lost")),
            *(times.get(key) for key in ("p50", "p95")),
            *(row["gap_s"][key] for key in ("p50", "max")),
            row["again_s"]["p50"],
        ]
        for row, times in zip(rows, spreads, strict=True)
    ]
    click.echo(
        table(
            [
                *("over the bot", "n", "cleared", "held", "broken", "stayed", "lost", "clear p50 s", "p95"),
                *("gap p50", "max", "again p50"),
            ],
            cells,
        )
    )
    for one in results:
        is_wrong = one.was_lost if one.kind.startswith("turn") else one.is_broken
        if is_wrong or (one.kind.startswith("turn") and (one.to_clear_s or 1.0) > 0.3):
            what = f"  {one.kind}: {one.name}: heard “{one.words}”"
            gaps = ", ".join(f"{gap:.2f}" for gap in one.gaps_s)
            click.echo(f"{what}, clear after {one.to_clear_s}, gaps {gaps}")
    draw(results)
    click.echo(f"written to {save('barge_in', {'rows': rows, 'machine': on})}")


if __name__ == "__main__":
    main()
