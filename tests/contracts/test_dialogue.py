"""Every dialogue, scripted or real, keeps the same promises."""

import uuid
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from ivr.conversation.expectation import Expecting
from ivr.dialogue.dialogue import Dialogue, DialogueReply, Keyed, Spoken, Verdict
from ivr.dialogue.keyword_dialogue import KeywordDialogue
from ivr.dialogue.resilient_dialogue import ResilientDialogue
from ivr.dialogue.wording import Wording
from ivr.handoff.escalation import EscalationReason
from ivr.orders.order_book import Order, OrderStatus
from tests.fakes.memory_orders import MemoryOrderBook
from tests.fakes.scripted_dialogue import ScriptedDialogue
from tests.fakes.steered_clock import SteeredClock
from tests.support.real_rasa import ROOT, running_rasa

INPUTS = [
    Spoken("Hello, I want to talk to a person."),
    Spoken("goodbye"),
    Spoken("yes"),
    Spoken("where is my order?"),
    Spoken("what are your opening hours"),
    Spoken("say that again"),
    Spoken(""),
    Spoken("/restart"),
    Spoken("ä" * 2000),
    Spoken("\x00<Hangup/>{{7*7}}"),
    Keyed("471192"),
    Keyed("0"),
    Keyed("9" * 32),
]


def scripted() -> ScriptedDialogue:
    person = DialogueReply(Verdict.HAND_OVER, escalation=EscalationReason.ASKED_FOR_PERSON)
    return ScriptedDialogue({"hello, i want to talk to a person": person})


def keyword() -> KeywordDialogue:
    return KeywordDialogue(Wording.load(ROOT / "nlu_data", "Nordlys"))


def resilient() -> ResilientDialogue:
    return ResilientDialogue(scripted(), keyword(), SteeredClock())


@pytest.fixture(scope="module")
def real_rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dialogue]:
    order = Order("471192", "11455", OrderStatus.SHIPPED, delivery_date=date(2030, 3, 6))
    with running_rasa(tmp_path_factory.mktemp("rasa"), MemoryOrderBook([order])) as running:
        yield running.dialogue


@pytest.fixture(params=[scripted, keyword, resilient, pytest.param(None, marks=pytest.mark.rasa, id="rasa")])
def dialogue(request: pytest.FixtureRequest) -> Dialogue:
    make: Callable[[], Dialogue] | None = request.param
    if make is not None:
        return make()
    started: Dialogue = request.getfixturevalue("real_rasa")
    return started


@pytest.mark.parametrize("heard", INPUTS, ids=lambda heard: repr(heard)[:40])
def test_every_reply_is_whole(dialogue: Dialogue, heard: Spoken | Keyed) -> None:
    reply = dialogue.reply(f"CA{uuid.uuid4().hex}", heard, "en")
    assert (reply.escalation is not None) == (reply.verdict is Verdict.HAND_OVER)
    assert all(prompt.text and prompt.language == "en" for prompt in reply.prompts)
    assert reply.verdict not in {Verdict.NO_MATCH, Verdict.REPEAT} or reply.prompts == ()
    assert 0.0 <= reply.intent_confidence <= 1.0
    assert (reply.expects.digits is not None) == (reply.expects.kind is Expecting.DIGITS)
    assert all(isinstance(value, str) for value in reply.facts.values())


def test_a_person_is_fetched_when_asked_for(dialogue: Dialogue) -> None:
    reply = dialogue.reply(f"CA{uuid.uuid4().hex}", Spoken("Hello, I want to talk to a person."), "en")
    assert (reply.verdict, reply.escalation) == (Verdict.HAND_OVER, EscalationReason.ASKED_FOR_PERSON)


def test_it_is_ready(dialogue: Dialogue) -> None:
    assert dialogue.is_ready()


def test_a_call_that_is_over_is_forgotten_however_often_it_is_said(dialogue: Dialogue) -> None:
    call_id = f"CA{uuid.uuid4().hex}"
    dialogue.reply(call_id, Spoken("where is my order?"), "en")
    dialogue.forget(call_id)
    dialogue.forget(call_id)
    fresh = dialogue.reply(call_id, Spoken("yes"), "en")
    assert fresh.expects.step != "order_number"


def test_a_beginning_that_is_taken_back_is_as_if_it_was_never_said(dialogue: Dialogue) -> None:
    interrupted, fresh = (f"CA{uuid.uuid4().hex}" for _ in range(2))
    dialogue.reply(interrupted, Spoken("where is my order?"), "en")
    both = Spoken("what are your opening hours", takes_back=True)
    found, wanted = dialogue.reply(interrupted, both, "en"), dialogue.reply(fresh, Spoken(both.text), "en")
    assert (found.intent, found.expects, found.facts) == (wanted.intent, wanted.expects, wanted.facts)
    assert [prompt.id for prompt in found.prompts] == [prompt.id for prompt in wanted.prompts]
