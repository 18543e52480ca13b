"""What is known of each intent: its sentences, what it is mistaken for, what the phone makes of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from ivr.nlu.corpus import Line
from ivr.nlu.heard_layer import FOLDER, Confusion
from ivr.nlu.studio.preview import Preview

THIN = 15  # under this, `ivr nlu check` warns


@dataclass(frozen=True)
class Mistaken:
    """How often sentences of one intent were taken for another in the last test."""

    wanted: str
    got: str
    language: str
    way: str  # "typed" or "heard"
    times: int


@dataclass(frozen=True)
class IntentOverview:
    """One intent. `sentences` counts by language; `recall` is by "way language", None before any test."""

    name: str
    sentences: Mapping[str, int]
    mistaken: tuple[Mistaken, ...]
    heard: tuple[Confusion, ...]
    recall: Mapping[str, float]


def overviews(
    lines: Sequence[Line], tested: Preview | None, confusions: Sequence[Confusion]
) -> list[IntentOverview]:
    """Return every intent that has sentences, in alphabetical order. Pure."""
    counted: dict[str, Counter[str]] = {}
    for line in lines:
        counted.setdefault(line.intent, Counter())[line.language] += 1
    mistaken = _mistaken(tested)
    recalls = _recalls(tested)
    return [
        IntentOverview(
            name,
            dict(counted[name]),
            tuple(one for one in mistaken if name in (one.wanted, one.got)),
            tuple(one for one in confusions if name in (one.intent, one.nearer_intent)),
            recalls.get(name, {}),
        )
        for name in sorted(counted)
    ]


def heard_confusions(nlu_data: Path) -> list[Confusion]:
    """Return what `ivr nlu hear` found to land nearer another intent; a damaged list is empty."""
    found: list[Confusion] = []
    for file in sorted((nlu_data / FOLDER).glob("*/confusions.yml")):
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
            found += [Confusion(**row) for row in content["confusions"]]
        except (OSError, yaml.YAMLError, KeyError, TypeError):
            continue  # made anew by the next `ivr nlu hear`
    return found


def _mistaken(tested: Preview | None) -> list[Mistaken]:
    if tested is None:
        return []
    found = [
        Mistaken(wanted, got, language, way, times)
        for way, languages in tested.confusion.items()
        for language, rows in languages.items()
        for wanted, taken in rows.items()
        for got, times in taken.items()
        if got != wanted
    ]
    return sorted(found, key=lambda one: (-one.times, one.wanted, one.got))


def _recalls(tested: Preview | None) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for way, languages in tested.confusion.items() if tested else ():
        for language, rows in languages.items():
            for wanted, taken in rows.items():
                right = taken.get(wanted, 0) / max(1, sum(taken.values()))
                found.setdefault(wanted, {})[f"{way} {language}"] = right
    return found
