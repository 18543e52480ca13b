"""How long work shows itself: a bar on a terminal, a line per step elsewhere, nothing beside JSON."""

import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Item = TypeVar("Item")
_STEPS_OF_A_TRAINING = 6  # what Rasa reports for the shipped config.yml: start and end of each component


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def with_bar(items: Iterable[Item], total: int, what: str, is_quiet: bool = False) -> Iterator[Item]:
    """Yield the items, showing on the error stream how many of `total` are done."""
    if is_quiet or not sys.stderr.isatty():
        yield from items
        return
    with _bar() as bar:
        task = bar.add_task(what, total=total)
        for item in items:
            yield item
            bar.advance(task)


class TrainingProgress:
    """A bar over the components Rasa reports."""

    def __init__(self, is_quiet: bool = False) -> None:
        self._is_quiet = is_quiet
        self._bar = _bar() if sys.stderr.isatty() and not is_quiet else None

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("training", total=_STEPS_OF_A_TRAINING)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, what: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, line: str) -> None:
        """Show one step."""
        if self._is_quiet:
            return
        if self._bar is None:
            print(line, file=sys.stderr)
            return
        self._bar.update(self._task, advance=1, description=line)
