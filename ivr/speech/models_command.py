"""The command `ivr models`: fetches the weights of the speech models."""

from collections.abc import Callable
from pathlib import Path

import click

from ivr.config import Settings
from ivr.speech.weights import pull

ENGINES = {
    "whisper": ("whisper",),
    "faster-whisper": ("faster-whisper",),
    "both": ("whisper", "faster-whisper"),
}


def models_command(load: Callable[[], Settings]) -> click.Group:
    """Return `ivr models`. Settings are read only for what the command line leaves open: images have none."""

    @click.group("models")
    def models() -> None:
        """Speech models."""

    @models.command("pull")
    @click.argument("sizes", nargs=-1, metavar="[SIZE]...")
    @click.option(
        "--engine", type=click.Choice(list(ENGINES)), help="For which engine; default: the setting's."
    )
    @click.option(
        "--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Default: the setting's."
    )
    def models_pull(sizes: tuple[str, ...], engine: str | None, data_dir: Path | None) -> None:
        """Fetch the weights of Whisper SIZEs (default: the setting's) and of the voice activity model."""
        pull(
            sizes or (load().whisper_model,),
            data_dir or load().data_dir,
            ENGINES[engine or load().transcriber],
            click.echo,
        )

    return models
