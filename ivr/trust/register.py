"""Which AI systems run here, with everything the register of them must say; read off what is running."""

import hashlib
import importlib.metadata
import importlib.util
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from ivr.nlu.model_store import ModelStore
from ivr.speech.piper_voices import read_piper_voices
from ivr.trust.measured import Finding, FindingRow, Measured, readable, rows

RISKS = {
    "limited": "limited (Article 50: callers are told)",
    "part": "minimal (a part that decides nothing about people)",
}
_TEXTS = Path(__file__).with_name("systems.yml")


@dataclass(frozen=True)
class System:
    """One entry of the register."""

    name: str
    version: str
    sha256: str
    source: str
    licence: str
    purpose: str
    data_seen: str
    risk: str
    reasoning: str
    oversight: str
    limits: str
    owner: str
    measured: tuple[FindingRow, ...] = ()


@dataclass(frozen=True)
class Running:
    """Where to look for what is running."""

    data_dir: Path
    nlu_data_dir: Path
    transcriber: str
    whisper_model: str
    voice: str
    owners: Mapping[str, str]
    languages: tuple[str, ...] = ("en",)
    piper_voices: str = ""
    rewriter_url: str | None = None
    rewriter_model: str = ""


def register(running: Running) -> list[System]:
    """Return the systems in the order a call meets them. Files that are not there are said to be missing."""
    measured = Measured(running.nlu_data_dir.parent / "benchmarks" / "results")
    models = running.data_dir / "models"
    found = [
        _hearing(running, measured),
        _entry(running, "speech_detection", "6.2.0 (8 kHz, ONNX)", _hash(models / "silero_vad.onnx")),
        _turn_ends(running, measured),
        *_sentences(running),
        _understanding(running, measured),
        _articles(running, measured),
        _triage(running, measured),
        _entry(running, "redaction", "rules (no model)", "–", measured=measured.redaction()),
        *_voices(running),
    ]
    if running.rewriter_url is not None:
        name = f"Rewriter of briefings: {running.rewriter_model or 'the default model'}"
        found.append(_entry(running, "rewriter", f"at {running.rewriter_url}", "not ours to read", name))
    return found


def _entry(
    running: Running,
    part: str,
    version: str,
    sha256: str,
    name: str | None = None,
    measured: Iterable[Finding] = (),
    owned_as: str | None = None,
) -> System:
    text = _texts()[part]
    return System(
        name=name or text["name"],
        version=version,
        sha256=sha256,
        source=text["source"],
        licence=text["licence"],
        purpose=text["purpose"],
        data_seen=text["data_seen"],
        risk=RISKS[text["risk"]],
        reasoning=text["reasoning"],
        oversight=text["oversight"],
        limits=text["limits"],
        owner=running.owners.get(f"bot_{owned_as or part}", ""),
        measured=tuple(rows(readable(measured))),
    )


def _hearing(running: Running, measured: Measured) -> System:
    is_fast = running.transcriber == "faster-whisper"
    folder, size = running.data_dir / "models", running.whisper_model
    file = folder / "faster-whisper" / size / "model.bin" if is_fast else folder / "whisper" / f"{size}.pt"
    package = "faster-whisper" if is_fast else "openai-whisper"
    version, findings = f"{package} {_version(package)}", measured.hearing(size, is_fast)
    return _entry(running, "hearing", version, _hash(file), f"Whisper {size}", findings)


def _turn_ends(running: Running, measured: Measured) -> System:
    file = running.data_dir / "models" / "turn_ends" / "ends.npz"
    sha256 = _hash(file)
    return _entry(running, "turn_ends", _made_here(file, sha256), sha256, measured=measured.turn_ends())


def _sentences(running: Running) -> Iterator[System]:
    """Yield the sentence encoder where one was put in place."""
    folder = running.data_dir / "models" / "sentences"
    try:
        version = str(json.loads((folder / "seal.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    yield _entry(running, "sentences", version, _hash(folder / "encoder.onnx"))


def _understanding(running: Running, measured: Measured) -> System:
    store = ModelStore(running.data_dir)
    live = store.live_version()
    manifest = next((one for one in store.manifests() if one.version == live), None)
    at_release = _at_release(manifest.scores if manifest is not None else {})
    findings = (*measured.understanding(), *at_release)
    return _entry(running, "understanding", live or "none is live", _hash(store.current), measured=findings)


def _at_release(scores: Mapping[str, object]) -> Iterator[Finding]:
    """Yield the scores a release was weighed by: "typed en", "out of scope heard en"."""
    for name, value in scores.items():
        what, _, language = name.rpartition(" ")
        if isinstance(value, float):
            told = "foreign kept out, " + what.removeprefix("out of scope ") if "scope" in what else what
            yield Finding(f"held-out sentences, {told}", language, f"{100 * value:.1f} %", "this release")


def _articles(running: Running, measured: Measured) -> System:
    files = sorted((running.nlu_data_dir / "knowledge").glob("*/*.md"))
    digest = hashlib.sha256("".join(map(_hash, files)).encode()).hexdigest()
    return _entry(running, "articles", f"{len(files)} articles", digest, measured=measured.articles())


def _triage(running: Running, measured: Measured) -> System:
    sha256 = _hash(running.data_dir / "models" / "triage" / "words.npz")
    version = f"policy {_hash(running.nlu_data_dir / 'policy.yml')[:12]}, words {sha256[:12]}"
    return _entry(running, "triage", version, sha256, measured=measured.triage())


def _voices(running: Running) -> Iterator[System]:
    """Yield every voice that a caller may hear, the one asked first first."""
    piper = read_piper_voices(running.piper_voices)
    for language, voice in piper.items():
        name = f"Piper, {language}: {voice.voice or 'its own voice'}"
        yield _entry(running, "piper", f"at {voice.url}", "not ours to read", name, owned_as="voice")
    spoken = set(piper)
    if running.voice == "hibari":
        spoken.add("en")
        version = f"hibari-tts {_version('hibari-tts')}"
        yield _entry(
            running, "hibari", version, _hash(_in_package("hibari", "hibari.onnx")), owned_as="voice"
        )
    left = [language for language in running.languages if language not in spoken]
    version = f"pyttsx3 {_version('pyttsx3')}; speaks {', '.join(left) if left else 'when another fails'}"
    yield _entry(running, "espeak", version, "the system's package", owned_as="voice")


def _in_package(package: str, name: str) -> Path:
    """Return a file inside an installed package, without importing it."""
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations if found is not None else None
    return Path(next(iter(places or ["."]))) / "assets" / name


def _made_here(file: Path, sha256: str) -> str:
    return f"trained here, {sha256[:12]}" if file.exists() else "not on this machine"


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(_TEXTS.read_text(encoding="utf-8"))
    return found


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _hash(file: Path) -> str:
    try:
        state = file.stat()
    except OSError:
        return "not on this machine"
    return _hash_of(file, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=128)
def _hash_of(file: Path, _changed: int, _size: int) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
