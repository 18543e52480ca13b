"""`ivr nlu parse`: what a model makes of any sentences, one by one, for people and for scripts."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from ivr.config import Settings
from ivr.dialogue.wording import said_in
from ivr.nlu.command_options import as_json_option
from ivr.nlu.corpus import NOT_UNDERSTOOD, as_heard
from ivr.nlu.model_reader import Parsed, open_model
from ivr.nlu.model_store import ModelStore


def add_parsing(group: click.Group, load: Callable[[], Settings], rasa_venv: Path) -> None:
    """Add the command to `ivr nlu`."""

    @group.command("parse")
    @click.argument("sentences", nargs=-1)
    @click.option("--language", default="en", show_default=True, help="How numbers in them are read.")
    @click.option("--model", "name", default="live", show_default=True, help="A version, newest, or live.")
    @as_json_option
    def parse(sentences: tuple[str, ...], language: str, name: str, as_json: bool) -> None:
        """Say which intent a model takes SENTENCES for; without any, those on standard input, a line each.

        With --json each answer is one line: sentence, plain (as Rasa gets it), intent, best,
        intent_confidence, second and second_confidence. `intent` is nlu_fallback where the bot would
        ask again.
        """
        settings = load()
        said_in(settings.nlu_data_dir, language)
        data_dir = settings.data_dir
        store = ModelStore(data_dir)
        said = sentences or _lines(sys.stdin)
        with open_model(store.model(store.resolve(name)), rasa_venv, data_dir) as reader:
            for sentence in said:
                plain = as_heard(sentence, language)
                parsed = reader.parse(plain)
                row = {"sentence": sentence, "plain": plain, **asdict(parsed)}
                click.echo(json.dumps(row, ensure_ascii=False) if as_json else _told(sentence, parsed))


@contextmanager
def open_intents(settings: Settings, rasa_venv: Path, language: str) -> Iterator[Callable[[str], str | None]]:
    """Yield words -> intent by the live model, None where the bot would ask again. Raises ModelUnreadable."""
    store = ModelStore(settings.data_dir)
    with open_model(store.model(store.resolve("live")), rasa_venv, settings.data_dir) as reader:

        def intent_of(words: str) -> str | None:
            parsed = reader.parse(as_heard(words, language))
            return None if parsed.intent in NOT_UNDERSTOOD else parsed.intent

        yield intent_of


def _lines(source: Iterable[str]) -> Iterator[str]:
    return (line.strip() for line in source if line.strip())


def _told(sentence: str, parsed: Parsed) -> str:
    if parsed.intent != parsed.best:
        taken = f"asks again (nearest: {parsed.best or 'nothing'} {parsed.intent_confidence:.2f}"
    else:
        taken = f"{parsed.best} {parsed.intent_confidence:.2f} ("
    second = "" if parsed.second is None else f"then {parsed.second} {parsed.second_confidence:.2f}"
    joined = ", " if parsed.intent != parsed.best and second else ""
    return f"“{sentence}”: {taken}{joined}{second})"
