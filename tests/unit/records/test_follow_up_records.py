"""Messages, texts and tries to call back, in a real database."""

from pathlib import Path

import pytest

from ivr.handoff.follow_up_records import MessageState, TextState
from ivr.records.database import open_engine, upgrade
from ivr.records.feed import Feed
from ivr.records.sql_desk_records import SqlDeskRecords
from ivr.records.sql_follow_up_records import SqlFollowUpRecords
from ivr.records.sql_records import SqlCallRecords
from tests.fakes.steered_clock import SteeredClock


class Kept:
    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder}/ivr.db"
        upgrade(url)
        self.clock = SteeredClock()
        engine = open_engine(url)
        self.calls = SqlCallRecords(engine, Feed(), self.clock)
        self.desk = SqlDeskRecords(engine, self.clock)
        self.follow_ups = SqlFollowUpRecords(engine, self.clock)

    def case(self, call_id: str = "CA1") -> str:
        return self.calls.book_callback(call_id, "+46701234567", "asked_for_person", ["A caller."])


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_a_call_has_one_message(kept: Kept) -> None:
    case_number = kept.case()
    assert kept.follow_ups.open_message(case_number, "CA1", "en")
    assert not kept.follow_ups.open_message(case_number, "CA1", "en")


def test_a_message_moves_once(kept: Kept) -> None:
    case_number = kept.case()
    kept.follow_ups.open_message(case_number, "CA1", "en")
    moves = [
        kept.follow_ups.move_message(
            case_number, MessageState.RECORDING, MessageState.RECORDED, recording_sid="RE1"
        )
        for _ in range(2)
    ]
    assert moves == [True, False]
    kept.follow_ups.move_message(
        case_number, MessageState.RECORDED, MessageState.WRITTEN, text="Call me.", is_tried=True
    )
    message = kept.follow_ups.message_of("CA1")
    assert message is not None
    assert (message.state, message.recording_sid, message.text, message.tries, message.number) == (
        MessageState.WRITTEN, "RE1", "Call me.", 1, "+46701234567",
    )  # fmt: skip


def test_the_worklist_holds_the_messages_of_open_cases(kept: Kept) -> None:
    first, second = kept.case("CA1"), kept.case("CA2")
    kept.follow_ups.open_message(second, "CA2", "en")
    kept.clock.advance(1)
    kept.follow_ups.open_message(first, "CA1", "en")
    assert [message.case_number for message in kept.follow_ups.messages()] == [second, first]
    kept.desk.close_callback(second)
    assert [message.case_number for message in kept.follow_ups.messages()] == [first]


def test_a_text_is_owed_once_and_moves_once(kept: Kept) -> None:
    assert kept.follow_ups.owe_text("recap:CA1", "CA1", "+46701234567", "Thanks")
    assert not kept.follow_ups.owe_text("recap:CA1", "CA1", "+46701234567", "Thanks again")
    assert kept.follow_ups.move_text("recap:CA1", TextState.OWED, TextState.SENDING)
    assert not kept.follow_ups.move_text("recap:CA1", TextState.OWED, TextState.SENDING)
    assert kept.follow_ups.move_text("recap:CA1", TextState.SENDING, TextState.SENT, sid="SM1")
    assert [(text.body, text.sid) for text in kept.follow_ups.texts_in(TextState.SENT)] == [("Thanks", "SM1")]


def test_agent_and_case_have_one_open_try(kept: Kept) -> None:
    assert kept.follow_ups.open_try("t1", "700001", "CA1", "Anna", "agent_rings")
    assert not kept.follow_ups.open_try("t2", "700001", "CA1", "Bo", "agent_rings"), "the same case"
    assert not kept.follow_ups.open_try("t3", "700002", "CA2", "Anna", "agent_rings"), "the same agent"
    assert kept.follow_ups.move_try("t1", "agent_rings", "caller_busy", caller_call_id="CA9")
    assert not kept.follow_ups.move_try("t1", "agent_rings", "talked")
    assert kept.follow_ups.open_try("t2", "700001", "CA1", "Bo", "agent_rings")
    assert not kept.follow_ups.move_try("t1", "caller_busy", "joined"), "another try of the case is open"
    assert [(one.try_id, one.state) for one in kept.follow_ups.tries_of("700001")] == [
        ("t1", "caller_busy"),
        ("t2", "agent_rings"),
    ]
    assert [one.try_id for one in kept.follow_ups.tries_in(["agent_rings"])] == ["t2"]
