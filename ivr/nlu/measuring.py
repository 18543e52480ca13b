"""Which sentences a model is measured with, typed and heard, and what of the result guards a release."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from ivr.nlu.corpus import Line, as_heard, by_language, holdout_lines
from ivr.nlu.heard_layer import HeardLayer
from ivr.nlu.model_reader import Parsed
from ivr.nlu.scoring import Judged, Scores, score

TYPED, HEARD = "typed", "heard"
FOLDS_SEED = 7
_NOT_ACTED_ON = Parsed("nlu_fallback", "", 0.0)


class Reader(Protocol):
    """Whatever says what a model makes of plain words."""

    def parse(self, plain: str) -> Parsed:
        """Return what the model makes of one sentence."""
        ...

    def read_ahead(self, sentences: Iterable[str]) -> None:
        """Hear which sentences will be asked for."""
        ...


@dataclass(frozen=True)
class Asked:
    """One sentence to measure with, as Rasa gets it; None where recognition itself had doubts."""

    line: Line
    plain: str | None
    source: str


def asked_typed(nlu_data: Path) -> list[Asked]:
    """Return the held-out sentences as they are written."""
    return [Asked(line, line.plain, TYPED) for line in holdout_lines(nlu_data)]


def asked_heard(nlu_data: Path, engine: str | None = None) -> list[Asked]:
    """Return the held-out sentences as an engine heard them, or as the newest one heard each."""
    found = []
    for language, lines in by_language(holdout_lines(nlu_data)).items():
        by_key = {line.key: line for line in lines}
        for heard in HeardLayer(nlu_data, language, "holdout").read():
            line = by_key.get(heard.line)
            if line is None or (engine is not None and heard.engine != engine):
                continue
            plain = None if heard.doubt else as_heard(heard.heard, language)
            found.append(Asked(line, plain, f"{heard.voice}, {heard.condition}"))
    return found


def judge(reader: Reader, asked: Sequence[Asked]) -> Iterator[Judged]:
    """Have a model parse each sentence."""
    for one in asked:
        parsed = _NOT_ACTED_ON if one.plain is None else reader.parse(one.plain)
        yield Judged(one.plain or "", one.line.intent, parsed, one.source)


@dataclass(frozen=True)
class Report:
    """Scores by way ("typed", "heard"), then by language."""

    scores: Mapping[str, Mapping[str, Scores]]
    judged: Mapping[str, Mapping[str, Sequence[Judged]]]
    measured_with: str

    def guarded(self) -> dict[str, float]:
        """Return the figures that may not fall: accuracy by way and language, foreign things kept out."""
        figures: dict[str, float] = {}
        for way, languages in self.scores.items():
            for language, found in languages.items():
                figures[f"{way} {language}"] = round(found.accuracy, 4)
                if found.out_of_scope is not None:
                    figures[f"out of scope {way} {language}"] = round(found.out_of_scope.recall, 4)
        return figures


def measure(
    reader: Reader,
    nlu_data: Path,
    bar: Callable[[Iterator[Judged], int, str], Iterator[Judged]] = lambda items, total, what: items,
) -> Report:
    """Parse every held-out sentence, typed and heard, and score each language."""
    judged: dict[str, dict[str, list[Judged]]] = {}
    everything = []
    ways = ((TYPED, asked_typed(nlu_data)), (HEARD, asked_heard(nlu_data)))
    reader.read_ahead(one.plain for _, asked in ways for one in asked if one.plain)
    for way, asked in ways:
        for language in sorted({one.line.language for one in asked}):
            own = [one for one in asked if one.line.language == language]
            judged.setdefault(way, {})[language] = list(
                bar(judge(reader, own), len(own), f"{way}, {language}")
            )
            everything += own
    scores = {way: {language: score(own) for language, own in found.items()} for way, found in judged.items()}
    return Report(scores, judged, _fingerprint(everything))


def measured_with(nlu_data: Path) -> str:
    """Return the fingerprint of what `measure` would use now."""
    return _fingerprint([*asked_typed(nlu_data), *asked_heard(nlu_data)])


def _fingerprint(asked: Sequence[Asked]) -> str:
    """Return what two measurements must share to be compared."""
    total = hashlib.sha256()
    for row in sorted(f"{one.line.language}|{one.line.intent}|{one.plain}" for one in asked):
        total.update(row.encode())
    return total.hexdigest()[:16]


def folds(lines: Sequence[Line], count: int) -> list[list[Line]]:
    """Split lines into parts that each hold about the same share of every intent and language."""
    parts: list[list[Line]] = [[] for _ in range(count)]
    dice = np.random.default_rng(FOLDS_SEED)
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.language, line.intent), []).append(line)
    for _, group in sorted(groups.items()):
        for place, chosen in enumerate(dice.permutation(len(group))):
            parts[place % count].append(group[int(chosen)])
    return parts


@dataclass(frozen=True)
class Changed:
    """One sentence that two models take differently."""

    sentence: str
    wanted: str
    before: str
    after: str
    source: str
    language: str

    @property
    def verdict(self) -> str:
        """Return better, worse or other."""
        if self.wanted == self.after:
            return "better"
        return "worse" if self.wanted == self.before else "other"


def changed(before: Report, after: Report) -> list[Changed]:
    """Return the sentences that two models, measured with the same, take differently; worse ones first."""
    found = {}
    for way, languages in before.judged.items():
        for language, own in languages.items():
            for old, new in zip(own, after.judged[way][language], strict=True):
                if old.got != new.got:
                    wanted = "unclear" if old.wanted == "nlu_fallback" else old.wanted
                    change = Changed(old.sentence, wanted, old.got, new.got, old.source, language)
                    found[change.sentence, change.wanted, language, way] = change
    order = {"worse": 0, "other": 1, "better": 2}
    return sorted(found.values(), key=lambda change: (order[change.verdict], change.language, change.wanted))


def fallen(before: Mapping[str, float], after: Mapping[str, float], tolerance: float) -> list[str]:
    """Say which guarded figures fell by more than the tolerance."""
    return [
        f"{name} fell from {value:.1%} to {after.get(name, 0.0):.1%}"
        for name, value in before.items()
        if after.get(name, 0.0) < value - tolerance
    ]
