"""What the desk reads out of rows and events: words for every reason, and a conversation line by line."""

from datetime import timedelta

import pytest

from ivr.conversation.actions import Outcome
from ivr.handoff import desk_view, desk_words
from ivr.handoff.desk_transcript import Transcript
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.presence import Presence
from ivr.handoff.transfer import TransferState
from ivr.orders.order_book import OrderStatus
from ivr.records.kinds import Kind
from ivr.records.store import AgentRow, CallEvent, TransferRow
from tests.fakes.steered_clock import START


def event(seq: int, kind: str, **facts: object) -> CallEvent:
    return CallEvent("CA1", seq, START + timedelta(seconds=10 * seq), kind, facts)


def row(state: str, agent: str | None = "Anna", transfer_id: str = "t1", after_s: float = 0) -> TransferRow:
    since = START + timedelta(seconds=after_s)
    return TransferRow(
        transfer_id, "CA1", state, "frustrated", {"language": "en"}, (), agent, None, (), since, None
    )


def test_every_reason_status_and_outcome_has_its_words() -> None:
    assert desk_words.REASONS.keys() == set(EscalationReason)
    assert desk_words.NEXT_STEPS.keys() == set(EscalationReason)
    assert desk_words.ORDER_STATUSES.keys() == set(OrderStatus)
    assert desk_words.OUTCOMES.keys() == set(Outcome)
    assert desk_words.MOVED.keys() == set(TransferState)


def test_a_card_can_be_made_of_a_case_with_nothing_known() -> None:
    card = desk_view.card(row("briefing"))
    assert (card.who, card.number, card.is_verified, card.language) == (
        "Unknown caller",
        None,
        False,
        "English",
    )
    assert card.is_incoming


@pytest.mark.parametrize("state", [state for state in TransferState if state != TransferState.REQUESTED])
def test_a_card_can_be_made_in_every_state_that_has_an_agent(state: TransferState) -> None:
    assert desk_view.card(row(state)).headline


def test_the_call_in_hand_comes_before_one_that_has_ended() -> None:
    me = desk_view.agent_line(AgentRow("Anna", "+46850000001", "available", START, 0), None)
    rows = [row("bridged", transfer_id="in-hand"), row("abandoned", transfer_id="ended", after_s=5)]
    own = desk_view.own_transfer(rows, me)
    assert own is not None
    assert own.transfer_id == "in-hand"
    assert desk_view.own_transfer([row("bridged", agent="Bo")], me) is None


@pytest.mark.parametrize(
    ("presence", "missed", "doing"),
    [
        (Presence.AVAILABLE, 0, "Available"),
        (Presence.AWAY, 0, "Away"),
        (Presence.AWAY, 2, "Away, missed 2 calls"),
        (Presence.WRAP_UP, 0, "Finishing up"),
    ],
)
def test_what_an_agent_does(presence: str, missed: int, doing: str) -> None:
    agent = AgentRow("Anna", "+46850000001", presence, START, missed)
    assert desk_view.agent_line(agent, None).doing == doing


def test_a_conversation_line_by_line() -> None:
    transcript = Transcript(START)
    transcript.take(
        [
            event(1, Kind.CALL_STARTED, caller_known=True),
            event(2, Kind.PROMPT_STARTED, prompt_id="say", text="How can I help?", language="en"),
            event(3, Kind.UTTERANCE_HEARD, turn=1, text="my parcel", asr_confidence=0.9, doubt=None),
            event(4, Kind.UTTERANCE_HEARD, turn=2, text="one one", asr_confidence=0.4, doubt=None),
            event(5, Kind.UTTERANCE_HEARD, turn=3, text="", asr_confidence=0.1, doubt="no_speech"),
            event(6, Kind.KEYS_ENTERED, turn=4, digits="471192"),
            event(7, Kind.ESCALATED, reason="pressed_zero"),
            event(8, Kind.TRANSFER_MOVED, transfer_id="t1", state="dialing", agent="Anna"),
            event(9, Kind.TRANSCRIPT_VIEWED, agent="Anna"),
        ]
    )
    assert [(line.at, line.who, line.text, line.mark) for line in transcript.lines] == [
        ("0:20", "bot", "How can I help?", None),
        ("0:30", "caller", "my parcel", None),
        ("0:40", "caller", "one one", "unsure"),
        ("0:50", "note", "Something was said that could not be made out", None),
        ("1:00", "caller", "471192", "keypad"),
        ("1:10", "note", "To a person: pressed 0 for a person", None),
        ("1:20", "note", "Anna's phone rings", None),
    ]
    assert transcript.last_seq == 9


def test_a_sentence_that_was_cut_shows_what_the_caller_heard_of_it() -> None:
    transcript = Transcript(START)
    transcript.take([event(1, Kind.PROMPT_STARTED, prompt_id="say", text="How can I help?", language="en")])
    cut = event(2, Kind.PROMPT_ENDED, prompt_id="say", heard_s=1.0, is_complete=False, heard_text="How can")
    assert [(line.key, line.text, line.mark) for line in transcript.take([cut])] == [
        (1, "How can …", "interrupted")
    ]
    assert len(transcript.lines) == 1
