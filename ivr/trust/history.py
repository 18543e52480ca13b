"""Every release of model, policy, wording and knowledge: who, when, what it changed."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ivr.nlu.model_store import ModelStore

GIT_LIMIT_S = 3.0
MODEL = "model"
# What designers release, by the path that holds it; the model is released by itself.
PARTS: Mapping[str, Sequence[str]] = {
    "policy": ("policy.yml",),
    "wording": ("responses",),
    "understanding": ("nlu", "rules", "stories", "domain.yml", "config.yml"),
    "knowledge": ("knowledge",),
    "owners": ("owners.yml",),
    "retention": ("retention.yml",),
}


@dataclass(frozen=True)
class Release:
    """One change of a part: the model, or what one of PARTS holds."""

    at: datetime
    who: str
    part: str
    what: str
    changed: str
    version: str


RunGit = Callable[[Sequence[str], Path], str]


def run_git(words: Sequence[str], folder: Path) -> str:
    """Return what git says; nothing where there is no git or no repository."""
    try:
        done = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, timeout=GIT_LIMIT_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def history(
    data_dir: Path, nlu_data_dir: Path, part: str | None = None, git: RunGit = run_git
) -> list[Release]:
    """Return every release of the model and every change of what designers write, the newest first.

    `part` is MODEL or one of PARTS; None is all of them.
    """
    found = _of_models(data_dir) if part in {None, MODEL} else []
    for name, paths in PARTS.items():
        if part in {None, name}:
            found += _commits(name, paths, nlu_data_dir, git)
    return sorted(found, key=lambda release: release.at, reverse=True)


def _of_models(data_dir: Path) -> list[Release]:
    return [
        Release(
            datetime.fromisoformat(step.at),
            step.who,
            MODEL,
            f"model {step.what}",
            step.why or _scores(step.scores),
            step.version,
        )
        for step in ModelStore(data_dir).history()
    ]


def _commits(part: str, paths: Sequence[str], folder: Path, git: RunGit) -> list[Release]:
    if not folder.is_dir():
        return []
    told = git(["log", "--format=%h%x09%aI%x09%an%x09%s", "--", *paths], folder)
    rows = [line.split("\t", 3) for line in told.splitlines() if line.count("\t") >= 3]
    return [
        Release(datetime.fromisoformat(at).astimezone(UTC), who, part, part, subject, version)
        for version, at, who, subject in rows
    ]


def _scores(scores: object) -> str:
    if not isinstance(scores, dict):
        return ""
    told = (f"{name} {100 * value:.1f} %" for name, value in scores.items() if isinstance(value, int | float))
    return ", ".join(told)
