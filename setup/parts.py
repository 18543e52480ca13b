"""Decides what each part of the set-up makes, from which files, and how."""

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from setup import dotenv
from setup.commands import output_of, run, show
from setup.errors import SetupFailed
from setup.pythons import find_python_3_10
from setup.steps import Step
from setup.system_packages import CHROMIUM, ESPEAK, SystemPackage, install_packages, missing_packages
from setup.torch_build import TorchBuild, choose_torch_build

SERVICE_MB = 330  # the wheels of requirements.lock without PyTorch
DEV_MB = 75
RASA_MB = 750
SENTENCES_MB = 92
WEIGHTS_MB = {"base": 156, "tiny.en": 77}  # with the voice activity model; other sizes say it themselves
SYSTEM_MB = {ESPEAK.name: 5, CHROMIUM.name: 110}
PIP_OPTIONS = ("--disable-pip-version-check", "--no-warn-script-location")


class Machine:
    """The folder being set up and the steps that make its parts."""

    def __init__(self, root: Path, say: Callable[[str], None]) -> None:
        self.root = root
        self.say = say
        self.logs = root / "var" / "log"
        self.stamps = root / "var" / "setup"
        self.venv = root / ".venv"
        self.rasa_venv = root / ".venv-rasa"
        self.locks = {name: root / f"{name}.lock" for name in ("requirements", "requirements-dev")}
        self.rasa_lock = root / "docker" / "rasa" / "requirements.txt"

    def settings(self) -> Step:
        """Invent the secrets of this machine."""
        path = self.root / ".env"
        return Step(
            "settings",
            "settings in .env",
            lambda: dotenv.write_missing_values(path),
            is_done=lambda: not dotenv.missing_values(path),
        )

    def system(self, is_for_tests: bool) -> Step:
        """Install what the operating system must bring: a voice, and a browser for the tests."""
        wanted: tuple[SystemPackage, ...] = (ESPEAK, CHROMIUM) if is_for_tests else (ESPEAK,)
        missing = missing_packages(wanted)
        return Step(
            "system-for-tests" if is_for_tests else "system",
            "system packages" + (f" ({', '.join(missing)})" if missing else ""),
            lambda: install_packages(missing, self.root, self.logs / "setup-system.log"),
            download_mb=lambda: sum(SYSTEM_MB[name] for name in missing),
            is_done=lambda: not missing,
        )

    def service(self) -> Step:
        """Make .venv from requirements.lock."""
        return Step(
            "service",
            "the service's Python environment",
            self._make_service,
            inputs=(self.locks["requirements"], self.root / "pyproject.toml"),
            facts=(sys.version,),
            outputs=(self.venv / "bin" / "ivr",),
            download_mb=lambda: SERVICE_MB + self._torch_build().download_mb,
        )

    def dev(self) -> Step:
        """Add the test tools to .venv."""
        lock = self.locks["requirements-dev"]
        return Step(
            "dev",
            "the test tools",
            lambda: self._pip(self.venv, ["--no-deps", "-r", str(lock)], "setup-dev.log"),
            inputs=(lock,),
            facts=(sys.version,),
            outputs=(self.venv / "bin" / "pytest",),
            download_mb=lambda: DEV_MB,
        )

    def rasa(self) -> Step:
        """Make .venv-rasa from docker/rasa/requirements.txt."""
        return Step(
            "rasa",
            "Rasa's Python 3.10 environment",
            self._make_rasa,
            inputs=(self.rasa_lock,),
            outputs=(self.rasa_venv / "bin" / "rasa",),
            download_mb=lambda: RASA_MB,
        )

    def weights(self, engine: str) -> Step:
        """Fetch the speech models for "whisper", "faster-whisper" or "both"."""
        size = setting(self.root, "IVR_WHISPER_MODEL", "base")
        models = self.root / "var" / "models"
        checkpoint, folder = models / "whisper" / f"{size}.pt", models / "faster-whisper" / size / "model.bin"
        engines = ("whisper", "faster-whisper") if engine == "both" else (engine,)
        made = {"whisper": (checkpoint,), "faster-whisper": (folder,), "both": (checkpoint, folder)}[engine]
        return Step(
            "weights",
            "speech models",
            lambda: self._ivr("models", "pull", size, *(f"--engine={name}" for name in engines)),
            inputs=(self.root / "ivr" / "speech" / "weight_sources.py",),
            facts=(size,),
            outputs=(models / "silero_vad.onnx", *made),
            download_mb=lambda: WEIGHTS_MB.get(size, 0),
        )

    def sentences(self) -> Step:
        """Make the sentence encoder that Rasa's model and the triage learn with."""
        return Step(
            "sentences",
            "the sentence encoder",
            lambda: self._ivr("models", "sentences"),
            inputs=(self.root / "ivr" / "embedding",),
            outputs=(self.root / "var" / "models" / "sentences" / "seal.json",),
            download_mb=lambda: SENTENCES_MB,
        )

    def model(self) -> Step:
        """Train Rasa's model from what the designers wrote."""
        return Step(
            "model",
            "training what it understands (about five minutes)",
            lambda: self._ivr("nlu", "train", "--use"),
            inputs=(
                self.root / "nlu_data",
                self.root / "ivr" / "embedding",
                self.root / "ivr" / "nlu",
                self.root / "ivr" / "triage",
                self.rasa_lock,
            ),
            outputs=(
                self.root / "var" / "models" / "rasa" / "current.tar.gz",
                self.root / "var" / "models" / "triage" / "words.npz",
            ),
        )

    def database(self) -> Step:
        """Bring the database to the current shape and fill the demo shop."""
        return Step(
            "database",
            "database and demo shop",
            self._make_database,
            inputs=(self.root / "ivr" / "records" / "migrations", self.root / "ivr" / "orders"),
            facts=(setting(self.root, "IVR_DATABASE_URL", ""),),
            outputs=() if setting(self.root, "IVR_DATABASE_URL", "") else (self.root / "var" / "ivr.db",),
        )

    def _make_service(self) -> None:
        self._make_venv(self.venv, sys.executable, "setup-service.log")
        build = self._torch_build()
        self.say(f"  {build.words}")
        lock = self.locks["requirements"]
        # PyTorch comes first and with its dependencies: a CUDA build brings packages the lock does not name.
        self._pip(self.venv, ["-c", str(lock), *build.pip_options, _torch_pin(lock)], "setup-torch.log")
        self.say("  everything else of requirements.lock")
        self._pip(self.venv, ["--no-deps", "-r", str(lock)], "setup-service.log")
        self._pip(self.venv, ["--no-deps", "--no-build-isolation", "-e", "."], "setup-ivr.log")

    def _make_rasa(self) -> None:
        self._make_venv(self.rasa_venv, find_python_3_10(), "setup-rasa.log")
        self._pip(self.rasa_venv, ["-r", str(self.rasa_lock)], "setup-rasa.log")

    def _make_database(self) -> None:
        self._ivr("db", "upgrade")
        self._ivr("db", "seed")

    def _make_venv(self, venv: Path, python: str, log: str) -> None:
        if output_of([str(venv / "bin" / "python"), "-m", "pip", "--version"]) is not None:
            return  # brought up to date in place
        run([python, "-m", "venv", "--clear", str(venv)], self.root, self.logs / log, f"Making {venv.name}")

    def _pip(self, venv: Path, arguments: list[str], log: str) -> None:
        command = [str(venv / "bin" / "python"), "-m", "pip", "install", *PIP_OPTIONS, *arguments]
        run(command, self.root, self.logs / log, f"Installing into {venv.name}")

    def _ivr(self, *arguments: str) -> None:
        show([str(self.venv / "bin" / "ivr"), *arguments], self.root, f"`ivr {' '.join(arguments)}`")

    @cache  # noqa: B019 - one Machine lives as long as the process
    def _torch_build(self) -> TorchBuild:
        return choose_torch_build(sys.executable, _torch_pin(self.locks["requirements"]))


def setting(root: Path, name: str, default: str) -> str:
    """Read one setting as the service would: the environment first, then `.env`."""
    if name in os.environ:
        return os.environ[name]
    path = root / ".env"
    lines = path.read_text().splitlines() if path.exists() else []
    values = [line.split("=", 1)[1].strip() for line in lines if line.startswith(f"{name}=")]
    return values[-1] if values else default


def _torch_pin(lock: Path) -> str:
    pins = [line for line in lock.read_text().splitlines() if line.startswith("torch==")]
    if len(pins) != 1:
        raise SetupFailed(f"{lock.name} should pin torch exactly once.")
    return pins[0]
