"""Who is handed over, and when: labelled calls played through the core, typed or heard.

    python -m benchmarks.triage                     typed, the development calls
    python -m benchmarks.triage --heard             as `benchmarks.triage_hearing` heard them on a phone line
    python -m benchmarks.triage --held-out --save   all halves: once, after tuning
    python -m benchmarks.triage --held-out --intents     with the live model's intents and its rules
    python -m benchmarks.triage --signals           what each signal adds, on the development calls
    python -m benchmarks.triage --show dev          every call of the development half that went wrong
    python -m benchmarks.triage --without-words     plain patterns, counts and facts only: no classifier

The calls (`benchmarks/triage_calls/`) were written and labelled before the training lines they judge.
`triage_cases.HELD_OUT` names the set that nobody who trained has read; the held-out sets before it were run
once, then read, and are for development since, as `en.yml` and `sv.yml` are.
`situations_*.yml` are for development too: calls in which intents, sums of money, earlier calls, silence
or bad hearing count.
The dialogue is a stand-in that answers everything it is not
told to miss, so what is measured is the escalation alone: words, counts, policy and the core that
acts on them. With `--intents` each sentence has the intent that the live Rasa model gives it, and the
rules of three intents fetch a person as in a call.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.triage_cases import (
    CALLS,
    CALM_KINDS,
    DOUBTED,
    HALVES,
    HAPPENED,
    KNOWN,
    Labelled,
    known_of,
    read_calls,
    words_of,
)
from ivr.bootstrap import open_encoder
from ivr.config import load
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
from ivr.handoff.escalation.decision import Watch, WordReader
from ivr.handoff.escalation.policy import Policy
from ivr.handoff.escalation.signals import EarlierContact, Signal, Situation
from ivr.nlu.heard_layer import Heard, HeardLayer
from ivr.nlu.parse_command import open_intents
from ivr.running.run_command import RASA_PYTHON
from ivr.triage.policy_file import load_policy
from ivr.triage.trying import FETCHING
from ivr.triage.word_reader import NoWordReader, TrainedWordReader

ROOT = Path(__file__).resolve().parents[1]
DEVELOPMENT = HALVES[:2]


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


class LiveIntents:
    """What the live model makes of every sentence of the calls, by language and words."""

    def __init__(self, calls: Sequence[Labelled]) -> None:
        self._of: dict[tuple[str, str], str | None] = {}
        for language in sorted({call.language for call in calls}):
            said = {words_of(turn) for call in calls if call.language == language for turn in call.turns}
            with open_intents(load(is_phone_needed=False), RASA_PYTHON.parent.parent, language) as intent_of:
                self._of |= {(language, words): intent_of(words) for words in sorted(said) if words}

    def reply(self, language: str, words: str, otherwise: DialogueReply) -> DialogueReply:
        """Return the reply of the rules of an intent that fetches a person, else the one given."""
        intent = self._of.get((language, words))
        if intent in FETCHING:
            return DialogueReply(Verdict.HAND_OVER, intent=intent)
        return replace(otherwise, intent=otherwise.intent or intent)


class Remembered:
    """Implements `WordReader` over another: reads every turn once."""

    def __init__(self, reader: WordReader) -> None:
        self.version = reader.version
        self._reader = reader
        self._known: dict[str, Mapping[str, float]] = {}

    def read(self, words: str) -> Mapping[str, float]:
        """Return the probabilities of each label."""
        if words not in self._known:
            self._known[words] = self._reader.read(words)
        return self._known[words]


def fired_at(
    call: Labelled, policy: Policy, reader: WordReader, intents: LiveIntents | None = None
) -> int | None:
    """Play the call through the core and return the caller's turn after which a person was fetched."""
    return played(call, policy, reader, intents)[0]


