"""What a trained model makes of sentences, asked directly: no server, no dialogue."""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ivr.errors import IvrError
from ivr.nlu.training import rasa_environment

_SCRIPT = Path(__file__).with_name("parse_process.py")


class ModelUnreadable(IvrError):
    """A model cannot be loaded; the message ends with what Rasa said."""


@dataclass(frozen=True)
class Parsed:
    """What the model made of one sentence. `intent` may be nlu_fallback; `best` never is."""

    intent: str
    best: str
    intent_confidence: float
    second: str | None = None
    second_confidence: float = 0.0


class ModelReader:
    """One loaded model. Not for several threads."""

    def __init__(self, process: "subprocess.Popen[str]", said: IO[str]) -> None:
        """`said` is where the process writes what is no answer."""
        self._process = process
        self._said = said
        self._known: dict[str, Parsed] = {}

    def parse(self, plain: str) -> Parsed:
        """Return what the model makes of plain words. Raises ModelUnreadable."""
        if not plain:
            return Parsed("nlu_fallback", "", 0.0)
        if plain not in self._known:
            self._known[plain] = self._asked(plain)
        return self._known[plain]

    def read_ahead(self, sentences: Iterable[str]) -> None:
        """Name sentences that will be parsed: what does not depend on the model is taken from disk then.

        Raises ModelUnreadable.
        """
        self._told(list(sentences))

    def _asked(self, plain: str) -> Parsed:
        answer = self._told(plain)
        return Parsed(
            str(answer["intent"]),
            str(answer["best"]),
            float(answer["intent_confidence"]),
            answer["second"],
            float(answer["second_confidence"]),
        )

    def _told(self, what: str | list[str]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as gone:
            said = _last_words(self._process, self._said)
            raise ModelUnreadable(f"Rasa ended while it was asked. It said:\n{said}") from gone
        return answer


@contextmanager
def open_model(model: Path, rasa_venv: Path, data_dir: Path) -> Iterator[ModelReader]:
    """Load a model in Rasa's environment; about ten seconds. Raises ModelUnreadable."""
    python = rasa_venv.absolute() / "bin" / "python"
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        try:
            process = subprocess.Popen(
                [str(python), str(_SCRIPT), str(model.absolute())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                encoding="utf-8",
                env=rasa_environment(data_dir),
            )
        except OSError as missing:
            what = f"{python} cannot be started; `make setup` makes Rasa's environment"
            raise ModelUnreadable(what) from missing
        with process:
            try:
                assert process.stdout is not None
                if not process.stdout.readline():
                    last_words = _last_words(process, said)
                    raise ModelUnreadable(f"{model} cannot be loaded. Rasa said:\n{last_words}")
                yield ModelReader(process, said)
            finally:
                process.terminate()


def _last_words(process: "subprocess.Popen[str]", said: IO[str]) -> str:
    """Return what a process that ends said last."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    said.seek(0)
    return "".join(said.readlines()[-6:])
