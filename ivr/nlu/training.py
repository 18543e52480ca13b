"""When Rasa's model is trained anew, and with what; also the files Rasa reads when it runs."""

import getpass
import hashlib
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ivr.clock import Clock, SystemClock
from ivr.embedding.seal import EncoderMissing, sealed_version
from ivr.embedding.sentence_encoder import FOLDER as ENCODER_FOLDER
from ivr.errors import IvrError
from ivr.nlu.corpus import by_language, heard_training_lines, training_lines
from ivr.nlu.exploration.proofs import keep_rules
from ivr.nlu.model_store import MODEL, Manifest, ModelStore
from ivr.nlu.rendering import render

RUNTIME = Path("rasa")
# What Rasa loads of ours when it runs, by the names it finds them under.
TURNS = "ivr.dialogue.in_rasa.turns.Turns"
CALL_MEMORY = "ivr.dialogue.in_rasa.call_memory.CallMemory"
LONGEST_TRAINING_S = 900
_COMPONENT = re.compile(r"(Starting to train|Finished training) component '(\w+)'")
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "MAX_NUMBER_OF_PREDICTIONS": "8",
    "NO_COLOR": "1",
}
_IVR = Path(__file__).parents[1]
_COMPONENTS = tuple(
    _IVR / name
    for name in (
        "embedding/e5_encoder.py",
        "nlu/meaning_classifier.py",
        "nlu/softmax.py",
        "triage/features.py",
    )
)
_FROM_OUTSIDE = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")


class TrainingFailed(IvrError):
    """Rasa could not train; the message ends with what it said."""


@dataclass(frozen=True)
class Trained:
    """The model to use. `is_new` is false when the store held one made of exactly the same."""

    model: Path
    version: str
    is_new: bool
    fingerprint: str
    training_s: float


def rasa_environment(data_dir: Path) -> dict[str, str]:
    """Return the environment for a Rasa process: nothing of the service's settings, no telemetry."""
    outside = {name: os.environ[name] for name in _FROM_OUTSIDE if name in os.environ}
    return outside | _QUIET | component_environment(data_dir)


def component_environment(data_dir: Path) -> dict[str, str]:
    """Return what the model's own components need: where their code is, and the sentence encoder."""
    return {
        "PYTHONPATH": str(_IVR.parent),
        "SENTENCE_ENCODER": str(data_dir.absolute() / ENCODER_FOLDER),
    }


def train(
    nlu_data: Path,
    data_dir: Path,
    rasa_venv: Path,
    say: Callable[[str], None] = print,
    is_forced: bool = False,
    clock: Clock | None = None,
    who: str | None = None,
) -> Trained:
    """Put a model of the designers' files into the store, training only what is not there yet.

    Rasa keeps what it made of unchanged parts: a change of rules alone does not learn the sentences
    anew. The live model stays as it is, except that the first one ever becomes live. One training at
    a time; a second waits. Raises TrainingFailed.
    """
    clock = clock or SystemClock()
    store = ModelStore(data_dir)
    rasa = rasa_venv.absolute() / "bin" / "rasa"
    if not rasa.exists():
        raise TrainingFailed(f"{rasa} is missing; `make setup` makes Rasa's environment")
    started = clock.monotonic()
    with store.alone(), tempfile.TemporaryDirectory(dir=store.folder, prefix=".training-") as folder:
        work = Path(folder)
        render(nlu_data, work / "input")
        fingerprint = _fingerprint(work / "input", rasa_venv, data_dir)
        kept = store.with_fingerprint(fingerprint)
        if kept is not None and not is_forced:
            say("The model is up to date.")
            model, version, is_new = store.model(kept.version), kept.version, False
        else:
            cache = store.folder / ".cache"
            _run_training(rasa, work, data_dir, say, cache)
            made = work / "made" / "current.tar.gz"
            if not made.exists():
                raise TrainingFailed("Rasa ended without a model; run `ivr nlu check` and try again")
            now = clock.now()
            version, is_new = store.free_name(now, fingerprint), True
            training_s = clock.monotonic() - started
            model = store.add(
                made, _manifest(nlu_data, rasa_venv, version, fingerprint, now, training_s, who)
            )
        keep_rules(nlu_data, model.parent)
        if store.live_version() is None:
            store.put_to_use(version, clock.now())
    return Trained(model, version, is_new, fingerprint, clock.monotonic() - started)


