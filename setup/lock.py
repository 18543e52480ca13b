"""Decides what the lock files hold: every package of a fresh install, less those never to be installed."""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Declared by a dependency, yet not to be installed; why: docs/dependencies.md.
LEFT_OUT = {"triton", "av"}
NOT_LOCKED = {"pip", "ivr"}
HEADING = "# Every package of {what}, pinned. Made by `make lock`; do not edit by hand.\n"


def main() -> None:
    """Write requirements.lock and requirements-dev.lock anew from pyproject.toml."""
    with tempfile.TemporaryDirectory(prefix="ivr-lock-") as folder:
        venv.create(folder, with_pip=True)
        python = f"{folder}/bin/python"
        service = _installed(python, "torch==2.13.0", ".[fast,postgres]")
        everything = _installed(python, ".[fast,postgres,dev]")
    _write(ROOT / "requirements.lock", "the service", service)
    _write(ROOT / "requirements-dev.lock", "the tests on top of the service", everything - service)


def _installed(python: str, *requirements: str) -> set[str]:
    subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], cwd=ROOT, check=True)
    frozen = subprocess.run(
        [python, "-m", "pip", "freeze", "--all"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.splitlines()
    return {
        _pin(line)
        for line in frozen
        if _name(line) not in LEFT_OUT | NOT_LOCKED and "nvidia" not in _name(line)
    }


def _name(line: str) -> str:
    return line.replace(" @ ", "==").split("==")[0].strip().lower().replace("_", "-")


def _pin(line: str) -> str:
    # A local build such as torch's 2.13.0+cpu is pinned by its public version, which every index has.
    name, _, version = line.partition("==")
    return f"{name}=={version.split('+')[0]}" if version else line


def _write(path: Path, what: str, pins: set[str]) -> None:
    path.write_text(HEADING.format(what=what) + "".join(f"{pin}\n" for pin in sorted(pins, key=str.lower)))
    print(f"{path.relative_to(ROOT)}: {len(pins)} packages", file=sys.stderr)


if __name__ == "__main__":
    main()
