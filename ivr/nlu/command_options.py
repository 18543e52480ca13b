"""What several commands of `ivr nlu` share."""

from pathlib import Path

import click

from ivr.errors import IvrError
from ivr.nlu.yaml_marks import BrokenFile, Problem, read

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


class NluDataWrong(IvrError):
    """Training cannot start; the message lists file, line and what to do."""


# Training reads none of these; a release wants them right too.
_BESIDE_TRAINING = {"responses", "holdout", "tests", "knowledge", "policy.yml"}


def refuse_errors(problems: list[Problem], nlu_data: Path, is_for_training: bool = False) -> None:
    """Raise NluDataWrong when there are errors; for training, only those in what it reads."""
    errors = [problem for problem in problems if problem.is_error]
    if is_for_training:
        errors = [error for error in errors if not _is_beside_training(error.file, nlu_data)]
    if errors:
        raise NluDataWrong("\n".join(str(problem) for problem in errors))


def _is_beside_training(file: Path, nlu_data: Path) -> bool:
    place = file.relative_to(nlu_data).parts[0]
    if place == "responses" and file.exists():
        try:
            read(file)
        except BrokenFile:
            return False  # training takes the names of all wording from here
    return place in _BESIDE_TRAINING
