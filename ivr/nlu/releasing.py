"""When a model may answer callers: its test conversations hold, no guarded figure falls, and it loads."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from ivr.clock import Clock
from ivr.dialogue.dialogue import Dialogue
from ivr.errors import IvrError
from ivr.nlu.conversations import load_conversations, run_conversation
from ivr.nlu.kept_figures import FIGURES, keep_figures
from ivr.nlu.measuring import fallen, measure, measured_with
from ivr.nlu.model_reader import ModelReader
from ivr.nlu.model_store import WENT_LIVE, ModelDamaged, ModelStore, Step
from ivr.running.served_model import Noticeboard, Wanted

# A sentence or two of several hundred may tip either way with any retraining.
TOLERANCE = 0.005
TAKE_OVER_LIMIT_S = 320.0
LOOK_EVERY_S = 0.25

OpenModel = Callable[[Path], AbstractContextManager[ModelReader]]
OpenTrial = Callable[[Path], AbstractContextManager[Dialogue]]


class ReleaseRefused(IvrError):
    """The model does not go live; the message says why. What was live stays live."""


@dataclass(frozen=True)
class Released:
    """How a release went. `took_over_in_s` is None when no service runs here."""

    version: str
    before: str | None
    figures: Mapping[str, float]
    took_over_in_s: float | None
    tested_in_s: float = 0.0


class Releases:
    """Releases and rolls back models of one data folder."""

    def __init__(
        self,
        nlu_data: Path,
        store: ModelStore,
        board: Noticeboard,
        open_model: OpenModel,
        open_trial: OpenTrial,
        clock: Clock,
        who: str,
        say: Callable[[str], None],
        refuse_dead_ends: Callable[[str], None],
    ) -> None:
        """`refuse_dead_ends` takes a version and raises where its rules keep a caller from a person."""
        self._refuse_dead_ends = refuse_dead_ends
        self._nlu_data = nlu_data
        self._store = store
        self._board = board
        self._open_model = open_model
        self._open_trial = open_trial
        self._clock = clock
        self._who = who
        self._say = say

    def release(self, version: str) -> Released:
        """Test a model, then make it live. Raises ReleaseRefused; then the old one goes on."""
        before = self._store.live_version()
        started_s = self._clock.monotonic()
        try:
            figures = self._tested(version)
            if before is not None and before != version:
                self._check_figures(before, figures)
        except IvrError as why:
            self._note("refused", version, before, str(why))
            raise ReleaseRefused(f"{version} is not released: {why}\n{_stays(before)}") from why
        tested_in_s = self._clock.monotonic() - started_s
        return replace(self._go_live("released", version, before, figures), tested_in_s=tested_in_s)

    def _tested(self, version: str) -> dict[str, float]:
        """Return the figures of a model whose test conversations hold and whose rules trap nobody.

        Two need a Rasa of their own that takes half a minute to start, so all run side by side.
        """
        with ThreadPoolExecutor(2, "tests") as beside:
            proved = beside.submit(self._refuse_dead_ends, version)
            held = beside.submit(self._check_conversations, version)
            figures = self._figures(version)
            proved.result()
            held.result()
        return figures

    def rollback(self, version: str | None = None) -> Released:
        """Make the model live that was so before, or another one that once was. Raises ReleaseRefused."""
        before = self._store.live_version()
        target = version or self._previous(before)
        if target not in self._ever_live():
            raise ReleaseRefused(f"{target} was never live; `ivr nlu release {target}` tests it first")
        return self._go_live("rolled back", target, before, _guarded(self._store, target))

    def _ever_live(self) -> set[str | None]:
        steps = [step for step in self._store.history() if step.what in WENT_LIVE]
        return {self._store.live_version(), *(name for step in steps for name in (step.version, step.before))}

    def _previous(self, live: str | None) -> str:
        for step in self._store.history():
            if step.what in WENT_LIVE and step.version == live and step.before:
                return step.before
        raise ReleaseRefused("the history names no model that was live before this one")

    def _go_live(self, what: str, version: str, before: str | None, figures: Mapping[str, float]) -> Released:
        try:
            model = self._store.whole_model(version)
        except ModelDamaged as damaged:
            self._note("refused", version, before, str(damaged))
            raise ReleaseRefused(f"{damaged}. {_stays(before)}") from damaged
        took_s = None
        with self._store.alone():
            if self._board.is_supervised():
                self._say("Starting the new model beside the one that serves")
                took_s = self._take_over(version, model, before)
            self._store.make_live(version)
            self._note(what, version, before, "", figures)
        return Released(version, before, figures, took_s)

    def _take_over(self, version: str, model: Path, before: str | None) -> float:
        """Ask the running service for the model and wait for its answer."""
        started_s = self._clock.monotonic()
        asked_at = self._clock.now().isoformat()
        self._board.ask(Wanted(version, str(model), asked_at))
        pause = threading.Event()
        while self._clock.monotonic() - started_s < TAKE_OVER_LIMIT_S:
            outcome = self._board.outcome()
            if outcome is not None and outcome.asked_at == asked_at:
                if outcome.problem:
                    self._note("refused", version, before, outcome.problem)
                    raise ReleaseRefused(f"{version} does not start: {outcome.problem}\n{_stays(before)}")
                return self._clock.monotonic() - started_s
            pause.wait(LOOK_EVERY_S)
        self._note("refused", version, before, "the service gave no answer")
        raise ReleaseRefused(f"the running service gave no answer. {_stays(before)}")

    def _check_conversations(self, version: str) -> None:
        talks = load_conversations(self._nlu_data / "tests")
        self._say(f"Holding {len(talks)} test conversations")
        failed: list[str] = []
        with self._open_trial(self._store.model(version)) as dialogue:
            for talk in talks:
                failed += [f"{talk.name}: {what}" for what in run_conversation(talk, dialogue)]
        if failed:
            raise ReleaseRefused("test conversations go otherwise than written:\n  " + "\n  ".join(failed))

    def _check_figures(self, before: str, figures: Mapping[str, float]) -> None:
        worse = fallen(self._figures(before), figures, TOLERANCE)
        if worse:
            raise ReleaseRefused(
                "guarded figures fall: "
                + "; ".join(worse)
                + f". `ivr nlu compare {before} newest` shows where"
            )

    def _figures(self, version: str) -> dict[str, float]:
        """Return the guarded figures, measuring only what was not measured with these sentences yet."""
        kept = self._store.folder / version / FIGURES
        fingerprint = measured_with(self._nlu_data)
        try:
            found = json.loads(kept.read_text(encoding="utf-8"))
            if found["with"] == fingerprint:
                return {str(name): float(value) for name, value in found["figures"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            pass  # never measured, or the file is damaged: measure
        self._say(f"Measuring {version}")
        with self._open_model(self._store.model(version)) as reader:
            report = measure(reader, self._nlu_data)
        keep_figures(self._store, version, report)
        return report.guarded()

    def _note(
        self,
        what: str,
        version: str,
        before: str | None,
        why: str,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        at = self._clock.now().isoformat(timespec="seconds")
        self._store.note(Step(at, self._who, what, version, before, why, figures or {}))


def _guarded(store: ModelStore, version: str) -> dict[str, float]:
    return {name: float(value) for name, value in store.manifest(version).scores.items()}


def _stays(before: str | None) -> str:
    return f"{before} stays live." if before else "Nothing was live before, and nothing is now."


def told(steps: Sequence[Step], live: str | None) -> str:
    """Return the history as lines to read."""
    return "\n".join([f"live: {live or 'none'}", *map(_line, steps)])


def _line(step: Step) -> str:
    before = f" (before: {step.before})" if step.before else ""
    scores = ", ".join(f"{name} {value:.1%}" for name, value in step.scores.items())
    why = f": {step.why.splitlines()[0]}" if step.why else ""
    return f"{step.at}  {step.who}  {step.what} {step.version}{before}{why}  {scores}".rstrip()
