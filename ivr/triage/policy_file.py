"""The designers' escalation policy, read from policy.yml: every mistake named with its line."""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from ivr.errors import SettingsInvalid
from ivr.handoff.escalation.policy import Adjustment, Condition, Policy, SignalRule
from ivr.handoff.escalation.signals import Signal, Topics
from ivr.nlu.yaml_marks import BrokenFile, Problem, items, line_of, pairs, read, repeated_keys, text, value_at

FILE = "policy.yml"
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
# name: (lowest, highest) of a number; None for what is no number
_TOP: dict[str, tuple[float, float] | None] = {
    "threshold": (0.1, 100), "offer_from": (0, 100), "fade": (0, 1), "alike_from": (0, 1),
    "valuable_from": (0, 1e9), "reserved_intents": None, "problem_intents": None, "signals": None,
    "adjustments": None,
}  # fmt: skip
_SIGNAL: dict[str, tuple[float, float] | None] = {
    "means": None, "points": (0, 100), "counts_from": (0, 1), "at_once_from": (0, 1), "lasts": None,
    "most": (1, 100),
}  # fmt: skip
_ADJUSTMENT: dict[str, tuple[float, float] | None] = {"means": None, "when": None, "threshold": (-100, 100)}
_WHEN: dict[str, tuple[float, float] | None] = {
    "intents": None, "languages": None, "waiting_from": (0, 1000), "between": None, "people": None,
}  # fmt: skip
_LANGUAGES = frozenset({"en", "sv", "nb", "fi"})


def load_policy(nlu_data: Path, file: Path | None = None) -> Policy:
    """Read the policy. Raises SettingsInvalid with every mistake in it."""
    file = file or nlu_data / FILE
    problems = check_policy(file)
    if problems:
        raise SettingsInvalid("\n".join(str(problem) for problem in problems))
    return policy_of(yaml.safe_load(file.read_text(encoding="utf-8"))["escalation"])


def check_policy(file: Path, intents: Collection[str] | None = None) -> list[Problem]:
    """Say what is wrong in the policy: file, line and what to do. `intents` are the names there are."""
    try:
        root = read(file)
    except BrokenFile as broken:
        return [broken.problem]
    node = value_at(root, "escalation")
    if not isinstance(node, MappingNode):
        return [Problem(file, 1, "there is no `escalation:`", "Copy it from the version that ships")]
    twice = [
        Problem(file, line, f"`{name}` stands here a second time", "Keep one of them")
        for name, line in repeated_keys(node)
    ]
    return sorted([*twice, *_wrong(node, file, intents)], key=lambda problem: problem.line)


def policy_of(written: Mapping[str, Any]) -> Policy:
    """Return the policy a checked `escalation:` section means; its version is a fingerprint of it."""
    version = hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()[:12]
    topics = Topics(
        frozenset(written["reserved_intents"]),
        frozenset(written["problem_intents"]),
        float(written["valuable_from"]),
        float(written["alike_from"]),
    )
    signals = {Signal(name): SignalRule(**rule) for name, rule in written["signals"].items()}
    adjustments = tuple(
        Adjustment(one["means"], _condition(one["when"]), float(one["threshold"]))
        for one in written.get("adjustments") or ()
    )
    return Policy(
        version,
        float(written["threshold"]),
        float(written["offer_from"]),
        float(written["fade"]),
        signals,
        adjustments,
        topics,
    )


def _condition(when: Mapping[str, Any]) -> Condition:
    people = when.get("people")
    return Condition(
        frozenset(when.get("intents", ())),
        frozenset(when.get("languages", ())),
        when.get("waiting_from"),
        _minutes(when["between"]) if "between" in when else None,
        None if people is None else people == "open",
    )


def _minutes(between: str) -> tuple[int, int] | None:
    found = _HOURS.fullmatch(between)
    if found is None:
        return None
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    return from_hour * 60 + from_minute, to_hour * 60 + to_minute


