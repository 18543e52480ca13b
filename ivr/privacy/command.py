"""The command `ivr privacy`: what is stored about somebody, and getting rid of it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ivr.clock import Clock
from ivr.privacy.backup import Backup
from ivr.privacy.eraser import Eraser
from ivr.privacy.export import ReadRecording, export
from ivr.privacy.person import NobodyFound, Person, chosen
from ivr.privacy.privacy_records import Erasure, PrivacyRecords
from ivr.privacy.retention import Retention

AT_THE_COMMAND = "somebody at the command line"


@dataclass(frozen=True)
class PrivacyOffice:
    """What the command and the pages work with."""

    records: PrivacyRecords
    eraser: Eraser
    retention: Retention
    read_recording: ReadRecording
    clock: Clock
    backup: Backup


OpenOffice = Callable[[], PrivacyOffice]


def privacy_command(open_office: OpenOffice) -> click.Group:
    """Return the group; `open_office` opens the records."""

    @click.group("privacy")
    def privacy() -> None:
        """What is stored about somebody: find, export, erase, hold. NUMBER is a phone or a case number."""

    _add_rights(privacy, open_office)
    _add_hold(privacy, open_office)
    _add_upkeep(privacy, open_office)
    _add_backup(privacy, open_office)
    return privacy


def _add_rights(privacy: click.Group, open_office: OpenOffice) -> None:
    @privacy.command("find")
    @click.argument("number")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    def find(number: str, as_json: bool) -> None:
        """Show which calls are stored under NUMBER, whom they name and what holds them."""
        person = open_office().records.find(number)
        click.echo(_as_json(person) if as_json else _as_lines(person))

    @privacy.command("export")
    @_of_somebody
    @click.option("--to", "file", type=click.Path(path_type=Path), help="The ZIP file to write.")
    def export_(number: str, calls: Sequence[str], everybody: bool, file: Path | None) -> None:
        """Write everything stored under NUMBER into one file."""
        office = open_office()
        person = _whose(office, number, calls, everybody)
        made = export(person, office.records, office.read_recording, office.clock, AT_THE_COMMAND)
        target = file or Path(f"export-{office.clock.now():%Y%m%d-%H%M%S}.zip")
        target.touch(mode=0o600)
        target.write_bytes(made)
        click.echo(f"{target}: {len(person.calls)} calls, {len(made)} bytes. It is personal: guard it.")

    @privacy.command("erase")
    @_of_somebody
    @click.option("--yes", is_flag=True, help="Do not ask.")
    def erase(number: str, calls: Sequence[str], everybody: bool, yes: bool) -> None:
        """Erase what is stored under NUMBER: database, files, recordings; a restored backup too."""
        office = open_office()
        person = _whose(office, number, calls, everybody)
        if not yes:
            click.confirm(f"Erase {len(person.calls)} calls for good?", abort=True)
        click.echo(_outcome(office.eraser.erase(person, AT_THE_COMMAND)))


def _add_hold(privacy: click.Group, open_office: OpenOffice) -> None:
    @privacy.command("hold")
    @_of_somebody
    @click.option("--reason", help="Why these calls must be kept, such as a dispute's number.")
    @click.option("--lift", is_flag=True, help="End the hold.")
    def hold(number: str, calls: Sequence[str], everybody: bool, reason: str | None, lift: bool) -> None:
        """Keep what is stored under NUMBER from being erased or cleared out, with a reason."""
        if not lift and not (reason or "").strip():
            raise click.UsageError("A hold needs a --reason.")
        office = open_office()
        person = _whose(office, number, calls, everybody=True)
        if lift:
            click.echo(f"{office.records.lift(person.call_ids)} holds lifted")
            return
        office.records.hold(person.call_ids, str(reason).strip(), AT_THE_COMMAND)
        click.echo(f"{len(person.calls)} calls held")


def _add_upkeep(privacy: click.Group, open_office: OpenOffice) -> None:
    @privacy.command("sweep")
    def sweep() -> None:
        """Erase what waited, and again what a restored backup brought back. The service does it by itself."""
        office = open_office()
        done = office.eraser.sweep()
        waiting = office.records.erasures(is_done=False)
        click.echo(f"{done} erased, {len(waiting)} waiting")
        for erasure in waiting:
            click.echo(f"  {erasure.erasure_id} waits for {erasure.waits_for}")

    @privacy.command("retain")
    @click.option("--dry-run", is_flag=True, help="Only show what would go.")
    def retain(dry_run: bool) -> None:
        """Clear out what is older than its time. The service does it every night."""
        retention = open_office().retention
        if dry_run:
            for name, counts in retention.preview().items():
                days = getattr(retention.periods, name)
                rows = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
                click.echo(f"{name:<16} {days:>5} days  {rows or 'nothing'}")
            return
        gone = {name: count for name, count in retention.run().items() if count}
        click.echo("\n".join(f"{name}: {count}" for name, count in gone.items()) or "Nothing was too old.")


def _add_backup(privacy: click.Group, open_office: OpenOffice) -> None:
    @privacy.command("backup")
    @click.argument("file", type=click.Path(path_type=Path))
    def backup(file: Path) -> None:
        """Write the database to FILE, each call sealed with its own key; calls may go on meanwhile."""
        counts = open_office().backup.write(file)
        click.echo(f"{file}: {counts['calls']} calls, {counts['other rows']} other rows, sealed")

    @privacy.command("restore")
    @click.argument("file", type=click.Path(path_type=Path, exists=True))
    def restore(file: Path) -> None:
        """Read FILE into a database without calls; calls erased since the backup stay erased."""
        office = open_office()
        counts = office.backup.restore(file)
        again = office.eraser.sweep()
        click.echo(f"{counts['calls']} calls restored, {counts['calls erased since']} stay erased")
        click.echo(f"{again} erasings done again in calls of others")


def _whose(office: PrivacyOffice, number: str, calls: Sequence[str], everybody: bool) -> Person:
    found = office.records.find(number)
    if not found.calls and not found.mentions:
        raise NobodyFound(f"Nothing is stored under {number}.")
    return chosen(found, calls, everybody)


def _of_somebody(command: Callable[..., Any]) -> Callable[..., Any]:
    for decorate in (
        click.option("--everybody", is_flag=True, help="Everybody whom the calls name has asked."),
        click.option("--call", "calls", multiple=True, help="Only this call; may be given again."),
        click.argument("number"),
    ):
        command = decorate(command)
    return command


def _outcome(erasure: Erasure) -> str:
    if erasure.done_at is None:
        return f"Not yet: it waits for {erasure.waits_for}. It is done as soon as that is over."
    counts = ", ".join(f"{count} {name}" for name, count in erasure.counts.items() if count)
    return f"Erased ({counts}). Proof: {erasure.erasure_id}"


def _as_json(person: Person) -> str:
    calls = [
        {**vars(call), "started_at": call.started_at.isoformat(), "names": call.names, "holds": call.holds}
        for call in person.calls
    ]
    return json.dumps({"asked": person.asked, "calls": calls, "mentions": person.mentions}, indent=2)


def _as_lines(person: Person) -> str:
    lines = [
        f"{call.call_id}  {call.started_at:%Y-%m-%d %H:%M}  {call.language}  {call.outcome or 'going on'}"
        + (f"  {', '.join(call.names)}" if call.names else "")
        + (f"  HELD: {'; '.join(call.holds)}" if call.holds else "")
        for call in person.calls
    ]
    lines += [f"{call_id}  somebody else's call in which this number was left" for call_id in person.mentions]
    return "\n".join(lines) or f"Nothing is stored under {person.asked}."
