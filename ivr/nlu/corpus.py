"""Which labelled sentences there are: for training by intent and language, and held out for measuring."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yaml.nodes import MappingNode

from ivr.dialogue.plain_words import plain_words
from ivr.dialogue.spoken.hearing import hear_numbers
from ivr.nlu.rendering import EXAMPLE, heard_training_files, without_marks
from ivr.nlu.yaml_marks import items, line_of, pairs, read, text, value_at

OUT_OF_SCOPE = {"out_of_scope", "unclear", "nlu_fallback"}  # none of these is acted on as a wish
NOT_UNDERSTOOD = {"nlu_fallback", "unclear"}  # both lead to asking again


@dataclass(frozen=True)
class Line:
    """One sentence of a caller with its intent; `written` may hold [value](entity) marks, `said` does not."""

    intent: str
    written: str
    language: str
    file: Path
    line: int

    @property
    def said(self) -> str:
        """Return the sentence as it is spoken."""
        return without_marks(self.written)

    @property
    def plain(self) -> str:
        """Return the sentence as Rasa gets it from a call."""
        return as_heard(self.said, self.language)

    @property
    def key(self) -> str:
        """Return what stays the same while language and words stay the same."""
        return hashlib.sha256(f"{self.language}\0{self.said}".encode()).hexdigest()[:12]


@lru_cache(maxsize=50_000)
def as_heard(words: str, language: str) -> str:
    """Return a transcription as Rasa gets it: numbers in figures, plain words."""
    return plain_words(hear_numbers(words, language).text)


def languages(nlu_data: Path) -> tuple[str, ...]:
    """Return the languages that have example sentences."""
    return tuple(sorted(folder.name for folder in (nlu_data / "nlu").glob("*") if folder.is_dir()))


def example_files(nlu_data: Path) -> list[Path]:
    """Return the files with training sentences, of every language."""
    return sorted((nlu_data / "nlu").glob("*/*.yml"))


def holdout_files(nlu_data: Path) -> list[Path]:
    """Return the files of sentences never trained on: holdout/<language>.yml, holdout/<language>/*.yml."""
    return sorted([*(nlu_data / "holdout").glob("*.yml"), *(nlu_data / "holdout").glob("*/*.yml")])


def holdout_language(nlu_data: Path, file: Path) -> str:
    """Return the language a hold-out file measures."""
    return file.stem if file.parent == nlu_data / "holdout" else file.parent.name


def training_lines(nlu_data: Path) -> list[Line]:
    """Read every training sentence. Raises BrokenFile."""
    return [line for file in example_files(nlu_data) for line in examples_in(file, read(file))]


def heard_training_lines(nlu_data: Path) -> Iterator[Line]:
    """Yield the transcriptions that training includes. Raises BrokenFile."""
    for file in heard_training_files(nlu_data):
        yield from examples_in(file, read(file))


def holdout_lines(nlu_data: Path) -> list[Line]:
    """Read every held-out sentence. Raises BrokenFile."""
    return [line for file in holdout_files(nlu_data) for line in held_out_in(nlu_data, file, read(file))]


def examples_in(file: Path, node: MappingNode) -> Iterator[Line]:
    """Yield the sentences of one training file, whose folder is named after the language."""
    for block in items(value_at(node, "nlu")):
        intent = text(value_at(block, "intent"))
        examples = value_at(block, "examples")
        if intent is None or examples is None:
            continue
        for offset, written in enumerate((text(examples) or "").splitlines()):
            sentence = EXAMPLE.match(written)
            if sentence and sentence[2].strip():
                yield Line(
                    intent, sentence[2].strip(), file.parent.name, file, line_of(examples) + 1 + offset
                )


def held_out_in(nlu_data: Path, file: Path, node: MappingNode) -> Iterator[Line]:
    """Yield the sentences of one hold-out file: `intent: [...]`, or the same under the names of sets."""
    language = holdout_language(nlu_data, file)
    for name, _, value in pairs(node):
        sets = [(name, value)] if items(value) else [(intent, listed) for intent, _, listed in pairs(value)]
        for intent, listed in sets:
            for item in items(listed):
                said = text(item)
                if said:
                    yield Line(intent, said, language, file, line_of(item))


def by_language(lines: list[Line]) -> Mapping[str, list[Line]]:
    """Return the lines of each language."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.language, []).append(line)
    return found
