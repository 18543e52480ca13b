"""Which file a designer's sentence goes to, and what is written, committed and taken back."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import IvrError
from ivr.nlu.corpus import Line, as_heard, example_files, examples_in
from ivr.nlu.editing import (
    Author,
    EditConflict,
    EditImpossible,
    Version,
    add_examples,
    open_version,
    remove_example,
    saving,
)
from ivr.nlu.studio.git_folder import commit_saved
from ivr.nlu.yaml_marks import BrokenFile, Problem, read

FROM_CALLS = "from_calls.yml"
EMPTY = 'version: "3.1"\nnlu: []\n'
LONGEST_SENTENCE = 300
TRIES = 3
_PLACEHOLDER = re.compile(r"\[([a-z][a-z -]*)\](?!\()")
_LANGUAGE = re.compile(r"[a-z]{2}")


class SentenceRefused(IvrError):
    """A sentence cannot become training data as it is; nothing was written."""


@dataclass(frozen=True)
class Written:
    """What was written; `warning` says what git would not do, when the files are saved all the same."""

    sentences: tuple[str, ...]
    warning: str = ""


class Sentences:
    """The training sentences below one nlu_data/. Safe from any thread and beside other processes."""

    def __init__(self, nlu_data: Path) -> None:
        self._nlu_data = nlu_data

    def read(self) -> tuple[list[Line], list[Problem]]:
        """Return every sentence that can be read, and what stands in the way of the others."""
        lines: list[Line] = []
        problems: list[Problem] = []
        for file in example_files(self._nlu_data):
            try:
                lines += examples_in(file, read(file))
            except BrokenFile as broken:
                problems.append(broken.problem)
        return lines, problems

    def add(self, language: str, intent: str, sentences: Sequence[str], author: Author) -> Written:
        """Add sentences to an intent and commit the file in the designer's name.

        They go where the intent has sentences already, else to from_calls.yml of the language. Raises
        SentenceRefused, EditConflict, EditImpossible.
        """
        lines, problems = self.read()
        wanted = [" ".join(sentence.split()) for sentence in sentences if sentence.strip()]
        self._check(language, intent, wanted, lines)
        known = {line.plain for line in lines if line.language == language and line.intent == intent}
        new = [sentence for sentence in wanted if as_heard(sentence, language) not in known]
        if not new:
            return Written(())
        file = self._file_for(language, intent, lines)
        if any(problem.file == file for problem in problems):
            raise EditImpossible(f"{file.name} cannot be read just now; `ivr nlu check` says why")
        words = "a sentence" if len(new) == 1 else f"{len(new)} sentences"
        message = f"Add {words} to {intent}, {language}"
        with saving(self._nlu_data):
            self._change(file, lambda version: add_examples(version, intent, new))
            return Written(tuple(new), commit_saved(self._nlu_data, file, message, author))

    def remove(self, language: str, intent: str, sentence: str, author: Author) -> Written:
        """Remove a sentence and commit. Raises EditConflict, EditImpossible when it is not there any more."""
        lines, _ = self.read()
        holder = next(
            (
                line
                for line in lines
                if (line.language, line.intent, line.written) == (language, intent, sentence)
            ),
            None,
        )
        if holder is None:
            raise EditImpossible(f"“{sentence}” is no sentence of {intent} any more; somebody removed it")
        message = f"Remove a sentence from {intent}, {language}"
        with saving(self._nlu_data):
            self._change(holder.file, lambda version: remove_example(version, intent, sentence))
            return Written((sentence,), commit_saved(self._nlu_data, holder.file, message, author))

    def _check(self, language: str, intent: str, wanted: Sequence[str], lines: Sequence[Line]) -> None:
        if not _LANGUAGE.fullmatch(language) or not (self._nlu_data / "nlu" / language).is_dir():
            raise SentenceRefused(f"there is no language {language!r} in nlu/")
        if intent not in {line.intent for line in lines}:
            raise SentenceRefused(f"there is no intent {intent!r}; new ones begin in domain.yml and rules/")
        for sentence in wanted:
            if len(sentence) > LONGEST_SENTENCE or not sentence.isprintable():
                raise SentenceRefused(
                    f"“{sentence[:60]}…” is no sentence of at most {LONGEST_SENTENCE} letters"
                )
            gap = _PLACEHOLDER.search(sentence)
            if gap:
                raise SentenceRefused(
                    f"“{sentence}” has a gap where something personal was. "
                    f"Write a made-up {gap[1]} in place of [{gap[1]}]"
                )
            other = next(
                (
                    line
                    for line in lines
                    if line.language == language
                    and line.intent != intent
                    and line.plain == as_heard(sentence, language)
                ),
                None,
            )
            if other:
                raise SentenceRefused(
                    f"“{sentence}” teaches {other.intent} already ({other.file.name}, line {other.line}): "
                    "a sentence can mean one thing only. Remove it there first, or give it that intent"
                )

    def _file_for(self, language: str, intent: str, lines: Sequence[Line]) -> Path:
        holders = [line.file for line in lines if (line.language, line.intent) == (language, intent)]
        return holders[0] if holders else self._nlu_data / "nlu" / language / FROM_CALLS

    def _change(self, file: Path, change: Callable[[Version], Version]) -> None:
        """Apply a change; when somebody saved meanwhile, apply it to what they wrote: both stay."""
        if not file.exists():
            file.write_text(EMPTY, encoding="utf-8")
        for left in reversed(range(TRIES)):
            try:
                change(open_version(file))
                return
            except EditConflict:
                if not left:
                    raise
