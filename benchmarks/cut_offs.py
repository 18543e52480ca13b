"""Measure how often callers who pause are cut off, and how long callers who have finished wait.

    .venv/bin/python -m benchmarks.cut_offs [--split held-out] [--every 1] [--show]

The words come from the real ear and the real Whisper, in virtual time: a transcription delays the decision
by as long as it took. Beside it, silence alone decides, 0.5, 0.7 and 1.0 s after the last speech; and Smart
Turn v3 alone, asked 0.2 s after the voice stops, by its authors' threshold. The waits were chosen on
the split "development"; "held-out" has other sentences, voices, people and pauses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from benchmarks.offline_call import HearingOnTheSpot
from benchmarks.paused_speech import RATE_HZ, SPLITS, Paused, every_utterance
from benchmarks.report import machine, save, spread, table
from benchmarks.smart_turn import ASKED_AFTER_S, COMPLETE, GIVES_UP_S, WEIGHTS, SmartTurn
from ivr.audio import g711
from ivr.audio.speech_detector import SpeechChange, SpeechFaltered, SpeechStarted, SpeechStopped, SpeechWentOn
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
SMART_TURN = "Smart Turn alone"
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
    """Runs utterances through the ear, the turn in hand and a transcriber, and past the other deciders."""

    def __init__(self, transcriber: Any, session: Any, smart_turn: SmartTurn | None) -> None:
        self._hearing = HearingOnTheSpot(transcriber)
        self._session = session
        self._smart_turn = smart_turn

    def listen(self, utterance: Paused) -> Iterator[Ended]:
        """Yield when the turn ends, by each of the deciders."""
        clock = SteeredClock()
        line = self._hearing.line = SteeredLine(clock)
        ear = Ear(VoiceActivity(self._session))
        came: list[TranscriptionCame] = []
        turn = TurnInHand(ear, self._hearing, "en", clock, came.append)
        others = Others(ear, self._smart_turn)
        by_words: Ended | None = None
        mulaw = g711.encode(utterance.audio)
        for start in range(0, len(mulaw), FRAME):
            line.receive(0.02)
            for change in ear.hear(mulaw[start : start + FRAME]):
                others.follow(change)
                if by_words is None:
                    _follow(change, turn, utterance)
            while came:
                turn.take(came.pop(0))
            others.tick()
            over = turn.decide(utterance.expects) if by_words is None else None
            if over is not None:
                heard = over.heard.text if over.heard is not None else ""
                sure = over.heard.asr_confidence if over.heard is not None else 0.0
                by_words = Ended("ours", utterance, ear.now_s, heard, f"{over.wait.reason}, {sure:.2f} sure")
        yield by_words or Ended("ours", utterance, None)
        for by, at_s in others.ended_s.items():
            yield Ended(by, utterance, at_s)


class Others:
    """Silence alone, and Smart Turn alone, over the same voice activity."""

    def __init__(self, ear: Ear, smart_turn: SmartTurn | None) -> None:
        self._ear = ear
        self._smart_turn = smart_turn
        self._spoke_until_s: float | None = None
        self._is_asked = False
        self._answer_at_s: float | None = None
        self.ended_s: dict[str, float | None] = {f"silence {limit_s} s": None for limit_s in SILENCES_S}
        if smart_turn is not None:
            self.ended_s[SMART_TURN] = None

    def follow(self, change: SpeechChange) -> None:
        """Take what the ear noticed."""
        if isinstance(change, SpeechStarted):
            self._spoke_until_s = self._answer_at_s = None
            self._is_asked = False
        if isinstance(change, SpeechStopped):
            self._spoke_until_s = change.at_s

    def tick(self) -> None:
        """Let 20 ms pass."""
        if self._spoke_until_s is None:
            return
        now_s = self._ear.now_s
        silent_s = now_s - self._spoke_until_s
        for limit_s in SILENCES_S:
            if silent_s >= limit_s:
                self._end(f"silence {limit_s} s")
        if self._smart_turn is not None and self.ended_s[SMART_TURN] is None:
            self._ask(self._smart_turn, silent_s)

    def _ask(self, smart_turn: SmartTurn, silent_s: float) -> None:
        if not self._is_asked and silent_s >= ASKED_AFTER_S:
            self._is_asked = True
            if smart_turn.is_complete(self._ear.utterance(), RATE_HZ) > COMPLETE:
                self._answer_at_s = self._ear.now_s + smart_turn.took_s[-1]
        is_answered = self._answer_at_s is not None and self._ear.now_s >= self._answer_at_s
        if is_answered or silent_s >= GIVES_UP_S:
            self._end(SMART_TURN)

    def _end(self, by: str) -> None:
        if self.ended_s[by] is None:
            self.ended_s[by] = self._ear.now_s


def _follow(change: SpeechChange, turn: TurnInHand, utterance: Paused) -> None:
    match change:
        case SpeechStarted():
            turn.speak_again()
        case SpeechWentOn():
            turn.go_on()
        case SpeechFaltered(at_s):
            turn.guess(at_s, utterance.expects)
        case SpeechStopped(at_s):
            turn.pause(at_s, utterance.expects)


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
@click.option("--split", default="held-out", show_default=True, type=click.Choice(list(SPLITS)))
@click.option("--every", default=1, show_default=True, help="Use only every so-manieth utterance.")
@click.option("--show", is_flag=True, help="Print what was heard, and why each turn ended when it did.")
def main(split: str, every: int, show: bool) -> None:
    """Measure, print, save."""
    on = machine()
    settings = load()
    session = open_session(ModelFolder(settings.data_dir).voice_activity)
    smart_turn = SmartTurn(WEIGHTS) if WEIGHTS is not None else None
    if smart_turn is None:
        click.echo("no row for Smart Turn: its weights come with benchmarks/peers/pipecat/set_up.sh")
    listening = Listening(transcriber_factory(settings)(1), session, smart_turn)
    utterances = list(every_utterance(make_voice(settings).synthesize, SPLITS[split]))[::every]
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
    if smart_turn is not None:
        took = spread(smart_turn.took_s)
        click.echo(f"Smart Turn takes {took['p50']} s of one core (p95 {took['p95']})")
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
        "split": split,
        "rows": rows,
        "smart_turn_took_s": spread(smart_turn.took_s) if smart_turn is not None else None,
        "seconds_of_audio": sum(one.audio.size for one in utterances) / RATE_HZ,
        "machine": on,
    }
    click.echo(f"written to {save(f'cut_offs_{split}' if split != 'held-out' else 'cut_offs', saved)}")


if __name__ == "__main__":
    main()