def _wrong(node: MappingNode, file: Path, intents: Collection[str] | None) -> Iterator[Problem]:
    optional = {"adjustments"}
    yield from _wrong_names(node, _TOP, set(_TOP) - optional, file)
    yield from _wrong_numbers(node, _TOP, file)
    for name in ("reserved_intents", "problem_intents"):
        yield from _wrong_list(value_at(node, name), intents, "intent", file)
    known = {signal.value for signal in Signal}
    for name, key, rule in pairs(value_at(node, "signals")):
        if name not in known:
            yield Problem(file, line_of(key), f"there is no signal `{name}`", f"Use{_like(name, known)}")
            continue
        yield from _wrong_names(rule, _SIGNAL, {"means", "points"}, file)
        yield from _wrong_numbers(rule, _SIGNAL, file)
        yield from _wrong_sentence(rule, file)
        lasts = value_at(rule, "lasts")
        if lasts is not None and text(lasts) not in {"true", "false"}:
            yield Problem(file, line_of(lasts), "`lasts` is true or false", "Write one of them")
        most = value_at(rule, "most")
        if most is not None and not (text(most) or "").isdigit():
            yield Problem(file, line_of(most), "`most` is a whole number", "Write 1, 2, 3, ...")
    for missing in sorted(known - {name for name, _, _ in pairs(value_at(node, "signals"))}):
        todo = "Write it with `points: 0` to leave it out"
        yield Problem(file, line_of(node), f"the signal `{missing}` is missing", todo)
    for one in items(value_at(node, "adjustments")):
        yield from _wrong_adjustment(one, file, intents)


def _wrong_adjustment(node: Node, file: Path, intents: Collection[str] | None) -> Iterator[Problem]:
    yield from _wrong_names(node, _ADJUSTMENT, set(_ADJUSTMENT), file)
    yield from _wrong_numbers(node, _ADJUSTMENT, file)
    yield from _wrong_sentence(node, file)
    when = value_at(node, "when")
    if when is None:
        return
    if not isinstance(when, MappingNode) or not when.value:
        yield Problem(file, line_of(when), "`when` says nothing", f"Write {', '.join(_WHEN)}")
        return
    yield from _wrong_names(when, _WHEN, set(), file)
    yield from _wrong_numbers(when, _WHEN, file)
    yield from _wrong_list(value_at(when, "intents"), intents, "intent", file)
    yield from _wrong_list(value_at(when, "languages"), _LANGUAGES, "language", file)
    between, people = value_at(when, "between"), value_at(when, "people")
    if between is not None and _minutes(text(between) or "") is None:
        yield Problem(file, line_of(between), "`between` is no stretch of a day", 'Write "18:00-08:00"')
    if people is not None and text(people) not in {"open", "closed"}:
        yield Problem(file, line_of(people), "`people` is open or closed", "Write one of them")


def _wrong_names(
    node: Node, known: Mapping[str, Any], needed: Collection[str], file: Path
) -> Iterator[Problem]:
    if not isinstance(node, MappingNode):
        yield Problem(file, line_of(node), "this holds no names", f"Write {', '.join(known)} under it")
        return
    named = {name for name, _, _ in pairs(node)}
    for name, key, _ in pairs(node):
        if name not in known:
            yield Problem(file, line_of(key), f"`{name}` is unknown here", f"Use{_like(name, known)}")
    for name in sorted(set(needed) - named):
        yield Problem(file, line_of(node), f"`{name}` is missing", "Add it")


def _wrong_numbers(
    node: Node, known: Mapping[str, tuple[float, float] | None], file: Path
) -> Iterator[Problem]:
    for name, _, value in pairs(node):
        limits = known.get(name)
        if limits is None:
            continue
        try:
            is_fine = limits[0] <= float(text(value) or "") <= limits[1]
        except ValueError:
            is_fine = False
        if not is_fine:
            todo = f"Write a number from {limits[0]:g} to {limits[1]:g}"
            yield Problem(file, line_of(value), f"`{name}` is {text(value) or 'no number'}", todo)


def _wrong_sentence(node: Node, file: Path) -> Iterator[Problem]:
    means = value_at(node, "means")
    if means is not None and len((text(means) or "").split()) < 3:
        todo = "Write a sentence that somebody who does not program can read"
        yield Problem(file, line_of(means), "`means` explains nothing", todo)


def _wrong_list(node: Node | None, known: Collection[str] | None, what: str, file: Path) -> Iterator[Problem]:
    if node is None:
        return
    if not isinstance(node, SequenceNode):
        yield Problem(file, line_of(node), f"this is no list of {what}s", "Write [one, another] or []")
        return
    for item in items(node):
        name = text(item) or ""
        if known is not None and name not in known:
            yield Problem(file, line_of(item), f"there is no {what} `{name}`", f"Use{_like(name, known)}")


def _like(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, list(known), 1)
    return f" `{close[0]}`?" if close else f": {', '.join(sorted(known))}"
