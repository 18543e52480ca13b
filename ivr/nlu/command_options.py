"""What several commands of `ivr nlu` share."""

import click

from ivr.errors import IvrError
from ivr.nlu.yaml_marks import Problem

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


class NluDataWrong(IvrError):
    """Training cannot start; the message lists file, line and what to do."""


def refuse_errors(problems: list[Problem]) -> None:
    """Raise NluDataWrong when anything but warnings is among the problems."""
    errors = [problem for problem in problems if problem.is_error]
    if errors:
        raise NluDataWrong("\n".join(str(problem) for problem in errors))
