"""Every package the code imports is declared, pinned and explained; nothing under the GPL is among them."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXPLAINED = (ROOT / "docs" / "dependencies.md").read_text()
# Imported under a name that comes with a declared package.
COMES_WITH = {
    "huggingface_hub": "faster-whisper",
    "itsdangerous": "flask",
    "joserfc": "authlib",
    "jinja2": "flask",
    "multidict": "aiohttp",
    "yarl": "aiohttp",
    "urllib3": "requests",
    "werkzeug": "flask",
}
# Run by Rasa's own Python, and pinned there.
ELSEWHERE = {"rasa", "sanic", "scipy", "threadpoolctl"}


def declared(extra: str | None = None) -> set[str]:
    listed = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return {re.split(r"[<>=\[ ]", requirement)[0] for requirement in listed}


def pins(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name.lower().replace("_", "-"): version for name, version in (line.split("==") for line in lines)}


SERVICE = pins(ROOT / "requirements.lock")
DEV = pins(ROOT / "requirements-dev.lock")
RASA = pins(ROOT / "docker" / "rasa" / "requirements.txt")


def imported_packages() -> set[str]:
    names = set()
    for path in (ROOT / "ivr").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {"ivr"} - ELSEWHERE


def test_every_import_is_a_declared_dependency() -> None:
    installed = importlib.metadata.packages_distributions()
    known = declared() | declared("fast") | declared("postgres") | declared("parquet")
    undeclared = {
        name
        for name in imported_packages()
        if name not in known
        and COMES_WITH.get(name) not in known
        and not {package.lower().replace("_", "-") for package in installed.get(name, [])} & known
    }
    assert undeclared == set()
    assert RASA.keys() >= ELSEWHERE


def test_every_declared_dependency_is_explained_and_pinned() -> None:
    service = declared() | declared("fast") | declared("postgres")
    assert {name for name in service | declared("dev") if name not in EXPLAINED} == set()
    assert service - SERVICE.keys() == set()
    assert declared("dev") - DEV.keys() == set()


@pytest.mark.parametrize("lock", [SERVICE, DEV, RASA], ids=["service", "dev", "rasa"])
def test_no_lock_brings_cuda(lock: dict[str, str]) -> None:
    assert [name for name in lock if re.match("nvidia|triton|cuda", name)] == []


def test_torch_is_pinned_so_that_any_build_of_it_fits() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", SERVICE["torch"])


def test_the_locks_do_not_contradict_each_other() -> None:
    assert SERVICE.keys() & DEV.keys() == set()


def test_rasa_is_the_version_that_is_documented() -> None:
    assert f"rasa {RASA['rasa']}" in EXPLAINED


def test_nothing_pinned_is_under_the_gpl() -> None:
    found = {}
    for name in SERVICE | DEV:
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # another system's package
        licence = " ".join(
            [metadata.get("License-Expression") or "", *(metadata.get_all("Classifier") or [])]
        )
        if re.search(r"(?<![LA])GPL|GNU General", licence):
            found[name] = licence
    assert found == {}
