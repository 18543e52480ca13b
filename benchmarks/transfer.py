"""Measure warm transfers: how soon a person rings and talks, how long the briefing is, and who gets lost.

    .venv/bin/python -m benchmarks.transfer [--sequences 10000] [--races 10000] [--live 20]

Every combination of what two agents and a caller do is played on the local phone network in virtual time,
with our webhooks and our transfer desk: seconds are the network's and the sweep's waits, not the machine's.
The caller counts as lost when the line ends, or is still up after ten minutes, without a person or a
callback. Then come random orders of everything that can happen, races of two agents' keys over a real
database, and a process killed at every write. `--live` places real calls through the whole running system;
a tone each way tells when both hear each other.
"""

import asyncio
import itertools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from benchmarks.accept_races import race
from benchmarks.live_transfer import WHO, live_transfers
from benchmarks.report import machine, save, spread, table
from ivr import log
from ivr.dialogue.wording import Wording
from ivr.handoff.briefing import brief, spoken_s
from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.places import room
from tests.support.carrier_world import LOUD, PhoneInHand
from tests.support.crash_world import CrashWorld
from tests.support.network_faults import FAULTS
from tests.support.running_system import ROOT, running_system
from tests.support.service_on_carrier import TransferWorld, play
from tests.unit.handoff.test_crash_sweep import SCRIPTS
from tests.unit.handoff.test_transfer_machine import TransferMachine

AGENTS = (
    "accepts",
    "accepts late",
    "declines",
    "is busy",
    "rings out",
    "is a voicemail",
    "accepts and drops",
)
CALLERS = (
    "waits",
    "wants a callback",
    "leaves a message",
    "asks for the menu and waits on",
    "hangs up while it rings",
    "hangs up while talking",
)
FAULT_SCRIPTS = tuple(
    itertools.product(
        FAULTS,
        ("accepts", "declines", "is a voicemail", "accepts and drops"),
        ("waits", "wants a callback", "hangs up while it rings", "hangs up while talking"),
    )
)
SETTLE_S = 120.0  # longer than any watchdog waits
KEYS = {"wants a callback": "511#", "leaves a message": "53", "asks for the menu and waits on": "52"}
TALK_S = 20.0
ALONE_S = 5.0  # the longest an agent may stay on the line without the caller
ENDED_WELL = {"connected_to_person", "callback_booked", "message_taken"}


@dataclass
class Seen:
    """What became of one transfer, in virtual seconds."""

    agents: tuple[str, str]
    caller: str
    to_ringing_s: float | None = None
    to_joined_s: float | None = None
    accept_to_heard_s: float | None = None
    left_on_the_line: int = 0
    state: str = ""
    outcome: str | None = None
    is_somebody_alone: bool = False  # in the room, long after the other one has left
    rings: dict[str, int] = field(default_factory=dict)

    @property
    def is_lost(self) -> bool:
        """Say whether the caller got neither a person nor a callback, though they stayed."""
        has_left = self.caller.startswith("hangs up")
        return self.outcome not in ENDED_WELL and not (has_left and self.outcome == "caller_hung_up")


def now_s() -> float:
    """Return the virtual time."""
    return asyncio.get_running_loop().time()


def measure(
    first: str,
    second: str,
    caller: str,
    folder: Path,
    breaks: Callable[[TransferWorld], None] | None = None,
    settle_s: float = 0.0,
) -> Seen:
    """Play one combination; `breaks` makes the network between us and the phones do badly.

    `settle_s` after the end, when the watchdogs have had time, nobody may be on the line.
    """
    seen = Seen((first, second), caller)

    async def scenario(world: TransferWorld) -> None:
        if breaks is not None:
            breaks(world)
        await world.caller_asks()
        asked_s = now_s()
        doing = [
            asyncio.create_task(_agent(world, world.anna, first, seen, asked_s)),
            asyncio.create_task(_agent(world, world.bo, second, seen, asked_s)),
            asyncio.create_task(_caller(world, caller)),
        ]
        try:
            async with asyncio.timeout(590):
                await world.caller.until("ended")
        finally:
            for task in doing:
                task.cancel()
        await asyncio.sleep(ALONE_S)
        joined = world.exchange.conferences.running(room(world.transfer_id))
        seen.is_somebody_alone = joined is not None and len(joined.seats) == 1
        await asyncio.sleep(settle_s)
        seen.left_on_the_line = sum(_is_up(phone) for phone in (world.anna, world.bo))
        seen.rings = {phone.phone.number: phone.names().count("ringing") for phone in (world.anna, world.bo)}

    world = play(scenario, folder)
    seen.state, seen.outcome = world.state, world.outcome
    return seen


def _is_up(phone: PhoneInHand) -> bool:
    return [name for name in phone.names() if name in {"answered", "ended"}][-1:] == ["answered"]


async def _agent(world: TransferWorld, phone: PhoneInHand, does: str, seen: Seen, asked_s: float) -> None:
    await phone.until("ringing")
    seen.to_ringing_s = seen.to_ringing_s if seen.to_ringing_s is not None else now_s() - asked_s
    if does == "rings out":
        return
    await asyncio.sleep(8 if does == "accepts late" else 1)
    if does == "is busy":
        phone.does("decline")
        return
    phone.does("answer")
    await phone.until("answered")
    if does == "is a voicemail":
        return
    await asyncio.sleep(2)
    phone.does("press", digit="3" if does == "declines" else "1")
    if does == "declines":
        return
    pressed_s, heard = now_s(), len(world.caller.heard)
    while not any(frame == LOUD for _, frame in world.caller.heard[heard:]):
        if "ended" in phone.names() or now_s() - pressed_s > 30:
            return
        await phone.talks(0.1)
    seen.accept_to_heard_s = seen.accept_to_heard_s or now_s() - pressed_s
    seen.to_joined_s = seen.to_joined_s or now_s() - asked_s
    if does == "accepts and drops":
        phone.does("hang_up")


