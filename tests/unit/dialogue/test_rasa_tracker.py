"""Rasa's memory of a turn becomes a reply, or is refused; nothing half-understood gets through."""

from typing import Any

import pytest

from ivr.conversation.expectation import Expectation, Expecting
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.dialogue.rasa_tracker import TrackerUnreadable, read_turn, turn_reply
from ivr.dialogue.wording import Wording
from ivr.handoff.escalation import EscalationReason

WORDING = Wording(
    {
        "en": {
            "utter_opening_hours": "Nine to six.",
            "utter_read_back_order_number": "Order {order_number}.",
            "utter_ask_postcode": "And the postcode?",
            "utter_goodbye": "Goodbye!",
        }
    },
    company="Nordlys",
)


def user(text: str, intent: str = "opening_hours", confidence: float = 0.9) -> dict[str, Any]:
    return {
        "event": "user",
        "text": text,
        "parse_data": {"intent": {"name": intent, "confidence": confidence}},
    }


def bot(response: str, **values: str) -> dict[str, Any]:
    return {"event": "bot", "metadata": {"utter_action": response, **values}, "data": {}}


def order(**command: str) -> dict[str, Any]:
    return {"event": "bot", "metadata": {}, "data": {"custom": command}}


LISTEN = {"event": "action", "name": "action_listen"}


def reply_to(
    *events: dict[str, Any], slots: dict[str, Any] | None = None, loop: str | None = None
) -> DialogueReply:
    tracker = {"events": list(events), "slots": slots or {}, "active_loop": {"name": loop} if loop else {}}
    return turn_reply(read_turn(tracker, "hi"), WORDING, "en")


def test_what_was_said_becomes_prompts_in_our_own_words() -> None:
    reply = reply_to(user("hi"), bot("utter_opening_hours"), LISTEN)
    assert [(prompt.id, prompt.text) for prompt in reply.prompts] == [("utter_opening_hours", "Nine to six.")]
    assert (reply.verdict, reply.intent, reply.intent_confidence) == (Verdict.ANSWERED, "opening_hours", 0.9)


def test_only_the_last_turn_counts() -> None:
    reply = reply_to(
        user("old"), bot("utter_goodbye"), LISTEN, user("hi"), bot("utter_opening_hours"), LISTEN
    )
    assert [prompt.id for prompt in reply.prompts] == ["utter_opening_hours"]


def test_an_open_form_expects_digits() -> None:
    reply = reply_to(
        user("hi"),
        bot("utter_read_back_order_number", order_number="471192"),
        bot("utter_ask_postcode"),
        LISTEN,
        slots={"requested_slot": "postcode", "known_order_number": "471192"},
        loop="matter_form",
    )
    assert reply.expects == Expectation(Expecting.DIGITS, "postcode", 5)
    assert reply.prompts[0].text == "Order 4 7 1, 1 9 2."
    assert reply.prompts[0].is_personal
    assert reply.facts == {"order_number": "471192"}


def test_anything_else_expects_yes_or_no() -> None:
    reply = reply_to(user("hi"), bot("utter_opening_hours"), LISTEN, slots={"step": "anything_else"})
    assert reply.expects == Expectation(Expecting.YES_NO, "anything_else")


def test_not_understood_comes_without_the_question_asked_again() -> None:
    reply = reply_to(
        user("hi", "nlu_fallback"),
        order(command="no_match"),
        bot("utter_ask_postcode"),
        LISTEN,
        slots={"requested_slot": "postcode"},
        loop="matter_form",
    )
    assert (reply.verdict, reply.prompts, reply.expects.step) == (Verdict.NO_MATCH, (), "postcode")


@pytest.mark.parametrize("reason", list(EscalationReason))
def test_a_person_is_fetched_for_every_reason_there_is(reason: EscalationReason) -> None:
    reply = reply_to(user("hi"), order(command="hand_over", reason=reason.value), LISTEN)
    assert (reply.verdict, reply.escalation) == (Verdict.HAND_OVER, reason)


def test_goodbye_is_said_before_hanging_up() -> None:
    reply = reply_to(user("hi"), bot("utter_goodbye"), order(command="hang_up"), LISTEN)
    assert (reply.verdict, [prompt.id for prompt in reply.prompts]) == (Verdict.HANG_UP, ["utter_goodbye"])


@pytest.mark.parametrize(
    "events",
    [
        (),
        (LISTEN,),
        (user("something else"), bot("utter_goodbye"), LISTEN),
        (user("hi"),),
        (user("hi"), bot("utter_goodbye")),
        (user("hi"), LISTEN),
        (user("hi"), bot("utter_unheard_of"), LISTEN),
        (user("hi"), bot("utter_read_back_order_number"), LISTEN),
        (user("hi"), order(command="refund"), LISTEN),
        (user("hi"), order(command="hand_over", reason="boredom"), LISTEN),
        (user("hi"), order(command="hand_over"), LISTEN),
    ],
    ids=lambda events: "+".join(event["event"] for event in events) or "nothing",
)
def test_a_turn_that_is_not_whole_is_refused(events: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(TrackerUnreadable):
        reply_to(*events)


@pytest.mark.parametrize(
    "tracker", [None, [], "x", {}, {"events": None}, {"events": ["x"]}, {"events": [LISTEN]}]
)
def test_other_json_is_refused(tracker: object) -> None:
    with pytest.raises(TrackerUnreadable):
        read_turn(tracker, "hi")
