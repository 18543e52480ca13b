"""A month of made-up calls: the same each time, and never taken for real ones."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.demo.callers import CLOSES, NUMBERS, OPENS, callers
from ivr.demo.synthetic_call import SyntheticCall, VirtualClock
from ivr.dialogue.wording import Wording
from ivr.insights.call_summary import summarise
from ivr.records.feed import Feed
from ivr.records.kinds import Kind
from tests.fakes.memory_records import MemoryCallRecords

MONDAY = datetime(2030, 3, 4, tzinfo=UTC)
NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"


@pytest.fixture(scope="module")
def week() -> MemoryCallRecords:
    clock = VirtualClock(MONDAY)
    records = MemoryCallRecords(Feed(), clock, lambda: "900001")
    wording, chance = Wording.load(NLU_DATA, "Nordlys"), random.Random(3)
    for number, caller in enumerate(callers(3, MONDAY, 2)):
        clock.go_to(caller.at)
        SyntheticCall(f"SYN{number}", caller, records, wording, clock, chance, "synthetic 1").play()
    return records


def test_the_same_seed_makes_the_same_callers() -> None:
    assert list(callers(7, MONDAY, 3)) == list(callers(7, MONDAY, 3))
    assert list(callers(7, MONDAY, 3)) != list(callers(8, MONDAY, 3))


def test_callers_come_in_order_within_hours_from_numbers_set_aside_for_fiction() -> None:
    found = list(callers(1, MONDAY, 7))
    assert found == sorted(found, key=lambda caller: caller.at)
    assert all(OPENS <= caller.at.hour <= CLOSES for caller in found)
    assert {caller.number for caller in found} <= set(NUMBERS)


def test_every_call_is_marked_is_disclosed_and_ends_once(week: MemoryCallRecords) -> None:
    fates = set()
    for number in range(60):
        events = week.events(f"SYN{number}")
        summary = summarise(events, "en")
        assert summary.is_synthetic
        assert summary.disclosure_complete
        assert [event.kind for event in events].count(Kind.CALL_ENDED) == 1
        fates.add(summary.outcome)
    assert {"solved_by_bot", "connected_to_person"} <= fates
