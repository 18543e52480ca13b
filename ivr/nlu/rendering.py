"""What Rasa is given: nlu_data/ with every example sentence in the plain form that calls use too."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from ivr.dialogue.plain_words import plain_words

_ANNOTATED = re.compile(r"\[([^\]]+)\]\(([a-z_]+)\)")
EXAMPLE = re.compile(r"^(\s*)- (.*)$")


def plain_example(sentence: str) -> str:
    """Return a training sentence as callers' words reach Rasa, its [value](entity) marks kept."""
    parts: list[str] = []
    at = 0
    for mark in _ANNOTATED.finditer(sentence):
        parts.append(plain_words(sentence[at : mark.start()]))
        parts.append(f"[{plain_words(mark[1])}]({mark[2]})")
        at = mark.end()
    parts.append(plain_words(sentence[at:]))
    return " ".join(part for part in parts if part)


def without_marks(sentence: str) -> str:
    """Return a training sentence as a caller says it: [471192](digits) is 471192."""
    return _ANNOTATED.sub(r"\1", sentence)


def marked_entities(sentence: str) -> list[str]:
    """Return the entities marked in a training sentence."""
    return [mark[2] for mark in _ANNOTATED.finditer(sentence)]


def render(nlu_data: Path, into: Path) -> None:
    """Write Rasa's input below `into`: config.yml, domain.yml, data/. Earlier content is replaced.

    Sentences of every language go into one model, and with them what speech recognition made of them.
    """
    data = into / "data"
    data.mkdir(parents=True, exist_ok=True)
    for old in data.glob("*.yml"):
        old.unlink()
    _dump(into / "config.yml", _loaded(nlu_data / "config.yml"))
    _dump(into / "domain.yml", _domain(nlu_data))
    for file in sorted((nlu_data / "nlu").glob("*/*.yml")):
        _dump(data / f"nlu_{file.parent.name}_{file.name}", _plain_nlu(_loaded(file)))
    for file in heard_training_files(nlu_data):
        _dump(data / f"heard_{file.parent.name}.yml", _plain_nlu(_loaded(file)))
    for kind in ("rules", "stories"):
        for file in sorted((nlu_data / kind).glob("*.yml")):
            _dump(data / f"{kind}_{file.name}", _loaded(file))


def heard_training_files(nlu_data: Path) -> list[Path]:
    """Return the files that `ivr nlu hear` makes for training, one for each language."""
    return sorted((nlu_data / "heard").glob("*/training.yml"))


def _domain(nlu_data: Path) -> dict[str, Any]:
    """Return the domain with the names of all responses.

    Rasa only chooses what is said: the words stay with the service, so a change of wording needs no
    training, and Rasa's memory holds no sentence about a caller.
    """
    domain = _loaded(nlu_data / "domain.yml")
    names = {name for file in (nlu_data / "responses").glob("*.yml") for name in _loaded(file)["responses"]}
    spoken = {name: [{"text": name}] for name in sorted(names) if name.startswith("utter_")}
    domain["responses"] = spoken | _loaded(nlu_data / "commands.yml")["responses"]
    return domain


def _plain_nlu(content: dict[str, Any]) -> dict[str, Any]:
    for block in content["nlu"]:
        if "intent" not in block:
            continue
        lines = map(EXAMPLE.match, block["examples"].splitlines())
        block["examples"] = _listed(plain_example(line[2]) for line in lines if line)
    return content


def _listed(sentences: Iterable[str]) -> str:
    return "".join(f"- {sentence}\n" for sentence in sentences if sentence)


def _loaded(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


def _dump(file: Path, content: dict[str, Any]) -> None:
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
