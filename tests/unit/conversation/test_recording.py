"""Recording in the core: off unless asked for, agreed to after the notice, paused and dropped for secrets."""

import itertools

import pytest

from ivr.conversation.actions import AskDialogue, HandOver, Note, Say, Tape, TapeOrder
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import (
    CallBegan,
    DialogueReplied,
    KeysEntered,
    NothingSaid,
    PromptEnded,
    SecretTold,
    UtteranceHeard,
)
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.conversation.language_choice import Languages
from ivr.conversation.prompt import Prompt
from ivr.conversation.recording import TRANSITIONS, Recording, TapeEvent, TapeState, yes_or_no
from ivr.dialogue.dialogue import DialogueReply, Verdict
from tests.fakes.plain_phrasebook import PlainPhrasebook

DIGITS = Expectation(Expecting.DIGITS, "order_number", 6)
OPENING, QUALITY, TRAINING = "say_how_to_reach_a_person", "say_recording_quality", "say_recording_training"


class Call:
    """A conversation that remembers what was said and what the tape was told."""

    def __init__(self, *purposes: str) -> None:
        self.conversation = Conversation(
            "CA1", "en", PlainPhrasebook(), recording=Recording(purposes), languages=Languages(("en", "sv"))
        )
        self.orders: list[TapeOrder] = []
        self.agreed: dict[str, str] = {}
        self.noted: list[Note] = []
        self.actions: list = []
        self.takes(CallBegan())

    def takes(self, event) -> list[str]:
        self.actions = self.conversation.handle(event)
        for action in self.actions:
            if isinstance(action, Tape):
                self.orders.append(action.order)
                self.agreed |= dict(action.agreed)
            if isinstance(action, Note):
                self.noted.append(action)
        return [action.prompt.id for action in self.actions if isinstance(action, Say)]

    def hears_all(self, prompt_id: str) -> None:
        self.takes(PromptEnded(prompt_id, 5.0, True))

    def says(self, words: str, **more) -> list[str]:
        return self.takes(UtteranceHeard(words, 0.9, **more))

    def is_answered(self, expects: Expectation, verdict: Verdict = Verdict.ANSWERED) -> None:
        said = Prompt(f"utter_{self.conversation.turn}", "something")
        reply = DialogueReply(verdict, (said,), expects, "order_status", 0.9)
        self.takes(DialogueReplied(self.conversation.turn, reply))

    def answers(self) -> list[tuple]:
        facts = [note.facts for note in self.noted if note.kind == "recording_answered"]
        return [(one["purpose"], one["is_agreed"], one["by"]) for one in facts]


def recorded(*purposes: str) -> Call:
    call = Call(*(purposes or ("quality",)))
    call.hears_all(QUALITY)
    call.says("yes please")
    return call


def test_without_a_purpose_nothing_is_asked_and_nothing_recorded() -> None:
    call = Call()
    assert call.conversation.expects is OPEN_QUESTION
    call.says("where is my order")
    call.is_answered(DIGITS)
    assert (call.orders, call.answers()) == ([], [])


def test_the_notice_comes_before_the_first_question_and_a_yes_after_it_starts_the_tape() -> None:
    call = Call("quality")
    assert [one.prompt.id for one in call.actions if isinstance(one, Say)][-1] == QUALITY
    assert call.orders == []
    call.hears_all(QUALITY)
    assert call.orders == [], "heard, not agreed"
    assert call.says("Yes.") == [OPENING]
    assert (call.orders, call.agreed) == ([TapeOrder.START], {"quality": "word"})


def test_a_yes_before_the_end_of_the_notice_gets_the_whole_notice_instead_of_a_tape() -> None:
    call = Call("quality")
    call.takes(PromptEnded(QUALITY, 1.0, False))
    assert call.says("yes") == [QUALITY]
    assert not next(one.prompt for one in call.actions if isinstance(one, Say)).is_interruptible
    assert (call.orders, call.answers()) == ([], [])
    call.hears_all(QUALITY)
    assert call.takes(KeysEntered("9")) == [OPENING]
    assert call.agreed == {"quality": "key"}


@pytest.mark.parametrize(
    ("event", "by"),
    [
        (UtteranceHeard("no thank you", 0.9), "word"),
        (UtteranceHeard("yes", 0.3, "low_confidence"), "word"),
        (KeysEntered("5"), "key"),
        (NothingSaid(), "silence"),
    ],
)
def test_everything_but_a_yes_is_a_no_and_gets_the_same_question(event, by: str) -> None:
    call = Call("quality")
    call.hears_all(QUALITY)
    assert call.takes(event) == [OPENING]
    assert (call.orders, call.answers()) == ([], [("quality", False, by)])


