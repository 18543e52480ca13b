"""How designers' files change without losing comments, layout, or what another person wrote meanwhile.

Every change starts from a `Version` that was read. If the file is another one by then, nothing is
written and the caller is told; what they wanted to write is still theirs to apply again.
"""

import fcntl
import hashlib
import io
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from ivr.errors import IvrError
from ivr.nlu.rendering import EXAMPLE, plain_example
from ivr.nlu.yaml_marks import LARGEST_BYTES, BrokenFile, read

_GIT_TIMEOUT_S = 30
_GIT_TRIES = 25
_GIT_BUSY_S = 0.2
# The indents of a key and of the list under it; examples are a block of text, no list.
_INDENTED_LIST = re.compile(r"^( *)[\w-]+:[ ]*(?:#.*)?\n(?:[ ]*#.*\n)*( *)- ", re.MULTILINE)


class EditConflict(IvrError):
    """Somebody else changed the file since it was read; nothing was written."""


class EditImpossible(IvrError):
    """The change makes no sense in this file; nothing was written."""


@dataclass(frozen=True)
class Version:
    """A file as it was read: its path, its text, and the hash that proves it is still the same."""

    file: Path
    text: str
    digest: str


@dataclass(frozen=True)
class Author:
    """Who made a change, as git records it."""

    name: str
    email: str


def open_version(file: Path) -> Version:
    """Read a file to change it later. Raises EditImpossible."""
    try:
        raw = file.read_bytes()
        return Version(file, raw.decode("utf-8"), hashlib.sha256(raw).hexdigest())
    except (OSError, UnicodeDecodeError) as broken:
        raise EditImpossible(f"{file} cannot be read: {broken}") from broken


def add_examples(version: Version, intent: str, sentences: Sequence[str]) -> Version:
    """Add sentences to the end of an intent's first block, making one when there is none.

    Sentences the block has already, case and punctuation apart, are not added again. Returns the new
    version. Raises EditConflict, EditImpossible.
    """

    def change(content: CommentedMap) -> None:
        block = _block(content, intent)
        if block is None:
            content.setdefault("nlu", []).append(
                CommentedMap(intent=intent, examples=LiteralScalarString(""))
            )
            block = content["nlu"][-1]
        lines = str(block["examples"]).splitlines()
        there = {plain_example(found[2]) for found in map(EXAMPLE.match, lines) if found}
        for sentence in map(_one_line, sentences):
            if plain_example(sentence) not in there:
                lines.append(f"- {sentence}")
                there.add(plain_example(sentence))
        block["examples"] = LiteralScalarString("\n".join(lines) + "\n")

    return edit(version, change)


def remove_example(version: Version, intent: str, sentence: str) -> Version:
    """Remove one sentence of an intent. Raises EditConflict, EditImpossible when it is not there."""

    def change(content: CommentedMap) -> None:
        for block in content.get("nlu", []):
            if block.get("intent") != intent:
                continue
            lines = str(block["examples"]).splitlines()
            kept = [line for line in lines if line.strip() != f"- {sentence}"]
            if len(kept) < len(lines):
                block["examples"] = LiteralScalarString("".join(f"{line}\n" for line in kept))
                return
        raise EditImpossible(f"“{sentence}” is no example of `{intent}` in {version.file.name}")

    return edit(version, change)


def edit(version: Version, change: Callable[[CommentedMap], None]) -> Version:
    """Apply a change to the parsed file and write it, comments and layout kept.

    The file appears whole or not at all. Raises EditConflict, EditImpossible.
    """
    with _alone(version.file):
        _check_unchanged(version)
        yaml = _round_trip(version.text)
        try:
            content = yaml.load(version.text)
        except YAMLError as broken:
            raise EditImpossible(
                f"{version.file.name} is not valid YAML; `ivr nlu check` says where"
            ) from broken
        if not isinstance(content, CommentedMap):
            raise EditImpossible(f"{version.file.name} does not start with `name:` lines")
        change(content)
        return write(version, _dumped(yaml, content), is_locked=True)


def write(version: Version, text: str, is_locked: bool = False) -> Version:
    """Replace a file's text. Raises EditConflict, and EditImpossible when it could not be read again."""
    if not is_locked:
        with _alone(version.file):
            return write(version, text, is_locked=True)
    _check_unchanged(version)
    raw = text.encode("utf-8")
    if len(raw) > LARGEST_BYTES:
        raise EditImpossible(f"{version.file.name} would be larger than {LARGEST_BYTES / 1e6:.0f} MB")
    beside = version.file.with_name(f".{version.file.name}-{os.getpid()}.new")
    try:
        with beside.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        if version.file.suffix in {".yml", ".yaml"}:
            read(beside)
        beside.replace(version.file)
    except BrokenFile as broken:
        raise EditImpossible(f"line {broken.problem.line}: {broken.problem.what}") from broken
    finally:
        beside.unlink(missing_ok=True)
    return Version(version.file, text, hashlib.sha256(raw).hexdigest())


def commit(files: Sequence[Path], message: str, author: Author) -> str:
    """Commit exactly these files with the designer as author and return the commit.

    Other changes in the folder, staged or not, stay as they are. Raises EditImpossible.
    """
    folder = files[0].parent
    names = [str(file.absolute()) for file in files]
    _git(folder, "add", "--", *names)
    if not _git(folder, "status", "--porcelain", "--", *names):
        return _git(folder, "rev-parse", "HEAD")  # somebody else's commit took it along
    who = f"{author.name} <{author.email}>"
    # --only takes these files from the folder and leaves what others have staged where it is.
    _git(folder, "commit", "--quiet", "--only", "--author", who, "--message", message, "--", *names)
    return _git(folder, "rev-parse", "HEAD")


def _block(content: CommentedMap, intent: str) -> Any:
    return next((block for block in content.get("nlu", []) if block.get("intent") == intent), None)


def _one_line(sentence: str) -> str:
    """Return a sentence that stays one line and one list item, whatever was typed."""
    plain = " ".join(sentence.split())
    if not plain:
        raise EditImpossible("there is no sentence to write")
    return plain


def _check_unchanged(version: Version) -> None:
    if open_version(version.file).digest != version.digest:
        raise EditConflict(
            f"{version.file.name} was changed by somebody else since you opened it. "
            "Nothing is lost: look at their change, then save yours again"
        )


def _round_trip(text: str) -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 10_000  # lines stay as long as they are
    indented = _INDENTED_LIST.search(text)
    if indented and len(indented[2]) > len(indented[1]):
        yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(yaml: YAML, content: CommentedMap) -> str:
    out = io.StringIO()
    yaml.dump(content, out)
    return out.getvalue()


@contextmanager
def saving(nlu_data: Path) -> Iterator[None]:
    """Hold the right to change a file below a folder's subfolders and to commit it: others wait.

    So a commit holds what its author wrote and nothing else.
    """
    with _alone(nlu_data / "any"):
        yield


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold the right to write in this folder; another process waits."""
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _git(folder: Path, *arguments: str) -> str:
    """Return what git says; while another git is at work in the folder, wait for it a little."""
    pause, told = threading.Event(), ""
    for _ in range(_GIT_TRIES):
        try:
            done = subprocess.run(
                ["git", "-C", str(folder), *arguments],
                capture_output=True,
                text=True,
                timeout=_GIT_TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as broken:
            raise EditImpossible(f"git: {broken}") from broken
        if done.returncode == 0:
            return done.stdout.strip()
        told = (done.stderr or done.stdout).strip()
        if "index.lock" not in told:
            break
        pause.wait(_GIT_BUSY_S)
    raise EditImpossible(f"git: {told}")
