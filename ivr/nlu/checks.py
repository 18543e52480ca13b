"""What may be wrong in nlu_data/, found before training: names that fit nothing, missing or long wording."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from yaml.nodes import MappingNode

from ivr.dialogue.actions import ACTION_NAMES
from ivr.nlu.rendering import EXAMPLE, plain_example
from ivr.nlu.response_checks import check_responses
from ivr.nlu.yaml_marks import (
    BrokenFile,
    Problem,
    items,
    line_of,
    names,
    pairs,
    read,
    repeated_keys,
    text,
    value_at,
)

FEWEST_EXAMPLES = 20
WITHOUT_WORDS = {"enter_digits"}  # comes from the keypad
BUILT_IN_INTENTS = {"nlu_fallback"}
BUILT_IN_ACTIONS = {"action_listen", "action_restart", "..."}


def validate(nlu_data: Path, language: str = "en") -> list[Problem]:
    """Check everything a designer can edit; an empty list means that training can start."""
    problems: list[Problem] = []
    files = _read_all(nlu_data, problems)
    if problems:  # names cannot be compared while a file is unreadable
        return problems
    for file, node in files.items():
        for key, line in repeated_keys(node):
            problems.append(Problem(file, line, f"`{key}` stands here a second time", "Keep one of them"))
    domain_file = nlu_data / "domain.yml"
    domain = files[domain_file]
    examples = {file: node for file, node in files.items() if file.parent == nlu_data / "nlu" / language}
    rules = {file: node for file, node in files.items() if file.parent.name in {"rules", "stories"}}
    problems += check_responses(
        {file: node for file, node in files.items() if file.parent.name == "responses"}
    )
    problems += _check_examples(examples, names(value_at(domain, "intents")), domain_file)
    problems += _check_steps(rules, domain, _response_names(nlu_data, language, files))
    problems += _check_actions(domain, domain_file)
    return sorted(problems, key=lambda problem: (str(problem.file), problem.line))


def _read_all(nlu_data: Path, problems: list[Problem]) -> dict[Path, MappingNode]:
    wanted = [nlu_data / name for name in ("config.yml", "domain.yml", "commands.yml", "responses/en.yml")]
    found = [file for file in sorted(nlu_data.rglob("*.yml")) if file not in wanted]
    files: dict[Path, MappingNode] = {}
    for file in [*wanted, *found]:
        try:
            files[file] = read(file)
        except BrokenFile as broken:
            problems.append(broken.problem)
    return files


def _response_names(nlu_data: Path, language: str, files: dict[Path, MappingNode]) -> set[str]:
    spoken = files.get(nlu_data / "responses" / f"{language}.yml")
    orders = files[nlu_data / "commands.yml"]
    return {*names(value_at(spoken, "responses")), *names(value_at(orders, "responses"))}


def _check_examples(
    files: dict[Path, MappingNode], intents: dict[str, int], domain_file: Path
) -> Iterator[Problem]:
    said: dict[str, tuple[str, Path, int]] = {}
    counts = dict.fromkeys(intents, 0)
    for file, intent, line, sentence in _sentences(files):
        if intent not in intents:
            todo = f"Add it under `intents:` in {domain_file.name}, or correct the name"
            yield Problem(file, line, f"the intent `{intent}` is not in the domain", todo)
            continue
        counts[intent] += 1
        plain = plain_example(sentence)
        other, other_file, other_line = said.setdefault(plain, (intent, file, line))
        if other != intent:
            where = f"{other_file.name}:{other_line}"
            yield Problem(
                file, line, f"“{plain}” is also an example of `{other}` ({where})", "Keep it in one"
            )
    for intent, count in counts.items():
        if count < FEWEST_EXAMPLES and intent not in WITHOUT_WORDS:
            todo = f"Write at least {FEWEST_EXAMPLES}, as different as callers are"
            yield Problem(
                domain_file, intents[intent], f"`{intent}` has only {count} example sentences", todo
            )


def _sentences(files: dict[Path, MappingNode]) -> Iterator[tuple[Path, str, int, str]]:
    for file, node in files.items():
        for block in items(value_at(node, "nlu")):
            intent = text(value_at(block, "intent"))
            examples = value_at(block, "examples")
            if intent is None or examples is None:
                continue
            for offset, line in enumerate((text(examples) or "").splitlines()):
                sentence = EXAMPLE.match(line)
                if sentence:
                    yield file, intent, line_of(examples) + 1 + offset, sentence[2]


def _check_steps(
    files: dict[Path, MappingNode], domain: MappingNode, responses: set[str]
) -> Iterator[Problem]:
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


def _steps(node: MappingNode) -> Iterator[tuple[str, str, int]]:
    for kind in ("rules", "stories"):
        for path in items(value_at(node, kind)):
            for step in items(value_at(path, "steps")):
                for name, _, value in pairs(step):
                    if name in {"intent", "action"}:
                        yield name, text(value) or "", line_of(value)


def _check_actions(domain: MappingNode, file: Path) -> Iterator[Problem]:
    for action, line in names(value_at(domain, "actions")).items():
        if action not in ACTION_NAMES:
            todo = f"Programmers write actions{_like(action, ACTION_NAMES)}; `utter_` names need no entry"
            yield Problem(file, line, f"the service has no action `{action}`", todo)


def _like(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), 1)
    return f" (did you mean `{close[0]}`?)" if close else ""
