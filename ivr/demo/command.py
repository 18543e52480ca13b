"""`ivr demo`: fills a new house with synthetic calls, and takes them away again."""

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import delete, select

from ivr.config import Settings
from ivr.conversation.conversation import Phrasebook
from ivr.demo.callers import callers
from ivr.demo.synthetic_call import SyntheticCall, VirtualClock
from ivr.records.database import commanding
from ivr.records.insight_tables import figure_sums, unmet_words
from ivr.records.models import call_events, call_summaries, calls, event_streams
from ivr.records.store import CallRecords

DAYS = 30
OpenRecords = Callable[[Settings, VirtualClock], tuple[CallRecords, Phrasebook]]
PREFIX = "SYN"  # call ids of synthetic calls begin with it; those of the network with CA


def demo_command(load: Callable[[], Settings], open_records: OpenRecords) -> click.Group:
    """Return the commands. `open_records` opens the records on a clock of the demo's own, and the wording."""

    @click.group()
    def demo() -> None:
        """Try the pages without callers."""

    @demo.command()
    @click.option("--days", default=DAYS, show_default=True, type=click.IntRange(1, 366))
    @click.option("--seed", default=1, show_default=True)
    def traffic(days: int, seed: int) -> None:
        """Make a month of synthetic calls, marked as synthetic everywhere.

        The real conversation plays each call in virtual time; callers are drawn, and so is what people do.
        """
        settings = load()
        first = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
        clock = VirtualClock(first)
        records, words = open_records(settings, clock)
        chance = random.Random(seed)
        planned = list(callers(seed, first, days))
        with click.progressbar(planned, label=f"{len(planned)} synthetic calls") as bar:
            for caller in bar:
                clock.go_to(caller.at)
                call_id = f"{PREFIX}{uuid.UUID(int=chance.getrandbits(128)).hex}"
                release = f"synthetic {1 + (caller.at - first).days // 10}"
                SyntheticCall(call_id, caller, records, words, clock, chance, release).play()
        click.echo(
            "Made. Look at them under /insights with `Synthetic calls` ticked; `ivr demo clear` removes them."
        )

    @demo.command()
    def clear() -> None:
        """Remove every synthetic call."""
        with commanding(load().database_url, 60_000) as connection:
            ids = list(
                connection.execute(
                    select(calls.c.call_id).where(calls.c.call_id.startswith(PREFIX))
                ).scalars()
            )
            for start in range(0, len(ids), 500):
                some = ids[start : start + 500]
                for table in (call_events, event_streams, call_summaries, unmet_words, calls):
                    connection.execute(delete(table).where(table.c.call_id.in_(some)))
            connection.execute(delete(figure_sums).where(figure_sums.c.is_synthetic.is_(True)))
        click.echo(f"Removed {len(ids)} synthetic calls.")

    return demo
