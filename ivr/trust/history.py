"""Every release of model, policy, wording and knowledge: who, when, what it changed."""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ivr.nlu.model_store import ModelStore

SHOWN = 40
GIT_LIMIT_S = 3.0
# What designers release, by the path that holds it.
PARTS = {
    "policy": ("policy.yml",),
    "wording": ("responses",),
    "understanding": ("nlu", "rules", "stories", "domain.yml", "config.yml"),
    "knowledge": ("knowledge",),
    "owners": ("owners.yml",),
    "retention": ("retention.yml",),
}


@dataclass(frozen=True)
class Release:
    """One change."""

    at: datetime
    who: str
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


def history(data_dir: Path, nlu_data_dir: Path, git: RunGit = run_git) -> list[Release]:
    """Return releases of the model, and changes of what designers write, the newest first."""
    steps = [
        Release(
            datetime.fromisoformat(step.at),
            step.who,
            f"model {step.what}",
            step.why or _scores(step.scores),
            step.version,
        )
        for step in ModelStore(data_dir).history()
    ]
    written = [
        release for part, paths in PARTS.items() for release in _commits(part, paths, nlu_data_dir, git)
    ]
    return sorted([*steps, *written], key=lambda release: release.at, reverse=True)[:SHOWN]


def _commits(part: str, paths: Sequence[str], folder: Path, git: RunGit) -> list[Release]:
    if not folder.is_dir():
        return []
    told = git(["log", "-n", "30", "--format=%h%x09%aI%x09%an%x09%s", "--", *paths], folder)
    rows = [line.split("\t", 3) for line in told.splitlines() if line.count("\t") >= 3]
    return [
        Release(datetime.fromisoformat(at), who, part, subject, version) for version, at, who, subject in rows
    ]


def _scores(scores: object) -> str:
    if not isinstance(scores, dict):
        return ""
    return ", ".join(f"{name} {value}" for name, value in scores.items() if isinstance(value, int | float))
