"""Decides which tests can run here: those that need a part which is not set up are skipped, saying so."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--everything",
        action="store_true",
        help="a part that is not set up is an error, not a reason to skip (used by `make test`)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = {marker: reason for marker, reason in missing_parts(ROOT).items() if reason}
    lacking = {marker: reason for marker, reason in missing.items() if _is_wanted(marker, items)}
    if lacking and config.getoption("--everything"):
        raise pytest.UsageError("; ".join(lacking.values()))
    for item in items:
        for marker, reason in lacking.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def logging_as_new() -> Iterator[None]:
    """Undo what a test made of logging: its output may be a file that is closed by now."""
    yield
    structlog.reset_defaults()


def missing_parts(root: Path) -> dict[str, str | None]:
    """Say for each marker that stands for a part why its tests cannot run, or None when they can."""
    weights = [root / "var/models/whisper/base.pt", root / "var/models/silero_vad.onnx"]
    rasa = [root / ".venv-rasa/bin/rasa", root / "var/models/rasa/current.tar.gz"]
    has_browser = any(shutil.which(name) for name in BROWSERS)
    return {
        "weights": _absent(weights, root, "the speech models are not here; `make setup` gets them"),
        "rasa": _absent(rasa, root, "Rasa or its trained model is not here; `make setup` makes them"),
        "browser": None if has_browser else "no Chromium here; `apt-get install chromium` installs it",
    }


def _absent(paths: list[Path], root: Path, reason: str) -> str | None:
    absent = [str(path.relative_to(root)) for path in paths if not path.exists()]
    return f"{reason} (missing: {', '.join(absent)})" if absent else None


def _is_wanted(marker: str, items: list[pytest.Item]) -> bool:
    return any(item.get_closest_marker(marker) for item in items)
