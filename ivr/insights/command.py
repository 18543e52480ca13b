"""`ivr insights`: counts calls anew, writes them to files, sends the weekly report."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from ivr.insights.export import rows, write_csv, write_parquet
from ivr.insights.tally import Scope, Tally

WRITERS = {"csv": write_csv, "parquet": write_parquet}


def insights_command(open_tally: Callable[[], Tally]) -> click.Group:
    """Return the commands."""

    @click.group()
    def insights() -> None:
        """What the calls say, outside of the pages."""

    @insights.command()
    def rebuild() -> None:
        """Count every stored call anew; every figure comes out the same."""
        counted = open_tally().rebuild(datetime.now(UTC))
        click.echo(f"Counted {counted} calls anew.")

    @insights.command()
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    @click.option(
        "--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day; four weeks ago if not given."
    )
    @click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day; today if not given.")
    @click.option("--synthetic", is_flag=True, help="Synthetic calls instead of real ones.")
    def export(file: Path, first: datetime | None, last: datetime | None, synthetic: bool) -> None:
        """Write one row for each call to FILE, by its ending .csv or .parquet."""
        write = WRITERS.get(file.suffix.removeprefix("."))
        if write is None:
            raise click.UsageError("FILE must end in .csv or .parquet")
        until = last.date() if last else date.today()
        since = first.date() if first else until - timedelta(days=27)
        scope = Scope(since.isoformat(), until.isoformat(), is_synthetic=synthetic)
        tally = open_tally()
        while tally.catch_up(datetime.now(UTC)):
            pass
        count = write(rows(tally.calls(scope, limit=10_000_000)), file)
        click.echo(f"Wrote {count} calls to {file}.")

    return insights
