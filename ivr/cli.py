"""The command `ivr`: everything a person or a script does with the service from a shell."""

import importlib.metadata
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from ivr import bootstrap, log
from ivr.carrier.call_command import call_command
from ivr.carrier.caller_voice import Speak
from ivr.carrier.serve import CarrierNotStarted, run_carrier
from ivr.carrier.settings import CarrierSettings, InboundNumber
from ivr.config import load
from ivr.demo.command import demo_command
from ivr.errors import IvrError
from ivr.insights.command import insights_command
from ivr.knowledge.command import knowledge_command
from ivr.nlu.command import nlu_command
from ivr.nlu.parse_command import open_intents
from ivr.orders.demo_shop import list_orders, seed
from ivr.privacy.command import privacy_command
from ivr.records.database import upgrade
from ivr.records.store import RecordsUnavailable
from ivr.roles import Role
from ivr.running.run_command import RASA_PYTHON, run_command
from ivr.settings_page import render
from ivr.speech.synthesizer import Synthesizer
from ivr.speech.transcriber import Transcriber
from ivr.speech.weights import pull
from ivr.triage.command import policy_command
from ivr.web.staff.sessions import new_link

RASA_VENV = RASA_PYTHON.parent.parent


@click.group()
@click.version_option(package_name="ivr")
def ivr() -> None:
    """A phone bot that answers routine matters and fetches a person for the rest."""


@ivr.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def orders(as_json: bool) -> None:
    """List the demo shop's orders."""
    found = list_orders(load().database_url)
    if as_json:
        rows = [{"number": o.number, "postcode": o.postcode, "status": o.status} for o in found]
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table("Number", "Postcode", "Status", "Name", "Delivery", "Tracking")
    for order in found:
        date = order.delivery_date.isoformat() if order.delivery_date else ""
        table.add_row(
            order.number,
            order.postcode,
            order.status,
            order.customer_name or "",
            date,
            order.tracking_code or "",
        )
    Console().print(table)


@ivr.command()
def carrier() -> None:
    """Run the local phone network: Twilio's side of every protocol, and phones on it."""
    settings = load()
    log.configure(settings.log_level, settings.log_personal_data)
    service = settings.public_url.rstrip("/")
    number = InboundNumber(
        settings.twilio_number,
        f"{service}/voice/incoming",
        status_callback=f"{service}/voice/status",
    )
    token = settings.twilio_auth_token.get_secret_value()
    host, port = settings.carrier_address() or ("127.0.0.1", 8081)
    run_carrier(CarrierSettings(settings.twilio_account_sid, token, (number,), host, port))


@ivr.command()
def settings() -> None:
    """Print every setting with its default and meaning."""
    click.echo(render())


@ivr.command()
@click.argument("role", type=click.Choice([str(role) for role in Role]), default=str(Role.AGENT))
def link(role: str) -> None:
    """Print a link that signs one person in, once, as an agent or in another ROLE."""
    click.echo(new_link(load(), datetime.now(UTC), Role(role)))


@ivr.group()
def models() -> None:
    """Speech models, and the sentence encoder."""


@models.command("pull")
@click.argument("sizes", nargs=-1)
@click.option("--engine", "engines", multiple=True, type=click.Choice(["whisper", "faster-whisper"]))
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path("var"), show_default=True)
def models_pull(sizes: Sequence[str], engines: Sequence[str], data_dir: Path) -> None:
    """Fetch the weights of Whisper SIZES (default: base) and the voice activity model."""
    pull(sizes or ["base"], data_dir, engines or ("whisper", "faster-whisper"), click.echo)


@models.command("sentences")
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path("var"), show_default=True)
def models_sentences(data_dir: Path) -> None:
    """Make the sentence encoder: fetch its weights and write them as onnxruntime reads them."""
    from ivr.embedding.making import pull_encoder  # onnx takes its time to load and is only wanted here

    pull_encoder(data_dir, click.echo)


@ivr.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Create the tables, or bring them up to date."""
    upgrade(load().database_url)


@db.command("seed")
def db_seed() -> None:
    """Fill the demo shop; delivery dates count from today. Orders that are there stay."""
    count = seed(load().database_url, datetime.now(UTC).date())
    click.echo(f"{count} demo orders")


@cache
def _voice() -> Synthesizer:
    return bootstrap.make_voice(load())


@cache
def _transcriber() -> Transcriber:
    return bootstrap.transcriber_factory(load(), taught=False)(2)


def _speak(text: str, language: str) -> np.ndarray:
    return _voice().synthesize(text, language)


def _transcribe(audio: np.ndarray) -> str:
    return _transcriber().transcribe(audio, load().language).text


class _PhoneEngine:
    """The neural voice and the recogniser the settings name, for `ivr nlu hear`."""

    @property
    def name(self) -> str:
        """Return engine, weights and version."""
        settings = load()
        package = "openai-whisper" if settings.transcriber == "whisper" else settings.transcriber
        return f"{settings.transcriber}-{settings.whisper_model}-{importlib.metadata.version(package)}"

    def load(self) -> tuple[Speak, Transcriber]:
        """Load both."""
        return _speak, _transcriber()


_load_apart = partial(load, is_phone_needed=False)
ivr.add_command(
    nlu_command(_load_apart, RASA_VENV, _PhoneEngine(), bootstrap.open_trial, bootstrap.open_training_encoder)
)
ivr.add_command(knowledge_command(_load_apart))
ivr.add_command(
    policy_command(
        _load_apart,
        lambda: bootstrap.open_stored_calls(_load_apart()),
        lambda language: open_intents(_load_apart(), RASA_VENV, language),
        bootstrap.open_encoder,
    )
)
ivr.add_command(privacy_command(lambda: bootstrap.open_privacy_office(load())))
ivr.add_command(insights_command(lambda: bootstrap.open_insights(load())))
ivr.add_command(demo_command(load, bootstrap.open_synthetic_records))
ivr.add_command(run_command(load))
ivr.add_command(call_command(_speak, _transcribe))


def main() -> None:
    """Run the command; errors the operator can mend are told in one message, without a traceback."""
    log.configure()  # on standard error, so that what scripts read stays clean
    try:
        ivr(standalone_mode=True)
    except (IvrError, CarrierNotStarted) as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
    except RecordsUnavailable as problem:
        told = f"The database does not answer ({problem}): is it running? Was `ivr db upgrade` run?"
        click.echo(told, err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
