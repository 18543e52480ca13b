"""Decides whether a step of the set-up is up to date: its inputs hash to what they did when it succeeded."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Step:
    """One thing to be done at most once per state of its inputs."""

    name: str
    title: str
    work: Callable[[], None]
    inputs: tuple[Path, ...] = ()  # files, or folders taken with all that is in them
    facts: tuple[str, ...] = ()  # what else the result depends on
    outputs: tuple[Path, ...] = ()  # must exist afterwards
    download_mb: Callable[[], int] = field(default=lambda: 0)
    is_done: Callable[[], bool] | None = None  # asked instead of the stamp when the machine itself can tell


def run_steps(steps: Iterable[Step], stamps: Path, say: Callable[[str], None]) -> None:
    """Do the steps that are not up to date, saying beforehand what they will download in all."""
    due = [step for step in steps if not is_up_to_date(step, stamps)]
    if not due:
        say("Set-up: everything is in place.")
        return
    say(f"Set-up: {len(due)} step(s) to do: {'; '.join(step.title for step in due)}.")
    loads = [(step.title, step.download_mb()) for step in due]
    total = sum(mb for _, mb in loads)
    if total:
        parts = ", ".join(f"{title} {mb:,} MB" for title, mb in loads if mb)
        say(f"Set-up: up to {total:,} MB will be downloaded ({parts}).")
    for number, step in enumerate(due, start=1):
        started = time.monotonic()
        say(f"[{number}/{len(due)}] {step.title} ...")
        _stamp(step, stamps).unlink(missing_ok=True)  # a step that fails half-way has spoilt what was there
        step.work()
        _stamp(step, stamps).parent.mkdir(parents=True, exist_ok=True)
        _stamp(step, stamps).write_text(fingerprint(step))
        say(f"[{number}/{len(due)}] {step.title}: done in {time.monotonic() - started:.0f} s")


def is_up_to_date(step: Step, stamps: Path) -> bool:
    """Say whether the step's outputs are there and made from the inputs as they are now."""
    if step.is_done is not None:
        return step.is_done()
    stamp = _stamp(step, stamps)
    if not stamp.is_file() or not all(output.exists() for output in step.outputs):
        return False
    return stamp.read_text() == fingerprint(step)


def fingerprint(step: Step) -> str:
    """Return the SHA-256 over the step's facts and the names and contents of its inputs."""
    digest = hashlib.sha256()
    for fact in step.facts:
        digest.update(f"fact {len(fact)} {fact}\n".encode())
    for file in sorted(_files(step.inputs)):
        content = file.read_bytes()
        digest.update(f"file {file.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(inputs: tuple[Path, ...]) -> Iterable[Path]:
    for path in inputs:
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from (
                below for below in path.rglob("*") if below.is_file() and "__pycache__" not in below.parts
            )


def _stamp(step: Step, stamps: Path) -> Path:
    return stamps / f"{step.name}.stamp"
