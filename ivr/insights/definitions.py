"""The words that say what each figure means, read from the one file that holds them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("definitions.yml")


@dataclass(frozen=True)
class Definition:
    """What a figure is called, in what it is told, and what it means."""

    title: str
    says: str
    unit: str = ""


@cache
def definitions(group: str) -> dict[str, Definition]:
    """Return a group ("heart", "fates", "value") in the order of the file. Raises KeyError."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))[group]
    return {
        name: Definition(entry["title"], " ".join(entry["says"].split()), entry.get("unit", ""))
        for name, entry in found.items()
    }
