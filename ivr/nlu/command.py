"""The command `ivr nlu`: check, train, measure and release what designers wrote."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from ivr.config import Settings
from ivr.errors import IvrError
from ivr.nlu.checks import validate
from ivr.nlu.command_options import as_json_option
from ivr.nlu.hearing import EngineOf
from ivr.nlu.measuring_command import add_measuring
from ivr.nlu.model_store import ModelStore, Step
from ivr.nlu.progress import TrainingProgress
from ivr.nlu.training import train
from ivr.nlu.yaml_marks import Problem


class NluDataWrong(IvrError):
    """Training cannot start; the message lists file, line and what to do."""


def nlu_command(load: Callable[[], Settings], rasa_venv: Path, engine_of: EngineOf) -> click.Group:
    """Return `ivr nlu`."""

    @click.group("nlu")
    def nlu() -> None:
        """What the bot understands: check, train, measure and release nlu_data/."""

    @nlu.command("check")
    @click.option("--strict", is_flag=True, help="Fail on warnings too.")
    @as_json_option
    def check(strict: bool, as_json: bool) -> None:
        """Say what is wrong in nlu_data/: file, line and what to do. Exit code 1 on errors."""
        problems = validate(load().nlu_data_dir)
        errors = [problem for problem in problems if problem.is_error]
        click.echo(json.dumps([problem.as_dict() for problem in problems]) if as_json else _listed(problems))
        if errors or (strict and problems):
            raise SystemExit(1)

    @nlu.command("train")
    @click.option("--force", is_flag=True, help="Train even when nothing has changed.")
    @click.option(
        "--use", is_flag=True, help="Make it live without any test: for set-up and your own machine."
    )
    @as_json_option
    def train_(force: bool, use: bool, as_json: bool) -> None:
        """Make a model of nlu_data/ and put it into the store. `ivr nlu release` makes it live."""
        settings = load()
        refuse_errors(validate(settings.nlu_data_dir))
        with TrainingProgress(is_quiet=as_json) as progress:
            made = train(settings.nlu_data_dir, settings.data_dir, rasa_venv, progress.say, force)
        store = ModelStore(settings.data_dir)
        if use:
            store.make_live(made.version)
        is_live = store.live_version() == made.version
        if as_json:
            row = {"version": made.version, "is_new": made.is_new, "seconds": round(made.training_s, 1)}
            click.echo(json.dumps(row | {"is_live": is_live, "model": str(made.model)}))
        else:
            rest = (
                "It is live." if is_live else "`ivr nlu test` measures it, `ivr nlu release` makes it live."
            )
            click.echo(f"{made.version}: {made.training_s:.0f} s. {rest}")

    @nlu.command("history")
    @click.option("--last", default=20, show_default=True, help="How many lines.")
    @as_json_option
    def history(last: int, as_json: bool) -> None:
        """Tell who trained, released or rolled back what, when, and how it scored."""
        store = ModelStore(load().data_dir)
        steps = store.history()[:last]
        if as_json:
            click.echo(json.dumps([vars(step) for step in steps], ensure_ascii=False))
            return
        live = store.live_version() or "none"
        click.echo("\n".join([f"live: {live}", *map(_told, steps)]))

    add_measuring(nlu, load, rasa_venv, engine_of)
    return nlu


def refuse_errors(problems: list[Problem]) -> None:
    """Raise NluDataWrong when anything but warnings is among the problems."""
    errors = [problem for problem in problems if problem.is_error]
    if errors:
        raise NluDataWrong("\n".join(str(problem) for problem in errors))


def _listed(problems: list[Problem]) -> str:
    if not problems:
        return "nlu_data is in order."
    errors = sum(problem.is_error for problem in problems)
    lines = [str(problem) for problem in problems]
    return "\n".join([*lines, f"{errors} errors, {len(problems) - errors} warnings"])


def _told(step: Step) -> str:
    before = f" (before: {step.before})" if step.before else ""
    scores = ", ".join(f"{name} {value:.1%}" for name, value in step.scores.items())
    why = f": {step.why}" if step.why else ""
    return f"{step.at}  {step.who}  {step.what}  {step.version}{before}{why}  {scores}".rstrip()
