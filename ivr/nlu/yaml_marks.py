"""YAML read with line numbers, so that a mistake can be pointed at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast
LARGEST_BYTES = 1_000_000  # a thousand sentences take about 40,000
_TAB_INDENT = re.compile(r"^[ -]*\t")


@dataclass(frozen=True)
class Problem:
    """One thing wrong in nlu_data/: where, what, what to do about it. A warning stops nothing."""

    file: Path
    line: int
    what: str
    todo: str
    is_error: bool = True

    def __str__(self) -> str:
        kind = "" if self.is_error else "warning: "
        return f"{self.file}:{self.line}: {kind}{self.what}. {self.todo}"

    def as_dict(self) -> dict[str, object]:
        """Return what a script wants to read."""
        return {
            "file": str(self.file),
            "line": self.line,
            "what": self.what,
            "todo": self.todo,
            "severity": "error" if self.is_error else "warning",
        }


class BrokenFile(Exception):
    """A file that cannot be read as YAML."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read(file: Path) -> MappingNode:
    """Parse a file whose top level is a mapping. Raises BrokenFile."""
    content = _content(file)
    try:
        node = yaml.compose(content, _Loader)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        if broken.context_mark and "end of stream" in (broken.problem or ""):
            mark = broken.context_mark  # where the quote was opened, not where the file ends
        what = f"not valid YAML: {broken.problem or broken.context}"
        todo = "Look at this line and the one before: indentation, a missing colon, or a quote left open"
        raise BrokenFile(Problem(file, mark.line + 1 if mark else 1, what, todo)) from broken
    except yaml.YAMLError as broken:
        raise BrokenFile(Problem(file, 1, f"not valid YAML: {broken}", "Remove odd characters")) from broken
    except RecursionError as deep:
        raise BrokenFile(Problem(file, 1, "lists stand in lists too deep", "Flatten them")) from deep
    if not isinstance(node, MappingNode):
        raise BrokenFile(
            Problem(file, 1, "the file does not start with `name:` lines", "Start with `version:`")
        )
    return node


def _content(file: Path) -> str:
    """Return a file's text. Raises BrokenFile where no YAML parser would say it clearly."""
    try:
        size = file.stat().st_size
        if size > LARGEST_BYTES:
            what = f"the file has {size / 1e6:.1f} MB, more than {LARGEST_BYTES / 1e6:.0f} MB"
            raise BrokenFile(Problem(file, 1, what, "Split it by topic; something else may have got in"))
        raw = file.read_bytes()
    except OSError as missing:
        raise BrokenFile(Problem(file, 1, "the file is missing", "Put it back; git has it")) from missing
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as odd:
        at = raw[: odd.start].count(b"\n") + 1
        raise BrokenFile(Problem(file, at, "the file is not UTF-8 text", "Save it as UTF-8")) from odd
    if not content.strip():
        raise BrokenFile(Problem(file, 1, "the file is empty", "Write something, or remove the file"))
    for number, line in enumerate(content.splitlines(), 1):
        if _TAB_INDENT.match(line):
            raise BrokenFile(
                Problem(file, number, "the line is indented with a tab", "Use spaces; YAML allows no tabs")
            )
    return content


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
