"""When Rasa's model is trained anew, and with what; also the files Rasa reads when it runs."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import IvrError
from ivr.nlu.rendering import render

MODEL = Path("models") / "rasa" / "current.tar.gz"
RUNTIME = Path("rasa")
LONGEST_TRAINING_S = 900
_COMPONENT = re.compile(r"(Starting to train|Finished training) component '(\w+)'")
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "MAX_NUMBER_OF_PREDICTIONS": "8",
    "NO_COLOR": "1",
}
_FROM_OUTSIDE = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")


class TrainingFailed(IvrError):
    """Rasa could not train; the message ends with what it said."""


@dataclass(frozen=True)
class Trained:
    """The model to use. `is_new` is false when nothing had changed since the last training."""

    model: Path
    is_new: bool
    fingerprint: str


def rasa_environment() -> dict[str, str]:
    """Return the environment for a Rasa process: nothing of the service's settings, no telemetry."""
    return {name: os.environ[name] for name in _FROM_OUTSIDE if name in os.environ} | _QUIET


def train(
    nlu_data: Path,
    data_dir: Path,
    rasa_venv: Path,
    language: str = "en",
    say: Callable[[str], None] = print,
    is_forced: bool = False,
) -> Trained:
    """Train when the designers' files or Rasa's version changed; about half a minute on two cores.

    Writes `models/rasa/current.tar.gz` below `data_dir`, in one step at the end: a failed training
    leaves the old model. Changed wording alone needs no training. Raises TrainingFailed.
    """
    data_dir = data_dir.absolute()
    rasa = rasa_venv.absolute() / "bin" / "rasa"
    if not rasa.exists():
        raise TrainingFailed(f"{rasa} is missing; `make setup` makes Rasa's environment")
    model = data_dir / MODEL
    model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=model.parent, prefix="training-") as folder:
        work = Path(folder)
        render(nlu_data, work / "input", language)
        fingerprint = _fingerprint(work / "input", rasa_venv)
        if not is_forced and model.exists() and _fingerprint_of(model) == fingerprint:
            say("The model is up to date.")
            return Trained(model, False, fingerprint)
        _run_training(rasa, work, say)
        made = work / "made" / "current.tar.gz"
        if not made.exists():
            raise TrainingFailed("Rasa ended without a model; run `ivr nlu check` and try again")
        shutil.move(made, model)
    _fingerprint_file(model).write_text(json.dumps({"fingerprint": fingerprint}), encoding="utf-8")
    return Trained(model, True, fingerprint)


def write_runtime_files(data_dir: Path, actions_url: str, actions_token: str) -> Path:
    """Write endpoints.yml and credentials.yml for `rasa run` and return their folder, for the owner only."""
    folder = data_dir / RUNTIME
    folder.mkdir(parents=True, exist_ok=True)
    endpoints = {
        "action_endpoint": {"url": actions_url, "token": actions_token, "enable_selective_domain": True}
    }
    for name, content in (("endpoints.yml", endpoints), ("credentials.yml", {"rest": None})):
        file = folder / name
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML, and quotes any token rightly
    return folder


def run_arguments(data_dir: Path, port: int) -> list[str]:
    """Return what follows `rasa run` (without the token): loopback only, the trained model, our channels."""
    runtime = data_dir / RUNTIME
    return [
        *("--enable-api", "--interface", "127.0.0.1", "--port", str(port)),
        *("--model", str(data_dir / MODEL)),
        *("--endpoints", str(runtime / "endpoints.yml")),
        *("--credentials", str(runtime / "credentials.yml")),
    ]


def _run_training(rasa: Path, work: Path, say: Callable[[str], None]) -> None:
    command = [
        *(str(rasa), "train", "--fixed-model-name", "current", "--out", str(work / "made")),
        *("--config", str(work / "input" / "config.yml")),
        *("--domain", str(work / "input" / "domain.yml")),
        *("--data", str(work / "input" / "data")),
    ]
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=work,  # Rasa keeps a cache beside itself
        env=rasa_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            component = _COMPONENT.search(line)
            if component:
                say(f"{component[1]} {component[2]}")
        code = process.wait(LONGEST_TRAINING_S)
    if code != 0:
        raise TrainingFailed(f"Rasa's training ended with {code}:\n{''.join(said[-15:])}")


def _fingerprint(rendered: Path, rasa_venv: Path) -> str:
    """Return a hash of everything that goes into a model."""
    total = hashlib.sha256()
    versions = sorted(path.name for path in rasa_venv.glob("lib/python*/site-packages/rasa-*.dist-info"))
    total.update(repr(versions).encode())
    for file in sorted(rendered.rglob("*.yml")):
        total.update(file.relative_to(rendered).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def _fingerprint_file(model: Path) -> Path:
    return model.with_name("current.json")


def _fingerprint_of(model: Path) -> str | None:
    try:
        kept = json.loads(_fingerprint_file(model).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept.get("fingerprint") if isinstance(kept, dict) else None
