"""A failing dialogue engine never strands a caller."""

import pytest

from ivr.dialogue.dialogue import DialogueReply, DialogueUnavailable, Keyed, Spoken, Verdict
from ivr.dialogue.keyword_dialogue import KeywordDialogue
from ivr.dialogue.resilient_dialogue import FAILURES_TO_OPEN, REST_S, ResilientDialogue
from ivr.dialogue.wording import Wording
from ivr.handoff.escalation import EscalationReason
from tests.fakes.scripted_dialogue import ScriptedDialogue
from tests.fakes.steered_clock import SteeredClock

WORDING = Wording({"en": {"utter_goodbye": "Goodbye!"}}, "Nordlys")
ANSWER = DialogueReply(Verdict.ANSWERED, intent="opening_hours")
SLOW = DialogueUnavailable("slow", is_retrying_useful=False)
DROPPED = DialogueUnavailable("connection dropped", is_retrying_useful=True)


def resilient(primary: ScriptedDialogue, clock: SteeredClock | None = None) -> ResilientDialogue:
    return ResilientDialogue(primary, KeywordDialogue(WORDING), clock or SteeredClock())


def test_a_working_engine_answers() -> None:
    assert resilient(ScriptedDialogue(lines=[ANSWER])).reply("CA1", Spoken("hi"), "en") == ANSWER


def test_a_dropped_connection_is_tried_once_more() -> None:
    primary = ScriptedDialogue(lines=[DROPPED, ANSWER])
    assert resilient(primary).reply("CA1", Spoken("hi"), "en") == ANSWER


def test_a_slow_engine_is_not_asked_twice() -> None:
    primary = ScriptedDialogue(lines=[SLOW, ANSWER])
    reply = resilient(primary).reply("CA1", Spoken("where is my order"), "en")
    assert reply.escalation is EscalationReason.DIALOGUE_UNAVAILABLE
    assert len(primary.heard) == 1


def test_after_three_failures_the_engine_rests_and_is_then_tried_by_one() -> None:
    clock = SteeredClock()
    primary = ScriptedDialogue()
    primary.is_up = False
    dialogue = resilient(primary, clock)
    for _ in range(FAILURES_TO_OPEN + 4):
        dialogue.reply("CA1", Spoken("hi"), "en")
    assert len(primary.heard) == FAILURES_TO_OPEN
    clock.advance(REST_S)
    dialogue.reply("CA1", Spoken("hi"), "en")
    dialogue.reply("CA1", Spoken("hi"), "en")
    assert len(primary.heard) == FAILURES_TO_OPEN + 1
    clock.advance(REST_S)
    primary.is_up = True
    assert dialogue.reply("CA1", Spoken("hi"), "en").verdict is Verdict.NO_MATCH
    assert dialogue.reply("CA1", Spoken("hi"), "en").verdict is Verdict.NO_MATCH
    assert len(primary.heard) == FAILURES_TO_OPEN + 3


def test_readiness_is_that_of_the_engine() -> None:
    primary = ScriptedDialogue()
    assert resilient(primary).is_ready()
    primary.is_up = False
    assert not resilient(primary).is_ready()


@pytest.mark.parametrize(
    "said", ["Agent!", "a person please", "I want a HUMAN", "help", "Can I talk to someone?"]
)
def test_keywords_fetch_a_person(said: str) -> None:
    reply = KeywordDialogue(WORDING).reply("CA1", Spoken(said), "en")
    assert (reply.verdict, reply.escalation) == (Verdict.HAND_OVER, EscalationReason.ASKED_FOR_PERSON)


@pytest.mark.parametrize("said", ["Goodbye.", "ok bye"])
def test_keywords_end_the_call(said: str) -> None:
    reply = KeywordDialogue(WORDING).reply("CA1", Spoken(said), "en")
    assert (reply.verdict, reply.prompts[0].text) == (Verdict.HANG_UP, "Goodbye!")


@pytest.mark.parametrize(
    ("said", "intent"),
    [("Yes.", "affirm"), ("no thanks", "deny"), ("where is my order, is there no news", None), ("", None)],
)
def test_all_else_fetches_a_person_because_the_engine_is_gone(said: str, intent: str | None) -> None:
    reply = KeywordDialogue(WORDING).reply("CA1", Spoken(said), "en")
    assert (reply.escalation, reply.intent) == (EscalationReason.DIALOGUE_UNAVAILABLE, intent)


def test_keyed_digits_fetch_a_person_too() -> None:
    reply = KeywordDialogue(WORDING).reply("CA1", Keyed("471192"), "en")
    assert reply.escalation is EscalationReason.DIALOGUE_UNAVAILABLE


def test_what_is_taken_back_is_taken_back_once_however_often_the_engine_is_asked() -> None:
    primary = ScriptedDialogue(lines=[DROPPED, ANSWER])
    resilient(primary).reply("CA1", Spoken("to my sister", takes_back=True), "en")
    assert [heard for _, heard in primary.heard] == [
        Spoken("to my sister", takes_back=True),
        Spoken("to my sister"),
    ]
