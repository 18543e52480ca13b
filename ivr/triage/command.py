"""The command `ivr policy`: the arithmetic of a call, and what a changed policy would have done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from ivr.errors import IvrError
from ivr.handoff.escalation.policy import Policy
from ivr.records.store import CallRecords
from ivr.triage.policy_file import FILE, check_policy, load_policy
from ivr.triage.stored_calls import Judged, compare, rejudge, sentence
from ivr.triage.word_reader import open_reader


class CallUnknown(IvrError):
    """There is no such call in the records."""


@dataclass(frozen=True)
class StoredCalls:
    """What the command reads: the records, and the ids of calls since a moment, oldest first."""

    records: CallRecords
    ids_since: Callable[[datetime], Iterable[str]]


def policy_command(load: Callable[[], Any], open_calls: Callable[[], StoredCalls]) -> click.Group:
    """Return the group; `load` reads the settings, `open_calls` the records."""

    @click.group("policy")
    def policy() -> None:
        """When a person is fetched: check, explain and try the policy."""

    @policy.command("check")
    @click.option("--policy", "file", type=click.Path(path_type=Path), help="Another file than policy.yml.")
    def check(file: Path | None) -> None:
        """Say what is wrong in the policy: file, line and what to do."""
        problems = check_policy(file or load().nlu_data_dir / FILE)
        for problem in problems:
            click.echo(str(problem))
        if problems:
            raise SystemExit(1)
        click.echo("The policy is in order.")

    @policy.command("explain")
    @click.argument("call_id", metavar="CALL")
    @click.option("--policy", "file", type=click.Path(path_type=Path), help="Another file than policy.yml.")
    def explain(call_id: str, file: Path | None) -> None:
        """Show, turn by turn, what was noticed in CALL, what it was worth and what came of it."""
        settings, calls = load(), open_calls()
        rules = load_policy(settings.nlu_data_dir, file)
        row = calls.records.call(call_id)
        if row is None:
            raise CallUnknown(f"There is no call {call_id}")
        events = calls.records.events(call_id)
        judged = rejudge(events, row.language, rules, open_reader(settings.data_dir))
        Console().print(_arithmetic(call_id, judged, rules))

    @policy.command("replay")
    @click.option("--policy", "file", type=click.Path(path_type=Path), help="The changed file.")
    @click.option("--since", type=click.DateTime(), help="The first day; the last 30 days without it.")
    def replay(file: Path | None, since: datetime | None) -> None:
        """Play stored calls through a changed policy: who would have been transferred when."""
        settings, calls = load(), open_calls()
        now, changed = load_policy(settings.nlu_data_dir), load_policy(settings.nlu_data_dir, file)
        reader = open_reader(settings.data_dir)
        begin = since.replace(tzinfo=UTC) if since else datetime.now(UTC) - timedelta(days=30)
        table = Table("Call", "Change", "Was at turn", "Would be at", "Why")
        counts: dict[str, int] = {}
        for call_id in calls.ids_since(begin):
            row, events = calls.records.call(call_id), calls.records.events(call_id)
            language = row.language if row else settings.language
            before = rejudge(events, language, now, reader)
            made = compare(call_id, events, before, rejudge(events, language, changed, reader))
            counts[made.kind] = counts.get(made.kind, 0) + 1
            if made.kind != "the same":
                table.add_row(call_id, made.kind, _turn(made.was_at), _turn(made.would_be_at), made.reason)
        if table.row_count:
            Console().print(table)
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        click.echo(told or "No calls since then.")

    return policy


def _turn(turn: int | None) -> str:
    return "not" if turn is None else str(turn)


def _arithmetic(call_id: str, judged: list[Judged], policy: Policy) -> Table:
    table = Table(
        "Turn", "Noticed", "How sure", "Points", "Evidence", title=f"Call {call_id}", show_lines=True
    )
    for one in judged:
        decision = one.decision
        for counted in decision.counted:
            noticed = f"{counted.signal.value}\n[dim]{sentence(counted.signal, policy)}[/dim]"
            evidence = f"turn {counted.turn}: {counted.words}"
            table.add_row(
                str(one.turn), noticed, f"{counted.strength:.2f}", f"{counted.points:.2f}", evidence
            )
        alone = f", {decision.rule.value} decides alone" if decision.rule else ""
        for adjusted in decision.adjusted_by:
            table.add_row(str(one.turn), "threshold", "", "", adjusted)
        total = f"{decision.points:.2f} of {decision.threshold:.2f}"
        table.add_row(str(one.turn), f"[bold]{decision.step.value}[/bold]{alone}", "", total, one.words)
    return table
