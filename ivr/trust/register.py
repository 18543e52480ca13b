"""Which AI systems run here, with everything the register of them must say; read off what is running."""

import hashlib
import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ivr.nlu.model_store import ModelStore

MINIMAL = "limited (Article 50: callers are told)"
LANGUAGES = ("en", "sv", "nb", "fi")
PART = "minimal (a part that decides nothing about people)"


@dataclass(frozen=True)
class Finding:
    """One measurement: of what, in which language ("" for all or none), how much, by which benchmark."""

    what: str
    language: str
    figure: str
    source: str


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
    measured: tuple["Finding", ...] = ()


@dataclass(frozen=True)
class Running:
    """Where to look for what is running."""

    data_dir: Path
    nlu_data_dir: Path
    transcriber: str
    whisper_model: str
    voice: str
    owners: Mapping[str, str]


def register(running: Running) -> list[System]:
    """Return the systems in the order a call meets them. Files that are not there are said to be missing."""
    measured = Measured(running.nlu_data_dir.parent / "benchmarks" / "results")

    def owner(part: str) -> str:
        return running.owners.get(f"bot_{part}", "")

    return [
        _hearing(running, measured, owner("hearing")),
        _speech_detection(running, owner("speech_detection")),
        _understanding(running, measured, owner("understanding")),
        _triage(running, measured, owner("triage")),
        _redaction(measured, owner("redaction")),
        _voice(running, owner("voice")),
    ]


def _hearing(running: Running, measured: "Measured", owner: str) -> System:
    is_fast = running.transcriber == "faster-whisper"
    folder = running.data_dir / "models"
    file = (
        folder / "faster-whisper" / running.whisper_model / "model.bin"
        if is_fast
        else folder / "whisper" / f"{running.whisper_model}.pt"
    )
    package = "faster-whisper" if is_fast else "openai-whisper"
    return System(
        name=f"Whisper {running.whisper_model}",
        version=f"{package} {_version(package)}",
        sha256=_hash(file),
        source="OpenAI, weights trained by them; run on this machine",
        licence="MIT",
        purpose="Writes down what a caller says, so that it can be understood.",
        data_seen="The sound of one stretch of speech, in memory, never stored; what comes out is text.",
        risk=MINIMAL,
        reasoning="It writes down words. It recognises neither who speaks nor feelings in the voice: no such "
        "code is here. The system as a whole talks with people, so they are told it is an AI.",
        oversight="Words in doubt are never acted on: the bot asks again, then fetches a person.",
        limits="Weak in noise, with strong accents and very short answers; may invent words on silence, "
        "which a second check throws away. Worse in Swedish, Norwegian and Finnish than in English.",
        owner=owner,
        measured=tuple(measured.hearing()),
    )


def _speech_detection(running: Running, owner: str) -> System:
    return System(
        name="silero-vad",
        version="6.2.0 (8 kHz, ONNX)",
        sha256=_hash(running.data_dir / "models" / "silero_vad.onnx"),
        source="Silero team; the PyPI package of that version",
        licence="MIT",
        purpose="Tells speech from other sound, so that turns can be taken.",
        data_seen="32 ms of sound at a time, in memory, never stored.",
        risk=PART,
        reasoning="It says speech or not, nothing about the speaker.",
        oversight="A mistake costs a moment or a repeated question; keys work at every step.",
        limits="Loud music and other voices in the room can count as speech.",
        owner=owner,
    )


def _understanding(running: Running, measured: "Measured", owner: str) -> System:
    store = ModelStore(running.data_dir)
    live = store.live_version()
    manifest = next((one for one in store.manifests() if one.version == live), None)
    scores = manifest.scores if manifest is not None else {}
    at_release = [
        Finding(name, "", f"{100 * value:.1f} %", "scores of this release")
        for name, value in scores.items()
        if isinstance(value, float)
    ]
    return System(
        name="Rasa dialogue model",
        version=live or "none is live",
        sha256=_hash(store.current),
        source="Trained here from nlu_data, on sentences written by us",
        licence="Apache-2.0 (Rasa 3.6.21)",
        purpose="Finds what a caller wants and chooses the next answer from a fixed list.",
        data_seen="The caller's words, in memory until the call ends; order data while it is read out.",
        risk=MINIMAL,
        reasoning="It answers about orders. It refuses nothing finally, scores nobody, and every claim is "
        "decided by a person, so it is none of the high-risk uses of Annex III.",
        oversight="Zero or the word 'agent' fetches a person at any moment; so does anger, doubt or "
        "failing twice. A supervisor can send all calls to people within five seconds.",
        limits="Knows the matters in its list; says so about all others and offers a person.",
        owner=owner,
        measured=(*measured.understanding(), *at_release),
    )


