"""The designers' training lines: read with their alternatives, always alike."""

import random
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from ivr.handoff.escalation.signals import READ_FROM_WORDS, Signal
from ivr.nlu.yaml_marks import BrokenFile, Problem, line_of, pairs, read, text
from ivr.triage.parts import spoken

LABELS = tuple(signal.value for signal in READ_FROM_WORDS)
CALM = "calm"
# What a person is fetched for whatever it is in particular; the others are heard differently.
REASONS = tuple(
    signal.value
    for signal in READ_FROM_WORDS
    if signal not in {Signal.ASKED_FOR_PERSON, Signal.SAID_ANGRILY, Signal.CORRECTION}
)
ANY_REASON = "any_reason"  # learnt beside the labels: is it one of the reasons, no matter which
MOST_VARIANTS = 2  # of one line: each costs 5 ms once
CALM_SHARE = 8  # of the calm intents' examples, which are many and alike, one in so many is read
# Of these every one: what is said to the bot about the talk itself is nearest to frustration with it.
ABOUT_THE_TALK = frozenset(
    {"repeat", "slower", "start_over", "help", "are_you_a_robot", "change_language", "thanks"}
)
CALM_WEIGHT = 1.5  # most callers are calm, most lines are not
SEED = 20
# What the sentences that teach Rasa its intents teach here; intents that may mean either are left out.
LABEL_OF_INTENT = {
    "speak_to_person": "asked_for_person",
    "frustrated": "frustrated_with_bot",
    "complaint": "complaint",
    "emergency": "safety",
}
NEITHER = frozenset({"unclear", "out_of_scope", "payment_problem", "return_status", "delete_my_data"})
_MARKED = re.compile(r"\[([^\]]*)\][({][^)}]*[)}]")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Line:
    """One sentence to learn from: words as spoken, what they mean, the written line and the file it is from.

    `block` numbers the file: lines of one file are alike, so whole files are held out when one calibrates.
    """

    words: str
    labels: frozenset[str]
    source: int
    weight: float = 1.0
    block: int | None = None


def folder(nlu_data: Path) -> Path:
    """Return where the training lines are."""
    return nlu_data / "triage"


def check_lines(nlu_data: Path) -> list[Problem]:
    """Say what is wrong with the training lines: file, line and what to do."""
    problems: list[Problem] = []
    said: dict[str, tuple[str, Path, int]] = {}
    for file in sorted(folder(nlu_data).glob("*.yml")):
        try:
            node = read(file)
        except BrokenFile as broken:
            problems.append(broken.problem)
            continue
        for name, key, value in pairs(node):
            unknown = [part for part in name.split("+") if part not in {*LABELS, CALM}]
            if unknown:
                todo = f"Use one of: {', '.join((*LABELS, CALM))}"
                problems.append(Problem(file, line_of(key), f"`{unknown[0]}` is not a signal in words", todo))
            for offset, written in enumerate((text(value) or "").splitlines()):
                problems += _check_line(written, name, said, file, line_of(value) + 1 + offset)
    return problems


def _check_line(
    written: str, name: str, said: dict[str, tuple[str, Path, int]], file: Path, line: int
) -> Iterator[Problem]:
    if _CHOICE.sub("", written).count("[") or _CHOICE.sub("", written).count("]"):
        yield Problem(file, line, "a bracket is left open", "Write alternatives as [one|another]")
    other = said.setdefault(written.strip(), (name, file, line))
    if other[0] != name:
        where = f"{other[1].name}:{other[2]}"
        yield Problem(file, line, f"this line is also under `{other[0]}` ({where})", "Keep it in one")


def read_lines(nlu_data: Path) -> list[Line]:
    """Return every line's variants; the same files give the same lines. Raises yaml.YAMLError, OSError."""
    found: list[Line] = []
    source = 0
    files = sorted(folder(nlu_data).glob("*.yml"))
    for at, file in enumerate(files):
        for name, block in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            labels = frozenset(name.split("+")) - {CALM}
            for written in block.splitlines():
                source += 1
                variants = [words for words in map(spoken, variants_of(written)) if words]
                weight = len(variants) ** -0.6 if variants else 0.0  # a line with many variants counts more
                weight *= 1.0 if labels else CALM_WEIGHT
                found += [Line(words, labels, source, weight, at) for words in variants]
    return found + _intent_lines(nlu_data, source, len(files))


def sources(nlu_data: Path) -> list[Path]:
    """Return every file the lines come from."""
    return [*sorted(folder(nlu_data).glob("*.yml")), *sorted((nlu_data / "nlu").glob("*/*.yml"))]


def _intent_lines(nlu_data: Path, source: int, first_block: int) -> list[Line]:
    found: list[Line] = []
    for at, file in enumerate(sorted((nlu_data / "nlu").glob("*/*.yml")), start=first_block):
        for block in yaml.safe_load(file.read_text(encoding="utf-8")).get("nlu") or ():
            intent = block.get("intent")
            if intent is None or intent in NEITHER:
                continue
            label = LABEL_OF_INTENT.get(intent)
            for example in (block.get("examples") or "").splitlines():
                source += 1
                words = spoken(_MARKED.sub(r"\1", example.strip().removeprefix("-")))
                is_read = label or intent in ABOUT_THE_TALK or zlib.crc32(words.encode()) % CALM_SHARE == 0
                if words and is_read:
                    labels = frozenset({label} if label else ())
                    found.append(Line(words, labels, source, 1.0 if labels else CALM_WEIGHT, at))
    return found


def variants_of(written: str) -> list[str]:
    """Return the sentences a line stands for, at most MOST_VARIANTS, drawn evenly and always the same."""
    chooser = random.Random(f"{SEED} {written}")
    options = [choice.split("|") for choice in _CHOICE.findall(written)]
    count = 1
    for option in options:
        count *= len(option)
    drawn: dict[str, None] = {}
    for attempt in range(4 * MOST_VARIANTS):
        picks = iter([option[(attempt + chooser.randrange(len(option))) % len(option)] for option in options])
        drawn[_CHOICE.sub(lambda _, picks=picks: next(picks), written)] = None  # type: ignore[misc]
        if len(drawn) >= min(count, MOST_VARIANTS):
            break
    return list(drawn)