def _manifest(
    nlu_data: Path,
    rasa_venv: Path,
    version: str,
    fingerprint: str,
    now: datetime,
    training_s: float,
    who: str | None,
) -> Manifest:
    lines = by_language(training_lines(nlu_data))
    heard = sum(1 for _ in heard_training_lines(nlu_data))
    commit = _git(nlu_data, "rev-parse", "HEAD")
    return Manifest(
        version=version,
        fingerprint=fingerprint,
        trained_at=now.isoformat(timespec="seconds"),
        trained_by=who or designer(nlu_data),
        training_s=round(training_s, 1),
        git_commit=commit,
        has_uncommitted_changes=bool(commit and _git(nlu_data, "status", "--porcelain", "--", ".")),
        engines={"rasa": " ".join(_rasa_versions(rasa_venv))},
        examples={language: len(found) for language, found in lines.items()},
        heard_examples=heard,
    )


def designer(nlu_data: Path) -> str:
    """Return who is at work: git's user name, else the name at this machine."""
    return _git(nlu_data, "config", "user.name") or getpass.getuser()


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # git may be missing where only the service runs
    return done.stdout.strip() or None if done.returncode == 0 else None


def write_runtime_files(data_dir: Path, actions_url: str, actions_token: str, rasa_token: str) -> Path:
    """Write endpoints.yml and credentials.yml for `rasa run` and return their folder, for the owner only."""
    folder = data_dir / RUNTIME
    folder.mkdir(parents=True, exist_ok=True)
    endpoints = {
        "action_endpoint": {"url": actions_url, "token": actions_token},
        "tracker_store": {"type": CALL_MEMORY},
    }
    for name, content in (("endpoints.yml", endpoints), ("credentials.yml", {TURNS: {"token": rasa_token}})):
        file = folder / name
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML, and quotes any token rightly
    return folder


def run_arguments(data_dir: Path, port: int, model: Path | None = None) -> list[str]:
    """Return what follows `rasa run`, without the token: loopback only, our channels, the live model."""
    runtime = data_dir / RUNTIME
    return [
        *("--enable-api", "--interface", "127.0.0.1", "--port", str(port)),
        *("--model", str(model or data_dir / MODEL)),
        *("--endpoints", str(runtime / "endpoints.yml")),
        *("--credentials", str(runtime / "credentials.yml")),
    ]


def train_understanding(rasa_venv: Path, work: Path, data_dir: Path) -> Path:
    """Train sentences only, from `work`/input, and return the model. Raises TrainingFailed."""
    rasa = rasa_venv.absolute() / "bin" / "rasa"
    _run_training(rasa, work, data_dir, lambda _: None, work / "cache", ("train", "nlu"))
    return next((work / "made").glob("*.tar.gz"))


def _run_training(
    rasa: Path,
    work: Path,
    data_dir: Path,
    say: Callable[[str], None],
    cache: Path,
    what: tuple[str, ...] = ("train",),
) -> None:
    is_whole = what == ("train",)
    data = ("--data", str(work / "input" / "data"))
    command = [
        *(str(rasa), *what, "--fixed-model-name", "current", "--out", str(work / "made")),
        *("--config", str(work / "input" / "config.yml")),
        *("--domain", str(work / "input" / "domain.yml")),
        *(data if is_whole else ("--nlu", str(work / "input" / "data"))),
    ]
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=work,
        env=rasa_environment(data_dir) | {"RASA_CACHE_DIRECTORY": str(cache)},
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


def _rasa_versions(rasa_venv: Path) -> list[str]:
    found = rasa_venv.glob("lib/python*/site-packages/rasa-*.dist-info")
    return sorted(path.name.removeprefix("rasa-").removesuffix(".dist-info") for path in found)


def _fingerprint(rendered: Path, rasa_venv: Path, data_dir: Path) -> str:
    """Return a hash of everything that goes into a model."""
    total = hashlib.sha256()
    total.update(repr(_rasa_versions(rasa_venv)).encode())
    for code in _COMPONENTS:
        total.update(code.read_bytes())
    with suppress(EncoderMissing):  # Rasa says what is missing where the pipeline needs it
        total.update(sealed_version(data_dir / ENCODER_FOLDER).encode())
    for file in sorted(rendered.rglob("*.yml")):
        total.update(file.relative_to(rendered).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()
