"""Decides how the set-up runs other programs: shown to the person, and failing with their last words."""

import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

from setup.errors import SetupFailed

PROBE_TIMEOUT_S = 20


def run(command: Sequence[str], cwd: Path, log: Path, why: str) -> None:
    """Run a command, its output going to `log`. Raises SetupFailed with the end of that log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        finished = subprocess.run(command, cwd=cwd, stdout=file, stderr=subprocess.STDOUT, check=False)
    if finished.returncode == 0:
        return
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise SetupFailed(f"{why} failed: {shlex.join(command)}\n{tail}\nThe whole output: {log}")


def show(command: Sequence[str], cwd: Path, why: str) -> None:
    """Run a command whose own output is the progress. Raises SetupFailed."""
    if subprocess.run(command, cwd=cwd, check=False).returncode != 0:
        raise SetupFailed(f"{why} failed: {shlex.join(command)}")


def output_of(command: Sequence[str]) -> str | None:
    """Return what a command prints, or None when it cannot be run, fails or takes over 20 s."""
    try:
        finished = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=PROBE_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return finished.stdout.strip() if finished.returncode == 0 else None
