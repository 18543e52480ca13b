"""Measure how often callers who pause are cut off, and how long callers who have finished wait.

    .venv/bin/python -m benchmarks.cut_offs [--every 1] [--show]

The words come from the real ear and the real Whisper, in virtual time: a transcription delays the decision
by as long as it took. Beside it, silence alone decides: 0.5, 0.7 and 1.0 s after the last speech.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from benchmarks.offline_call import HearingOnTheSpot
from benchmarks.paused_speech import RATE_HZ, Paused, every_utterance
from benchmarks.report import machine, save, spread, table
from ivr.audio import g711
from ivr.audio.speech_detector import SpeechStarted, SpeechStopped
from ivr.audio.voice_activity import VoiceActivity, open_session
from ivr.bootstrap import make_voice, transcriber_factory
from ivr.calls.ear import Ear
from ivr.calls.turn_in_hand import TranscriptionCame, TurnInHand
from ivr.config import load
from ivr.speech.weights import ModelFolder
from tests.fakes.steered_clock import SteeredClock
from tests.fakes.steered_line import SteeredLine

FRAME = 160
SILENCES_S = (0.5, 0.7, 1.0)
EARLY_S = 0.05  # a turn ended in the last sounds of its last word is not cut off


@dataclass(frozen=True)
class Ended:
    """When the turn was taken to be over, by whom, and the words and reason."""

    by: str
    utterance: Paused
    at_s: float | None
    words: str = ""
    reason: str = ""

    @property
    def is_cut_off(self) -> bool:
        """Whether the caller had more to say."""
        return self.at_s is not None and self.at_s < self.utterance.ends_s - EARLY_S

    @property
    def waited_s(self) -> float | None:
        """Seconds from the end of the speech; None when cut off, or never ended."""
        return None if self.at_s is None or self.is_cut_off else self.at_s - self.utterance.ends_s


class Listening:
    """Runs utterances through the ear, the turn in hand and a transcriber."""

    def __init__(self, transcriber: Any, session: Any) -> None:
        self._hearing = HearingOnTheSpot(transcriber)
        self._session = session

    def listen(self, utterance: Paused) -> Iterator[Ended]:
        """Yield when the turn ends, by the words and by each length of silence."""
        clock = SteeredClock()
        line = self._hearing.line = SteeredLine(clock)
        ear = Ear(VoiceActivity(self._session))
        came: list[TranscriptionCame] = []
        turn = TurnInHand(ear, self._hearing, "en", clock, came.append)
        spoke_until_s: float | None = None
        silent: dict[float, float] = {}
        by_words: Ended | None = None
        mulaw = g711.encode(utterance.audio)
        for start in range(0, len(mulaw), FRAME):
            line.receive(0.02)
            for change in ear.hear(mulaw[start : start + FRAME]):
                spoke_until_s = _follow(change, turn, is_open=by_words is None)
            while came:
                turn.take(came.pop(0))
            if spoke_until_s is not None:
                for limit_s in SILENCES_S:
                    if ear.now_s - spoke_until_s >= limit_s:
                        silent.setdefault(limit_s, ear.now_s)
            over = turn.decide(utterance.expects) if by_words is None else None
            if over is not None:
                heard = over.heard.text if over.heard is not None else ""
                sure = over.heard.asr_confidence if over.heard is not None else 0.0
                by_words = Ended("ours", utterance, ear.now_s, heard, f"{over.wait.reason}, {sure:.2f} sure")
        yield by_words or Ended("ours", utterance, None)
        for limit_s in SILENCES_S:
            yield Ended(f"silence {limit_s} s", utterance, silent.get(limit_s))


def _follow(change: SpeechStarted | SpeechStopped, turn: TurnInHand, is_open: bool) -> float | None:
    if isinstance(change, SpeechStarted):
        turn.go_on()
        return None
    if is_open:
        turn.pause(change.at_s)
    return change.at_s


def summary(results: list[Ended]) -> list[dict[str, Any]]:
    """Return a row for each decider and kind of utterance, and one over all kinds."""
    rows = []
    for by in dict.fromkeys(one.by for one in results):
        for kind in ("all", *dict.fromkeys(one.utterance.kind for one in results)):
            ours = [one for one in results if one.by == by and kind in {"all", one.utterance.kind}]
            paused = [one for one in ours if len(one.utterance.speech_s) > 1]
            waits = [one.waited_s for one in ours if len(one.utterance.speech_s) == 1]
            cut = sum(one.is_cut_off for one in paused)
            rows.append(
                {
                    "by": by,
                    "kind": kind,
                    "with_pauses": len(paused),
                    "cut_off": cut,
                    "cut_off_share": round(cut / max(1, len(paused)), 3),
                    "wait_whole_s": spread([wait for wait in waits if wait is not None]),
                    "wait_paused_s": spread([one.waited_s for one in paused if one.waited_s is not None]),
                }
            )
    return rows


@click.command(help=__doc__)
@click.option("--every", default=1, show_default=True, help="Use only every so-manieth utterance.")
@click.option("--show", is_flag=True, help="Print what was heard, and why each turn ended when it did.")
def main(every: int, show: bool) -> None:
    """Measure, print, save."""
    on = machine()
    settings = load()
    session = open_session(ModelFolder(settings.data_dir).voice_activity)
    listening = Listening(transcriber_factory(settings)(1), session)
    utterances = list(every_utterance(make_voice(settings).synthesize))[::every]
    results = [ended for utterance in utterances for ended in listening.listen(utterance)]
    rows = summary(results)
    cells = [
        [
            f"{row['by']}, {row['kind']}",
            row["with_pauses"],
            row["cut_off"],
            f"{100 * row['cut_off_share']:.1f} %",
            row["wait_whole_s"]["p50"],
            row["wait_whole_s"]["p95"],
            row["wait_paused_s"]["p50"],
        ]
        for row in rows
        if row["by"] == "ours" or row["kind"] == "all"
    ]
    head = ["", "with pauses", "cut off", "share", "wait p50", "p95", "after pauses"]
    click.echo(table(head, cells))
    if show:
        for one in results:
            if one.by == "ours":
                ended = None if one.at_s is None else round(one.at_s, 2)
                spans = " ".join(f"{begin:.1f}-{end:.1f}" for begin, end in one.utterance.speech_s)
                mark = "CUT OFF" if one.is_cut_off else ""
                click.echo(
                    f"  {mark} {one.utterance.text}: {spans}: ended {ended} “{one.words}” {one.reason}"
                )
    saved = {
        "rows": rows,
        "seconds_of_audio": sum(one.audio.size for one in utterances) / RATE_HZ,
        "machine": on,
    }
    click.echo(f"written to {save('cut_offs', saved)}")


if __name__ == "__main__":
    main()
