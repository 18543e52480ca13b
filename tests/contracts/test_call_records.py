"""What every keeper of call records promises: the fake, SQLite and PostgreSQL alike.

PostgreSQL takes part when IVR_TEST_DATABASE_URL names a database that may be emptied.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.records.database import open_engine, upgrade
from ivr.records.facts import FactsNotStorable
from ivr.records.feed import Feed
from ivr.records.kinds import Kind
from ivr.records.models import metadata
from ivr.records.sql_records import SqlCallRecords
from ivr.records.store import AgentRow, ReplayableRecords
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.steered_clock import SteeredClock

POSTGRESQL_URL = os.environ.get("IVR_TEST_DATABASE_URL")


@dataclass
class Kept:
    """Records under test with what steers them."""

    records: ReplayableRecords
    feed: Feed
    clock: SteeredClock
    drawn: list[str]  # case numbers to draw next; then 900001, 900002, ...


@pytest.fixture(params=["memory", "sqlite", *(["postgresql"] if POSTGRESQL_URL else [])])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    """Empty records of each kind."""
    feed, clock, drawn, count = Feed(), SteeredClock(), [], iter(range(900_001, 1_000_000))

    def draw() -> str:
        return drawn.pop(0) if drawn else str(next(count))

    if request.param == "memory":
        yield Kept(MemoryCallRecords(feed, clock, draw), feed, clock, drawn)
        return
    url = f"sqlite:///{tmp_path}/ivr.db" if request.param == "sqlite" else str(POSTGRESQL_URL)
    upgrade(url)
    engine = open_engine(url, statement_timeout_ms=5000)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    yield Kept(SqlCallRecords(engine, feed, clock, draw), feed, clock, drawn)
    engine.dispose()


@pytest.fixture
def records(kept: Kept) -> ReplayableRecords:
    """Only the records."""
    return kept.records


def open_transfer(records: ReplayableRecords, transfer_id: str = "T1", call_id: str = "CA1") -> bool:
    return records.open_transfer(transfer_id, call_id, "pressed_zero", {"wanted": "my parcel"}, ["A caller."])


def race(workers: int, task: Callable[[int], object]) -> list[object]:
    """Run `task(0)` to `task(workers - 1)` at the same moment and return the results in order."""
    start = threading.Barrier(workers)

    def run(number: int) -> object:
        start.wait(10)
        return task(number)

    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(run, range(workers)))


# Calls


def test_a_call_is_opened_once(kept: Kept) -> None:
    assert kept.records.open_call("CA1", "+46701234567", "+46850000000", "en")
    kept.clock.advance(5)
    assert not kept.records.open_call("CA1", "+46709999999", None, "en")
    call = kept.records.call("CA1")
    assert call is not None
    assert (call.caller, call.called, call.language) == ("+46701234567", "+46850000000", "en")
    assert call.started_at == kept.clock.now() - timedelta(seconds=5)
    assert (call.ended_at, call.outcome) == (None, None)


def test_a_withheld_number_is_none(records: ReplayableRecords) -> None:
    records.open_call("CA1", None, None, "en")
    call = records.call("CA1")
    assert call is not None
    assert call.caller is None


def test_an_unknown_call_is_none(records: ReplayableRecords) -> None:
    assert records.call("CA404") is None


def test_the_first_outcome_stays(kept: Kept) -> None:
    kept.records.open_call("CA1", None, None, "en")
    kept.clock.advance(60)
    assert kept.records.close_call("CA1", "contained")
    ended_at = kept.clock.now()
    kept.clock.advance(60)
    assert not kept.records.close_call("CA1", "dropped")
    call = kept.records.call("CA1")
    assert call is not None
    assert (call.outcome, call.ended_at) == ("contained", ended_at)


def test_an_unknown_call_cannot_be_closed(records: ReplayableRecords) -> None:
    assert not records.close_call("CA404", "contained")


def test_one_of_many_closers_wins(records: ReplayableRecords) -> None:
    records.open_call("CA1", None, None, "en")
    won = race(16, lambda number: records.close_call("CA1", f"outcome_{number}"))
    assert won.count(True) == 1
    call = records.call("CA1")
    assert call is not None
    assert call.outcome == f"outcome_{won.index(True)}"


def test_one_of_many_openers_wins(records: ReplayableRecords) -> None:
    assert race(16, lambda _: records.open_call("CA1", None, None, "en")).count(True) == 1


# Events


def test_events_are_numbered_from_one_per_call(records: ReplayableRecords) -> None:
    assert records.append("CA1", Kind.CALL_STARTED, caller_known=True) == 1
    assert records.append("CA2", Kind.CALL_STARTED, caller_known=False) == 1
    assert records.append("CA1", Kind.CALL_ENDED, outcome="contained", reason="goodbye") == 2


def test_events_are_read_back_in_order_with_their_time_and_facts(kept: Kept) -> None:
    first_at = kept.clock.now()
    kept.records.append("CA1", Kind.PROMPT_STARTED, prompt_id="utter_greet", text="Hej å", language="en")
    kept.clock.advance(1.25)
    kept.records.append("CA1", Kind.PROMPT_ENDED, prompt_id="utter_greet", heard_s=1.25, is_complete=True)
    first, second = kept.records.events("CA1")
    assert (first.call_id, first.seq, first.at, first.kind) == ("CA1", 1, first_at, "prompt_started")
    assert first.facts == {"prompt_id": "utter_greet", "text": "Hej å", "language": "en"}
    assert second.at - first.at == timedelta(seconds=1.25)
    assert second.at.utcoffset() == timedelta(0)
    assert second.facts == {"prompt_id": "utter_greet", "heard_s": 1.25, "is_complete": True}


def test_events_after_a_seq(records: ReplayableRecords) -> None:
    for step in range(5):
        records.append("CA1", Kind.NO_INPUT, step="request", level=step)
    assert [event.seq for event in records.events("CA1", after_seq=3)] == [4, 5]
    assert records.events("CA404") == []


def test_an_event_of_an_unknown_call_is_kept_and_the_call_can_still_be_opened(
    records: ReplayableRecords,
) -> None:
    assert records.append("CA1", Kind.CALL_ENDED, outcome="dropped", reason="status came first") == 1
    assert records.open_call("CA1", None, None, "en")
    assert [event.kind for event in records.events("CA1")] == ["call_ended"]


def test_facts_come_back_as_json_holds_them(records: ReplayableRecords) -> None:
    records.append("CA1", Kind.TURN_ANSWERED, expects=("a", "b"), verdict=Kind.NO_MATCH, nothing=None)
    (event,) = records.events("CA1")
    assert event.facts == {"expects": ["a", "b"], "verdict": "no_match", "nothing": None}


@pytest.mark.parametrize("fact", [object(), {1, 2}, b"bytes", float("nan"), float("inf")])
def test_facts_that_json_cannot_hold_are_refused_and_leave_no_gap(
    records: ReplayableRecords, fact: object
) -> None:
    with pytest.raises(FactsNotStorable):
        records.append("CA1", Kind.LOOKED_UP, found=fact)
    assert records.append("CA1", Kind.LOOKED_UP, found=True) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=60))
def test_any_words_survive(records: ReplayableRecords, words: str) -> None:
    seq = records.append("CA1", Kind.UTTERANCE_HEARD, text=words)
    assert records.events("CA1", after_seq=seq - 1)[0].facts == {"text": words}


def test_racing_writers_leave_no_gap_and_lose_nothing(records: ReplayableRecords) -> None:
    def write(number: int) -> list[int]:
        return [records.append("CA1", Kind.BARGE_IN, writer=number, nth=nth) for nth in range(25)]

    returned = race(8, write)
    events = records.events("CA1")
    assert [event.seq for event in events] == list(range(1, 201))
    for number, seqs in enumerate(returned):
        mine = [event for event in events if event.facts["writer"] == number]
        assert [event.seq for event in mine] == seqs
        assert [event.facts["nth"] for event in mine] == list(range(25))


def test_appended_events_are_published(kept: Kept) -> None:
    with kept.feed.subscribe("CA1") as subscription:
        kept.records.append("CA2", Kind.CALL_STARTED, caller_known=True)
        kept.records.append("CA1", Kind.CALL_STARTED, caller_known=True)
        assert subscription.get(1) == kept.records.events("CA1")[0]
        assert subscription.get(0.001) is None


def test_an_event_taken_in_twice_is_stored_once_and_not_published(kept: Kept) -> None:
    happened_at = kept.clock.now()
    kept.clock.advance(60)
    kept.records.append("CA1", Kind.CALL_STARTED, caller_known=True)
    with kept.feed.subscribe("CA1") as subscription:
        assert kept.records.append_at("CA1", Kind.BARGE_IN, {"prompt_id": "x"}, happened_at, "e" * 32) == 2
        assert kept.records.append_at("CA1", Kind.BARGE_IN, {"prompt_id": "x"}, happened_at, "e" * 32) == 2
        assert subscription.get(0.001) is None
    assert [event.seq for event in kept.records.events("CA1")] == [1, 2]
    assert kept.records.events("CA1")[1].at == happened_at
    assert kept.records.append("CA1", Kind.CALL_ENDED, outcome="contained", reason="goodbye") == 3


# Transfers


def test_a_transfer_begins_requested(kept: Kept) -> None:
    assert open_transfer(kept.records)
    transfer = kept.records.transfer("T1")
    assert transfer is not None
    assert (transfer.call_id, transfer.state, transfer.reason) == ("CA1", "requested", "pressed_zero")
    assert (transfer.case, list(transfer.briefing)) == ({"wanted": "my parcel"}, ["A caller."])
    assert (transfer.agent, transfer.agent_call_id, transfer.case_number) == (None, None, None)
    assert (transfer.tried, transfer.state_since) == ((), kept.clock.now())
    assert kept.records.transfer("T404") is None


@pytest.mark.parametrize("state", ["requested", "dialing", "briefing"])
def test_a_call_has_one_live_transfer(records: ReplayableRecords, state: str) -> None:
    open_transfer(records, "T1")
    records.move_transfer("T1", "requested", state)
    assert not open_transfer(records, "T2")
    assert open_transfer(records, "T3", call_id="CA2")
    newest = records.transfer_of("CA1")
    assert newest is not None
    assert newest.transfer_id == "T1"


@pytest.mark.parametrize("state", ["bridged", "ended", "given_up", "abandoned"])
def test_a_call_may_ask_again_when_the_first_transfer_is_over(records: ReplayableRecords, state: str) -> None:
    open_transfer(records, "T1")
    records.move_transfer("T1", "requested", state)
    assert open_transfer(records, "T0")
    newest = records.transfer_of("CA1")
    assert newest is not None
    assert newest.transfer_id == "T0"
    # The first cannot come back to life beside the second.
    assert not records.move_transfer("T1", state, "requested")
    assert records.transfer_of("CA404") is None


def test_a_transfer_is_stored_once(records: ReplayableRecords) -> None:
    open_transfer(records, "T1")
    records.move_transfer("T1", "requested", "ended")
    assert not open_transfer(records, "T1")


def test_a_move_changes_what_it_names_and_nothing_else(kept: Kept) -> None:
    open_transfer(kept.records)
    kept.clock.advance(3)
    assert kept.records.move_transfer("T1", "requested", "dialing", agent="Anna", tried=("Anna",))
    assert kept.records.move_transfer("T1", "dialing", "briefing", agent_call_id="CA9")
    transfer = kept.records.transfer("T1")
    assert transfer is not None
    assert (transfer.state, transfer.agent, transfer.agent_call_id) == ("briefing", "Anna", "CA9")
    assert (transfer.tried, transfer.state_since) == (("Anna",), kept.clock.now())
    assert kept.records.move_transfer("T1", "briefing", "requested", agent=None, agent_call_id=None)
    transfer = kept.records.transfer("T1")
    assert transfer is not None
    assert (transfer.agent, transfer.agent_call_id, transfer.tried) == (None, None, ("Anna",))
    assert kept.records.move_transfer("T1", "requested", "given_up", case_number="730001")
    transfer = kept.records.transfer("T1")
    assert transfer is not None
    assert transfer.case_number == "730001"


def test_a_move_to_the_same_state_is_a_note_that_does_not_restart_its_time(kept: Kept) -> None:
    open_transfer(kept.records)
    requested_at = kept.clock.now()
    kept.clock.advance(3)
    assert kept.records.move_transfer("T1", "requested", "requested", agent_call_id="CA9")
    assert not kept.records.move_transfer("T1", "dialing", "dialing", agent_call_id="CA10")
    transfer = kept.records.transfer("T1")
    assert transfer is not None
    assert (transfer.agent_call_id, transfer.state_since) == ("CA9", requested_at)


def test_a_move_from_another_state_changes_nothing(records: ReplayableRecords) -> None:
    open_transfer(records)
    before = records.transfer("T1")
    assert not records.move_transfer("T1", "briefing", "bridged", agent="Bo")
    assert not records.move_transfer("T404", "requested", "dialing")
    assert records.transfer("T1") == before


def test_a_move_may_not_change_just_anything(records: ReplayableRecords) -> None:
    open_transfer(records)
    with pytest.raises(TypeError):
        records.move_transfer("T1", "requested", "dialing", call_id="CA2")


def test_exactly_one_of_two_agents_gets_the_caller(records: ReplayableRecords) -> None:
    """Fault table row 52: two accept at once."""
    for nth in range(50):
        open_transfer(records, f"T{nth}", f"CA{nth}")
        records.move_transfer(f"T{nth}", "requested", "briefing")
    agents = ("Anna", "Bo", "Cleo", "Dag")

    def accept_all(number: int) -> list[bool]:
        return [
            records.move_transfer(f"T{nth}", "briefing", "bridged", agent=agents[number]) for nth in range(50)
        ]

    answers = race(4, accept_all)
    for nth in range(50):
        won = [number for number in range(4) if answers[number][nth]]
        assert len(won) == 1
        transfer = records.transfer(f"T{nth}")
        assert transfer is not None
        assert transfer.agent == agents[won[0]]


def test_one_of_many_requests_for_a_person_wins(records: ReplayableRecords) -> None:
    assert race(12, lambda number: open_transfer(records, f"T{number}")).count(True) == 1
    assert len(records.live_transfers()) == 1


def test_live_transfers_and_busy_agents_follow_the_state(records: ReplayableRecords) -> None:
    states = ("requested", "dialing", "briefing", "bridged", "ended", "given_up", "abandoned")
    for state in states:
        open_transfer(records, f"T-{state}", f"CA-{state}")
        records.move_transfer(f"T-{state}", "requested", state, agent=f"agent of {state}")
    assert [transfer.state for transfer in records.live_transfers()] == ["requested", "dialing", "briefing"]
    joined = records.transfers_in(["abandoned", "bridged"])
    assert [transfer.state for transfer in joined] == ["bridged", "abandoned"]
    assert records.busy_agents() == {"agent of dialing", "agent of briefing", "agent of bridged"}


# Agents


def test_agents_are_available_from_the_start_and_in_their_order(kept: Kept) -> None:
    begun = kept.clock.now()
    kept.records.enlist_agents([("Bo", "+46850000002"), ("Anna", "+46850000001")])
    assert kept.records.agents() == [
        AgentRow("Bo", "+46850000002", "available", begun, missed=0),
        AgentRow("Anna", "+46850000001", "available", begun, missed=0),
    ]


def test_presence_counts_from_its_change(kept: Kept) -> None:
    begun = kept.clock.now()
    kept.records.enlist_agents([("Anna", "+46850000001")])
    kept.clock.advance(10)
    assert kept.records.set_presence("Anna", "available", missed=1)
    assert [(a.since, a.missed) for a in kept.records.agents()] == [(begun, 1)]
    assert kept.records.set_presence("Anna", "away")
    assert kept.records.agents() == [AgentRow("Anna", "+46850000001", "away", kept.clock.now(), missed=0)]
    assert not kept.records.set_presence("Nobody", "away")


def test_agents_named_again_keep_their_presence_and_others_go(kept: Kept) -> None:
    kept.records.enlist_agents([("Anna", "+46850000001"), ("Bo", "+46850000002")])
    kept.records.set_presence("Bo", "away")
    kept.records.enlist_agents([("Cari", "+46850000003"), ("Bo", "+46850000009")])
    agents = [(agent.name, agent.number, agent.presence) for agent in kept.records.agents()]
    assert agents == [("Cari", "+46850000003", "available"), ("Bo", "+46850000009", "away")]
    kept.records.enlist_agents([])
    assert kept.records.agents() == []


# Callbacks

TERMS = {"is_open": True, "tries": 0, "most_tries": 3, "from_hour": 8, "to_hour": 20}


def test_a_callback_is_booked_once_per_call(kept: Kept) -> None:
    first = kept.records.book_callback("CA1", "+46701234567", "no_input", ["A caller.", "Nobody was free."])
    booked_at = kept.clock.now()
    kept.clock.advance(1)
    assert kept.records.book_callback("CA1", "+46701234567", "no_input", ["again"]) == first
    second = kept.records.book_callback("CA2", None, "pressed_zero", [])
    assert first != second
    assert [dict(callback) for callback in kept.records.callbacks()] == [
        {
            "case_number": first,
            "call_id": "CA1",
            "number": "+46701234567",
            "reason": "no_input",
            "briefing": ["A caller.", "Nobody was free."],
            "booked_at": booked_at,
            **TERMS,
        },
        {
            "case_number": second,
            "call_id": "CA2",
            "number": None,
            "reason": "pressed_zero",
            "briefing": [],
            "booked_at": kept.clock.now(),
            **TERMS,
        },
    ]


def test_a_callback_is_tried_three_times_at_most(records: ReplayableRecords) -> None:
    case_number = records.book_callback("CA1", "+46701234567", "no_input", [])
    assert [records.note_callback_try(case_number) for _ in range(4)] == [1, 2, 3, None]
    assert [callback["tries"] for callback in records.callbacks()] == [3]
    assert records.note_callback_try("000000") is None


def test_racing_tries_are_counted_one_by_one(records: ReplayableRecords) -> None:
    case_number = records.book_callback("CA1", "+46701234567", "no_input", [])
    tries = race(8, lambda _: records.note_callback_try(case_number))
    assert sorted(number for number in tries if number) == [1, 2, 3]


def test_a_case_number_that_is_taken_is_drawn_again(kept: Kept) -> None:
    kept.drawn += ["123456", "123456", "123456", "654321"]
    assert kept.records.book_callback("CA1", None, "no_input", []) == "123456"
    assert kept.records.book_callback("CA2", None, "no_input", []) == "654321"


def test_racing_bookings_of_one_call_get_one_case_number(records: ReplayableRecords) -> None:
    numbers = race(12, lambda _: records.book_callback("CA1", None, "no_input", []))
    assert len(set(numbers)) == 1
    assert len(records.callbacks()) == 1


# Answers to webhooks


def test_the_first_answer_stays(records: ReplayableRecords) -> None:
    assert records.remembered_answer("POST /voice/turn abc") is None
    records.remember_answer("POST /voice/turn abc", "<Response/>")
    records.remember_answer("POST /voice/turn abc", "<Response><Hangup/></Response>")
    assert records.remembered_answer("POST /voice/turn abc") == "<Response/>"
    assert records.remembered_answer("POST /voice/turn abd") is None


def test_an_answer_is_forgotten_after_a_day(kept: Kept) -> None:
    kept.records.remember_answer("key", "old")
    kept.clock.advance(24 * 3600 - 1)
    assert kept.records.remembered_answer("key") == "old"
    kept.clock.advance(1)
    assert kept.records.remembered_answer("key") is None
    kept.records.remember_answer("key", "new")
    assert kept.records.remembered_answer("key") == "new"


def test_racing_handlers_read_one_answer_back(records: ReplayableRecords) -> None:
    def answer(number: int) -> str | None:
        records.remember_answer("key", f"answer {number}")
        return records.remembered_answer("key")

    assert len(set(race(12, answer))) == 1


def test_they_are_ready(records: ReplayableRecords) -> None:
    assert records.is_ready()


def test_a_transfer_that_ended_without_an_outcome_for_its_call_is_found(kept: Kept) -> None:
    for call_id, transfer_id in (("CA1", "t1"), ("CA2", "t2"), ("CA3", "t3")):
        kept.records.open_call(call_id, None, None, "en")
        kept.records.open_transfer(transfer_id, call_id, "asked_for_person", {}, [])
    for transfer_id in ("t1", "t2"):
        kept.records.move_transfer(transfer_id, "requested", "given_up")
    kept.records.close_call("CA2", "callback_booked")
    now = kept.clock.now()
    assert kept.records.unsettled_transfers(["given_up"], now) == [], "it has only just ended"
    kept.clock.advance(10)
    found = kept.records.unsettled_transfers(["given_up"], kept.clock.now() - timedelta(seconds=5))
    assert [row.transfer_id for row in found] == ["t1"]
