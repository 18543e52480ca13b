"""A caller may choose another language at any time, and the case stays what it was."""

import pytest

from ivr.conversation.actions import Action, AskDialogue, Listen, Note, Say
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import CallBegan, DialogueReplied, KeysEntered, PromptEnded, UtteranceHeard
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.language_choice import Languages
from ivr.conversation.language_settings import read_languages, read_number_languages
from ivr.conversation.language_words import asked_for, spoken_in
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.dialogue.wording import Wording

ALL = ("en", "sv", "nb", "fi")
TEXTS = {
    "say_disclosure": "I am a bot.",
    "say_press_for_language": "Press {key}.",
    "say_how_to_reach_a_person": "How can I help?",
    "utter_ask_postcode": "Postcode?",
    "utter_read_back_order_number": "Order {order_number}.",
}
POSTCODE = Expectation(Expecting.DIGITS, "postcode", 5)


@pytest.fixture
def call() -> Conversation:
    wording = Wording(dict.fromkeys(ALL, TEXTS), "Nordlys")
    return Conversation("CA1", "en", wording, languages=Languages(("en", "sv")))


def said(actions: list[Action]) -> list[tuple[str, str]]:
    return [(action.prompt.id, action.prompt.language) for action in actions if isinstance(action, Say)]


def changes(actions: list[Action]) -> list[dict[str, object]]:
    return [
        dict(action.facts)
        for action in actions
        if isinstance(action, Note) and action.kind == "language_changed"
    ]


def test_the_opening_offers_the_other_language_in_its_own_words(call: Conversation) -> None:
    assert said(call.handle(CallBegan())) == [
        ("say_disclosure", "en"),
        ("say_press_for_language", "sv"),
        ("say_how_to_reach_a_person", "en"),
    ]


def test_a_key_changes_the_language_and_the_disclosure_is_said_in_it(call: Conversation) -> None:
    call.handle(CallBegan())
    actions = call.handle(KeysEntered("2"))
    assert said(actions) == [("say_disclosure", "sv"), ("say_how_to_reach_a_person", "sv")]
    assert changes(actions) == [{"from": "en", "to": "sv", "by": "key"}]
    assert isinstance(actions[-1], Listen)
    assert next(action.prompt for action in actions if isinstance(action, Say)).is_interruptible is False


def test_digits_that_were_asked_for_choose_no_language(call: Conversation) -> None:
    call.handle(CallBegan())
    call.expects = POSTCODE
    assert changes(call.handle(KeysEntered("2"))) == []


def test_in_mid_call_the_question_on_the_floor_is_asked_again_with_its_facts(call: Conversation) -> None:
    call.handle(CallBegan())
    call.handle(UtteranceHeard("where is order 471192", 0.9))
    asked = tuple(
        call.phrasebook.prompt(name, "en", order_number="471192")
        for name in ("utter_read_back_order_number", "utter_ask_postcode")
    )
    call.handle(DialogueReplied(1, DialogueReply(Verdict.ANSWERED, asked, POSTCODE)))
    actions = call.handle(UtteranceHeard("kan vi ta det på svenska", 0.5))
    assert said(actions) == [
        ("say_disclosure", "sv"),
        ("utter_read_back_order_number", "sv"),
        ("utter_ask_postcode", "sv"),
    ]
    assert [action.prompt.text for action in actions if isinstance(action, Say)][1] == "Order 4 7 1, 1 9 2."
    assert call.expects == POSTCODE


def test_a_disclosure_heard_in_the_language_is_not_said_again(call: Conversation) -> None:
    call.handle(CallBegan())
    call.handle(PromptEnded("say_disclosure", 3.0, True))
    call.handle(UtteranceHeard("svenska tack", 0.9))
    actions = call.handle(UtteranceHeard("english please", 0.9))
    assert said(actions) == [("say_how_to_reach_a_person", "en")]


def test_a_first_utterance_in_another_language_is_answered_in_it(call: Conversation) -> None:
    call.handle(CallBegan())
    actions = call.handle(UtteranceHeard("hej jag undrar var mitt paket är", 0.8))
    assert said(actions) == [("say_disclosure", "sv")]
    assert isinstance(actions[-1], AskDialogue)
    assert changes(actions)[0]["by"] == "words"


def test_a_sure_sound_changes_the_language_but_its_words_are_not_trusted(call: Conversation) -> None:
    call.handle(CallBegan())
    actions = call.handle(UtteranceHeard("var min best ling", 0.3, "low_confidence", sounds_like="sv"))
    assert said(actions) == [("say_disclosure", "sv"), ("say_how_to_reach_a_person", "sv")]
    assert changes(actions)[0]["by"] == "sound"


def test_later_only_asking_changes_the_language(call: Conversation) -> None:
    call.handle(CallBegan())
    call.handle(UtteranceHeard("where is my order", 0.9))
    assert changes(call.handle(UtteranceHeard("jag vill inte", 0.9, sounds_like="sv"))) == []


def test_another_language_without_its_name_is_the_only_other_one(call: Conversation) -> None:
    call.handle(CallBegan())
    call.handle(UtteranceHeard("can you speak something else", 0.9))
    actions = call.handle(DialogueReplied(1, DialogueReply(Verdict.CHANGE_LANGUAGE)))
    assert changes(actions) == [{"from": "en", "to": "sv", "by": "request"}]


@pytest.mark.parametrize(
    ("words", "current", "wanted"),
    [
        ("English please.", "sv", "en"),
        ("kan vi ta det på svenska", "en", "sv"),
        ("Do you speak Finnish?", "en", "fi"),
        ("jag pratar inte svenska kan vi prata engelska", "sv", "en"),
        ("voidaanko puhua suomea", "en", "fi"),
        ("norsk takk", "sv", "nb"),
        ("sorry my english is bad can we speak swedish", "en", "sv"),
        ("I ordered a Swedish lamp last week", "en", None),
        ("the manual came in Finnish only and I cannot use it", "en", None),
        ("where is my order", "en", None),
        ("English", "en", None),
        ("", "en", None),
    ],
)
def test_a_wish_for_a_language(words: str, current: str, wanted: str | None) -> None:
    assert asked_for(words, ALL, current) == wanted


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("hej jag undrar var mitt paket är", "sv"),
        ("hei jeg lurer på hvor pakken min er", "nb"),
        ("hei missä minun tilaukseni on", "fi"),
        ("hello where is my order please", "en"),
        ("PostNord Göteborg", None),
        ("hej", None),
        ("471192", None),
    ],
)
def test_the_language_of_a_sentence(words: str, language: str | None) -> None:
    assert spoken_in(words, ALL) == language


def test_languages_in_the_settings() -> None:
    assert read_languages("en, sv") == ("en", "sv")
    assert read_number_languages("+46850000000:sv,+358912345678:fi") == {
        "+46850000000": "sv",
        "+358912345678": "fi",
    }
    for wrong in ("de", "en,en"):
        with pytest.raises(ValueError, match=r"none of|twice"):
            read_languages(wrong)
    for wrong in ("46850000000:sv", "+46850000000:de", "+46850000000:sv,+46850000000:en"):
        with pytest.raises(ValueError, match=r"form|twice"):
            read_number_languages(wrong)