async def _caller(world: TransferWorld, does: str) -> None:
    if does == "hangs up while it rings":
        await asyncio.sleep(0.8)
        world.caller.does("hang_up")
    elif does in KEYS:
        await asyncio.sleep(0.5)
        for key in KEYS[does]:
            world.caller.does("press", digit=key)
            await asyncio.sleep(0.8)
    joined_s = 0.0
    while joined_s < (3 if does == "hangs up while talking" else TALK_S):
        await asyncio.sleep(0.5)
        joined_s = joined_s + 0.5 if world.state == "bridged" else 0.0
    world.caller.does("hang_up")


def briefings() -> list[float]:
    """Estimate how long briefings are, over every reason, known or unknown caller, short and long words."""
    wording = Wording.load(ROOT / "nlu_data", "Nordlys")
    quotes = (
        None,
        "Where is my order?",
        "you know I ordered some shoes three weeks ago and they never came at all",
    )
    lengths = []
    for reason, wanted, is_verified, number in itertools.product(
        EscalationReason, quotes, (True, False), (None, "471192")
    ):
        case = Case(
            "CA1", "en", reason, None, "Maja Lind", is_verified, wanted, "order_status", number, "delayed"
        )
        lengths.append(spoken_s([prompt.text for prompt in brief(case, wording)]))
    return lengths


def faults() -> dict[str, Any]:
    """Play what agents and callers do on a network that loses, repeats, delays and refuses."""
    counts, wrong = 0, []
    for fault, first, caller in FAULT_SCRIPTS:
        with tempfile.TemporaryDirectory() as folder:
            seen = measure(first, "accepts", caller, Path(folder), FAULTS[fault](), SETTLE_S)
        counts += 1
        if seen.is_lost or seen.left_on_the_line or seen.is_somebody_alone or max(seen.rings.values()) > 1:
            wrong.append(f"{fault}: {seen}")
    return {"scripts": counts, "wrong": wrong}


def sequences(count: int) -> dict[str, Any]:
    """Drive the transfer desk through random orders of everything that can happen; return what broke."""
    few = settings(max_examples=count, stateful_step_count=40, deadline=None, database=None)
    try:
        run_state_machine_as_test(TransferMachine, settings=few)
    except AssertionError as broken:
        return {"sequences": count, "broken": str(broken)[:500]}
    return {"sequences": count, "broken": None}


def crashes() -> dict[str, Any]:
    """Kill the process at every write and request of each script; count the points, name what failed."""
    points, wrong = 0, []
    for first, second, caller in SCRIPTS:
        passed = CrashWorld(first, second, caller).play().points.passed
        points += passed
        for kill_at in range(1, passed + 1):
            problems = CrashWorld(first, second, caller, kill_at).play().problems()
            wrong += [f"{first}, {second}, {caller}, point {kill_at}: {problem}" for problem in problems]
    return {"points": points, "wrong": wrong}


@click.command()
@click.option(
    "--live", "live_calls", default=0, help="Also place so many real calls; needs weights and Rasa."
)
@click.option("--sequences", "sequence_count", default=200, help="Random orders of everything that happens.")
@click.option("--races", "race_count", default=200, help="Keys pressed for one caller at the same moment.")
def main(live_calls: int, sequence_count: int, race_count: int) -> None:
    """Measure, print and keep the result."""
    log.configure("ERROR", False)
    result: dict[str, Any] = {"machine": machine()}
    seen = []
    for first, second, caller in itertools.product(AGENTS, AGENTS, CALLERS):
        with tempfile.TemporaryDirectory() as folder:
            seen.append(measure(first, second, caller, Path(folder)))
    lost = [one for one in seen if one.is_lost]
    figures = {
        "request to ringing": [one.to_ringing_s for one in seen if one.to_ringing_s is not None],
        "request to both joined, first agent takes it": [
            one.to_joined_s for one in seen if one.to_joined_s is not None and one.agents[0] == "accepts"
        ],
        "request to both joined, whoever takes it": [
            one.to_joined_s for one in seen if one.to_joined_s is not None
        ],
        "key 1 to being heard": [one.accept_to_heard_s for one in seen if one.accept_to_heard_s is not None],
        "briefing": briefings(),
    }
    result |= {
        "transfers": len(seen),
        "lost": len(lost),
        "spread_s": {n: spread(f) for n, f in figures.items()},
    }
    outcomes = [one.outcome or "none" for one in seen]
    result["outcomes"] = {name: outcomes.count(name) for name in sorted(set(outcomes))}
    result["random"] = sequences(sequence_count)
    result["races"] = race(race_count)
    result["crashes"] = crashes()
    result["faults"] = faults()
    if live_calls:
        with tempfile.TemporaryDirectory() as folder, running_system(Path(folder), agents=WHO) as system:
            found, lost_live = live_transfers(system, live_calls)
        names = sorted({name for one in found for name in one})
        figures |= {f"live: {name}": [one[name] for one in found] for name in names}
        result["live"] = {"calls": live_calls, "lost": lost_live}
        result["spread_s"] = {name: spread(values) for name, values in figures.items()}
    rows = [(name, *spread(values).values()) for name, values in figures.items()]
    print(table(("seconds", "n", "p50", "p95", "p99", "max"), rows))
    print(f"{len(seen)} transfers, {len(lost)} callers lost, outcomes {result['outcomes']}")
    for one in lost:
        print("lost:", one)
    for name in ("random", "races", "crashes", "faults", "live"):
        print(f"{name}: {result.get(name, 'not asked for')}")
    save("transfer", result)


if __name__ == "__main__":
    main()
