"""`ivr nlu explore`: shows that no rule, form or reprompt keeps a caller from a person."""

from collections.abc import Callable

import click

from ivr.clock import SystemClock
from ivr.config import Settings
from ivr.nlu.command_options import as_json_option
from ivr.nlu.exploration.proof import prove


def add_exploring(group: click.Group, load: Callable[[], Settings]) -> None:
    """Add the command to `ivr nlu`."""

    @group.command("explore")
    @as_json_option
    def explore(as_json: bool) -> None:
        """Visit every state a call can get into. Exit code 1, with the path, where a caller is stuck."""
        settings = load()
        proof = prove(settings.nlu_data_dir, settings.languages_in_use(), SystemClock())
        click.echo(proof.as_json() if as_json else proof.told())
        if proof.broken:
            raise SystemExit(1)
