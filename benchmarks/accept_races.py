"""Races for one caller: two processes, several threads, one database; who believes to have the caller."""

import itertools
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ivr.clock import SystemClock
from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.transfer_desk import AgentHears, TransferDesk
from ivr.records.database import open_engine, upgrade
from ivr.records.feed import Feed
from ivr.records.sql_records import SqlCallRecords
from tests.fakes.plain_wording import PlainWording
from tests.fakes.queued_executor import QueuedExecutor
from tests.fakes.scripted_switchboard import ScriptedSwitchboard
from tests.support.transfer_scene import ANNA, BO, RING_S

RACERS = 4


def race(count: int) -> dict[str, int]:
    """Run races and count: owned by one, by nobody (a callback or the clock was faster), by two.

    In each race Anna's phone was answered and taken from her again while her key is on its way, and Bo's
    phone is answered. Then four things happen at once in two processes: Anna's key, Bo's key, Bo's key
    again at the desk, and the caller's choice of a callback.
    """
    seen = {"one owner": 0, "no owner": 0, "two owners": 0}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(RACERS) as threads:
        url = f"sqlite:///{Path(folder) / 'races.db'}"
        upgrade(url)
        switchboard = ScriptedSwitchboard()
        desks, records = [], []
        for _ in range(2):
            kept = SqlCallRecords(open_engine(url, 5000), Feed(), SystemClock())
            records.append(kept)
            desks.append(
                TransferDesk(
                    kept, switchboard, PlainWording(), (ANNA, BO), SystemClock(), RING_S, QueuedExecutor()
                )
            )
        for number in range(count):
            owners = _one_race(number, desks, records[0], switchboard, threads)
            seen[("no owner", "one owner", "two owners")[min(2, len(owners))]] += 1
    return seen


def _one_race(
    number: int,
    desks: list[TransferDesk],
    records: SqlCallRecords,
    switchboard: ScriptedSwitchboard,
    threads: ThreadPoolExecutor,
) -> set[str]:
    call_id = f"CA{number:032x}"
    records.open_call(call_id, "+46701234567", None, "en")
    switchboard.live(call_id)
    case = Case(call_id, "en", EscalationReason.ASKED_FOR_PERSON, "+46701234567")
    transfer_id = desks[0].request(case)
    first, second = f"CA{'a' * 8}{number:024x}", f"CA{'b' * 8}{number:024x}"
    # As the agent search does it, without its phone calls.
    records.move_transfer(transfer_id, "requested", "dialing", agent="Anna", tried=("Anna",))
    desks[0].agent_answered(transfer_id, 1, first)
    is_taken_away = number % 2 == 0
    if is_taken_away:
        records.move_transfer(transfer_id, "briefing", "requested", agent=None, agent_call_id=None)
        records.move_transfer(transfer_id, "requested", "dialing", agent="Bo", tried=("Anna", "Bo"))
        desks[1].agent_answered(transfer_id, 2, second)
    start, order = threading.Barrier(RACERS), itertools.cycle((0, 1))
    desk = [desks[(next(order) + number) % 2] for _ in range(RACERS)]

    def accept(which: int, attempt: int, leg: str) -> str | None:
        start.wait()
        hears = desk[which].agent_accepted(transfer_id, attempt, leg)
        return leg if hears is AgentHears.JOIN else None

    def call_back(which: int) -> None:
        start.wait()
        if number % 3 == 0:
            desk[which].instead.choose_callback(call_id)

    running = [
        threads.submit(accept, 0, 1, first),
        threads.submit(accept, 1, 2, second),
        threads.submit(accept, 2, 2 if is_taken_away else 1, second if is_taken_away else first),
        threads.submit(call_back, 3),
    ]
    owners = {leg for done in running if (leg := done.result()) is not None}
    for one in desks:
        one.caller_hung_up(call_id)
    return owners
