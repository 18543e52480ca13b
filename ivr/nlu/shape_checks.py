"""Whether each file holds the kinds of things its place asks for: lists, names or plain text."""

from collections.abc import Callable, Iterator
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ivr.nlu.yaml_marks import Problem, items, line_of, pairs, value_at

_LIST = "a list: lines that begin with `- `"
_NAMES = "`name:` lines"
_TEXT = "plain text"


def check_shape(nlu_data: Path, file: Path, node: MappingNode) -> Iterator[Problem]:
    """Tell what in one file is of the wrong kind; its folder says what it must be."""
    place = file.relative_to(nlu_data).parts[0]
    check = _PLACES.get(place)
    if check is not None:
        yield from check(file, node)


def _nlu(file: Path, node: MappingNode) -> Iterator[Problem]:
    yield from _must_be(file, node, "nlu", SequenceNode, _LIST)
    for block in items(value_at(node, "nlu")):
        if not isinstance(block, MappingNode):
            yield Problem(file, line_of(block), "this is not `- intent: name` with examples", "Write it so")
            continue
        if value_at(block, "intent") is None:
            continue  # regex, lookup, synonym
        yield from _must_be(file, block, "intent", ScalarNode, _TEXT)
        examples = value_at(block, "examples")
        if not isinstance(examples, ScalarNode) or examples.style != "|":
            at = examples if examples is not None else block
            yield Problem(
                file,
                line_of(at),
                "the examples are no block of text",
                "Write `examples: |` and `- ` lines",
            )
            continue
        for offset, line in enumerate(str(examples.value).splitlines()):
            if line.strip() and not line.lstrip().startswith("- "):
                at_line = line_of(examples) + 1 + offset
                yield Problem(
                    file, at_line, f"“{line.strip()}” does not begin with `- `", "Put `- ` before it"
                )


def _steps(file: Path, node: MappingNode) -> Iterator[Problem]:
    kind = "stories" if file.parent.name == "stories" else "rules"
    yield from _must_be(file, node, kind, SequenceNode, _LIST)
    for path in items(value_at(node, kind)):
        if not isinstance(path, MappingNode):
            yield Problem(file, line_of(path), "this is not `- rule: name` with steps", "Write it so")
            continue
        yield from _must_be(file, path, "steps", SequenceNode, _LIST)
        for step in items(value_at(path, "steps")):
            if not isinstance(step, MappingNode):
                yield Problem(
                    file, line_of(step), "this is no step", "Write `- intent: ...` or `- action: ...`"
                )
                continue
            for name, _, value in pairs(step):
                if name in {"intent", "action"} and not isinstance(value, ScalarNode):
                    yield Problem(file, line_of(value), f"`{name}` is not one name", "Write one name")


def _responses(file: Path, node: MappingNode) -> Iterator[Problem]:
    yield from _must_be(file, node, "responses", MappingNode, _NAMES)
    for name, key, value in pairs(value_at(node, "responses")):
        if not isinstance(value, SequenceNode):
            yield Problem(file, line_of(key), f"`{name}` is not a list", 'Write it as `- text: "..."`')
        for item in items(value):
            said = value_at(item, "text")
            if said is not None and not (isinstance(said, ScalarNode) and said.tag.endswith(":str")):
                yield Problem(file, line_of(said), f"the text of `{name}` is not text", "Put it in quotes")


def _domain(file: Path, node: MappingNode) -> Iterator[Problem]:
    for name in ("intents", "entities", "actions"):
        if value_at(node, name) is not None:
            yield from _must_be(file, node, name, SequenceNode, _LIST)
    for name in ("slots", "forms"):
        if value_at(node, name) is not None:
            yield from _must_be(file, node, name, MappingNode, _NAMES)


def _holdout(file: Path, node: MappingNode) -> Iterator[Problem]:
    for name, key, value in pairs(node):
        for intent, at, listed in [(name, key, value)] if items(value) else pairs(value):
            if not isinstance(listed, SequenceNode) or not all(
                isinstance(item, ScalarNode) for item in items(listed)
            ):
                yield Problem(file, line_of(at), f"`{intent}` is not a list of sentences", "Write `- ` lines")
        if not isinstance(value, SequenceNode | MappingNode):
            yield Problem(
                file, line_of(key), f"`{name}` holds no sentences", "Write `intent:` and `- ` lines"
            )


def _must_be(file: Path, node: Node, name: str, kind: type[Node], what: str) -> Iterator[Problem]:
    value = value_at(node, name)
    if value is None:
        yield Problem(file, line_of(node), f"`{name}:` is missing", f"Write {what} under it")
    elif not isinstance(value, kind):
        yield Problem(file, line_of(value), f"`{name}` is not {what}", "Look at the README for its form")


_PLACES: dict[str, Callable[[Path, MappingNode], Iterator[Problem]]] = {
    "nlu": _nlu,
    "rules": _steps,
    "stories": _steps,
    "responses": _responses,
    "domain.yml": _domain,
    "holdout": _holdout,
}
