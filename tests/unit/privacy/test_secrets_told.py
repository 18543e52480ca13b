"""Cards and personal numbers that callers tell: found, dropped, answered once, in every language."""

import pytest

from ivr.conversation.actions import AskDialogue, Listen, Note, Say
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import CallBegan, KeysEntered, SecretTold, UtteranceHeard
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.conversation.keys import KeyEntry
from ivr.privacy.secrets_told import Secret, secret_in, secret_in_keys
from tests.fakes.plain_phrasebook import PlainPhrasebook

CARD = "4111111111111111"
SIX = Expectation(Expecting.DIGITS, "order_number", 6)


@pytest.mark.parametrize(
    ("language", "said", "secret"),
    [
        ("en", "it's 4111 1111 1111 1111", Secret.CARD),
        ("en", "four one one one one one one one one one one one one one one one", Secret.CARD),
        ("sv", "fyra ett ett ett ett ett ett ett ett ett ett ett ett ett ett ett", Secret.CARD),
        ("sv", "mitt personnummer är 19811218-9876", Secret.PERSONAL_NUMBER),
        ("fi", "henkilötunnukseni on 131052-308T", Secret.PERSONAL_NUMBER),
        ("sv", "ni når mig på 070 918 27 36", None),
        ("sv", "det är 090817-1239", Secret.PERSONAL_NUMBER),
        ("en", "my order is 471192", None),
        ("en", "the postcode is 11455", None),
    ],
)
def test_what_is_a_secret(language: str, said: str, secret: Secret | None) -> None:
    assert secret_in(said, language, is_card_fresh=False, is_phone_asked=False) is secret


@pytest.mark.parametrize(
    ("said", "is_fresh", "secret"),
    [
        ("and the code is 123", True, Secret.CARD),
        ("one two three", True, Secret.CARD),
        ("12 27 and 123", True, Secret.CARD),
        ("the code is 123", False, None),
        ("order 471192", True, None),
        ("oh, sorry", True, None),
    ],
)
def test_a_few_digits_right_after_a_card_belong_to_it(
    said: str, is_fresh: bool, secret: Secret | None
) -> None:
    assert secret_in(said, "en", is_card_fresh=is_fresh, is_phone_asked=False) is secret


def test_a_phone_number_that_was_asked_for_is_none() -> None:
    assert secret_in("811218 9876", "sv", is_card_fresh=False, is_phone_asked=True) is None
    assert secret_in(CARD, "sv", is_card_fresh=False, is_phone_asked=True) is Secret.CARD


def test_a_card_keyed_into_the_order_number_goes_nowhere_after_its_first_six() -> None:
    keys, found = KeyEntry(), []
    for place, key in enumerate(CARD):
        found.append(keys.press(key, place * 0.3, SIX))
    assert [entry for entry in found if entry] == [CARD[:6]]
    assert secret_in_keys(keys.run, is_card_fresh=False) is None
    assert keys.tick(15 * 0.3 + 3.9) is None
    assert keys.tick(15 * 0.3 + 4.0) == CARD[6:]
    assert secret_in_keys(keys.run, is_card_fresh=False) is Secret.CARD


def test_a_postcode_keyed_straight_after_the_order_number_waits_a_moment_and_is_no_card() -> None:
    keys = KeyEntry()
    five = Expectation(Expecting.DIGITS, "postcode", 5)
    for place, key in enumerate("471192"):
        keys.press(key, place * 0.3, SIX)
    for place, key in enumerate("11455"):
        assert keys.press(key, 2.0 + place * 0.3, five) is None
    assert keys.tick(2.0 + 4 * 0.3 + 1.5) == "11455"
    assert secret_in_keys(keys.run, is_card_fresh=False) is None


def test_after_a_pause_a_new_number_begins() -> None:
    keys = KeyEntry()
    for place, key in enumerate("471192"):
        keys.press(key, place * 0.3, SIX)
    assert [keys.press(key, 10 + place * 0.3, SIX) for place, key in enumerate("471192")][-1] == "471192"
    assert keys.run == "471192"


def in_talk() -> Conversation:
    conversation = Conversation("CA1", "en", PlainPhrasebook())
    conversation.handle(CallBegan())
    return conversation


def said(actions: list[object]) -> list[str]:
    return [action.prompt.id for action in actions if isinstance(action, Say)]


@pytest.mark.parametrize("event", [SecretTold("card"), SecretTold("card", is_keyed=True)])
def test_the_caller_is_told_once_and_the_call_goes_on(event: SecretTold) -> None:
    conversation = in_talk()
    first = conversation.handle(event)
    assert said(first) == ["say_card_not_kept"]
    assert isinstance(first[-1], Listen)
    assert first[-1].expects == OPEN_QUESTION
    assert first[0] == Note(
        "secret_withheld", {"what": "card", "is_keyed": event.is_keyed, "step": "request"}
    )
    assert not [action for action in first if isinstance(action, AskDialogue)]
    assert said(conversation.handle(event))[-1] == "say_how_to_reach_a_person"
    assert said(conversation.handle(SecretTold("personal_number"))) == ["say_personal_number_not_kept"]
    assert [type(action) for action in conversation.handle(UtteranceHeard("where is my order", 0.9))] == [
        AskDialogue
    ]


def test_the_guard_stays_up_until_something_else_is_said() -> None:
    conversation = in_talk()
    conversation.handle(SecretTold("card"))
    conversation.handle(UtteranceHeard("", 0.1, doubt="silence"))
    assert conversation.secrets.is_card_fresh
    conversation.handle(KeysEntered("471192"))
    assert not conversation.secrets.is_card_fresh
