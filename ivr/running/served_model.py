"""Which Rasa new calls are led to while one model follows another; calls under way stay where they began."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Wanted:
    """What a release asks the running service for."""

    version: str
    model: str
    asked_at: str


@dataclass(frozen=True)
class Outcome:
    """What became of the last thing asked for. `problem` is empty when the model serves."""

    version: str
    asked_at: str
    problem: str
    started_in_s: float


class Noticeboard:
    """Small files below data_dir/rasa through which release, supervisor and service talk."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "rasa"

    def ask(self, wanted: Wanted) -> None:
        """Ask for a model."""
        self._write("wanted.json", asdict(wanted))

    def wanted(self) -> Wanted | None:
        """Return what was asked for last."""
        found = self._read("wanted.json")
        return Wanted(**found) if found and found.keys() == {"version", "model", "asked_at"} else None

    def tell(self, outcome: Outcome) -> None:
        """Answer what was asked."""
        self._write("outcome.json", asdict(outcome))

    def outcome(self) -> Outcome | None:
        """Return the last answer."""
        found = self._read("outcome.json")
        fields = {"version", "asked_at", "problem", "started_in_s"}
        return Outcome(**found) if found and found.keys() == fields else None

    def serve_at(self, url: str, version: str) -> None:
        """Lead new calls to this Rasa."""
        self._write("serving.json", {"url": url, "version": version})

    def note_supervisor(self, pid: int) -> None:
        """Say that releases reach a running service, by the process that looks after it."""
        self._write("supervisor.json", {"pid": pid})

    def clear(self) -> None:
        """Forget the last run: its processes and addresses are gone."""
        for name in ("serving.json", "wanted.json", "outcome.json", "supervisor.json"):
            (self._folder / name).unlink(missing_ok=True)

    def is_supervised(self) -> bool:
        """Say whether a supervisor is running."""
        found = self._read("supervisor.json")
        if not found:
            return False
        try:
            os.kill(int(found["pid"]), 0)  # signal 0 only asks whether the process is there
        except (OSError, KeyError, ValueError, OverflowError):
            return False
        return True

    def _read(self, name: str) -> Mapping[str, Any] | None:
        try:
            found = json.loads((self._folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        beside = self._folder / f".{name}-{os.getpid()}"
        beside.write_text(json.dumps(content), encoding="utf-8")
        beside.replace(self._folder / name)
