"""Which trained models there are, which one is live, and who changed that when."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.errors import IvrError

FOLDER = Path("models") / "rasa"
MODEL = FOLDER / "current.tar.gz"  # the live model; Rasa starts with it
KEPT_VERSIONS = 30
UNTESTED = "put to use untested"
WENT_LIVE = frozenset({"released", "rolled back", UNTESTED})


class NoSuchVersion(IvrError):
    """The store holds no model of this name."""


@dataclass(frozen=True)
class Manifest:
    """What is known about one trained model. `scores` are filled in by `ivr nlu test`."""

    version: str
    fingerprint: str  # of everything that went in: sentences, rules, settings, Rasa's version
    trained_at: str
    trained_by: str
    training_s: float
    git_commit: str | None
    has_uncommitted_changes: bool
    engines: Mapping[str, str]
    examples: Mapping[str, int]  # by language
    heard_examples: int
    scores: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One line of the history: released, refused, rolled back, or put to use without a test."""

    at: str
    who: str
    what: str
    version: str
    before: str | None = None
    why: str = ""
    scores: Mapping[str, Any] = field(default_factory=dict)


class ModelDamaged(IvrError):
    """A model's file is not what was trained."""


class ModelStore:
    """The folder models/rasa below the data folder. Several processes may use it at once."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir.absolute() / FOLDER
        self.current = data_dir.absolute() / MODEL

    def model(self, version: str) -> Path:
        """Return the model's file. Raises NoSuchVersion."""
        file = self.folder / version / "model.tar.gz"
        if not file.is_file():
            known = ", ".join(manifest.version for manifest in self.manifests()[:5]) or "none"
            raise NoSuchVersion(f"there is no model {version}; the newest are: {known}")
        return file

    def manifests(self) -> list[Manifest]:
        """Return what is in the store, the newest first."""
        files = sorted(self.folder.glob("*/manifest.json"), reverse=True)
        return [manifest for manifest in map(_read_manifest, files) if manifest is not None]

    def whole_model(self, version: str) -> Path:
        """Return the model's file if it is as it was trained. Raises NoSuchVersion, ModelDamaged."""
        model = self.model(version)
        kept = model.parent / "model.sha256"
        if not kept.exists() or kept.read_text(encoding="utf-8") != _digest(model):
            raise ModelDamaged(f"{model} was changed or damaged since it was trained; train again")
        return model

    def manifest(self, version: str) -> Manifest:
        """Return what is known about one model. Raises NoSuchVersion."""
        self.model(version)
        manifest = _read_manifest(self.folder / version / "manifest.json")
        if manifest is None:
            raise NoSuchVersion(f"the manifest of {version} cannot be read; train again")
        return manifest

    def resolve(self, name: str) -> str:
        """Return the version a name means: itself, its beginning, live or newest. Raises NoSuchVersion."""
        versions = [manifest.version for manifest in self.manifests()]
        if name == "live":
            live = self.live_version()
            if live is None:
                raise NoSuchVersion("no version is live yet; `ivr nlu release` makes one")
            return live
        if name == "newest" and versions:
            return versions[0]
        fitting = [version for version in versions if version.startswith(name)]
        if len(fitting) != 1:
            why = "several versions begin" if fitting else "no version begins"
            raise NoSuchVersion(f"{why} with {name!r}; `ivr nlu history` lists them")
        return fitting[0]

    def with_fingerprint(self, fingerprint: str) -> Manifest | None:
        """Return the newest model made of exactly this."""
        return next((found for found in self.manifests() if found.fingerprint == fingerprint), None)

    def free_name(self, at: datetime, fingerprint: str) -> str:
        """Return a version name that sorts by time and is not taken."""
        name = f"{at:%Y%m%d-%H%M%S}-{fingerprint[:6]}"
        taken = sum(1 for _ in self.folder.glob(f"{name}*"))
        return f"{name}-{taken + 1}" if taken else name

    def add(self, model: Path, manifest: Manifest) -> Path:
        """Move a trained model in; it appears whole or not at all. Returns its file."""
        made = self.folder / f".{manifest.version}"
        made.mkdir(parents=True)
        shutil.move(model, made / "model.tar.gz")
        (made / "model.sha256").write_text(_digest(made / "model.tar.gz"), encoding="utf-8")
        _write(made / "manifest.json", asdict(manifest))
        made.rename(self.folder / manifest.version)
        self._prune()
        return self.model(manifest.version)

    def note_scores(self, version: str, scores: Mapping[str, Any]) -> None:
        """Keep what was measured beside the model."""
        manifest = self.manifest(version)
        merged = {**manifest.scores, **scores}
        _write(self.folder / version / "manifest.json", asdict(replace(manifest, scores=merged)))

    def live_version(self) -> str | None:
        """Return the version that is live, None before the first release."""
        try:
            kept = json.loads((self.folder / "current.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        version = kept.get("version") if isinstance(kept, dict) else None
        return version if isinstance(version, str) else None

    def make_live(self, version: str) -> None:
        """Have Rasa start with this model from now on; a reader sees the old file or the new one."""
        model = self.model(version)
        beside = self.current.with_name(f".current-{os.getpid()}")
        shutil.copyfile(model, beside)
        beside.replace(self.current)
        fingerprint = self.manifest(version).fingerprint
        _write(self.folder / "current.json", {"version": version, "fingerprint": fingerprint})

    def put_to_use(self, version: str, at: datetime) -> None:
        """Make a model live without any test, and say so in the history; nothing if it is live already."""
        before = self.live_version()
        if before == version:
            return
        self.make_live(version)
        by = self.manifest(version).trained_by
        self.note(Step(at.isoformat(timespec="seconds"), by, UNTESTED, version, before))

    def note(self, step: Step) -> None:
        """Add a line to the history."""
        with (self.folder / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(asdict(step), ensure_ascii=False) + "\n")

    def history(self) -> list[Step]:
        """Return what happened, the newest first; lines that cannot be read are left out."""
        try:
            lines = (self.folder / "history.jsonl").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []
        steps = []
        for line in lines:
            try:
                steps.append(Step(**json.loads(line)))
            except (ValueError, TypeError):
                continue
        return steps[::-1]

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait for and hold the one right to train or release here."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prune(self) -> None:
        """Remove the oldest models; what was ever live stays, so that one can always go back."""
        was_live = {step.version for step in self.history() if step.what in WENT_LIVE}
        kept = {*was_live, self.live_version()}
        for manifest in self.manifests()[KEPT_VERSIONS:]:
            if manifest.version not in kept:
                shutil.rmtree(self.folder / manifest.version)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _read_manifest(file: Path) -> Manifest | None:
    try:
        return Manifest(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(file: Path, content: Mapping[str, Any]) -> None:
    beside = file.with_name(f".{file.name}-{os.getpid()}")
    beside.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    beside.replace(file)
