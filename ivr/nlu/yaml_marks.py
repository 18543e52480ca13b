"""YAML read with line numbers, so that a mistake can be pointed at."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


@dataclass(frozen=True)
class Problem:
    """One thing wrong in nlu_data/: where, what, and what to do about it."""

    file: Path
    line: int
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.todo}"


class BrokenFile(Exception):
    """A file that cannot be read as YAML."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read(file: Path) -> MappingNode:
    """Parse a file whose top level is a mapping. Raises BrokenFile."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), yaml.SafeLoader)
    except OSError as missing:
        raise BrokenFile(Problem(file, 1, "the file is missing", "Put it back; git has it")) from missing
    except UnicodeDecodeError as odd:
        raise BrokenFile(Problem(file, 1, "the file is not UTF-8 text", "Save it as UTF-8")) from odd
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        what = f"not valid YAML: {broken.problem or broken.context}"
        todo = "Look at this line and the one before: indentation, a missing colon, or a quote left open"
        raise BrokenFile(Problem(file, mark.line + 1 if mark else 1, what, todo)) from broken
    except yaml.YAMLError as broken:
        raise BrokenFile(Problem(file, 1, f"not valid YAML: {broken}", "Remove odd characters")) from broken
    if not isinstance(node, MappingNode):
        raise BrokenFile(
            Problem(file, 1, "the file does not start with `name:` lines", "Start with `version:`")
        )
    return node


def line_of(node: Node) -> int:
    """Return the line a node starts on, from 1."""
    return int(node.start_mark.line) + 1


def pairs(node: Node | None) -> Iterator[tuple[str, ScalarNode, Node]]:
    """Yield (key, key node, value node) of a mapping; nothing for anything else."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield key.value, key, value


def value_at(node: Node | None, key: str) -> Node | None:
    """Return the value under a key, or None."""
    return next((value for name, _, value in pairs(node) if name == key), None)


def items(node: Node | None) -> list[Node]:
    """Return the items of a list; empty for anything else."""
    return list(node.value) if isinstance(node, SequenceNode) else []


def text(node: Node | None) -> str | None:
    """Return a scalar's text, or None."""
    return str(node.value) if isinstance(node, ScalarNode) else None


def names(node: Node | None) -> dict[str, int]:
    """Return the names in a list or mapping, with their lines."""
    listed = {str(item.value): line_of(item) for item in items(node) if isinstance(item, ScalarNode)}
    keyed = {name: line_of(key) for item in [node, *items(node)] for name, key, _ in pairs(item)}
    return listed | keyed


def repeated_keys(node: Node | None) -> Iterator[tuple[str, int]]:
    """Yield keys that stand twice in one mapping; YAML silently keeps the last."""
    seen: set[str] = set()
    for name, key, value in pairs(node):
        if name in seen:
            yield name, line_of(key)
        seen.add(name)
        yield from repeated_keys(value)
    for item in items(node):
        yield from repeated_keys(item)
