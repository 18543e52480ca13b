"""The labelled calls of `benchmarks/triage_calls/`: what is in them and which part each belongs to."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

CALLS = Path(__file__).parent / "triage_calls"
HALVES = ("dev", "situations", "held-out")  # the last one is for the end, the others for development
# Nobody who trained has read these; the sets before were run once, then read, and are for development now.
HELD_OUT = "held_out_6"
# Calls that need nobody and sound like it; the others that need nobody are hard: idioms, jokes, harsh words.
CALM_KINDS = frozenset(
    {
        "calm",
        "routine",
        "polite",
        "mild",
        "thanks",
        "help",
        "correction",
        "repeat_ok",
        "robot_ok",
        "nonnative",
    }
    | {"one_unclear", "one_silence", "long_routine", "two_routine"}
)
DOUBTED = "(doubted)"  # recognition was not sure of the words
HAPPENED = re.compile(r"\((silence|unclear|interrupts|key 0)\)\s*")
KNOWN = re.compile(r"\((intent|sure) ([a-z_0-9.]+)\)\s*")
SURE = 0.9  # of recognition, where a turn does not say


@dataclass(frozen=True)
class Labelled:
    """One call with the turn at which a reader would hand it over, None when the bot should go on."""

    id: str
    language: str
    kind: str
    reader: int | None
    turns: tuple[str, ...]
    half: str
    written_in: str  # the set it was written with: a file's name without its language
    earlier: tuple[str, ...] = ()  # what the unsolved calls of the last three days were about


def read_calls() -> list[Labelled]:
    """Read the labelled calls of every language."""
    found = []
    for file in sorted(CALLS.glob("*.yml")):
        for call in yaml.safe_load(file.read_text(encoding="utf-8"))["calls"]:
            turns, language = tuple(call["turns"]), file.stem[-2:]
            named = call["id"], language, call["kind"], call.get("reader")
            written_in = file.stem[:-3] or "first"
            earlier = tuple(call.get("earlier", ()))
            found.append(Labelled(*named, turns, _half_of(file.stem), written_in, earlier))
    return found


def _half_of(stem: str) -> str:
    if stem.startswith(HELD_OUT):
        return "held-out"
    return "situations" if stem.startswith("situations") else "dev"


def words_of(turn: str) -> str:
    """Return what is said in a turn, without what happens in it or is known of it."""
    return KNOWN.sub("", HAPPENED.sub("", turn)).replace(DOUBTED, "").strip()


def known_of(turn: str) -> tuple[str | None, float]:
    """Return the intent of a turn, if it names one, and how sure recognition was of its words."""
    known = dict(KNOWN.findall(turn))
    return known.get("intent"), float(known.get("sure", SURE))
