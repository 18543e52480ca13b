"""Whether rules and stories name things that exist, and whether each of them can ever be reached."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from yaml.nodes import MappingNode, Node

from ivr.dialogue.actions import ACTION_NAMES
from ivr.nlu.corpus import Line
from ivr.nlu.example_checks import WITHOUT_WORDS
from ivr.nlu.yaml_marks import Problem, items, line_of, names, pairs, text, value_at

BUILT_IN_INTENTS = {"nlu_fallback"}
BUILT_IN_ACTIONS = {
    "action_listen",
    "action_restart",
    "action_deactivate_loop",
    "action_session_start",
    "action_default_fallback",
    "...",
}


def check_steps(
    files: Mapping[Path, MappingNode],
    domain: MappingNode,
    responses: Mapping[str, int],
    lines: Sequence[Line],
) -> Iterator[Problem]:
    """Compare rules and stories with the domain, the wording and the sentences."""
    intents = {*names(value_at(domain, "intents")), *BUILT_IN_INTENTS}
    forms = set(names(value_at(domain, "forms")))
    actions = {*names(value_at(domain, "actions")), *forms, *responses, *BUILT_IN_ACTIONS}
    known = {"intent": ("intents:", intents), "action": ("actions:", actions)}
    for file, node in files.items():
        for kind, name, line in _steps(node):
            section, fitting = known[kind]
            if name in fitting:
                continue
            if name.startswith("utter_"):
                todo = "Write its wording in responses/en.yml"
            else:
                todo = f"Add it under `{section}` in domain.yml, or correct the name{_like(name, fitting)}"
            yield Problem(file, line, f"the {kind} `{name}` does not exist", todo)
    said = {line.intent for line in lines} | WITHOUT_WORDS | BUILT_IN_INTENTS
    yield from _unreachable(files, domain, said & intents, intents)


def check_actions(domain: MappingNode, file: Path) -> Iterator[Problem]:
    """Tell of actions that no programmer wrote."""
    for action, line in names(value_at(domain, "actions")).items():
        if action not in ACTION_NAMES:
            todo = f"Programmers write actions{_like(action, ACTION_NAMES)}; `utter_` names need no entry"
            yield Problem(file, line, f"the service has no action `{action}`", todo)


def named_actions(nodes: Iterable[MappingNode]) -> set[str]:
    """Return every action that a rule or story takes."""
    return {name for node in nodes for kind, name, _ in _steps(node) if kind == "action"}


def _unreachable(
    files: Mapping[Path, MappingNode], domain: MappingNode, said: set[str], intents: set[str]
) -> Iterator[Problem]:
    first: dict[tuple[str, ...], str] = {}
    slots = value_at(domain, "slots")
    forms = names(value_at(domain, "forms"))
    for file, node in files.items():
        for rule in items(value_at(node, "rules")):
            line, title = line_of(rule), text(value_at(rule, "rule")) or "this rule"
            start = next(iter(items(value_at(rule, "steps"))), None)
            begins = tuple(f"{name}={text(value)}" for name, _, value in pairs(start))
            intent = text(value_at(start, "intent"))
            if intent in intents and intent not in said:
                why = f"no sentence in nlu/ is an example of `{intent}`"
                yield _never(file, line, title, why, "Write examples or remove the rule")
            for why, at in _impossible(value_at(rule, "condition"), slots, forms):
                yield _never(file, at, title, why, "Correct the condition")
            trigger = (*sorted(_conditions(value_at(rule, "condition"))), *begins)
            where = f"{file.name}:{line}"
            other = first.setdefault(trigger, where)
            if other != where and intent is not None:
                yield _never(
                    file, line, title, f"the rule at {other} begins the same way", "Keep one of them"
                )


def _never(file: Path, line: int, title: str, why: str, todo: str) -> Problem:
    return Problem(file, line, f"the rule “{title}” is never reached: {why}", todo)


def _conditions(condition: Node | None) -> Iterator[str]:
    for item in items(condition):
        for name, _, value in pairs(item):
            if name == "active_loop":
                yield f"loop={text(value)}"
            for entry in items(value):
                yield from (f"{slot}={text(set_to)}" for slot, _, set_to in pairs(entry))


def _impossible(
    condition: Node | None, slots: Node | None, forms: Mapping[str, int]
) -> Iterator[tuple[str, int]]:
    """Yield why a condition cannot come true, with its line."""
    for item in items(condition):
        for name, key, value in pairs(item):
            loop = text(value)
            if name == "active_loop" and loop not in {*forms, "null", None}:
                yield f"there is no form `{loop}`", line_of(key)
            for entry in items(value) if name == "slot_was_set" else []:
                for slot, at, wanted in pairs(entry):
                    yield from _impossible_slot(slot, line_of(at), text(wanted), slots)


def _impossible_slot(
    slot: str, line: int, wanted: str | None, slots: Node | None
) -> Iterator[tuple[str, int]]:
    if slot == "requested_slot":
        return
    declared = value_at(slots, slot)
    if declared is None:
        yield f"there is no slot `{slot}`", line
        return
    values = [text(item) for item in items(value_at(declared, "values"))]
    if values and wanted not in {*values, "null", "~"}:
        yield f"`{slot}` never becomes `{wanted}`", line


def _steps(node: MappingNode) -> Iterator[tuple[str, str, int]]:
    for kind in ("rules", "stories"):
        for path in items(value_at(node, kind)):
            for step in items(value_at(path, "steps")):
                for name, _, value in pairs(step):
                    if name in {"intent", "action"}:
                        yield name, text(value) or "", line_of(value)


def _like(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), 1)
    return f" (did you mean `{close[0]}`?)" if close else ""
