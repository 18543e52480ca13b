"""Which earlier calls may be about the same case again: what was not solved, of the same number, of late."""

from datetime import timedelta
from pathlib import Path

import pytest

from ivr.handoff.escalation.signals import EarlierContact
from ivr.records.database import open_engine, upgrade
from ivr.records.earlier_contacts import SqlEarlierContacts
from ivr.records.feed import Feed
from ivr.records.sql_records import SqlCallRecords
from ivr.records.store import CallEvent
from ivr.triage.earlier_calls import unsolved
from tests.fakes.steered_clock import SteeredClock

ASKED = (
    "turn_answered",
    {"intent": "order_status", "verdict": "answered", "expects": {"step": "order_number"}},
)
FOUND = ("looked_up", {"system": "orders", "found": True, "order_number": "471192"})
TOLD = (
    "turn_answered",
    {"intent": "inform_number", "verdict": "answered", "expects": {"step": "anything_else"}},
)
HOURS = (
    "turn_answered",
    {"intent": "opening_hours", "verdict": "answered", "expects": {"step": "anything_else"}},
)
MISSED = ("no_match", {"step": "request", "level": 1})
PASSED_ON = ("escalated", {"reason": "complex"})
NOT_SOLVED = ("survey_answered", {"question": "solved", "value": 0})
SWORE = ("turn_answered", {"intent": "frustrated", "verdict": "answered", "expects": {"step": "request"}})
ENDED = ("call_ended", {"outcome": "solved_by_bot"})
ORDER = EarlierContact("471192", frozenset({"order_status"}))


@pytest.mark.parametrize(
    ("events", "contact"),
    [
        ([], None),
        ([HOURS, ENDED], None),
        ([ASKED, FOUND, TOLD, ENDED], None),
        ([MISSED, ASKED, FOUND, TOLD, ENDED], None),
        ([MISSED, MISSED, ASKED, FOUND, TOLD, ENDED], ORDER),
        ([ASKED, FOUND, TOLD, NOT_SOLVED], ORDER),
        ([ASKED, FOUND, TOLD, SWORE, TOLD], ORDER),
        ([ASKED, FOUND, TOLD, PASSED_ON], ORDER),
        ([ASKED], EarlierContact(None, frozenset({"order_status"}))),
        ([ASKED, FOUND, TOLD, ASKED], ORDER),
        ([PASSED_ON], None),
    ],
)
def test_a_call_that_was_solved_or_told_nothing_is_left_out(
    events: list, contact: EarlierContact | None
) -> None:
    clock = SteeredClock()
    stored = [CallEvent("CA1", seq, clock.now(), kind, facts) for seq, (kind, facts) in enumerate(events, 1)]
    assert unsolved([stored]) == (() if contact is None else (contact,))


def test_calls_of_the_number_in_the_last_three_days_are_read_and_no_others(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'ivr.db'}"
    upgrade(address)
    database, clock = open_engine(address), SteeredClock()
    records = SqlCallRecords(database, Feed(), clock)
    for call_id, caller, hours in (
        ("old", "+461", 40),
        ("late", "+461", 40),
        ("other", "+462", 31),
        ("now", "+461", 0),
    ):
        records.open_call(call_id, caller, None, "en")
        for kind, facts in (ASKED, FOUND, ("speech_started", {})):
            records.append(call_id, kind, **facts)
        clock.advance(timedelta(hours=hours).total_seconds())
    found = SqlEarlierContacts(database).of("+461", "now", clock.now())
    assert [[event.call_id for event in events] for events in found] == [["late", "late"]]
    assert unsolved(found) == (ORDER,)
