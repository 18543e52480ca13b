"""Laws that import-linter cannot read, and that its own contracts forget no module."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IVR = ROOT / "ivr"
CONTRACTS = {
    contract["name"].split(":")[0] + ":" + contract["type"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
# Who may touch the process's environment, and why.
READS_ENVIRONMENT = {
    "config.py": "reads the settings",
    "nlu/meaning_classifier.py": "runs in Rasa's process, where no settings are; learns where the encoder is",
    "nlu/training.py": "hands PATH and the like on to Rasa; reads no setting",
    "speech/pool_worker.py": "tells OpenMP how to wait before PyTorch is loaded; reads no setting",
}
ADAPTER_NAME = re.compile(
    r"^class \w+(?:Transcriber|Synthesizer|Dialogue|OrderBook|Records|Switchboard|Recordings|Shop|PrivacyDesk"
    r"|Tally|TapeDeck|Traces|Notices|Post|Webhook)\b"
    r"(?!\([^)]*Protocol)",
    re.MULTILINE,
)
# Adapters by name that wrap others and touch nothing of the world.
ADAPTER_FOLDERS = (
    "dialogue", "insights", "orders", "privacy", "records", "speech", "telemetry", "telephony", "trust"
)  # fmt: skip
WRAPPERS = {
    "ivr.dialogue.composite_dialogue",
    "ivr.dialogue.resilient_dialogue",
    "ivr.speech.transcription_pool",
}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def reads_environment(source: str) -> bool:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}:
            return True
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            return any(alias.name in {"environ", "getenv"} for alias in node.names)
    return False


@pytest.mark.parametrize(
    ("source", "is_reading"),
    [
        ("import os\nos.environ['A']", True),
        ("import os\nos.getenv('A')", True),
        ("from os import environ", True),
        ("import os\nos.getpid()  # os.environ", False),
    ],
)
def test_the_check_for_reading_the_environment_sees_it(source: str, is_reading: bool) -> None:
    assert reads_environment(source) is is_reading


def test_only_config_reads_the_environment() -> None:
    readers = {
        path.relative_to(IVR).as_posix() for path in IVR.rglob("*.py") if reads_environment(path.read_text())
    }
    assert readers - READS_ENVIRONMENT.keys() == set()


def test_the_carrier_law_names_every_part_of_the_service() -> None:
    parts = {
        f"ivr.{path.stem}"
        for path in IVR.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and not path.name.startswith("_")
    }
    forbidden = set(CONTRACTS["Law 3:forbidden"]["forbidden_modules"])
    assert parts - forbidden == {"ivr.audio", "ivr.carrier", "ivr.log"}


def test_the_blueprint_law_names_every_blueprint() -> None:
    blueprints = {
        module_name(path) for path in (IVR / "web").glob("*.py") if "= Blueprint(" in path.read_text()
    }
    blueprints |= {f"ivr.web.{path.parent.name}" for path in (IVR / "web").glob("*/blueprint.py")}
    assert set(CONTRACTS["Law 4:independence"]["modules"]) == blueprints


def test_the_adapter_law_names_every_adapter() -> None:
    adapters = {
        module_name(path)
        for folder in ADAPTER_FOLDERS
        for path in (IVR / folder).glob("*.py")
        if ADAPTER_NAME.search(path.read_text())
    }
    protected = set(CONTRACTS["Law 2:protected"]["protected_modules"])
    assert adapters - WRAPPERS == protected


def test_no_file_grows_past_what_a_person_can_hold_in_the_head() -> None:
    lengths = {module_name(path): len(path.read_text().splitlines()) for path in IVR.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    silent = [
        module_name(path)
        for path in IVR.rglob("*.py")
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []
