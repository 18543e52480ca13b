"""Two requests in one sentence are both served; what only sounds like two is left whole."""

import pytest

from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.prompt import Prompt
from ivr.dialogue.composite_dialogue import CompositeDialogue
from ivr.dialogue.dialogue import DialogueReply, Keyed, Spoken, Verdict
from ivr.dialogue.two_requests import places
from tests.fakes.plain_wording import PlainWording
from tests.fakes.scripted_dialogue import ScriptedDialogue

NUMBER = Expectation(Expecting.DIGITS, "order_number", 6)
DONE = Expectation(Expecting.YES_NO, "anything_else")
MEANT = {
    "where is my order": "order_status",
    "cancel my order": "cancel_order",
    "when are you open": "opening_hours",
}


def reply(*prompts: str, expects: Expectation = DONE, verdict: Verdict = Verdict.ANSWERED) -> DialogueReply:
    return DialogueReply(verdict, tuple(Prompt(name, name) for name in prompts), expects, "first", 0.9)


class Understanding(ScriptedDialogue):
    """Understands the sentences of MEANT, and no other."""

    def understand(self, text: str, language: str) -> tuple[str, float]:
        return MEANT.get(text, "nlu_fallback"), 0.9 if text in MEANT else 0.2


def dialogue(**answers: DialogueReply) -> tuple[CompositeDialogue, Understanding]:
    inner = Understanding({name.replace("_", " "): answer for name, answer in answers.items()})
    return CompositeDialogue(inner, PlainWording()), inner  # type: ignore[arg-type]


def names(reply: DialogueReply) -> list[str]:
    return [prompt.id for prompt in reply.prompts]


def test_the_quick_answer_comes_first_and_the_other_request_goes_on() -> None:
    both, _ = dialogue(
        when_are_you_open=reply("utter_opening_hours", "utter_ask_anything_else"),
        where_is_my_order=reply("utter_ask_order_number", expects=NUMBER),
    )
    said = both.reply("CA1", Spoken("where is my order and when are you open"), "en")
    assert names(said) == ["utter_opening_hours", "utter_also", "utter_ask_order_number"]
    assert said.expects == NUMBER


def test_the_second_request_waits_until_the_first_is_done() -> None:
    both, inner = dialogue(
        where_is_my_order=reply("utter_ask_order_number", expects=NUMBER),
        cancel_my_order=reply("utter_too_late_to_cancel", "utter_ask_anything_else"),
    )
    inner._lines = [reply("utter_order_shipped", "utter_ask_anything_else")]
    first = both.reply("CA1", Spoken("where is my order, and also cancel my order"), "en")
    assert names(first) == ["utter_ask_order_number"]
    then = both.reply("CA1", Keyed("471192"), "en")
    assert names(then) == [
        "utter_order_shipped",
        "utter_also",
        "utter_too_late_to_cancel",
        "utter_ask_anything_else",
    ]


def test_a_call_that_ends_takes_the_waiting_request_along() -> None:
    both, inner = dialogue(where_is_my_order=reply("utter_ask_order_number", expects=NUMBER))
    inner._lines = [reply(verdict=Verdict.HAND_OVER), reply("utter_order_shipped", "utter_ask_anything_else")]
    both.reply("CA1", Spoken("where is my order and cancel my order"), "en")
    both.reply("CA1", Spoken("agent"), "en")
    assert names(both.reply("CA1", Keyed("471192"), "en")) == [
        "utter_order_shipped",
        "utter_ask_anything_else",
    ]


@pytest.mark.parametrize(
    "said",
    [
        "where is my order and why is it late",
        "where is my order and where is my order",
        "I ordered salt and pepper shakers",
    ],
)
def test_one_request_with_an_and_in_it_stays_whole(said: str) -> None:
    both, inner = dialogue()
    both.reply("CA1", Spoken(said), "en")
    assert inner.heard == [("CA1", Spoken(said))]


def test_calls_do_not_mix_and_are_forgotten() -> None:
    both, inner = dialogue(where_is_my_order=reply("utter_ask_order_number", expects=NUMBER))
    inner._lines = [reply("utter_order_shipped", "utter_ask_anything_else")] * 2
    both.reply("CA1", Spoken("where is my order and cancel my order"), "en")
    assert names(both.reply("CA2", Keyed("1"), "en")) == ["utter_order_shipped", "utter_ask_anything_else"]
    both.forget("CA1")
    assert names(both.reply("CA1", Keyed("1"), "en")) == ["utter_order_shipped", "utter_ask_anything_else"]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Where is my order? And when are you open", ("Where is my order", "And when are you open")),
        ("cancel my order and also send me the invoice", ("cancel my order", "send me the invoice")),
        ("var är min order och när har ni öppet", ("var är min order", "när har ni öppet")),
    ],
)
def test_places_to_cut(text: str, cut: tuple[str, str]) -> None:
    assert cut in places(text, "sv" if "och" in text else "en")


@pytest.mark.parametrize("text", ["", "and", "yes and no", "four and seven", "this and"])
def test_short_words_are_not_cut(text: str) -> None:
    assert places(text, "en") == []


def test_a_beginning_taken_back_takes_what_waited_along_and_the_whole_is_cut_anew() -> None:
    both, inner = dialogue(
        where_is_my_order=reply("utter_ask_order_number", expects=NUMBER),
        cancel_my_order=reply("utter_too_late_to_cancel", "utter_ask_anything_else"),
    )
    both.reply("CA1", Spoken("where is my order and cancel my order"), "en")
    both.reply("CA1", Spoken("where is my order and when are you open", takes_back=True), "en")
    inner._lines = [reply("utter_order_shipped", "utter_ask_anything_else")]
    assert inner.heard[1] == ("CA1", Spoken("when are you open", takes_back=True))
    assert names(both.reply("CA1", Spoken("471192"), "en")) == [
        "utter_order_shipped",
        "utter_ask_anything_else",
    ]
