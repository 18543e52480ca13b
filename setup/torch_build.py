"""Decides which build of PyTorch is installed: never gigabytes of CUDA on a machine that cannot use it."""

import json
import platform
import subprocess
import urllib.request
from dataclasses import dataclass

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PROBE_TIMEOUT_S = 5
CPU_BUILD_MB = 200
CUDA_BUILD_MB = 3000  # torch with its nvidia-* packages


@dataclass(frozen=True)
class TorchBuild:
    """Where pip takes PyTorch from, in words for the person, and about how much that downloads."""

    pip_options: tuple[str, ...]
    words: str
    download_mb: int


def choose_torch_build(python: str, requirement: str) -> TorchBuild:
    """Return the build for this machine. Asks pip what it would take, and PyTorch's CPU index if need be."""
    if platform.system() != "Linux":
        return TorchBuild((), "PyTorch for this system", CPU_BUILD_MB)
    if has_nvidia_gpu():
        return TorchBuild((), "PyTorch with CUDA, since this machine has an NVIDIA GPU", CUDA_BUILD_MB)
    offered = _offered_by_pip(python, requirement)
    if offered and "+cpu" in offered["version"]:
        is_local = offered["url"].startswith("file:")
        return TorchBuild((), "PyTorch's CPU build", 0 if is_local else CPU_BUILD_MB)
    if is_reachable(f"{CPU_INDEX}/torch/"):
        return TorchBuild(("--index-url", CPU_INDEX), "PyTorch's CPU build from its own index", CPU_BUILD_MB)
    return TorchBuild(
        (),
        f"PyTorch with CUDA: neither {CPU_INDEX} nor the package index offers a CPU build here",
        CUDA_BUILD_MB if platform.machine() == "x86_64" else CPU_BUILD_MB,
    )


def has_nvidia_gpu() -> bool:
    """Say whether NVIDIA's own tool lists a GPU."""
    try:
        listed = subprocess.run(
            ["nvidia-smi", "-L"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        )
    except OSError:
        return False
    return listed.returncode == 0 and b"GPU" in listed.stdout


def is_reachable(url: str) -> bool:
    """Say whether the address answers within 5 s."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=PROBE_TIMEOUT_S):
            return True
    except OSError:
        return False


def _offered_by_pip(python: str, requirement: str) -> dict[str, str] | None:
    command = [python, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--quiet"]
    command += ["--report", "-", requirement]
    asked = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    if asked.returncode != 0:
        return None
    (taken,) = json.loads(asked.stdout)["install"]
    return {"version": taken["metadata"]["version"], "url": taken["download_info"]["url"]}
