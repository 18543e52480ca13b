"""`ivr insights`: counts calls anew, writes them to files, sends the weekly report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import click

from ivr.errors import IvrError
from ivr.insights.addresses import read_addresses
from ivr.insights.export import rows, write_csv, write_parquet
from ivr.insights.letters import Letter
from ivr.insights.notices import NotSent
from ivr.insights.tally import Scope, Tally
from ivr.insights.weekly import week_in_figures, week_of
from ivr.insights.weekly_letter import weekly_letter


class ReportNotSent(IvrError):
    """The weekly report could not be sent; the message says why."""


class Post(Protocol):
    """The way mails go."""

    def send(self, letter: Letter, to: Sequence[str], key: str) -> None:
        """Send one letter to all. Raises NotSent."""
        ...


WRITERS = {"csv": write_csv, "parquet": write_parquet}


@dataclass(frozen=True)
class InsightsDesk:
    """What the commands work with. `post` is None without a mail server."""

    tally: Tally
    owners: Mapping[str, str]
    zone: ZoneInfo
    company: str
    currency: str
    address: str
    post: Post | None


def insights_command(open_desk: Callable[[], InsightsDesk]) -> click.Group:
    """Return the commands."""

    @click.group()
    def insights() -> None:
        """What the calls say, outside of the pages."""

    @insights.command()
    def rebuild() -> None:
        """Count every stored call anew; every figure comes out the same."""
        counted = open_desk().tally.rebuild(datetime.now(UTC))
        click.echo(f"Counted {counted} calls anew.")

    _add_export(insights, open_desk)
    _add_report(insights, open_desk)
    return insights


def _add_export(group: click.Group, open_desk: Callable[[], InsightsDesk]) -> None:
    @group.command()
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
        tally = open_desk().tally
        while tally.catch_up(datetime.now(UTC)):
            pass
        count = write(rows(tally.calls(scope, limit=10_000_000)), file)
        click.echo(f"Wrote {count} calls to {file}.")


def _add_report(group: click.Group, open_desk: Callable[[], InsightsDesk]) -> None:
    @group.command()
    @click.option("--week", help="Such as 2026-W47; the last full week if not given.")
    @click.option("--to", "to", help="Mail addresses, separated by commas; nothing is sent if not given.")
    @click.option(
        "--folder", type=click.Path(file_okay=False, path_type=Path), help="Write the PDF and the mail here."
    )
    @click.option("--synthetic", is_flag=True, help="Synthetic calls instead of real ones.")
    def report(week: str | None, to: str | None, folder: Path | None, synthetic: bool) -> None:
        """Write the weekly report to a folder, or send it."""
        desk = open_desk()
        now = datetime.now(UTC)
        while desk.tally.catch_up(now):
            pass
        name = week or week_of(now.astimezone(desk.zone).date() - timedelta(days=7))
        try:
            found = week_in_figures(desk.tally, desk.owners, name, desk.currency, synthetic)
            addresses = read_addresses(to or "")
        except ValueError as problem:
            raise click.UsageError(f"--week is such as 2026-W47, --to mail addresses: {problem}") from None
        letter = weekly_letter(found, desk.company, desk.address)
        if folder is None and not addresses:
            raise click.UsageError("give --to or --folder")
        if folder is not None:
            _write(letter, folder, name)
        if addresses:
            _send(desk.post, letter, addresses, f"weekly:{name}:{now.isoformat()}")


def _write(letter: Letter, folder: Path, week: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in (*letter.pdfs, (f"calls-{week}.html", letter.html.encode())):
        (folder / file).write_bytes(content)
        click.echo(f"Wrote {folder / file}.")


def _send(post: Post | None, letter: Letter, addresses: Sequence[str], key: str) -> None:
    if post is None:
        raise ReportNotSent("No mail server is set: IVR_SMTP_URL.")
    try:
        post.send(letter, addresses, key)
    except NotSent as problem:
        raise ReportNotSent(f"The mail server did not take it: {problem}") from problem
    click.echo(f"Sent to {', '.join(addresses)}.")
