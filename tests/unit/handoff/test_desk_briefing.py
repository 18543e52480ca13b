"""Each statement on the card has a number, and leads to the line of the conversation it stands on."""

from datetime import timedelta
from pathlib import Path

from ivr.dialogue.wording import Wording
from ivr.handoff.briefing import card
from ivr.handoff.case import Case, Deed
from ivr.handoff.desk_briefing import sourced
from ivr.handoff.desk_transcript import Transcript
from ivr.handoff.escalation import EscalationReason
from ivr.records.kinds import Kind
from ivr.records.store import CallEvent
from tests.fakes.steered_clock import START

WORDING = Wording.load(Path(__file__).parents[3] / "nlu_data", "Nordlys")
CASE = Case(
    "CA1", "en", EscalationReason.PRESSED_ZERO, wanted="<b>where is it</b>", intent="order_status",
    order_number="471192", deeds=(Deed("utter_ask_postcode", 2),), since={"order_number": 2, "wanted": 1},
    keyed=(2, 3),
)  # fmt: skip


def event(seq: int, kind: str, **facts: object) -> CallEvent:
    return CallEvent("CA1", seq, START + timedelta(seconds=10 * seq), kind, facts)


def test_a_statement_leads_to_its_line() -> None:
    transcript = Transcript(START)
    transcript.take(
        [
            event(1, Kind.UTTERANCE_HEARD, turn=1, text="<b>where is it</b>", asr_confidence=0.9),
            event(2, Kind.KEYS_ENTERED, turn=2, digits="471192"),
            event(3, Kind.PROMPT_STARTED, prompt_id="utter_ask_postcode", text="And the postcode?"),
        ]
    )
    lines = {line.text: line for line in sourced(card(CASE, WORDING), transcript)}
    order = lines["They gave order 471192."]
    assert (order.line, order.is_verified) == (2, False)
    assert order.source == "The caller keyed it in, at 0:20: “471192”"
    assert lines["The bot asked for the postcode."].line == 3
    assert lines["The bot asked for the postcode."].is_verified


def test_without_a_conversation_the_source_is_still_named() -> None:
    lines = sourced(card(CASE, WORDING), None)
    assert all(line.source and line.line is None for line in lines)
    numbers = [line.number for line in lines]
    assert sorted(set(numbers)) == list(range(1, max(numbers) + 1))
