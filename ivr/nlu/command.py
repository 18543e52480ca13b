"""The command `ivr nlu`: check, train, measure and release what designers wrote."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from ivr.clock import SystemClock
from ivr.config import Settings
from ivr.nlu.checks import validate
from ivr.nlu.command_options import as_json_option, refuse_errors
from ivr.nlu.exploration.command import add_exploring
from ivr.nlu.hearing import EngineOf
from ivr.nlu.measuring_command import add_measuring
from ivr.nlu.model_store import ModelStore
from ivr.nlu.parse_command import add_parsing
from ivr.nlu.progress import TrainingProgress
from ivr.nlu.release_command import OpenTrialOf, add_releasing
from ivr.nlu.training import train
from ivr.nlu.turn_ends_training import train_turn_ends
from ivr.nlu.yaml_marks import Problem
from ivr.triage.training import train_words
from ivr.triage.word_reader import OpenEncoder


def nlu_command(
    load: Callable[[], Settings],
    rasa_venv: Path,
    engine_of: EngineOf,
    open_trial: OpenTrialOf,
    open_encoder: OpenEncoder,
) -> click.Group:
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
        nlu_data = settings.nlu_data_dir
        refuse_errors(validate(nlu_data), nlu_data, is_for_training=True)
        with TrainingProgress(is_quiet=as_json) as progress:
            train_words(nlu_data, settings.data_dir, open_encoder, progress.say, force)
            train_turn_ends(settings.nlu_data_dir, settings.data_dir, progress.say, force)
            made = train(settings.nlu_data_dir, settings.data_dir, rasa_venv, progress.say, force)
        store = ModelStore(settings.data_dir)
        if use:
            store.put_to_use(made.version, SystemClock().now())
        is_live = store.live_version() == made.version
        if as_json:
            row = {"version": made.version, "is_new": made.is_new, "seconds": round(made.training_s, 1)}
            click.echo(json.dumps(row | {"is_live": is_live, "model": str(made.model)}))
        else:
            rest = (
                "It is live." if is_live else "`ivr nlu test` measures it, `ivr nlu release` makes it live."
            )
            click.echo(f"{made.version}: {made.training_s:.0f} s. {rest}")

    add_measuring(nlu, load, rasa_venv, engine_of)
    add_parsing(nlu, load, rasa_venv)
    add_exploring(nlu, load)
    add_releasing(nlu, load, rasa_venv, open_trial)
    return nlu


def _listed(problems: list[Problem]) -> str:
    """Return them as lines, the errors last: a screen shows the end of what is printed."""
    if not problems:
        return "nlu_data is in order."
    worst_last = sorted(problems, key=lambda problem: problem.is_error)
    errors = sum(problem.is_error for problem in problems)
    counts = f"{_counted(errors, 'error')}, {_counted(len(problems) - errors, 'warning')}"
    return "\n".join([*map(str, worst_last), counts])


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