def played(
    call: Labelled, policy: Policy, reader: WordReader, intents: LiveIntents | None = None
) -> tuple[int | None, set[Signal]]:
    """Play the call through the core; return when a person was fetched and what had counted until then."""
    earlier = [EarlierContact(matters=frozenset({matter})) for matter in call.earlier]
    watch = Watch(policy, reader, call.language, Situation(len(earlier)), earlier=earlier)
    at = _played(call, watch, intents)
    counting = {name: rule.counts_from for name, rule in policy.signals.items()}
    return at, {one.signal for one in watch.found if one.strength >= counting.get(one.signal, 2.0)}


def _played(call: Labelled, watch: Watch, intents: LiveIntents | None) -> int | None:
    conversation = Conversation("CA1", call.language, PlainPhrasebook(), "+46701234567", watch=watch)
    conversation.handle(CallBegan())
    for number, turn in enumerate(call.turns, start=1):
        if any(isinstance(action, HandOver) for action in _play(conversation, turn, intents)):
            return number
    return None


def _play(conversation: Conversation, turn: str, intents: LiveIntents | None) -> Iterator[Any]:
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
    intent, sure = known_of(turn)
    yield from conversation.handle(UtteranceHeard(words, sure, doubt))
    if doubt or (kind == "unclear" and not words):
        return
    answer = Prompt("utter_answer", f"answer {conversation.turn}", conversation.language)  # never twice
    verdict = Verdict.NO_MATCH if kind == "unclear" else Verdict.ANSWERED
    reply = DialogueReply(verdict, (answer,) if verdict is Verdict.ANSWERED else (), intent=intent)
    if intents is not None and verdict is Verdict.ANSWERED:
        reply = intents.reply(conversation.language, words, reply)
    yield from conversation.handle(DialogueReplied(conversation.turn, reply))


def judge(
    calls: Sequence[Labelled], policy: Policy, reader: WordReader, intents: LiveIntents | None = None
) -> dict[str, Any]:
    """Return precision, recall, false share and timeliness over calls."""
    fired = [fired_at(call, policy, reader, intents) for call in calls]
    both = list(zip(calls, fired, strict=True))
    due = [(call, at) for call, at in both if call.reader is not None]
    asked = [(call, at) for call, at in due if call.kind == "asked"]
    others = [(call, at) for call, at in due if call.kind != "asked"]
    needless = [(call, at) for call, at in both if call.reader is None]
    calm = [at for call, at in needless if call.kind in CALM_KINDS]
    hard = [at for call, at in needless if call.kind not in CALM_KINDS]
    late = [at - call.reader for call, at in due if at is not None and call.reader is not None]
    hits = sum(at is not None for _, at in due)
    return {
        "calls": len(calls),
        "asked_recall": _share([at is not None for _, at in asked]),
        "asked_n": len(asked),
        "recall": _share([at is not None for _, at in others]),
        "recall_n": len(others),
        "false_rate": _share([at is not None for _, at in needless]),
        "false_n": len(needless),
        "false_calm": _share([at is not None for at in calm]),
        "calm_n": len(calm),
        "false_hard": _share([at is not None for at in hard]),
        "hard_n": len(hard),
        "precision": _share([True] * hits + [False] * sum(at is not None for _, at in needless)),
        "on_time": _share([at is not None and at <= (call.reader or 0) + 1 for call, at in due]),
        "too_early": _share([turns < 0 for turns in late]),
        "mean_turns_late": round(sum(late) / len(late), 2) if late else None,
    }


def _share(truths: Sequence[bool]) -> float | None:
    return round(sum(truths) / len(truths), 4) if truths else None


LEFT_OUT = ("signal left out", "counted", "changed", "asked_recall", "recall", "false_rate", "on_time")


def ablation(calls: Sequence[Labelled], policy: Policy, reader: WordReader) -> list[list[object]]:
    """Return, for each signal, how many calls it counts in and how many change without it, and the rates."""
    rows: list[list[object]] = []
    whole = [played(call, policy, reader) for call in calls]
    for signal in Signal:
        counted = sum(signal in found for _, found in whole)
        if not counted:
            rows.append([f"without {signal.value}", "not exercised"])
            continue
        kept = {name: rule for name, rule in policy.signals.items() if name is not signal}
        result = judge(calls, replace(policy, signals=kept), reader)
        without = [fired_at(call, replace(policy, signals=kept), reader) for call in calls]
        changed = sum(at != before for at, (before, _) in zip(without, whole, strict=True))
        rows.append([f"without {signal.value}", counted, changed, *(result[name] for name in LEFT_OUT[3:])])
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
    mark = (happened[0] if happened else "") + "".join(found[0] for found in KNOWN.finditer(turn))
    if one is None:
        return mark
    return f"{mark}(doubted) {one.heard}" if one.doubt else f"{mark}{one.heard}"


