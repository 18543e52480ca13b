"""Weigh how long to wait for what may be half a sentence or all of it, on the sets that were read.

    .venv/bin/python -m benchmarks.trade_off [--split fourth] [--every 1]

Every pause is heard once, as in `cut_offs.py`, and the rules decide again with other waits for such words
(`even`), and for what is plainly half (`half`; a last word that announces more keeps its own). A turn costs
what its caller loses: a second of silence from 0.3 s on counts 1, from 1 s on 2; a sentence taken up over the
bot's first words, and taken back, 1.5; one that stays broken, so that it must be said again, 6. One turn in
four is taken to have a pause inside, however many of the set have one.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import click

from benchmarks.cut_offs import SPLITS, Ended, Listening, Pause
from benchmarks.paused_speech import Paused, every_utterance
from benchmarks.report import figure, machine, save, save_figure, spread, table
from ivr.audio.voice_activity import open_session
from ivr.bootstrap import make_voice, transcriber_factory
from ivr.calls.turn_ends import open_turn_ends
from ivr.config import load
from ivr.conversation import endpointing
from ivr.speech.weights import ModelFolder

EVEN_S = (0.5, 0.6, 0.8, 1.0, 1.2, 1.6, 2.0, 2.4)
HALF_S = (0.8, 1.2, 1.6, 2.4, 2.8)
WAITS = (
    *((even_s, max(even_s, endpointing.HALF_S)) for even_s in EVEN_S),
    *((endpointing.EVEN_S, half_s) for half_s in HALF_S),
)
PAUSED_SHARE = 0.25
UNFELT_S, FELT_S = 0.3, 1.0
TAKEN_BACK, BROKEN = 1.5, 6.0
COLOURS = ("#1b7f5c", "#b3392f", "#d9a441", "#44546a", "#6d4c91")  # a set each
Heard = Sequence[tuple[Paused, Sequence[Pause]]]


def decided(heard: Heard, even_s: float, half_s: float) -> Iterator[Ended]:
    """Yield when each turn ends with these waits for what may be half or all, and what is half."""
    (half, _), *_, whole = endpointing.BY_ODDS
    middle = [(odds, even_s) for odds, _ in endpointing.BY_ODDS[1:-1]]
    by_odds = ((half, half_s), *middle, whole)
    for utterance, pauses in heard:
        yield next(
            (end for pause in pauses if (end := _ended(utterance, pause, by_odds)) is not None),
            Ended("ours", utterance, None),
        )


def _ended(utterance: Paused, pause: Pause, by_odds: endpointing.ByOdds) -> Ended | None:
    heard = pause.heard
    wait = endpointing.wait(
        utterance.expects,
        heard.text,
        heard.language,
        heard.asr_confidence,
        pause.longest_s,
        pause.whole,
        heard.readings,
        by_odds,
    )
    after_s = max(wait.seconds, pause.known_after_s)
    if pause.voice_after_s is not None and pause.voice_after_s <= after_s:
        return None
    return Ended("ours", utterance, pause.began_s + after_s, heard.text, wait.reason, pause.whole)


def weighed(ends: Sequence[Ended]) -> dict[str, Any]:
    """Return shares in per cent of the turns with pauses, waits of the whole ones, and what a turn costs."""
    paused = [end for end in ends if len(end.utterance.speech_s) > 1]
    waits = [end.waited_s for end in ends if len(end.utterance.speech_s) == 1 and end.waited_s is not None]
    after_pauses = [end.waited_s for end in paused if end.waited_s is not None]
    cut = sum(end.is_cut_off for end in paused) / max(1, len(paused))
    broken = sum(end.is_cut_off and not end.is_taken_back for end in paused) / max(1, len(paused))
    with_pause = (1 - cut) * _silence(after_pauses) + BROKEN * broken + TAKEN_BACK * (cut - broken)
    return {
        "cut_off_percent": round(100 * cut, 1),
        "broken_percent": round(100 * broken, 1),
        "wait_s": spread(waits),
        "mean_s": round(sum(waits) / max(1, len(waits)), 2),
        "cost": round((1 - PAUSED_SHARE) * _silence(waits) + PAUSED_SHARE * with_pause, 2),
        "n": [len(paused), len(waits)],
    }


def _silence(waits: Sequence[float]) -> float:
    losses = [max(0.0, wait - UNFELT_S) + max(0.0, wait - FELT_S) for wait in waits]
    return sum(losses) / max(1, len(losses))


def rows_of(name: str, heard: Heard) -> list[dict[str, Any]]:
    """Return a row for each pair of waits."""
    return [
        {"set": name, "even_s": even_s, "half_s": half_s} | weighed(list(decided(heard, even_s, half_s)))
        for even_s, half_s in WAITS
    ]


def draw(rows: Sequence[dict[str, Any]]) -> None:
    """Draw what is cut off, and what stays broken, against the mean wait; those in use as larger dots."""
    drawn, axes = figure()
    names = list(dict.fromkeys(row["set"] for row in rows))
    for name, colour in zip(names, COLOURS, strict=False):
        ours = [row for row in rows if row["set"] == name]
        for key, line, what in (("cut_off_percent", "-", "cut off"), ("broken_percent", ":", "stays broken")):
            for at, part in enumerate((ours[: len(EVEN_S)], ours[len(EVEN_S) :])):
                points = sorted((row["mean_s"], row[key]) for row in part)
                label = f"{name}: {what}, by the wait for {('the doubtful', 'the half')[at]}"
                axes.plot(
                    [mean_s for mean_s, _ in points],
                    [share for _, share in points],
                    marker=".x"[at],
                    ls=line,
                    color=colour,
                    alpha=1 - 0.5 * at,
                    label=label,
                )
            used = next(row for row in ours if row["even_s"] == endpointing.EVEN_S)
            axes.scatter([used["mean_s"]], [used[key]], color=colour, zorder=3)
    axes.axhline(5, linewidth=0.8, linestyle="--", color="grey")
    axes.set(xlabel="mean wait after a whole utterance, s", ylabel="turns with pauses, %", ylim=(0, None))
    axes.legend(fontsize=6)
    save_figure("trade_off", drawn)


def show(rows: Sequence[dict[str, Any]]) -> None:
    """Print, draw and save them."""
    keys = ("set", "even_s", "half_s", "cut_off_percent", "broken_percent")
    cells = [
        [
            *(row[key] for key in keys),
            row["wait_s"]["p50"],
            row["mean_s"],
            row["wait_s"]["p95"],
            row["cost"],
        ]
        for row in rows
    ]
    head = ["", "even, s", "half, s", "cut off, %", "broken, %", "p50", "mean", "p95", "cost"]
    click.echo(table(head, cells))
    draw(rows)
    click.echo(f"written to {save('trade_off', {'rows': rows, 'machine': machine()})}")


@click.command(help=__doc__)
@click.option("--split", "splits", multiple=True, default=("fourth",), type=click.Choice(list(SPLITS)))
@click.option("--every", default=1, show_default=True, help="Use only every so-manieth utterance.")
def main(splits: tuple[str, ...], every: int) -> None:
    """Hear, decide, print, save."""
    settings = load()
    session = open_session(ModelFolder(settings.data_dir).voice_activity)
    ends = open_turn_ends(settings.data_dir)
    rows = []
    for name in splits:
        listening = Listening(transcriber_factory(settings)(1), session, None, ends)
        for utterance in list(every_utterance(make_voice(settings).synthesize, SPLITS[name]))[::every]:
            list(listening.listen(utterance))
        rows += rows_of(name, listening.pauses)
    show(rows)


if __name__ == "__main__":
    main()
