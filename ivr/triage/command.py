"""The command `ivr policy`: the arithmetic of a call, and what a changed policy would have done."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from ivr.dialogue.wording import said_in
from ivr.errors import IvrError
from ivr.handoff.escalation.policy import Policy
from ivr.records.store import CallRecords
from ivr.triage.policy_file import FILE, check_policy, load_policy
from ivr.triage.stored_calls import Difference, Judged, compare, rejudge, sentence
from ivr.triage.trying import IntentOf, judge_words, person_at, read_calls
from ivr.triage.word_reader import OpenEncoder, open_reader

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


class CallUnknown(IvrError):
    """There is no such call in the records."""


@dataclass(frozen=True)
class StoredCalls:
    """What the command reads: the records, and the ids of calls since a moment, oldest first."""

    records: CallRecords
    ids_since: Callable[[datetime], Iterable[str]]


def policy_command(
    load: Callable[[], Any],
    open_calls: Callable[[], StoredCalls],
    open_intents: Callable[[str], AbstractContextManager[IntentOf]],
    open_encoder: OpenEncoder,
) -> click.Group:
    """Return the group; `load` reads the settings, `open_calls` records, the others models."""

    @click.group("policy")
    def policy() -> None:
        """When a person is fetched: check, explain and try the policy."""

    @policy.command("check")
    @click.option("--policy", "file", type=click.Path(path_type=Path), help="Another file than policy.yml.")
    @_as_json
    def check(file: Path | None, as_json: bool) -> None:
        """Say what is wrong in the policy: file, line and what to do."""
        problems = check_policy(file or load().nlu_data_dir / FILE)
        told = "\n".join(map(str, problems)) or "The policy is in order."
        click.echo(json.dumps([problem.as_dict() for problem in problems]) if as_json else told)
        if problems:
            raise SystemExit(1)

    @policy.command("explain")
    @click.argument("call_id", metavar="CALL")
    @click.option("--policy", "file", type=click.Path(path_type=Path), help="Another file than policy.yml.")
    @_as_json
    def explain(call_id: str, file: Path | None, as_json: bool) -> None:
        """Show, turn by turn, what was noticed in CALL, what it was worth and what came of it."""
        settings, calls = load(), open_calls()
        rules = load_policy(settings.nlu_data_dir, file)
        row = calls.records.call(call_id)
        if row is None:
            raise CallUnknown(f"There is no call {call_id}")
        events = calls.records.events(call_id)
        judged = rejudge(events, row.language, rules, open_reader(settings.data_dir, open_encoder))
        if as_json:
            turns = [{"turn": one.turn, "words": one.words, **one.decision.plain()} for one in judged]
            click.echo(json.dumps({"call_id": call_id, "turns": turns}, ensure_ascii=False))
            return
        Console().print(_arithmetic(call_id, judged, rules))

    _add_replay(policy, load, open_calls, open_encoder)
    _add_try(policy, load, open_intents, open_encoder)
    return policy


def _add_replay(
    group: click.Group,
    load: Callable[[], Any],
    open_calls: Callable[[], StoredCalls],
    open_encoder: OpenEncoder,
) -> None:
    @group.command("replay")
    @click.option("--policy", "file", type=click.Path(path_type=Path), help="The changed file.")
    @click.option("--since", type=click.DateTime(), help="The first day; the last 30 days without it.")
    @_as_json
    def replay(file: Path | None, since: datetime | None, as_json: bool) -> None:
        """Play stored calls through a changed policy: who would have been transferred when."""
        settings, calls = load(), open_calls()
        now, changed = load_policy(settings.nlu_data_dir), load_policy(settings.nlu_data_dir, file)
        begin = since.replace(tzinfo=UTC) if since else datetime.now(UTC) - timedelta(days=30)
        ids = calls.ids_since(begin)
        reader = open_reader(settings.data_dir, open_encoder)
        made: list[Difference] = []
        for call_id in ids:
            row, events = calls.records.call(call_id), calls.records.events(call_id)
            language = row.language if row else settings.language
            before = rejudge(events, language, now, reader)
            made.append(compare(call_id, events, before, rejudge(events, language, changed, reader)))
        _tell_differences(made, as_json)


def _add_try(
    group: click.Group,
    load: Callable[[], Any],
    open_intents: Callable[[str], AbstractContextManager[IntentOf]],
    open_encoder: OpenEncoder,
) -> None:
    @group.command("try")
    @click.argument("turns", nargs=-1)
    @click.option("--calls", "file", type=click.Path(path_type=Path), help="A list of lists, YAML or JSON.")
    @click.option("--language", default="en", show_default=True)
    @click.option("--policy", "policy_file", type=click.Path(path_type=Path), help="A changed policy.yml.")
    def try_(turns: tuple[str, ...], file: Path | None, language: str, policy_file: Path | None) -> None:
        """Say when a caller who says these TURNS would get a person, and why.

        With --calls one JSON line per call: person_at (a turn or null), and step, reason, points and intent
        of each turn. "" is a turn of silence. The live model reads the intents.
        """
        if bool(turns) == bool(file):
            raise click.UsageError("say either what is said, turn by turn, or --calls FILE")
        settings = load()
        said_in(settings.nlu_data_dir, language)
        rules = load_policy(settings.nlu_data_dir, policy_file)
        reader = open_reader(settings.data_dir, open_encoder)
        calls = read_calls(file) if file else [list(turns)]
        with open_intents(language) as intent_of:
            for call in calls:
                judged = judge_words(call, language, rules, reader, intent_of)
                if file:
                    click.echo(json.dumps(_row(judged)))
                    continue
                Console().print(_arithmetic("that was never made", judged, rules))
                at = person_at(judged)
                click.echo(f"A person is fetched after turn {at}." if at else "The bot goes on.")


def _tell_differences(made: Sequence[Difference], as_json: bool) -> None:
    counts = dict(sorted(Counter(one.kind for one in made).items()))
    others = [one for one in made if one.kind != "the same"]
    if as_json:
        rows = [asdict(one) | {"kind": one.kind} for one in others]
        click.echo(json.dumps({"counts": counts, "calls": rows}, ensure_ascii=False))
        return
    table = Table("Call", "Change", "Was at turn", "Would be at", "Why")
    for one in others:
        table.add_row(one.call_id, one.kind, _turn(one.was_at), _turn(one.would_be_at), one.reason)
    if others:
        Console().print(table)
    click.echo(", ".join(f"{count} {kind}" for kind, count in counts.items()) or "No calls since then.")


def _row(judged: list[Judged]) -> dict[str, Any]:
    turns = [
        {
            "step": one.decision.step.value,
            "reason": one.decision.reason.value if one.decision.reason else None,
            "points": round(one.decision.points, 2),
            "intent": one.intent,
        }
        for one in judged
    ]
    return {"person_at": person_at(judged), "turns": turns}


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