def test_a_caller_who_says_what_they_want_instead_is_served_at_once_and_not_asked_again() -> None:
    call = Call("quality", "training")
    call.takes(PromptEnded(QUALITY, 1.0, False))
    call.says("where is my order please")
    assert isinstance(call.actions[-1], AskDialogue)
    assert (call.orders, call.answers()) == ([], [("quality", False, "other")])
    call.is_answered(DIGITS)
    assert call.orders == []


def test_each_purpose_is_agreed_to_on_its_own() -> None:
    call = Call("quality", "training")
    call.hears_all(QUALITY)
    assert call.says("no") == [TRAINING]
    call.hears_all(TRAINING)
    assert call.takes(KeysEntered("9")) == [OPENING]
    assert (call.orders, call.agreed) == ([TapeOrder.START], {"training": "key"})


def test_in_another_language_the_notice_must_be_heard_again() -> None:
    call = Call("quality")
    call.hears_all(QUALITY)
    assert call.takes(KeysEntered("2"))[-1] == QUALITY
    assert call.says("ja") == [QUALITY], "the Swedish notice has not been heard yet"
    call.hears_all(QUALITY)
    call.says("ja tack")
    assert call.orders == [TapeOrder.START]


def test_zero_fetches_a_person_without_a_tape() -> None:
    call = Call("quality")
    call.hears_all(QUALITY)
    call.takes(KeysEntered("0"))
    for _ in range(3):
        call.takes(NothingSaid())
    assert call.orders == []


def test_the_tape_pauses_while_digits_are_asked_for() -> None:
    call = recorded()
    call.says("where is my order")
    call.is_answered(DIGITS)
    call.takes(KeysEntered("471192"))
    assert call.orders == [TapeOrder.START, TapeOrder.PAUSE], "paused until the question is answered"
    call.is_answered(Expectation(Expecting.YES_NO, "anything_else"))
    assert call.orders == [TapeOrder.START, TapeOrder.PAUSE, TapeOrder.RESUME]


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_card_told_takes_the_whole_tape_with_it(is_paused: bool) -> None:
    call = recorded()
    if is_paused:
        call.says("where is my order")
        call.is_answered(DIGITS)
    call.takes(SecretTold("card"))
    assert call.orders[-1] is TapeOrder.DROP
    call.says("where is my order")
    call.is_answered(DIGITS)
    assert call.orders[-1] is TapeOrder.DROP, "nothing is recorded after it"


def test_the_tape_stops_before_a_person_takes_over() -> None:
    call = recorded()
    call.says("an agent")
    call.is_answered(OPEN_QUESTION, Verdict.HAND_OVER)
    if not isinstance(call.actions[-2], HandOver):
        call.takes(NothingSaid())  # no answer to the question for the agent
    assert [type(action) for action in call.actions[-2:]] == [HandOver, Tape]
    assert call.orders[-1] is TapeOrder.STOP


def test_no_way_through_the_table_records_before_a_notice_was_heard_and_agreed_to() -> None:
    """Every sequence of events up to five long: a running tape has NOTICE_HEARD, then AGREED or DECLINED."""
    for length in range(1, 6):
        for events in itertools.product(TapeEvent, repeat=length):
            state = TapeState.OFF
            path = []
            for event in events:
                before, state = state, TRANSITIONS.get((state, event), state)
                if state is not before:
                    path.append(event)
            if state is TapeState.RUNNING and TapeEvent.STARTED in path:
                started = path.index(TapeEvent.STARTED)
                assert path[0] is TapeEvent.NOTICE_BEGAN
                assert TapeEvent.AGREED in path[:started] or TapeEvent.DECLINED in path[:started]
                if TapeEvent.AGREED in path:
                    assert path.index(TapeEvent.NOTICE_HEARD) < path.index(TapeEvent.AGREED)
    assert all(state is TapeState.ANSWERED for state, event in TRANSITIONS if event is TapeEvent.STARTED)
    assert {state for state, event in TRANSITIONS if event is TapeEvent.AGREED} == {TapeState.ASKED}


@pytest.mark.parametrize(
    ("words", "language", "means"),
    [
        ("Yes, please.", "en", True),
        ("yes but where is my parcel", "en", None),
        ("okay no", "en", False),
        ("Yeah, clean.", "en", False),
        ("Ja tack", "sv", True),
        ("nej tack", "sv", False),
        ("ja takk", "nb", True),
        ("Kyllä kiitos", "fi", True),
        ("ei", "fi", False),
        ("", "en", None),
    ],
)
def test_only_a_plain_yes_is_a_yes(words: str, language: str, means: bool | None) -> None:
    assert yes_or_no(words, language) is means
