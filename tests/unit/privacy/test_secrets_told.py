"""Cards and personal numbers that callers tell: found, dropped, answered once, in every language."""

import pytest

from ivr.conversation.actions import AskDialogue, Listen, Note, Say
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import CallBegan, DialogueReplied, KeysEntered, SecretTold, UtteranceHeard
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.conversation.keys import KeyEntry
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, Verdict
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


@pytest.mark.parametrize("gap_s", [0.1, 0.3, 0.8])
@pytest.mark.parametrize("expects", [SIX, Expectation(Expecting.DIGITS, "postcode", 5), OPEN_QUESTION])
def test_a_card_keyed_in_is_one_entry_whatever_was_asked(expects: Expectation, gap_s: float) -> None:
    keys = KeyEntry()
    for place, key in enumerate(CARD):
        assert keys.tick(place * gap_s) is None
        assert keys.press(key, place * gap_s, expects) is None
    assert keys.tick(15 * gap_s + 1.4) is None
    assert keys.tick(15 * gap_s + 1.5) == CARD
    assert secret_in_keys(keys.run, is_card_fresh=False) is Secret.CARD
    for place, key in enumerate("123"):  # its code, right after
        keys.press(key, 15 * gap_s + 2.5 + place * gap_s, expects)
    keys.tick(15 * gap_s + 20)
    assert secret_in_keys(keys.run, is_card_fresh=True) is Secret.CARD


def test_a_card_keyed_by_slow_hands_goes_nowhere_after_its_first_six() -> None:
    keys, found = KeyEntry(), []
    for place, key in enumerate(CARD):
        found += [keys.tick(place * 2.0), keys.press(key, place * 2.0, SIX)]
    assert [entry for entry in found if entry] == [CARD[:6]]
    assert keys.tick(15 * 2.0 + 4.0) == CARD[6:]
    assert secret_in_keys(keys.run, is_card_fresh=False) is Secret.CARD


@pytest.mark.parametrize(("gap_s", "wait_s"), [(0.1, 0.35), (0.25, 0.35), (0.5, 0.7), (2.0, 1.2)])
def test_a_number_that_may_begin_a_card_waits_no_longer_than_its_hands_are_slow(
    gap_s: float, wait_s: float
) -> None:
    keys = KeyEntry()
    for place, key in enumerate("471192"):
        assert keys.press(key, place * gap_s, SIX) is None
    over_s = 5 * gap_s
    assert keys.tick(over_s + wait_s - 0.01) is None
    assert keys.tick(over_s + wait_s + 0.01) == "471192"


def test_a_number_that_begins_no_card_is_taken_at_once() -> None:
    keys = KeyEntry()
    assert [keys.press(key, 1.0, SIX) for key in "971192"][-1] == "971192"


def test_a_postcode_keyed_straight_after_the_order_number_waits_a_moment_and_is_no_card() -> None:
    keys = KeyEntry()
    five = Expectation(Expecting.DIGITS, "postcode", 5)
    for place, key in enumerate("471192"):
        keys.press(key, place * 0.3, SIX)
    assert keys.tick(1.95) == "471192"
    for place, key in enumerate("11455"):
        assert keys.press(key, 2.0 + place * 0.3, five) is None
    assert keys.tick(2.0 + 4 * 0.3 + 1.5) == "11455"
    assert secret_in_keys(keys.run, is_card_fresh=False) is None


def test_after_a_pause_a_new_number_begins() -> None:
    keys = KeyEntry()
    for begins_s in (0.0, 10.0):
        for place, key in enumerate("471192"):
            keys.press(key, begins_s + place * 0.3, SIX)
        assert keys.tick(begins_s + 1.95) == "471192"
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


def test_the_question_on_the_floor_is_asked_again() -> None:
    conversation = in_talk()
    conversation.handle(KeysEntered("2"))
    asks = Prompt("utter_ask_order_number", "What is your order number?", "en")
    conversation.handle(DialogueReplied(1, DialogueReply(Verdict.ANSWERED, (asks,), SIX)))
    told = conversation.handle(SecretTold("card", is_keyed=True))
    assert said(told) == ["say_card_not_kept", "utter_ask_order_number"]
    assert told[-1] == Listen(SIX, conversation.pace.no_input_again_s)


def test_the_guard_stays_up_until_something_else_is_said() -> None:
    conversation = in_talk()
    conversation.handle(SecretTold("card"))
    conversation.handle(UtteranceHeard("", 0.1, doubt="silence"))
    assert conversation.secrets.is_card_fresh
    conversation.handle(KeysEntered("471192"))
    assert not conversation.secrets.is_card_fresh