COLUMNS = ("asked_recall", "recall", "false_rate", "false_calm", "false_hard", "on_time", "too_early")


def main() -> None:
    """Measure and print; typed results, heard ones and those without the classifier are kept apart."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--heard", action="store_true")
    options.add_argument("--show", choices=HALVES)
    options.add_argument("--held-out", action="store_true")
    options.add_argument("--without-words", action="store_true")
    options.add_argument("--intents", action="store_true")
    options.add_argument("--save", action="store_true")
    options.add_argument("--signals", action="store_true")
    options.add_argument("--data-dir", type=Path, default=ROOT / "var")
    asked = options.parse_args()
    result: dict[str, Any] = {"machine": report.machine()}
    policy = load_policy(ROOT / "nlu_data")
    trained = NoWordReader() if asked.without_words else TrainedWordReader.load(asked.data_dir, open_encoder)
    reader = Remembered(trained)
    result |= {"policy": policy.version, "words": reader.version}
    halves = HALVES if asked.held_out else DEVELOPMENT
    calls = [call for call in read_calls() if call.half in halves]
    if asked.heard:
        calls = heard(calls)
    parts = {name: own for half in halves for name, own in _parts(calls, half).items() if own}
    intents = LiveIntents(calls) if asked.intents else None
    result |= {name: judge(own, policy, reader, intents) for name, own in parts.items()}
    names = list(parts)
    rows = [[f"{name} ({result[name]['calls']})", *(result[name][of] for of in COLUMNS)] for name in names]
    print(report.table(("half", *COLUMNS), rows))
    if asked.show:
        _show([call for call in calls if call.half == asked.show], policy, reader, intents)
    ways = (("_heard", asked.heard), ("_without_words", asked.without_words), ("_intents", asked.intents))
    way = "".join(name for name, is_on in ways if is_on)
    if asked.save:
        report.save(f"triage{way}", result)
    if asked.signals:
        adds = ablation([call for call in calls if call.half in DEVELOPMENT], policy, reader)
        print(report.table(LEFT_OUT, [[*row, *[None] * (len(LEFT_OUT) - len(row))] for row in adds]))
        whole = {name: found for name, found in result.items() if "held-out" not in name}
        report.save(f"triage_signals{way}", {**whole, "columns": LEFT_OUT, "rows": adds})


def _parts(calls: Sequence[Labelled], half: str) -> dict[str, list[Labelled]]:
    """Return the calls of a half set by set, language by language, and all."""
    own = [call for call in calls if call.half == half]
    sets = sorted({call.written_in for call in own}) if half == DEVELOPMENT[0] else []
    parts = {f"{half} {name}": [call for call in own if call.written_in == name] for name in sets}
    parts |= {f"{half} {name}": [call for call in own if call.language == name] for name in ("en", "sv")}
    return parts | {half: own}


def _show(calls: Sequence[Labelled], policy: Policy, reader: WordReader, intents: LiveIntents | None) -> None:
    for call in calls:
        at = fired_at(call, policy, reader, intents)
        if (at is None) != (call.reader is None) or (at and call.reader and not -1 < at - call.reader <= 1):
            print(f"\n{call.id} {call.kind}: reader {call.reader}, fired {at}")
            for turn in call.turns:
                top = sorted(reader.read(words_of(turn)).items(), key=lambda pair: -pair[1])[:3]
                print(f"   {turn[:90]!r} {[(name, round(sure, 2)) for name, sure in top]}")


if __name__ == "__main__":
    main()
