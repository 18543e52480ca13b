"""What changed in nlu_data/ since a commit, in a designer's words."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import yaml

from ivr.nlu.corpus import examples_in
from ivr.nlu.studio.git_folder import git
from ivr.nlu.yaml_marks import BrokenFile, read

KINDS = {
    "responses": "wording",
    "rules": "rules",
    "stories": "stories",
    "tests": "test conversations",
    "holdout": "held-out sentences",
    "heard": "what the phone makes of sentences",
    "triage": "words that call for a person",
    "knowledge": "articles",
}
_Sentence = tuple[str, str]  # intent, as written


@dataclass(frozen=True)
class SentenceChange:
    """What changed for one intent in one language."""

    intent: str
    language: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True)
class FileChange:
    """A change in another file: what kind of file, and how many lines."""

    file: str
    kind: str
    added: int
    removed: int


@dataclass(frozen=True)
class Changes:
    """All changes since a commit."""

    sentences: tuple[SentenceChange, ...]
    files: tuple[FileChange, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing changed."""
        return not self.sentences and not self.files


def changes_since(nlu_data: Path, commit: str) -> Changes | None:
    """Return what is different now, saved but uncommitted work included; None when git cannot tell."""
    listed = git(nlu_data, "diff", "--numstat", "--no-renames", "--relative", commit, "--", ".")
    others = git(nlu_data, "ls-files", "--others", "--exclude-standard", "--", ".")
    if listed is None or others is None:
        return None
    sentences: list[SentenceChange] = []
    files: list[FileChange] = []
    rows = [line.split("\t") for line in listed.splitlines()]
    rows += [[str(_length(nlu_data / name)), "0", name] for name in others.splitlines()]
    for added, removed, name in rows:
        parts = Path(name).parts
        if parts[0] == "nlu" and len(parts) == 3 and name.endswith(".yml"):
            sentences += _sentence_changes(nlu_data, commit, Path(name))
        elif added != "0" or removed != "0":
            kind = KINDS.get(parts[0], parts[0])
            files.append(FileChange(name, kind, _number(added), _number(removed)))
    return Changes(_merged(sentences), tuple(sorted(files, key=lambda change: change.file)))


def _sentence_changes(nlu_data: Path, commit: str, name: Path) -> list[SentenceChange]:
    before = _sentences_of(git(nlu_data, "show", f"{commit}:./{name.as_posix()}") or "")
    try:
        file = nlu_data / name
        now = Counter((line.intent, line.written) for line in examples_in(file, read(file)))
    except BrokenFile:
        now = Counter()
    language = name.parts[1]
    added, removed = now - before, before - now
    intents = sorted({intent for intent, _ in (*added, *removed)})
    return [SentenceChange(intent, language, _of(added, intent), _of(removed, intent)) for intent in intents]


def _of(sentences: "Counter[_Sentence]", intent: str) -> tuple[str, ...]:
    return tuple(written for own, written in sentences if own == intent)


def _sentences_of(text: str) -> "Counter[_Sentence]":
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        return Counter()
    found: Counter[_Sentence] = Counter()
    for block in (content or {}).get("nlu") or []:
        listed = str(block.get("examples", "")).splitlines() if "intent" in block else []
        for line in listed:
            if line.strip().startswith("- "):
                found[str(block["intent"]), line.strip()[2:].strip()] += 1
    return found


def _merged(changes: list[SentenceChange]) -> tuple[SentenceChange, ...]:
    """Join an intent's changes in several files; a sentence that only moved is no change."""
    grouped: dict[tuple[str, str], list[SentenceChange]] = {}
    for change in changes:
        grouped.setdefault((change.language, change.intent), []).append(change)
    merged = []
    for (language, intent), group in sorted(grouped.items()):
        added = Counter(sentence for change in group for sentence in change.added)
        removed = Counter(sentence for change in group for sentence in change.removed)
        new, gone = added - removed, removed - added
        if new or gone:
            merged.append(SentenceChange(intent, language, tuple(new), tuple(gone)))
    return tuple(merged)


def _length(file: Path) -> int:
    try:
        return file.read_bytes().count(b"\n")
    except OSError:
        return 0


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0  # "-" for files that are no text
