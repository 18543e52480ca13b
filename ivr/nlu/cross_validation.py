"""How well sentences are understood by models that never saw them: each part of the training data in turn."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from ivr.nlu.corpus import Line, by_language, training_lines
from ivr.nlu.measuring import Asked, folds, judge
from ivr.nlu.model_reader import open_model
from ivr.nlu.rendering import plain_example, render
from ivr.nlu.scoring import Judged, Scores, score
from ivr.nlu.training import train_understanding

Bar = Callable[[Iterator[Judged], int, str], Iterator[Judged]]


def cross_validate(
    nlu_data: Path, rasa_venv: Path, data_dir: Path, count: int, bar: Bar
) -> dict[str, Scores]:
    """Train `count` models, each without one part, and score that part with it; by language.

    Transcriptions are left out: what was heard of a sentence would give it away. Raises TrainingFailed.
    """
    judged: dict[str, list[Judged]] = {}
    parts = folds(training_lines(nlu_data), count)
    for number, part in enumerate(parts):
        rest = [line for other, lines in enumerate(parts) if other != number for line in lines]
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            render(nlu_data, work / "input")
            _keep_only(work / "input" / "data", rest)
            model = train_understanding(rasa_venv, work, data_dir)
            with open_model(model, rasa_venv, data_dir) as reader:
                for language, own in by_language(part).items():
                    asked = [Asked(line, line.plain, "cross-validated") for line in own]
                    what = f"part {number + 1} of {count}, {language}"
                    judged.setdefault(language, []).extend(bar(judge(reader, asked), len(asked), what))
    return {language: score(own) for language, own in judged.items()}


def _keep_only(data: Path, lines: list[Line]) -> None:
    """Replace the rendered sentences by those given; patterns and rules stay."""
    for file in [*data.glob("nlu_*.yml"), *data.glob("heard_*.yml")]:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        content["nlu"] = [block for block in content["nlu"] if "intent" not in block]
        file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    blocks: dict[str, list[str]] = {}
    for line in lines:
        blocks.setdefault(line.intent, []).append(plain_example(line.written))
    nlu = [
        {"intent": intent, "examples": "".join(f"- {sentence}\n" for sentence in said)}
        for intent, said in blocks.items()
    ]
    content = {"version": "3.1", "nlu": nlu}
    (data / "nlu_rest.yml").write_text(
        yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
