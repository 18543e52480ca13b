"""What git knows of nlu_data/: whether it is there, what is committed, and how files were at a release."""

import subprocess
from pathlib import Path

from ivr.nlu.editing import Author, EditImpossible, commit


def git(folder: Path, *arguments: str) -> str | None:
    """Return what git says in a folder, None when it refuses or is missing."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "-c", "core.quotePath=false", *arguments],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def commit_saved(folder: Path, file: Path, message: str, author: Author) -> str:
    """Commit a saved file where the folder is in git; return a warning when git refuses, or ""."""
    if git(folder, "rev-parse", "--is-inside-work-tree") is None:
        return ""
    try:
        commit([file], message, author)
    except EditImpossible as refused:
        return f"Saved, but not committed. {refused}"
    return ""
