"""What speech recognition made of each line: kept beside the text, and what of it is worth training on."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process

from ivr.nlu.corpus import Line, as_heard, by_language

FOLDER = "heard"
LEAST_ALIKE = 55.0  # rapidfuzz ratio to the nearest own sentence; under it the transcription is noise
LARGEST_BYTES = 950_000  # a file in the repository stays under 1 MB
TRAINING_NOTE = (
    "# Made by `ivr nlu hear`: what speech recognition makes of the training sentences on a phone line,\n"
    "# where it stays closest to its own intent. Do not edit; correct the sentences and hear them again.\n"
)
CONFUSIONS_NOTE = (
    "# Made by `ivr nlu hear`: sentences that land nearer another intent once they went over the phone.\n"
    "# Nothing here is trained on. Perhaps the intents want merging, or other words in the question asked.\n"
)


@dataclass(frozen=True)
class Heard:
    """One transcription. `line` is the sentence's key; `engine` names the recogniser and its weights."""

    line: str
    said: str
    voice: str
    condition: str
    engine: str
    heard: str
    asr_confidence: float
    doubt: str | None

    @property
    def take(self) -> tuple[str, str, str, str]:
        """Return what makes this transcription one of its kind."""
        return self.line, self.voice, self.condition, self.engine


class HeardLayer:
    """The transcriptions of one language's training or hold-out lines, one JSON line each."""

    def __init__(self, nlu_data: Path, language: str, part: str) -> None:
        """`part` is "training" or "holdout"."""
        self._file = nlu_data / FOLDER / language / f"{part}.jsonl"

    def read(self) -> list[Heard]:
        """Return what is kept; a line cut short by a crash is left out and heard again."""
        try:
            rows = self._file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        kept = []
        for row in rows:
            try:
                kept.append(Heard(**json.loads(row)))
            except (ValueError, TypeError):
                continue
        return kept

    def add(self, heard: Heard) -> None:
        """Keep one more at once, so that a run that is stopped loses nothing."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(_row(heard))

    def tidy(self, lines: Sequence[Line]) -> None:
        """Sort, and drop what belongs to sentences that are gone or takes that were heard twice."""
        wanted = {line.key for line in lines}
        kept = {heard.take: heard for heard in self.read() if heard.line in wanted}
        if not kept and not self._file.exists():
            return
        beside = self._file.with_suffix(".new")
        beside.write_text("".join(_row(kept[take]) for take in sorted(kept)), encoding="utf-8")
        beside.replace(self._file)

    def has_room(self) -> bool:
        """Say whether the file may still grow."""
        return not self._file.exists() or self._file.stat().st_size < LARGEST_BYTES


@dataclass(frozen=True)
class Confusion:
    """A sentence that, as heard, is nearer a sentence of another intent."""

    said: str
    intent: str
    heard: str
    nearer: str
    nearer_intent: str


@dataclass(frozen=True)
class Sorted:
    """What transcriptions are good for: further training sentences by intent, and warnings."""

    training: dict[str, list[str]]
    confusions: list[Confusion]


def sort_out(heard: Iterable[Heard], lines: Sequence[Line], held_out: Iterable[Line]) -> Sorted:
    """Sort one language's transcriptions of training lines by the sentence each is most alike. Pure."""
    by_key = {line.key: line for line in lines}
    texts = [line.plain for line in lines]
    known = {line.plain: line.intent for line in lines} | {line.plain: "" for line in held_out}
    training: dict[str, set[str]] = {}
    confusions: dict[tuple[str, str], Confusion] = {}
    for one in heard:
        line = by_key.get(one.line)
        if line is None or one.doubt is not None:
            continue
        plain = as_heard(one.heard, line.language)
        if not plain or known.get(plain) in {line.intent, ""}:
            continue  # heard as written, as another sentence of this intent, or as one that is held out
        own, other, nearest = _nearest(plain, line, lines, texts)
        if other >= own:
            confusions[line.said, plain] = Confusion(
                line.said, line.intent, plain, nearest.said, nearest.intent
            )
        elif own >= LEAST_ALIKE:
            training.setdefault(line.intent, set()).add(plain)
    contested = _contested(training)
    return Sorted(
        {intent: sorted(said - contested) for intent, said in sorted(training.items()) if said - contested},
        sorted(confusions.values(), key=lambda confusion: (confusion.intent, confusion.said)),
    )


def _nearest(
    plain: str, line: Line, lines: Sequence[Line], texts: Sequence[str]
) -> tuple[float, float, Line]:
    """Return the likeness to the nearest own sentence, to the nearest other one, and that other one."""
    alike = process.cdist([plain], texts, scorer=fuzz.ratio)[0]
    own = other = 0.0
    nearest = line
    for value, candidate in zip(alike, lines, strict=True):
        if candidate.intent == line.intent:
            own = max(own, float(value))
        elif value > other:
            other, nearest = float(value), candidate
    return own, other, nearest


def _contested(training: dict[str, set[str]]) -> set[str]:
    """Return what was heard from sentences of two intents: it teaches neither."""
    seen: set[str] = set()
    twice: set[str] = set()
    for said in training.values():
        twice |= seen & said
        seen |= said
    return twice


def write_sorted(nlu_data: Path, language: str, found: Sorted) -> None:
    """Write training.yml, which `ivr nlu train` reads, and confusions.yml, which designers read."""
    folder = nlu_data / FOLDER / language
    folder.mkdir(parents=True, exist_ok=True)
    blocks = ["version: '3.1'\nnlu:\n" if found.training else "version: '3.1'\nnlu: []\n"]
    for intent, said in found.training.items():
        blocks.append(f"- intent: {intent}\n  examples: |\n")
        blocks += [f"    - {sentence}\n" for sentence in said]
    (folder / "training.yml").write_text(TRAINING_NOTE + "".join(blocks), encoding="utf-8")
    rows = {"confusions": [asdict(confusion) for confusion in found.confusions]}
    listed = yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=200)
    (folder / "confusions.yml").write_text(CONFUSIONS_NOTE + listed, encoding="utf-8")


def update_training(nlu_data: Path, lines: Sequence[Line], held_out: Sequence[Line]) -> dict[str, Sorted]:
    """Sort out every language's transcriptions anew and write what training includes."""
    results = {}
    kept_out = by_language(list(held_out))
    for language, own in by_language(list(lines)).items():
        layer = HeardLayer(nlu_data, language, "training")
        heard = layer.read()
        if not heard and not (nlu_data / FOLDER / language).exists():
            continue
        results[language] = sort_out(heard, own, kept_out.get(language, []))
        write_sorted(nlu_data, language, results[language])
    return results


def _row(heard: Heard) -> str:
    return json.dumps(asdict(heard), ensure_ascii=False, separators=(",", ":")) + "\n"
