"""The labelled calls of `benchmarks/triage_calls/`: what is in them and which part each belongs to."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

CALLS = Path(__file__).parent / "triage_calls"
HALVES = ("dev", "held-out")
HELD_OUT = "held_out_3"  # the sets before it were read, and are for development now
DOUBTED = "(doubted)"  # recognition was not sure of the words
HAPPENED = re.compile(r"\((silence|unclear|interrupts|key 0)\)\s*")


@dataclass(frozen=True)
class Labelled:
    """One call with the turn at which a reader would hand it over, None when the bot should go on."""

    id: str
    language: str
    kind: str
    reader: int | None
    turns: tuple[str, ...]
    half: str


def read_calls() -> list[Labelled]:
    """Read the labelled calls of every language."""
    found = []
    for file in sorted(CALLS.glob("*.yml")):
        for call in yaml.safe_load(file.read_text(encoding="utf-8"))["calls"]:
            turns, language = tuple(call["turns"]), file.stem[-2:]
            half = "held-out" if file.stem.startswith(HELD_OUT) else "dev"
            found.append(Labelled(call["id"], language, call["kind"], call.get("reader"), turns, half))
    return found


def words_of(turn: str) -> str:
    """Return what is said in a turn, without what happens in it."""
    return HAPPENED.sub("", turn).replace(DOUBTED, "").strip()
