"""`ivr nlu hear`, `test` and `compare`: what a model makes of sentences, typed and over the phone."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column, Table

from ivr.clock import SystemClock
from ivr.config import Settings
from ivr.dialogue.wording import said_in
from ivr.errors import IvrError
from ivr.nlu.command_options import as_json_option
from ivr.nlu.corpus import holdout_lines, training_lines
from ivr.nlu.cross_validation import Bar, cross_validate
from ivr.nlu.heard_layer import HeardLayer, Sorted, update_training
from ivr.nlu.hearing import EngineOf, Missing, PhoneHearing, missing
from ivr.nlu.kept_figures import keep_figures
from ivr.nlu.measuring import Report, changed, measure
from ivr.nlu.model_reader import open_model
from ivr.nlu.model_store import ModelStore
from ivr.nlu.pictures import confusion_svg, reliability_svg
from ivr.nlu.progress import with_bar
from ivr.nlu.scoring import Scores


class NothingToMeasure(IvrError):
    """There are no held-out sentences."""


def add_measuring(
    group: click.Group, load: Callable[[], Settings], rasa_venv: Path, engine_of: EngineOf
) -> None:
    """Add the commands to `ivr nlu`."""
    _add_hear(group, load, engine_of)
    _add_test(group, load, rasa_venv)
    _add_compare(group, load, rasa_venv)


def _add_hear(group: click.Group, load: Callable[[], Settings], engine_of: EngineOf) -> None:
    @group.command("hear")
    @click.option(
        "--limit", type=click.IntRange(1), help="Hear at most this many, then stop; run again to go on."
    )
    @click.option("--minutes", type=float, help="Stop after this long; run again to go on.")
    @click.option("--language", "chosen", multiple=True, help="Only these languages.")
    @click.option(
        "--part", type=click.Choice(["holdout", "training", "both"]), default="both", show_default=True
    )
    @click.option(
        "--takes", type=click.IntRange(1), default=5, show_default=True, help="Voices a line, at most."
    )
    @as_json_option
    def hear(
        limit: int | None,
        minutes: float | None,
        chosen: tuple[str, ...],
        part: str,
        takes: int,
        as_json: bool,
    ) -> None:
        """Speak every line over a simulated phone line, transcribe it, keep what was heard.

        Only what is missing is heard: new lines, or all of them when the recogniser changes. What stays
        closest to its own intent is trained on from then on; what lands nearer another one is listed.
        """
        nlu_data = load().nlu_data_dir
        chosen = tuple(said_in(nlu_data, language) for language in chosen)
        until_s = None if minutes is None else SystemClock().monotonic() + 60 * minutes
        parts = ("holdout", "training") if part == "both" else (part,)
        done = _hear_parts(nlu_data, parts, chosen, takes, limit, until_s, engine_of, as_json)
        found = update_training(nlu_data, training_lines(nlu_data), holdout_lines(nlu_data))
        _tell_hearing(done, found, as_json)


def _add_test(group: click.Group, load: Callable[[], Settings], rasa_venv: Path) -> None:
    @group.command("test")
    @click.option("--model", "name", default="newest", show_default=True, help="A version, newest, or live.")
    @click.option("--folds", type=click.IntRange(2, 10), help="Cross-validate too, in this many parts.")
    @click.option("--pictures", type=click.Path(path_type=Path), help="Folder for the pictures (SVG).")
    @click.option("--least", type=float, help="Exit with 1 when any typed accuracy is under this share.")
    @as_json_option
    def test(name: str, folds: int | None, pictures: Path | None, least: float | None, as_json: bool) -> None:
        """Measure a model with the held-out sentences, typed and heard, language by language."""
        settings = load()
        store = ModelStore(settings.data_dir)
        version = store.resolve(name)
        with open_model(store.model(version), rasa_venv, settings.data_dir) as reader:
            report = measure(reader, settings.nlu_data_dir, _bar(as_json))
        if not report.scores:
            raise NothingToMeasure("there is nothing in holdout/; the README says how to write it")
        keep_figures(store, version, report)
        if folds:
            crossed = cross_validate(
                settings.nlu_data_dir, rasa_venv, settings.data_dir, folds, _bar(as_json)
            )
            report = Report(
                {**report.scores, "cross-validated": crossed}, report.judged, report.measured_with
            )
        folder = pictures or store.folder / version / "pictures"
        _draw(folder, report.scores)
        if as_json:
            content = {
                way: {tongue: asdict(s) for tongue, s in by.items()} for way, by in report.scores.items()
            }
            click.echo(json.dumps({"version": version, "pictures": str(folder), "scores": content}))
        else:
            _show(version, report, folder)
        if least is not None and min(s.accuracy for s in report.scores["typed"].values()) < least:
            raise SystemExit(1)


def _add_compare(group: click.Group, load: Callable[[], Settings], rasa_venv: Path) -> None:
    @group.command("compare")
    @click.argument("before")
    @click.argument("after")
    @as_json_option
    def compare(before: str, after: str, as_json: bool) -> None:
        """Say which held-out sentences two models take differently; exit code 1 if any is worse."""
        settings = load()
        store = ModelStore(settings.data_dir)
        reports = []
        models = [store.model(store.resolve(name)) for name in (before, after)]
        for model in models:
            with open_model(model, rasa_venv, settings.data_dir) as reader:
                reports.append(measure(reader, settings.nlu_data_dir, _bar(as_json)))
        changes = changed(*reports)
        figures = [report.guarded() for report in reports]
        if as_json:
            rows = [asdict(change) | {"verdict": change.verdict} for change in changes]
            click.echo(json.dumps({"before": figures[0], "after": figures[1], "changes": rows}))
        else:
            for change in changes:
                what = f"{change.before} → {change.after}, meant {change.wanted}"
                click.echo(
                    f"{change.verdict:6}  {change.language}  “{change.sentence}” ({change.source}): {what}"
                )
            for name, value in figures[0].items():
                click.echo(f"{name}: {value:.1%} → {figures[1].get(name, 0.0):.1%}")
        if any(change.verdict == "worse" for change in changes):
            raise SystemExit(1)


def _bar(is_quiet: bool) -> Bar:
    return lambda items, total, what: with_bar(items, total, what, is_quiet)


def _hear_parts(
    nlu_data: Path,
    parts: tuple[str, ...],
    chosen: tuple[str, ...],
    takes: int,
    limit: int | None,
    until_s: float | None,
    engine_of: EngineOf,
    is_quiet: bool,
) -> dict[str, int]:
    """Hear what is missing and return how many were heard and how many are left."""
    engine = engine_of.name
    clock = SystemClock()
    done = left = 0
    for part in parts:
        lines = training_lines(nlu_data) if part == "training" else holdout_lines(nlu_data)
        lines = [line for line in lines if not chosen or line.language in chosen]
        languages = sorted({line.language for line in lines})
        layers = {language: HeardLayer(nlu_data, language, part) for language in languages}
        kept = [heard for layer in layers.values() for heard in layer.read()]
        wanted = missing(lines, kept, engine, takes)
        most = len(wanted) if limit is None else max(0, limit - done)
        chosen_now: list[Missing] = wanted[:most]
        heard_now = 0
        if chosen_now:
            hearing = PhoneHearing(*engine_of.load(), engine).hear(chosen_now)
            for one, heard in with_bar(hearing, len(chosen_now), f"hearing {part}", is_quiet):
                layer = layers[one.line.language]
                if layer.has_room():
                    layer.add(heard)
                heard_now += 1
                if until_s is not None and clock.monotonic() > until_s:
                    break
        for language, layer in layers.items():
            layer.tidy([line for line in lines if line.language == language])
        done += heard_now
        left += len(wanted) - heard_now
    return {"heard": done, "left": left}


def _tell_hearing(done: dict[str, int], found: Mapping[str, Sorted], as_json: bool) -> None:
    counts = {
        language: {
            "training": sum(len(said) for said in own.training.values()),
            "confusions": len(own.confusions),
        }
        for language, own in found.items()
    }
    if as_json:
        click.echo(json.dumps(done | {"languages": counts}))
        return
    click.echo(f"{done['heard']} heard, {done['left']} left to hear.")
    for language, own in found.items():
        count = counts[language]
        click.echo(f"{language}: {count['training']} transcriptions to train on")
        for confusion in own.confusions[:20]:
            click.echo(
                f"  on the phone, “{confusion.said}” ({confusion.intent}) becomes “{confusion.heard}”, "
                f"nearest to “{confusion.nearer}” ({confusion.nearer_intent})"
            )
        if len(own.confusions) > 20:
            click.echo(f"  and {len(own.confusions) - 20} more in heard/{language}/confusions.yml")


def _draw(folder: Path, scores: Mapping[str, Mapping[str, Scores]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for way, languages in scores.items():
        for language, found in languages.items():
            title = f"{language}, {way}: {found.sentences} sentences, {found.accuracy:.1%} right"
            name = f"{way}-{language}.svg"
            (folder / f"confusion-{name}").write_text(confusion_svg(found.confusion, title), encoding="utf-8")
            title = f"{language}, {way}: calibration error {found.calibration_error:.3f}"
            (folder / f"reliability-{name}").write_text(reliability_svg(found.bins, title), encoding="utf-8")


def _show(version: str, report: Report, folder: Path) -> None:
    console = Console(width=None if sys.stdout.isatty() else 160)
    table = Table(
        "",
        "Sentences",
        "Right",
        "Asked again",
        "Wrong",
        "Calibration error",
        "Foreign kept out",
        title=version,
    )
    for way, languages in report.scores.items():
        for language, found in languages.items():
            table.add_row(
                f"{language} {way}",
                str(found.sentences),
                f"{found.accuracy:.1%}",
                str(found.asked_again),
                str(found.wrong),
                f"{found.calibration_error:.3f}",
                _kept_out(found),
            )
    console.print(table)
    for language in report.scores.get("typed", {}):
        console.print(_intent_table(language, report.scores))
    console.print(f"Pictures: {folder}")


def _kept_out(found: Scores) -> str:
    foreign = found.out_of_scope
    if foreign is None:
        return ""
    kept = f"{foreign.recall:.0%} at {foreign.threshold:.2f} (keeps {foreign.kept:.0%})"
    return f"{kept}; as shipped {foreign.recall_as_shipped:.0%}"


def _intent_table(language: str, scores: Mapping[str, Mapping[str, Scores]]) -> Table:
    ways = [way for way, languages in scores.items() if language in languages]
    columns = [f"{what} {way}" for way in ways for what in ("precision", "recall", "F1")]
    table = Table(Column("Intent", no_wrap=True), "n", *columns, title=language)
    typed = scores["typed"][language].intents
    for intent, own in typed.items():
        if not own.sentences:
            continue  # only ever taken by mistake: it shows as the others' lost recall
        cells = []
        for way in ways:
            found = scores[way][language].intents.get(intent)
            cells += (
                ["", "", ""]
                if found is None
                else [f"{found.precision:.2f}", f"{found.recall:.2f}", f"{found.f1:.2f}"]
            )
        table.add_row(intent, str(own.sentences), *cells)
    return table
