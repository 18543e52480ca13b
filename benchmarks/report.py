"""How a benchmark tells its result: on what machine, in a table, as JSON and as one picture."""

import datetime
import importlib.metadata
import json
import math
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PACKAGES = ("torch", "openai-whisper", "faster-whisper", "ctranslate2", "hibari-tts", "onnxruntime")
ELSEWHERE = {
    "rasa": ".venv-rasa",
    "pipecat-ai": "var/peers/pipecat",
}  # packages with environments of their own


def machine() -> dict[str, Any]:
    """Describe what is measured on, before the measuring begins."""
    rows = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [row.split(":", 1)[1].strip() for row in rows if row.startswith("model name")]
    return {
        "cpu": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_1min": round(os.getloadavg()[0], 2),
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "commit": _commit(),
        "versions": {name: _version(name) for name in PACKAGES}
        | {name: _version_in(ROOT / place, name) for name, place in ELSEWHERE.items()},
    }


def spread(seconds: Sequence[float]) -> dict[str, float | int | None]:
    """Return n, p50, p95, p99 and max (nearest rank), in seconds."""
    if not seconds:
        return {"n": 0, "p50": None, "p95": None, "p99": None, "max": None}
    ordered = sorted(seconds)
    ranks = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {"n": len(ordered)} | {
        name: round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 3) for name, share in ranks.items()
    }


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay rows out in columns."""
    cells = [[_cell(value) for value in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = []
    for row in cells:
        rest = "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append(f"{row[0]:<{widths[0]}}{rest}")
    return "\n".join(lines)


def save(name: str, result: dict[str, Any]) -> Path:
    """Write results/<name>.json."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.json"
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return file


def load(name: str) -> dict[str, Any]:
    """Read results/<name>.json; empty when there is none."""
    file = RESULTS / f"{name}.json"
    if not file.is_file():
        return {}
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def figure(width: float = 8.0, height: float = 4.0, panels: int = 1) -> tuple[Any, Any]:
    """Return an empty figure and its axes, a list of them side by side from 2 panels; needs extra `bench`."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    import matplotlib.pyplot as plt

    return plt.subplots(1, panels, figsize=(width, height), dpi=110, layout="constrained", sharey=True)


def save_figure(name: str, drawn: Any) -> Path:
    """Write results/<name>.png."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.png"
    drawn.savefig(file)
    return file


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _version_in(environment: Path, package: str) -> str | None:
    folders = [str(folder) for folder in environment.glob("lib/python*/site-packages")]
    found = importlib.metadata.distributions(name=package, path=folders)
    return next((one.version for one in found), None)


def _commit() -> str | None:
    """Return the commit that is measured, with `-dirty` where files were changed since; None without git."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
