"""Measure how often callers who pause are cut off, and how long callers who have finished wait.

    .venv/bin/python -m benchmarks.cut_offs [--split blind] [--every 1] [--show]

The words come from the real ear and the real Whisper, in virtual time: a transcription delays the decision
by as long as it took. Beside it, silence alone decides, 0.5, 0.7 and 1.0 s after the last speech; and Smart
Turn v3 alone, asked 0.2 s after the voice stops, by its authors' threshold. The waits were chosen on the
splits "development", "second", "third" and "fourth"; "blind" has other sentences, voices and pauses, once
they are pasted into `blind_speech.py`.

Who is cut off and goes on before much of the answer has sounded (`continuation.py`) is heard as one utterance
after all, and the bot takes back what it began to say: counted in its own column, and cut off all the same.

The curve says what all waits made shorter or longer would give: of each pause, its length, its words and
when they were known are kept, and the same rules decide again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import click

from benchmarks.blind_speech import BLIND
from benchmarks.fourth_speech import FOURTH
from benchmarks.more_paused_speech import THIRD
from benchmarks.offline_call import HearingOnTheSpot
from benchmarks.paused_speech import DEVELOPMENT, RATE_HZ, SECOND, Paused, every_utterance
from benchmarks.report import figure, machine, save, save_figure, spread, table
from benchmarks.smart_turn import ASKED_AFTER_S, COMPLETE, GIVES_UP_S, WEIGHTS, SmartTurn
from ivr.audio import g711
from ivr.audio.speech_detector import SpeechChange, SpeechFaltered, SpeechStarted, SpeechStopped, SpeechWentOn
from ivr.audio.voice_activity import VoiceActivity, open_session
from ivr.bootstrap import make_voice, transcriber_factory
from ivr.calls.ear import Ear
from ivr.calls.turn_ends import TurnEnds, open_turn_ends
from ivr.calls.turn_in_hand import TranscriptionCame, TurnInHand
from ivr.config import load
from ivr.conversation import endpointing
from ivr.conversation.continuation import goes_on
from ivr.speech.transcriber import Transcription
from ivr.speech.weights import ModelFolder
from tests.fakes.steered_clock import SteeredClock
from tests.fakes.steered_line import SteeredLine

FRAME = 160
CURVE = "waits x "
SPLITS = {"development": DEVELOPMENT, "second": SECOND, "third": THIRD, "fourth": FOURTH, "blind": BLIND}
SCALES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)  # of every wait
SILENCES_S = (0.5, 0.7, 1.0)
SMART_TURN = "Smart Turn alone"
ANSWER_AFTER_S = 0.1  # the end of a turn: dialogue and the first sound, p50 of turn_latency.py
EARLY_S = 0.05  # a turn ended in the last sounds of its last word is not cut off


@dataclass(frozen=True)
class Ended:
    """When the turn was taken to be over, by whom, and the words and reason."""

    by: str
    utterance: Paused
    at_s: float | None
    words: str = ""
    reason: str = ""
    whole: float | None = None  # how likely the words were all

    @property
    def is_cut_off(self) -> bool:
        """Whether the caller had more to say."""
        return self.at_s is not None and self.at_s < self.utterance.ends_s - EARLY_S

    @property
    def is_taken_back(self) -> bool:
        """Whether the caller went on so soon that the bot takes both parts as one."""
        parts = list(pairwise(self.utterance.speech_s))
        if self.at_s is None or not self.is_cut_off:
            return False
        before, after = next(((one, next_) for one, next_ in parts if next_[0] > self.at_s), parts[-1])
        heard_s = max(0.0, after[0] - self.at_s - ANSWER_AFTER_S)
        return goes_on(after[0] - before[1], heard_s, self.utterance.expects, self.whole)

    @property
    def waited_s(self) -> float | None:
        """Seconds from the end of the speech; None when cut off, or never ended."""
        return None if self.at_s is None or self.is_cut_off else self.at_s - self.utterance.ends_s


@dataclass
class Pause:
    """A pause as it was heard: the wait by the words, when they were known, and when the voice came back."""

    began_s: float
    wait_s: float
    known_after_s: float
    heard: Transcription
    whole: float | None
    longest_s: float  # of the pauses before
    voice_after_s: float | None = None

    def ends_turn(self, scale: float) -> float | None:
        """Return the second at which the turn ends when all waits are so much longer; None if it goes on."""
        after_s = max(self.wait_s * scale, self.known_after_s)
        goes_on = self.voice_after_s is not None and self.voice_after_s <= after_s
        return None if goes_on else self.began_s + after_s


class Listening:
    """Runs utterances through the ear, the turn in hand and a transcriber, and past the other deciders."""

    def __init__(self, transcriber: Any, session: Any, smart_turn: SmartTurn | None, ends: TurnEnds) -> None:
        self._ends = ends
        self._hearing = HearingOnTheSpot(transcriber)
        self._session = session
        self._smart_turn = smart_turn
        self.pauses: list[tuple[Paused, list[Pause]]] = []  # of each utterance, as they were heard

    def listen(self, utterance: Paused) -> Iterator[Ended]:
        """Yield when the turn ends, by each of the deciders."""
        clock = SteeredClock()
        line = self._hearing.line = SteeredLine(clock)
        ear = Ear(VoiceActivity(self._session))
        came: list[TranscriptionCame] = []
        turn = TurnInHand(ear, self._hearing, "en", clock, came.append, self._ends)
        pauses: list[Pause] = []
        self.pauses.append((utterance, pauses))
        others = Others(ear, self._smart_turn)
        by_words: Ended | None = None
        mulaw = g711.encode(utterance.audio)
        for start in range(0, len(mulaw), FRAME):
            line.receive(0.02)
            for change in ear.hear(mulaw[start : start + FRAME]):
                others.follow(change)
                self._voice_came(change, turn, pauses)
                _follow(change, turn, utterance)
            while came:
                turn.take(came.pop(0))
            self._words_came(turn, utterance, pauses, ear.now_s)
            others.tick()
            over = turn.decide(utterance.expects) if by_words is None else None
            if over is not None:
                heard = over.heard.text if over.heard is not None else ""
                sure = over.heard.asr_confidence if over.heard is not None else 0.0
                reason = f"{over.wait.reason}, {sure:.2f} sure"
                by_words = Ended("ours", utterance, ear.now_s, heard, reason, over.whole)
        yield by_words or Ended("ours", utterance, None)
        yield from (_scaled(utterance, pauses, scale) for scale in SCALES)
        for by, at_s in others.ended_s.items():
            yield Ended(by, utterance, at_s)

    @staticmethod
    def _voice_came(change: SpeechChange, turn: TurnInHand, pauses: list[Pause]) -> None:
        is_voice = isinstance(change, SpeechStarted | SpeechWentOn)
        if is_voice and pauses and pauses[-1].voice_after_s is None:
            pauses[-1].voice_after_s = turn.pause_s

    def _words_came(self, turn: TurnInHand, utterance: Paused, pauses: list[Pause], ear_now_s: float) -> None:
        heard = turn.heard
        if heard is None or (pauses and pauses[-1].voice_after_s is None):
            return
        longest_s = max((pause.voice_after_s or 0.0 for pause in pauses), default=0.0)
        whole = self._ends.whole(heard.text, heard.language)
        wait = endpointing.wait(
            utterance.expects,
            heard.text,
            heard.language,
            heard.asr_confidence,
            longest_s,
            whole,
            heard.readings,
        )
        began_s = ear_now_s - turn.pause_s
        pauses.append(Pause(began_s, wait.seconds, turn.pause_s, heard, whole, longest_s))


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


def _scaled(utterance: Paused, pauses: list[Pause], scale: float) -> Ended:
    ends = ((pause.ends_turn(scale), pause.whole) for pause in pauses)
    at_s, whole = next((end for end in ends if end[0] is not None), (None, None))
    return Ended(f"{CURVE}{scale}", utterance, at_s, whole=whole)


def draw(rows: list[dict[str, Any]]) -> None:
    """Draw the share cut off against the median wait: the curve, and the other deciders as points."""
    drawn, axes = figure()
    of_all = {
        row["by"]: (row["wait_whole_s"]["p50"], 100 * row["cut_off_share"])
        for row in rows
        if row["kind"] == "all"
    }
    axes.plot(
        *zip(*(of_all[f"{CURVE}{scale}"] for scale in SCALES), strict=True),
        marker=".",
        label="ours, waits x 0.25 to 2",
    )
    for by, (wait_s, share) in of_all.items():
        if not by.startswith(CURVE):
            axes.scatter([wait_s], [share], label=by, zorder=3)
    axes.axhline(5, linewidth=0.8, linestyle="--", color="grey")
    axes.axvline(0.6, linewidth=0.8, linestyle="--", color="grey")
    axes.set(
        xlabel="median wait after a whole utterance, s", ylabel="turns with pauses cut off, %", ylim=(0, None)
    )
    axes.legend()
    save_figure("cut_offs", drawn)


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
                    "taken_back": sum(one.is_taken_back for one in paused),
                    "wait_whole_s": spread([wait for wait in waits if wait is not None]),
                    "wait_paused_s": spread([one.waited_s for one in paused if one.waited_s is not None]),
                }
            )
    return rows


@click.command(help=__doc__)
@click.option("--split", default="blind", show_default=True, type=click.Choice(list(SPLITS)))
@click.option("--every", default=1, show_default=True, help="Use only every so-manieth utterance.")
@click.option("--show", is_flag=True, help="Print what was heard, and why each turn ended when it did.")
def main(split: str, every: int, show: bool) -> None:
    """Measure, print, save."""
    if not SPLITS[split].paused:
        raise click.UsageError("benchmarks/blind_speech.py is empty: paste a set, or name a --split")
    on = machine()
    settings = load()
    session = open_session(ModelFolder(settings.data_dir).voice_activity)
    smart_turn = SmartTurn(WEIGHTS) if WEIGHTS is not None else None
    if smart_turn is None:
        click.echo("no row for Smart Turn: its weights come with benchmarks/peers/pipecat/set_up.sh")
    ends = open_turn_ends(settings.data_dir)
    listening = Listening(transcriber_factory(settings)(1), session, smart_turn, ends)
    utterances = list(every_utterance(make_voice(settings).synthesize, SPLITS[split]))[::every]
    results = [ended for utterance in utterances for ended in listening.listen(utterance)]
    rows = summary(results)
    cells = [
        [
            f"{row['by']}, {row['kind']}",
            row["with_pauses"],
            row["cut_off"],
            row["taken_back"],
            f"{100 * row['cut_off_share']:.1f} %",
            row["wait_whole_s"]["p50"],
            row["wait_whole_s"]["p95"],
            row["wait_paused_s"]["p50"],
        ]
        for row in rows
        if row["by"] == "ours" or row["kind"] == "all"
    ]
    head = ["", "with pauses", "cut off", "of them taken back", "share", "wait p50", "p95", "after pauses"]
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
    if split == "blind":
        draw(rows)
    saved = {
        "split": split,
        "rows": rows,
        "smart_turn_took_s": spread(smart_turn.took_s) if smart_turn is not None else None,
        "seconds_of_audio": sum(one.audio.size for one in utterances) / RATE_HZ,
        "machine": on,
    }
    click.echo(f"written to {save(f'cut_offs_{split}' if split != 'blind' else 'cut_offs', saved)}")


if __name__ == "__main__":
    main()
