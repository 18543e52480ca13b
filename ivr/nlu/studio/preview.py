"""What a release would do: scores before and after, answers that change, conversations that fail."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ivr.dialogue.dialogue import Dialogue
from ivr.nlu.conversations import load_conversations, run_conversation
from ivr.nlu.corpus import NOT_UNDERSTOOD, as_heard
from ivr.nlu.kept_figures import keep_figures
from ivr.nlu.measuring import Report, changed, fallen, measure
from ivr.nlu.model_reader import ModelReader
from ivr.nlu.model_store import ModelStore
from ivr.nlu.studio.inbox import Utterance

FILE = "preview.json"
TOLERANCE = 0.005  # as `ivr nlu release` allows
MOST_SHOWN = 200


@dataclass(frozen=True)
class Turned:
    """Words that the new model takes differently. `verdict` is empty where nobody said what is right."""

    words: str
    language: str
    before: str
    after: str
    times: int = 1
    verdict: str = ""


@dataclass(frozen=True)
class Preview:
    """What is known before a release."""

    version: str
    before: str | None
    at: str
    figures_before: Mapping[str, float]
    figures_after: Mapping[str, float]
    worse: Sequence[str]
    held_out: Sequence[Turned]
    callers: Sequence[Turned]
    callers_asked: int
    failing: Sequence[str]
    conversations: int = 0
    confusion: Mapping[str, Mapping[str, Mapping[str, Mapping[str, int]]]] = field(default_factory=dict)

    @property
    def may_be_released(self) -> bool:
        """Say whether nothing found here stands in the way."""
        return not self.worse and not self.failing


class Previews:
    """Makes and keeps previews beside their models."""

    def __init__(
        self,
        nlu_data: Path,
        store: ModelStore,
        open_model: Callable[[Path], AbstractContextManager[ModelReader]],
        open_trial: Callable[[Path], AbstractContextManager[Dialogue]],
    ) -> None:
        self._nlu_data = nlu_data
        self._store = store
        self._open_model = open_model
        self._open_trial = open_trial

    def make(self, version: str, spoken: Sequence[Utterance], at: str, say: Callable[[str], None]) -> Preview:
        """Measure a model against the live one; one to three minutes. Raises ModelUnreadable."""
        live = self._store.live_version()
        before = None if live == version else live
        report, heard = self._measured(version, spoken, say)
        old_report, old_heard = (report, heard) if before is None else self._measured(before, spoken, say)
        figures, old_figures = report.guarded(), old_report.guarded()
        talks = load_conversations(self._nlu_data / "tests")
        say(f"Holding {len(talks)} test conversations")
        failing: list[str] = []
        with self._open_trial(self._store.model(version)) as dialogue:
            for talk in talks:
                failing += [f"{talk.name}: {what}" for what in run_conversation(talk, dialogue)]
        made = Preview(
            version,
            before,
            at,
            old_figures,
            figures,
            fallen(old_figures, figures, TOLERANCE),
            _held_out(old_report, report),
            turned(spoken, old_heard, heard),
            len(heard),
            failing,
            len(talks),
            {
                way: {tongue: own.confusion for tongue, own in found.items()}
                for way, found in report.scores.items()
            },
        )
        content = json.dumps(asdict(made), ensure_ascii=False)
        (self._store.folder / version / FILE).write_text(content, encoding="utf-8")
        return made

    def kept(self, version: str) -> Preview | None:
        """Return the preview of a model, None when there is none that can be read."""
        try:
            content = json.loads((self._store.folder / version / FILE).read_text(encoding="utf-8"))
            for name in ("held_out", "callers"):
                content[name] = [Turned(**row) for row in content[name]]
            return Preview(**content)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def newest(self) -> Preview | None:
        """Return the newest preview there is."""
        found = (self.kept(manifest.version) for manifest in self._store.manifests())
        return next((preview for preview in found if preview is not None), None)

    def _measured(
        self, version: str, spoken: Sequence[Utterance], say: Callable[[str], None]
    ) -> tuple[Report, dict[str, str]]:
        say(f"Measuring {version}")
        with self._open_model(self._store.model(version)) as reader:
            report = measure(reader, self._nlu_data)
            keep_figures(self._store, version, report)  # so that the release need not measure anew
            return report, {
                one.key: _plain(reader.parse(as_heard(one.text, one.language)).intent) for one in spoken
            }


def turned(spoken: Sequence[Utterance], before: Mapping[str, str], after: Mapping[str, str]) -> list[Turned]:
    """Return callers' words whose answer changes, the most frequent first. Pure."""
    grouped: dict[str, list[Utterance]] = {}
    for one in spoken:
        if before[one.key] != after[one.key]:
            grouped.setdefault(one.key, []).append(one)
    rows = [
        Turned(group[-1].text, group[-1].language, before[key], after[key], len(group))
        for key, group in grouped.items()
    ]
    return sorted(rows, key=lambda row: -row.times)[:MOST_SHOWN]


def _held_out(before: Report, after: Report) -> list[Turned]:
    return [
        Turned(one.sentence, one.language, one.before, one.after, verdict=one.verdict)
        for one in changed(before, after)
    ][:MOST_SHOWN]


def _plain(intent: str) -> str:
    return "unclear" if intent in NOT_UNDERSTOOD else intent
