"""The core: what a call's events lead to."""

import pytest

from ivr.conversation.actions import AskDialogue, HandOver, HangUp, Listen, Note, Outcome, Say
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import (
    CallBegan,
    CallerHungUp,
    CallResumed,
    DialogueFailed,
    DialogueReplied,
    HearingFailed,
    KeysEntered,
    NothingSaid,
    PromptEnded,
    TimeRanOut,
    UtteranceHeard,
    WaitGrewLong,
)
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, Keyed, Spoken, Verdict
from ivr.handoff.escalation import EscalationReason
from tests.fakes.plain_phrasebook import PlainPhrasebook

ORDER_NUMBER = Expectation(Expecting.DIGITS, "order_number", 6)
ANYTHING_ELSE = Expectation(Expecting.YES_NO, "anything_else")


def begun(**options) -> Conversation:
    conversation = Conversation("CA1", "en", PlainPhrasebook(), **options)
    conversation.handle(CallBegan())
    return conversation


def said(actions) -> list[str]:
    return [action.prompt.id for action in actions if isinstance(action, Say)]


def hand_over(actions) -> HandOver:
    (found,) = [action for action in actions if isinstance(action, HandOver)]
    return found


def hears(conversation: Conversation, words: str, reply: DialogueReply):
    conversation.handle(UtteranceHeard(words, 0.9))
    return conversation.handle(DialogueReplied(conversation.turn, reply))


def answer(*ids: str, expects: Expectation = ORDER_NUMBER, **facts: str) -> DialogueReply:
    prompts = tuple(Prompt(name, name) for name in ids)
    return DialogueReply(Verdict.ANSWERED, prompts, expects, "order_status", 0.9, facts=facts)


NO_MATCH = DialogueReply(Verdict.NO_MATCH)


def test_a_call_begins_with_a_disclosure_that_cannot_be_interrupted():
    actions = Conversation("CA1", "en", PlainPhrasebook()).handle(CallBegan())

    disclosure, how_to_reach_a_person, listen = actions
    assert disclosure.prompt.id == "say_disclosure"
    assert not disclosure.prompt.is_interruptible
    assert how_to_reach_a_person.prompt.id == "say_how_to_reach_a_person"
    assert how_to_reach_a_person.prompt.is_interruptible
    assert listen == Listen(Expectation(), 5.0)


@pytest.mark.parametrize("is_complete", [True, False])
def test_that_the_disclosure_was_played_is_recorded_with_version_and_language(is_complete):
    assert begun().handle(PromptEnded("say_disclosure", 3.1, is_complete)) == [
        Note("disclosure_played", {"text_version": "plain-en", "language": "en", "is_complete": is_complete})
    ]


def test_words_go_to_the_dialogue_and_its_answer_is_said():
    conversation = begun()
    assert conversation.handle(UtteranceHeard("where is my order", 0.9)) == [
        AskDialogue(1, Spoken("where is my order"))
    ]
    actions = conversation.handle(DialogueReplied(1, answer("ask_number")))
    assert actions == [Say(Prompt("ask_number", "ask_number")), Listen(ORDER_NUMBER, 5.0)]
    assert conversation.expects == ORDER_NUMBER


def test_a_late_answer_to_an_older_turn_is_ignored():
    conversation = begun()
    conversation.handle(UtteranceHeard("one", 0.9))
    conversation.handle(UtteranceHeard("two", 0.9))
    assert conversation.handle(DialogueReplied(1, answer("late"))) == []
    assert said(conversation.handle(DialogueReplied(2, answer("fresh")))) == ["fresh"]


@pytest.mark.parametrize("doubt", ["repetition", "low_log_probability"])
def test_doubtful_words_are_never_acted_on(doubt):
    actions = begun().handle(UtteranceHeard("cancel everything", 0.1, doubt))
    assert not any(isinstance(action, AskDialogue) for action in actions)
    assert said(actions) == ["reprompt_request_1"]


@pytest.mark.parametrize("doubt", ["silence", "no_speech"])
def test_a_noise_is_not_a_failure(doubt):
    conversation = begun()
    for _ in range(5):
        assert conversation.handle(UtteranceHeard("Thank you.", 0.1, doubt)) == []


def test_not_understood_twice_in_a_row_on_one_step_fetches_a_person():
    conversation = begun()
    assert said(hears(conversation, "mumble", NO_MATCH)) == ["reprompt_request_1"]
    actions = hears(conversation, "mumble", NO_MATCH)
    assert said(actions) == ["say_sorry_not_understood", "say_connecting"]
    assert hand_over(actions).case.reason is EscalationReason.NOT_UNDERSTOOD


def test_an_understood_turn_between_failures_starts_the_row_anew_with_other_words():
    conversation = begun()
    hears(conversation, "mumble", NO_MATCH)
    hears(conversation, "hello", answer("welcome", expects=Expectation()))
    assert said(hears(conversation, "mumble", NO_MATCH)) == ["reprompt_request_2"]


def test_three_failures_in_a_call_fetch_a_person_on_whatever_steps():
    conversation = begun()
    conversation.handle(NothingSaid())
    hears(conversation, "order", answer("ask_number"))
    hears(conversation, "mumble", NO_MATCH)
    hears(
        conversation, "471192", answer("ask_postcode", expects=Expectation(Expecting.DIGITS, "postcode", 5))
    )
    assert hand_over(hears(conversation, "mumble", NO_MATCH)).case.reason is EscalationReason.NOT_UNDERSTOOD


def test_silence_is_asked_about_once_then_a_person_comes():
    conversation = begun()
    first = conversation.handle(NothingSaid())
    assert said(first) == ["no_input_request_1"]
    assert first[-1] == Listen(Expectation(), 7.0)
    assert hand_over(conversation.handle(NothingSaid())).case.reason is EscalationReason.NO_INPUT