def _triage(running: Running, measured: "Measured", owner: str) -> System:
    file = running.data_dir / "models" / "triage" / "words.npz"
    return System(
        name="Triage of a turn",
        version=f"policy {_hash(running.nlu_data_dir / 'policy.yml')[:12]}",
        sha256=_hash(file),
        source="Trained here on sentences written by us; the weights of its points are in policy.yml",
        licence="Apache-2.0 (ours)",
        purpose="Adds up signs in words and counts that a caller would be better off with a person.",
        data_seen="The words of a turn and counts such as repeated questions; never the sound of the voice.",
        risk=MINIMAL,
        reasoning="Moods are read from words and counts, not from voice or face: no emotion recognition in "
        "the sense of Article 3(39), which needs biometric data. It is profiling in a light form and "
        "only ever brings a person sooner.",
        oversight="Every decision keeps its arithmetic; `ivr policy explain` shows it.",
        limits="Irony and very polite anger are missed.",
        owner=owner,
        measured=tuple(measured.triage()),
    )


def _redaction(measured: "Measured", owner: str) -> System:
    return System(
        name="Redaction",
        version="rules (no model)",
        sha256="–",
        source="Ours; check digits by python-stdnum, names from word lists",
        licence="Apache-2.0 (ours)",
        purpose="Takes card, personal and phone numbers, addresses and names out of words before storing.",
        data_seen="Every text on its way to the records.",
        risk=PART,
        reasoning="Rules that remove; nothing is decided about anybody.",
        oversight="Measured on planted values; a redacted text is still treated as personal.",
        limits="Names that are also ordinary words are kept; it is no anonymisation.",
        owner=owner,
        measured=tuple(measured.redaction()),
    )


def _voice(running: Running, owner: str) -> System:
    package = "hibari-tts" if running.voice == "hibari" else "pyttsx3"
    return System(
        name="The bot's voice",
        version=f"{package} {_version(package)}; espeak-ng for other languages",
        sha256="inside the package, pinned by its hash",
        source="PyPI; run on this machine",
        licence="Apache-2.0" if running.voice == "hibari" else "MPL-2.0",
        purpose="Speaks the sentences designers wrote.",
        data_seen="The sentence to be spoken; sentences with order data are deleted after an hour.",
        risk=MINIMAL,
        reasoning="Synthetic speech in a conversation that begins by saying that it is an AI.",
        oversight="It says only what is written in nlu_data/responses.",
        limits="Sounds synthetic, on purpose no person's voice.",
        owner=owner,
    )


class Measured:
    """What the benchmarks beside this installation found; nothing where they are not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hearing(self) -> Iterator[Finding]:
        """Yield what is known about recognition; a language that was not measured says so."""
        for name, row in dict(self._read("asr").get("rows") or {}).items():
            yield Finding("words heard wrongly", "en", f"{row['wer_percent']} %", f"asr.json, {name}")
            if "invented" in row:
                what = f"words invented on {row['not_speech']} sounds without speech"
                yield Finding(what, "", str(row["invented"]), f"asr.json, {name}")
            break
        for language in LANGUAGES[1:]:
            yield Finding(
                "words heard wrongly", language, "not measured", "no recorded voices under a free licence"
            )

    def understanding(self) -> Iterator[Finding]:
        """Yield the share of held-out sentences understood, by language: of the set nobody had looked at."""
        found = self._read("understanding")
        for language in LANGUAGES:
            row = found.get(f"fresh {language}") or found.get(f"dev {language}")
            name = "fresh" if f"fresh {language}" in found else "looked at while the data grew"
            if isinstance(row, dict):
                what = f"right intent, {row['sentences']} sentences ({name})"
                yield Finding(what, language, f"{100 * row['accuracy']:.1f} %", "understanding.json")

    def redaction(self) -> Iterator[Finding]:
        """Yield the recall of each kind by language, over all its forms, and false hits."""
        found = self._read("redaction")
        hits: dict[tuple[str, str], list[tuple[float, int]]] = {}
        for row in found.get("rows") or ():
            hits.setdefault((row["kind"], row["language"]), []).append((row["recall"], row["n"]))
        for (kind, language), parts in sorted(hits.items()):
            recall = sum(share * n for share, n in parts) / sum(n for _, n in parts)
            yield Finding(f"{kind} found", language, f"{100 * recall:.1f} %", "redaction.json")
        for language, share in dict(found.get("false_hits") or {}).items():
            yield Finding("words taken out wrongly", language, f"{100 * share:.2f} %", "redaction.json")

    def triage(self) -> Iterator[Finding]:
        """Yield recall and false alarms on calls it never saw, by language."""
        found = self._read("triage")
        for language in LANGUAGES:
            row = found.get(f"held-out {language}")
            if isinstance(row, dict):
                for what in ("recall", "asked_recall", "false_rate"):
                    told = f"{what.replace('_', ' ')}, {row['calls']} held-out calls"
                    yield Finding(told, language, f"{100 * row[what]:.1f} %", "triage.json")

    def _read(self, name: str) -> Mapping[str, Any]:
        try:
            found = json.loads((self._folder / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


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


@lru_cache(maxsize=32)
def _hash_of(file: Path, _changed: int, _size: int) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
