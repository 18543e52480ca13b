"""`ivr nlu release`, `rollback` and `history`: which model answers callers."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from ivr.clock import SystemClock
from ivr.config import Settings
from ivr.dialogue.dialogue import Dialogue
from ivr.nlu.checks import validate
from ivr.nlu.command_options import as_json_option, refuse_errors
from ivr.nlu.exploration.proofs import Proofs, open_proofs
from ivr.nlu.model_reader import open_model
from ivr.nlu.model_store import ModelStore
from ivr.nlu.progress import TrainingProgress
from ivr.nlu.releasing import Released, Releases, told
from ivr.nlu.training import Trained, designer, train
from ivr.running.served_model import Noticeboard

OpenTrialOf = Callable[[Settings, Path], AbstractContextManager[Dialogue]]


def releases_of(
    settings: Settings,
    rasa_venv: Path,
    open_trial: OpenTrialOf,
    say: Callable[[str], None],
    who: str | None = None,
) -> Releases:
    """Return what releases models where the settings say; for the command and for the studio."""
    store = ModelStore(settings.data_dir)
    return Releases(
        settings.nlu_data_dir,
        store,
        Noticeboard(settings.data_dir),
        partial(open_model, rasa_venv=rasa_venv, data_dir=settings.data_dir),
        partial(open_trial, settings),
        SystemClock(),
        who or designer(settings.nlu_data_dir),
        say,
        proofs_of(settings).of_model,
    )


def proofs_of(settings: Settings) -> Proofs:
    """Return the proofs of the models and the folder that the settings name."""
    store = ModelStore(settings.data_dir).folder
    return open_proofs(store, settings.nlu_data_dir, settings.languages_in_use())


def proved_and_trained(
    prove: Callable[[], None], learn: Callable[[], Trained], say: Callable[[str], None]
) -> str:
    """Return the new version. Raises what either finds wrong: they run side by side, one core each."""
    with ThreadPoolExecutor(1, "exploration") as beside:
        say("Visiting every state a call can get into")
        proof = beside.submit(prove)
        version = learn().version
        proof.result()
    return version


def add_releasing(
    group: click.Group, load: Callable[[], Settings], rasa_venv: Path, open_trial: OpenTrialOf
) -> None:
    """Add the commands to `ivr nlu`."""
    _add_release(group, load, rasa_venv, open_trial)
    _add_rollback(group, load, rasa_venv, open_trial)
    _add_history(group, load)


def _add_release(
    group: click.Group, load: Callable[[], Settings], rasa_venv: Path, open_trial: OpenTrialOf
) -> None:
    @group.command("release")
    @click.argument("version", required=False)
    @as_json_option
    def release(version: str | None, as_json: bool) -> None:
        """Make nlu_data/ as it is, or a VERSION from the store, answer callers.

        Checks, trains, measures, holds the test conversations, visits every state a call can get into;
        refuses when a conversation goes otherwise than written, a guarded figure falls or a caller could be
        kept from a person (exit code 2). Then the new model is started beside the old one and takes new
        calls; calls under way stay with theirs.
        """
        settings = load()
        clock = SystemClock()
        started_s = clock.monotonic()
        steps: dict[str, float] = {}

        def done(step: str) -> None:
            steps[step] = round(clock.monotonic() - started_s - sum(steps.values()), 1)

        with TrainingProgress(is_quiet=as_json) as progress:
            if version is None:
                refuse_errors(validate(settings.nlu_data_dir), settings.nlu_data_dir)
                done("checked")
                folder, store = settings.nlu_data_dir, settings.data_dir
                learn = partial(train, folder, store, rasa_venv, progress.say, clock=clock)
                chosen = proved_and_trained(proofs_of(settings).of_folder, learn, progress.say)
                done("explored and trained")
            else:
                chosen = ModelStore(settings.data_dir).resolve(version)
            releases = releases_of(settings, rasa_venv, open_trial, progress.say)
            released = releases.release(chosen)
            steps["measured and talked to"] = round(released.tested_in_s, 1)
            steps["taken over"] = round(released.took_over_in_s or 0.0, 1)
        _tell(released, clock.monotonic() - started_s, as_json, steps)


def _add_rollback(
    group: click.Group, load: Callable[[], Settings], rasa_venv: Path, open_trial: OpenTrialOf
) -> None:
    @group.command("rollback")
    @click.argument("version", required=False)
    @as_json_option
    def rollback(version: str | None, as_json: bool) -> None:
        """Go back to the model that was live before, or to a VERSION of the history."""
        settings = load()
        clock = SystemClock()
        started_s = clock.monotonic()
        chosen = None if version is None else ModelStore(settings.data_dir).resolve(version)
        say = (lambda _: None) if as_json else (lambda line: click.echo(line, err=True))
        released = releases_of(settings, rasa_venv, open_trial, say).rollback(chosen)
        _tell(released, clock.monotonic() - started_s, as_json, {})


def _add_history(group: click.Group, load: Callable[[], Settings]) -> None:
    @group.command("history")
    @click.option("--last", default=20, show_default=True, help="How many lines.")
    @as_json_option
    def history(last: int, as_json: bool) -> None:
        """Tell who released or rolled back what, when, and how it scored; and what is in the store."""
        store = ModelStore(load().data_dir)
        steps = store.history()[:last]
        if as_json:
            rows = {
                "live": store.live_version(),
                "steps": [asdict(step) for step in steps],
                "models": [asdict(manifest) for manifest in store.manifests()[:last]],
            }
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        click.echo(told(steps, store.live_version()))
        click.echo("in the store:")
        for manifest in store.manifests()[:last]:
            change = " with uncommitted changes" if manifest.has_uncommitted_changes else ""
            commit = f"{manifest.git_commit[:10]}{change}" if manifest.git_commit else "no git"
            click.echo(
                f"  {manifest.version}  {manifest.trained_by}  {commit}  took {manifest.training_s:.0f} s"
            )


def _tell(released: Released, seconds: float, as_json: bool, steps: Mapping[str, float]) -> None:
    if as_json:
        click.echo(json.dumps(asdict(released) | {"seconds": round(seconds, 1), "steps_s": steps}))
        return
    where = (
        "Nothing runs here: the next start uses it."
        if released.took_over_in_s is None
        else f"New calls get it since {released.took_over_in_s:.0f} s after it was asked for."
    )
    click.echo(f"{released.version} is live, {seconds:.0f} s after you asked. {where}")
