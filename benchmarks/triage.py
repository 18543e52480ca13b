"""Who is handed over, and when: labelled calls played through the core, typed or heard.

    python -m benchmarks.triage                     typed, the development calls
    python -m benchmarks.triage --heard             as `benchmarks.triage_hearing` heard them on a phone line
    python -m benchmarks.triage --held-out --save   both halves and what each signal adds: once, after tuning
    python -m benchmarks.triage --show dev          every call of the development half that went wrong

The calls (`benchmarks/triage_calls/`) were written and labelled before the training lines they judge.
`en.yml`, `sv.yml` and `held_out_2_*.yml`, which has been read, are for development. `held_out_3_*.yml`
is by another writer and was read once, after the third round of lines, levels and points.
The dialogue is a stand-in that answers everything it is not
told to miss, so what is measured is the escalation alone: words, counts, policy and the core that
acts on them.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.triage_cases import CALLS, DOUBTED, HALVES, HAPPENED, Labelled, read_calls, words_of
from ivr.bootstrap import open_encoder
from ivr.conversation.actions import HandOver
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import (
    CallBegan,
    DialogueReplied,
    KeysEntered,
    NothingSaid,
    PromptEnded,
    UtteranceHeard,
)
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.handoff.escalation.decision import Watch
from ivr.handoff.escalation.policy import Policy
from ivr.handoff.escalation.signals import Signal
from ivr.nlu.heard_layer import Heard, HeardLayer
from ivr.triage.policy_file import load_policy
from ivr.triage.word_reader import TrainedWordReader

ROOT = Path(__file__).resolve().parents[1]


class PlainPhrasebook:
    """Every prompt says its own name; nothing here is spoken."""

    def prompt(self, prompt_id: str, language: str, **slots: str) -> Prompt:
        """Return a prompt."""
        return Prompt(prompt_id, prompt_id, language)

    def has(self, prompt_id: str, language: str) -> bool:
        """Say yes, except to the last questions: the call is over once a person is due."""
        return not prompt_id.startswith("say_last_")

    def version(self, language: str) -> str:
        """Return a fixed version."""
        return "plain"


def fired_at(call: Labelled, policy: Policy, reader: TrainedWordReader) -> int | None:
    """Play the call through the core and return the caller's turn after which a person was fetched."""
    watch = Watch(policy, reader, call.language)
    conversation = Conversation("CA1", call.language, PlainPhrasebook(), "+46701234567", watch=watch)
    conversation.handle(CallBegan())
    for number, turn in enumerate(call.turns, start=1):
        if any(isinstance(action, HandOver) for action in _play(conversation, turn)):
            return number
    return None


def _play(conversation: Conversation, turn: str) -> Iterator[Any]:
    happened, words = HAPPENED.match(turn), words_of(turn)
    kind = happened[1] if happened else ""
    doubt = "unsure" if DOUBTED in turn else None
    if kind == "key 0":
        yield from conversation.handle(KeysEntered("0"))
        return
    if kind == "silence":
        yield from conversation.handle(NothingSaid())
        if not words:
            return
    if kind == "interrupts":
        conversation.handle(PromptEnded("p", 0.5, is_complete=False))
    yield from conversation.handle(UtteranceHeard(words, 0.9, doubt))
    if doubt or (kind == "unclear" and not words):
        return
    answer = Prompt("utter_answer", f"answer {conversation.turn}", conversation.language)  # never twice
    verdict = Verdict.NO_MATCH if kind == "unclear" else Verdict.ANSWERED
    reply = DialogueReply(verdict, (answer,) if verdict is Verdict.ANSWERED else ())
    yield from conversation.handle(DialogueReplied(conversation.turn, reply))


def judge(calls: Sequence[Labelled], policy: Policy, reader: TrainedWordReader) -> dict[str, Any]:
    """Return precision, recall, false share and timeliness over calls."""
    fired = [fired_at(call, policy, reader) for call in calls]
    both = list(zip(calls, fired, strict=True))
    due = [(call, at) for call, at in both if call.reader is not None]
    asked = [(call, at) for call, at in due if call.kind == "asked"]
    others = [(call, at) for call, at in due if call.kind != "asked"]
    calm = [at for call, at in both if call.reader is None]
    late = [at - call.reader for call, at in due if at is not None and call.reader is not None]
    hits = sum(at is not None for _, at in due)
    return {
        "calls": len(calls),
        "asked_recall": _share([at is not None for _, at in asked]),
        "asked_n": len(asked),
        "recall": _share([at is not None for _, at in others]),
        "recall_n": len(others),
        "false_rate": _share([at is not None for at in calm]),
        "false_n": len(calm),
        "precision": _share([True] * hits + [False] * sum(at is not None for at in calm)),
        "on_time": _share([at is not None and at <= (call.reader or 0) + 1 for call, at in due]),
        "too_early": _share([turns < 0 for turns in late]),
        "mean_turns_late": round(sum(late) / len(late), 2) if late else None,
    }


