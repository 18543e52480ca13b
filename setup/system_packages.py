"""Decides which of the system's own packages are needed and who may install them."""

import ctypes.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from setup.commands import run
from setup.errors import SetupFailed


@dataclass(frozen=True)
class SystemPackage:
    """A package of the operating system, by its Debian name, and how to tell it is there."""

    name: str
    programs: tuple[str, ...]
    library: str | None = None

    @property
    def is_present(self) -> bool:
        has_program = any(shutil.which(program) for program in self.programs)
        has_library = self.library is not None and ctypes.util.find_library(self.library) is not None
        return has_program or has_library


ESPEAK = SystemPackage("espeak-ng", ("espeak-ng",), library="espeak-ng")
CHROMIUM = SystemPackage("chromium", ("chromium", "chromium-browser", "google-chrome"))


def missing_packages(packages: tuple[SystemPackage, ...]) -> list[str]:
    """Return the names of those not installed."""
    return [package.name for package in packages if not package.is_present]


def install_packages(names: list[str], root: Path, log: Path) -> None:
    """Install with apt-get when that is possible. Raises SetupFailed with the exact command otherwise."""
    if not names:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if shutil.which("apt-get") is None:
        raise SetupFailed(
            f"Please install with your system's package manager, then run this again: {' '.join(names)}"
        )
    if os.geteuid() != 0:
        raise SetupFailed(
            "Some system packages are missing and only root may install them. Please run\n\n"
            f"    sudo apt-get update && sudo {' '.join(command)}\n\nthen run this again."
        )
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    run([*environment, "apt-get", "update"], root, log, "Updating the list of system packages")
    run([*environment, *command], root, log, "Installing system packages")
