"""Whether a model's rules were shown to leave nobody without a person; shown once for the same content."""

import hashlib
import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

from ivr.clock import SystemClock
from ivr.errors import IvrError
from ivr.nlu.exploration.proof import Proof, refuse_dead_ends

RULES = "rules"  # beside the model: the rules, forms and orders to the phone side that it was made of
MOST_KEPT = 50
_FILES = ("domain.yml", "commands.yml")
_PROVED = ".proved.json"
_IVR = Path(__file__).parents[2]

ProveFolder = Callable[[Path], Proof]


class RulesNotKept(IvrError):
    """Nobody can tell any more which rules a model was made of."""


def keep_rules(nlu_data: Path, model_folder: Path) -> None:
    """Copy what the proof needs of nlu_data beside a model, whole or not at all; what is kept stays."""
    kept = model_folder / RULES
    if kept.exists():
        return
    made = model_folder / f".{RULES}-{os.getpid()}"
    (made / "rules").mkdir(parents=True)
    for file in _rule_files(nlu_data):
        shutil.copyfile(file, made / file.relative_to(nlu_data))
    made.rename(kept)


class Proofs:
    """The proofs of one store of models. Safe from any thread; two at once only prove the same twice."""

    def __init__(self, store: Path, nlu_data: Path, prove: ProveFolder, languages: Sequence[str]) -> None:
        """`prove` takes a folder like nlu_data and raises what refuses it."""
        self._store = store
        self._nlu_data = nlu_data
        self._prove = prove
        self._languages = languages

    def of_model(self, version: str) -> None:
        """Prove the rules of a model with the words that are said now. Raises DeadEnd, RulesNotKept.

        About 25 s of CPU, nothing when the same rules and words were proved before.
        """
        rules = self._store / version / RULES
        if not rules.exists():
            raise RulesNotKept(
                f"{version} was made when models did not keep their rules, so nothing shows that they leave "
                "every caller a way to a person; `ivr nlu train` makes one of nlu_data as it is now"
            )
        self._of(rules)

    def of_folder(self) -> None:
        """Prove nlu_data as it is now. Raises DeadEnd and RuleUnknown."""
        self._of(self._nlu_data)

    def _of(self, rules: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="ivr-proof-") as made:
            folder = Path(made)
            (folder / "rules").mkdir()
            for file in _rule_files(rules):
                shutil.copyfile(file, folder / file.relative_to(rules))
            shutil.copytree(self._nlu_data / "responses", folder / "responses")
            content = self._digest(folder)
            if content not in self._proved():
                self._keep(content, self._prove(folder))

    def _digest(self, folder: Path) -> str:
        """Return a hash of all that a proof depends on, the service's own code with it."""
        total = hashlib.sha256(f"{_code()} {','.join(self._languages)}".encode())
        for file in (*_rule_files(folder), *sorted((folder / "responses").glob("*.yml"))):
            total.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
        return total.hexdigest()

    def _proved(self) -> dict[str, dict[str, object]]:
        try:
            kept = json.loads((self._store / _PROVED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _keep(self, content: str, proof: Proof) -> None:
        kept = {**self._proved(), content: json.loads(proof.as_json())}
        self._store.mkdir(parents=True, exist_ok=True)
        file = self._store / _PROVED
        beside = file.with_name(f"{_PROVED}-{os.getpid()}")
        beside.write_text(json.dumps(dict(list(kept.items())[-MOST_KEPT:])), encoding="utf-8")
        beside.replace(file)


def open_proofs(store: Path, nlu_data: Path, languages: Sequence[str]) -> Proofs:
    """Return what proves by visiting every state, in a process of its own."""
    return Proofs(store, nlu_data, partial(_prove_apart, languages=tuple(languages)), languages)


def _prove_apart(folder: Path, languages: Sequence[str]) -> Proof:
    """Prove in another process: in the service's own it would hold up every call for half a minute."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=os.nice, initargs=(5,)) as apart:
        return apart.submit(refuse_dead_ends, folder, languages, SystemClock()).result()


def _rule_files(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in _FILES)
    yield from sorted((folder / "rules").glob("*.yml"))


@cache
def _code() -> str:
    """Return a hash of the service's code: how it answers, counts and asks again decides with the rules."""
    total = hashlib.sha256()
    for file in sorted(_IVR.rglob("*.py")):
        total.update(file.relative_to(_IVR).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()