def _share(truths: Sequence[bool]) -> float | None:
    return round(sum(truths) / len(truths), 4) if truths else None


def ablation(calls: Sequence[Labelled], policy: Policy, reader: TrainedWordReader) -> list[list[object]]:
    """Return, for each signal, recall and false rate without it."""
    rows = []
    for signal in Signal:
        kept = {name: rule for name, rule in policy.signals.items() if name is not signal}
        result = judge(calls, replace(policy, signals=kept), reader)
        cells = (result["asked_recall"], result["recall"], result["false_rate"], result["on_time"])
        rows.append([f"without {signal.value}", *cells])
    return rows


def heard(calls: Sequence[Labelled]) -> list[Labelled]:
    """Return the calls as they were heard over the phone, without those not heard to the end yet."""
    kept = {
        (one.said, language): one
        for language in ("en", "sv")
        for half in HALVES
        for one in HeardLayer(CALLS, language, half).read()
    }
    done = []
    for call in calls:
        if all((words_of(turn), call.language) in kept for turn in call.turns if words_of(turn)):
            turns = [_heard_turn(turn, kept.get((words_of(turn), call.language))) for turn in call.turns]
            done.append(replace(call, turns=tuple(turns)))
    return done


def _heard_turn(turn: str, one: Heard | None) -> str:
    happened = HAPPENED.match(turn)
    mark = happened[0] if happened else ""
    if one is None:
        return mark
    return f"{mark}(doubted) {one.heard}" if one.doubt else f"{mark}{one.heard}"


COLUMNS = ("asked_recall", "recall", "false_rate", "precision", "on_time", "too_early", "mean_turns_late")


def main() -> None:
    """Measure and print; typed results and heard ones are kept apart."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--heard", action="store_true")
    options.add_argument("--show", choices=HALVES)
    options.add_argument("--held-out", action="store_true")
    options.add_argument("--save", action="store_true")
    options.add_argument("--data-dir", type=Path, default=ROOT / "var")
    asked = options.parse_args()
    policy, reader = load_policy(ROOT / "nlu_data"), TrainedWordReader.load(asked.data_dir, open_encoder)
    calls = read_calls()
    if asked.heard:
        calls = heard(calls)
    result: dict[str, Any] = {"machine": report.machine(), "policy": policy.version, "words": reader.version}
    halves = HALVES if asked.held_out else HALVES[:1]
    for half in halves:
        for language in ("en", "sv"):
            part = [call for call in calls if (call.half, call.language) == (half, language)]
            result[f"{half} {language}"] = judge(part, policy, reader)
        result[half] = judge([call for call in calls if call.half == half], policy, reader)
    names = [name for half in halves for name in (f"{half} en", f"{half} sv", half)]
    rows = [[f"{name} ({result[name]['calls']})", *(result[name][of] for of in COLUMNS)] for name in names]
    print(report.table(("half", *COLUMNS), rows))
    if asked.show:
        _show([call for call in calls if call.half == asked.show], policy, reader)
    if asked.save:
        result["without"] = ablation(calls, policy, reader)
        print(
            report.table(
                ("signal left out", "asked_recall", "recall", "false_rate", "on_time"), result["without"]
            )
        )
        report.save("triage_heard" if asked.heard else "triage", result)


def _show(calls: Sequence[Labelled], policy: Policy, reader: TrainedWordReader) -> None:
    for call in calls:
        at = fired_at(call, policy, reader)
        if (at is None) != (call.reader is None) or (at and call.reader and not -1 < at - call.reader <= 1):
            print(f"\n{call.id} {call.kind}: reader {call.reader}, fired {at}")
            for turn in call.turns:
                top = sorted(reader.read(turn).items(), key=lambda pair: -pair[1])[:3]
                print(f"   {turn[:90]!r} {[(name, round(sure, 2)) for name, sure in top]}")


if __name__ == "__main__":
    main()
