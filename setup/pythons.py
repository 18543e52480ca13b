"""Decides which Python runs what: 3.10 for Rasa, which supports nothing newer."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from setup.commands import output_of
from setup.errors import SetupFailed


def find_python_3_10() -> str:
    """Return a Python 3.10 that runs; lets `uv` install one when there is none. Raises SetupFailed."""
    for candidate in _candidates():
        if is_version(candidate, "3.10"):
            return candidate
    if shutil.which("uv") and output_of(["uv", "python", "install", "3.10"]) is not None:
        found = output_of(["uv", "python", "find", "3.10"])
        if found and is_version(found, "3.10"):
            return found
    raise SetupFailed(
        "Rasa needs Python 3.10 and none was found (looked for python3.10 on the PATH, through uv, and under "
        f"{pyenv_versions()}).\nInstall one, for example with `uv python install 3.10` or "
        "`pyenv install 3.10`, and run this again."
    )


def is_version(python: str, version: str) -> bool:
    """Say whether `python` really runs and is of this version: a pyenv shim may exist and refuse."""
    return output_of([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]) == version


def pyenv_versions() -> Path:
    """Return pyenv's folder of installed Pythons, which need not exist."""
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"


def _candidates() -> Iterator[str]:
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if shutil.which("python3.10", path=folder):
            yield str(Path(folder) / "python3.10")
    if shutil.which("uv"):
        found = output_of(["uv", "python", "find", "3.10"])
        if found:
            yield found
    for version in sorted(pyenv_versions().glob("3.10*"), reverse=True):
        yield str(version / "bin" / "python3.10")