def test_silence_after_the_answer_was_given_ends_the_call_instead_of_fetching_a_person():
    conversation = begun()
    hears(conversation, "471192", answer("read_status", expects=ANYTHING_ELSE, order_status="shipped"))
    conversation.handle(NothingSaid())
    actions = conversation.handle(NothingSaid())
    assert said(actions) == ["say_goodbye_after_silence"]
    assert actions[-1] == HangUp(Outcome.SOLVED_BY_BOT)


def test_a_step_without_wording_of_its_own_is_reprompted_in_general_words():
    conversation = Conversation("CA1", "en", PlainPhrasebook(frozenset({"reprompt_request_1"})))
    conversation.handle(CallBegan())
    assert said(hears(conversation, "mumble", NO_MATCH)) == ["reprompt_general_1"]


def test_zero_fetches_a_person_at_once_and_other_digits_go_to_the_dialogue():
    conversation = begun()
    assert conversation.handle(KeysEntered("471192")) == [AskDialogue(1, Keyed("471192"))]
    actions = conversation.handle(KeysEntered("0"))
    assert said(actions) == ["say_connecting"]
    assert hand_over(actions).case.reason is EscalationReason.PRESSED_ZERO


def test_the_case_carries_what_was_learnt():
    conversation = begun(caller_number="+46701234567")
    hears(conversation, "where is my parcel", answer("ask_number"))
    facts = {
        "order_number": "471192",
        "order_status": "shipped",
        "is_verified": "true",
        "customer_name": "Eva Berg",
    }
    hears(conversation, "471192", answer("read_status", expects=ANYTHING_ELSE, **facts))
    wish = DialogueReply(
        Verdict.HAND_OVER, (), escalation=EscalationReason.ASKED_FOR_PERSON, intent="speak_to_person"
    )
    case = hand_over(hears(conversation, "I want a person", wish)).case
    assert case.caller_number == "+46701234567"
    assert case.wanted == "where is my parcel"
    assert case.intent == "order_status"
    assert (case.order_number, case.order_status, case.is_verified) == ("471192", "shipped", True)
    assert case.caller_name == "Eva Berg"
    assert case.tried == ("ask_number", "read_status")
    assert case.reason_words == "I want a person"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (HearingFailed(), EscalationReason.SPEECH_UNAVAILABLE),
        (TimeRanOut(), EscalationReason.CALL_TOO_LONG),
    ],
)
def test_what_the_bot_cannot_mend_goes_to_a_person(event, reason):
    assert hand_over(begun().handle(event)).case.reason is reason


def test_a_dialogue_that_is_gone_never_strands_the_caller():
    conversation = begun()
    conversation.handle(UtteranceHeard("where is my order", 0.9))
    actions = conversation.handle(DialogueFailed(1))
    assert said(actions) == ["say_technical_trouble", "say_connecting"]
    assert hand_over(actions).case.reason is EscalationReason.DIALOGUE_UNAVAILABLE


def test_repeat_says_the_last_answer_again():
    conversation = begun()
    hears(conversation, "order", answer("one", "two"))
    assert said(hears(conversation, "again please", DialogueReply(Verdict.REPEAT))) == ["one", "two"]
    assert conversation.expects == ORDER_NUMBER


def test_who_asks_for_it_slower_hears_the_answer_again_and_all_others_slowly():
    conversation = begun()
    hears(conversation, "where", answer("one"))
    slower = DialogueReply(Verdict.REPEAT, facts={"speech_rate": "slow"})
    again = hears(conversation, "slower please", slower)
    later = hears(conversation, "yes", answer("two"))
    heard = [action.prompt for action in again + later if isinstance(action, Say)]
    assert [(prompt.id, prompt.is_slow) for prompt in heard] == [("one", True), ("two", True)]


def test_goodbye_says_its_words_and_hangs_up_once():
    conversation = begun()
    actions = hears(conversation, "bye", DialogueReply(Verdict.HANG_UP, (Prompt("bye", "bye"),)))
    assert said(actions) == ["bye"]
    assert actions[-1] == HangUp(Outcome.SOLVED_BY_BOT)
    assert conversation.handle(UtteranceHeard("hello?", 0.9)) == []
    assert conversation.handle(CallerHungUp()) == []


def test_nothing_moves_after_a_person_was_asked_for():
    conversation = begun()
    conversation.handle(KeysEntered("0"))
    for event in (NothingSaid(), KeysEntered("0"), UtteranceHeard("hi", 0.9), TimeRanOut(), WaitGrewLong()):
        assert conversation.handle(event) == []


def test_a_caller_who_hangs_up_ends_the_call_once():
    conversation = begun()
    assert conversation.handle(CallerHungUp()) == [HangUp(Outcome.CALLER_HUNG_UP)]
    assert conversation.handle(CallerHungUp()) == []
    assert conversation.handle(NothingSaid()) == []


def test_a_long_wait_is_bridged_by_a_word():
    assert said(begun().handle(WaitGrewLong())) == ["say_still_working"]


def test_a_call_that_moved_to_webhooks_goes_on_where_it_was_and_a_new_one_is_greeted():
    conversation = begun()
    hears(conversation, "order", answer("ask_number"))
    actions = conversation.handle(CallResumed())
    assert said(actions) == ["say_please_repeat"]
    assert actions[-1] == Listen(ORDER_NUMBER, 5.0)
    fresh = Conversation("CA2", "en", PlainPhrasebook()).handle(CallResumed())
    assert said(fresh)[0] == "say_disclosure"
