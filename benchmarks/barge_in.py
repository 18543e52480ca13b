"""Measure how soon a caller stops the bot, and how rarely anything else does.

    .venv/bin/python -m benchmarks.barge_in [--every 1]

Each sound comes over the second sentence of a call, in virtual time: real voice activity, floor, mouth and
Whisper, a faked line. Time to clear counts from the first 20 ms frame within 30 dB of the sound's level to
the `clear` that empties the network's buffer. `stopped` is any clear; `stayed` a stop after which the bot
did not go on with its sentence; `lost` a caller's turn that did not become one;
`resumed` the time from a `clear` to the rest of the sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
import numpy as np

from benchmarks.caller_sounds import Sound, every_sound
from benchmarks.offline_call import RATE_HZ, Bench, Echo, Played
from benchmarks.report import machine, save, spread, table
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
    resumed_s: float | None


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
        _resumed_s(played) if dismissed else None,
    )


def _resumed_s(played: Played) -> float | None:
    """Return the longest time from a clear to the next sound of the bot; None when nothing was cleared."""
    plays = played.line.plays
    gaps = [min((at - clear for at in plays if at > clear), default=None) for clear in played.line.clears]
    return max((gap for gap in gaps if gap is not None), default=None)


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
                "stopped": sum(one.to_clear_s is not None for one in ours),
                "stayed_silent": sum(one.has_stayed_silent for one in ours),
                "lost": sum(one.was_lost for one in ours) if is_turn else None,
                "resumed_s": spread([one.resumed_s for one in ours if one.resumed_s is not None]),
                "to_clear_s": spread([one.to_clear_s for one in ours if one.to_clear_s is not None])
                if is_turn
                else None,
            }
        )
    return rows


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
            row["stopped"],
            row["stayed_silent"],
            row["lost"],
            times.get("p50"),
            times.get("p95"),
            row["resumed_s"]["p50"],
            row["resumed_s"]["max"],
        ]
        for row, times in zip(rows, spreads, strict=True)
    ]
    click.echo(
        table(
            ["over the bot", "n", "stopped", "stayed", "lost", "p50 s", "p95 s", "resumed p50", "max"], cells
        )
    )
    for one in results:
        is_wrong = one.was_lost if one.kind.startswith("turn") else one.has_stayed_silent
        if is_wrong or (one.kind.startswith("turn") and (one.to_clear_s or 1.0) > 0.3):
            click.echo(f"  {one.kind}: {one.name}: heard “{one.words}”, clear after {one.to_clear_s}")
    click.echo(f"written to {save('barge_in', {'rows': rows, 'machine': on})}")


if __name__ == "__main__":
    main()
