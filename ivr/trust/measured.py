"""What the benchmarks found about each part, by language; a language nobody measured is said to be so."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "sv", "nb", "fi")
NOT_MEASURED = "not measured"
ROBOT_VOICE = "espeak"
AS_SERVED = "as served"


@dataclass(frozen=True)
class Finding:
    """One measurement: of what, in which language ("" for all or none), how much, of how many, where from."""

    what: str
    language: str
    figure: str
    source: str
    n: int | None = None


@dataclass(frozen=True)
class FindingRow:
    """The same thing measured in several languages, as a table shows it."""

    what: str
    source: str
    by_language: Mapping[str, Finding]


def rows(findings: Iterable[Finding]) -> list[FindingRow]:
    """Put what was measured in several languages side by side, in the order it came."""
    found: dict[tuple[str, str], dict[str, Finding]] = defaultdict(dict)
    for one in findings:
        found[one.what, one.source][one.language] = one
    return [FindingRow(what, source, by_language) for (what, source), by_language in found.items()]


def readable(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what was found; where a file was written by a benchmark of another version, say so instead."""
    try:
        yield from findings
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as odd:
        yield Finding("figures in a form this version does not know", "", "–", type(odd).__name__)


class Measured:
    """What the benchmarks beside this installation found; nothing where they are not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hearing(self, model: str, is_fast: bool) -> Iterator[Finding]:
        """Yield what is known about the recogniser that runs, in every language."""
        kept = dict(self._read("asr").get("rows") or {})
        own = [name for name in kept if name.split()[0] == model and ("faster" in name) == is_fast]
        name = next((name for name in own if name.endswith(AS_SERVED)), own[0] if own else None)
        source = f"asr.json, {name}" if name else "asr.json"
        figure = f"{kept[name]['wer_percent']} %" if name else NOT_MEASURED
        yield Finding("words heard wrongly, recorded people", "en", figure, source)
        for language in LANGUAGES[1:]:  # no recorded voices under a free licence
            yield Finding("words heard wrongly, recorded people", language, NOT_MEASURED, source)
        if name and "invented" in kept[name]:
            row = kept[name]
            yield Finding(
                "words invented where nobody spoke", "", str(row["invented"]), source, row["not_speech"]
            )
        yield from self._order_numbers(model)

    def _order_numbers(self, model: str) -> Iterator[Finding]:
        """Yield how many order numbers are right after one correction: of people, and of a robot voice."""
        counted: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
        for name, row in dict(self._read("order_numbers").get("rows") or {}).items():
            of, language, voice, kind = (part.strip() for part in name.split(","))
            if of == model and kind == "numbers":
                who = "robot voice" if voice.startswith(ROBOT_VOICE) else "people and a neural voice"
                counted[who, language].append((row["after_1"], row["n"]))
        for (who, language), parts in sorted(counted.items()):
            yield _share(
                f"order numbers right after one correction, {who}", language, parts, "order_numbers.json"
            )

    def turn_ends(self) -> Iterator[Finding]:
        """Yield how many callers were cut off, of utterances nobody had looked at."""
        for row in self._read("cut_offs").get("rows") or ():
            if (row["by"], row["kind"]) == ("ours", "all"):
                share = row["cut_off_share"]
                yield Finding(
                    "callers with pauses cut off", "en", _percent(share), "cut_offs.json", row["with_pauses"]
                )

    def understanding(self) -> Iterator[Finding]:
        """Yield the share of sentences understood, by language: of those written blind, if there are any."""
        found = self._read("understanding")
        source = f"understanding.json, model {found.get('model', 'unknown')}"
        part, which = ("unseen", "written blind") if found.get("unseen") else ("held out", "held out")
        for way in ("typed", "heard"):
            for what in ("right", "asked again", "wrong"):
                for language in LANGUAGES:
                    row = dict(found.get(part) or {}).get(f"{language} {way}")
                    if row:
                        told = f"{what}, sentences {which}, {way}"
                        yield Finding(told, language, _percent(row[what]), source, row["sentences"])

    def articles(self) -> Iterator[Finding]:
        """Yield how many questions found their article at the threshold in use, and how many wrongly did."""
        for language in LANGUAGES:
            measured = dict(self._read("knowledge").get("languages") or {})
            row = dict(measured.get(language) or {}).get("0.36")
            if row:
                asked, foreign = row["questions"], row["foreign"]
                told = [
                    ("article found", row["right"], asked),
                    ("another article", row["another article"], asked),
                ]
                told.append(("foreign questions answered", row["foreign answered"], foreign))
                for what, share, n in told:
                    yield Finding(what, language, _percent(share), "knowledge.json", n)

    def redaction(self) -> Iterator[Finding]:
        """Yield the recall of each kind by language, over all its forms, and false hits."""
        found = self._read("redaction")
        hits: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
        for row in found.get("rows") or ():
            hits[row["kind"], row["language"]].append((row["recall"], row["n"]))
        for (kind, language), parts in sorted(hits.items()):
            yield _share(f"{kind} found", language, parts, "redaction.json")
        for language, share in dict(found.get("false_hits") or {}).items():
            yield Finding("words taken out wrongly", language, f"{100 * share:.2f} %", "redaction.json")

    def triage(self) -> Iterator[Finding]:
        """Yield recall and false alarms on calls it never saw, by language, typed and as they are heard."""
        told = (
            ("asked_recall", "asked_n", "plain requests for a person found"),
            ("recall", "recall_n", "other callers who need a person found"),
            ("false_rate", "false_n", "callers fetched a person needlessly"),
        )
        for file, way in (("triage", "typed"), ("triage_heard", "heard")):
            found = self._read(file)
            for share, n, what in told:
                for language in LANGUAGES:
                    row = found.get(f"held-out {language}")
                    if isinstance(row, dict) and row[n]:
                        yield Finding(
                            f"{what}, {way}", language, _percent(row[share]), f"{file}.json", row[n]
                        )

    def _read(self, name: str) -> Mapping[str, Any]:
        try:
            found = json.loads((self._folder / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _share(what: str, language: str, parts: Sequence[tuple[float, int]], source: str) -> Finding:
    n = sum(count for _, count in parts)
    return Finding(what, language, _percent(sum(share * count for share, count in parts) / n), source, n)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
