"""All calls to people: a new call goes to one at once, a going call is offered one at its next answer."""

from ivr.conversation.actions import HandOver, Say
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import CallBegan, DialogueReplied, PeopleWanted, UtteranceHeard
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.handoff.escalation import EscalationReason
from tests.fakes.plain_phrasebook import PlainPhrasebook


def begun() -> Conversation:
    return Conversation("CA1", "en", PlainPhrasebook())


def test_a_new_call_hears_what_it_talks_to_and_goes_to_a_person() -> None:
    conversation = begun()
    assert conversation.handle(PeopleWanted()) == []
    actions = conversation.handle(CallBegan())
    assert next(action.prompt.id for action in actions if isinstance(action, Say)) == "say_disclosure"
    handed_over = actions[-1]
    assert isinstance(handed_over, HandOver)
    assert handed_over.case.reason is EscalationReason.PEOPLE_FIRST


def test_a_going_call_is_offered_a_person_once_beside_its_answer() -> None:
    conversation = begun()
    conversation.handle(CallBegan())
    conversation.handle(PeopleWanted())
    offers = []
    for turn in (1, 2):
        conversation.handle(UtteranceHeard("where is my order", 0.9))
        reply = DialogueReply(Verdict.ANSWERED, (Prompt("answer", f"It is on its way, {turn}.", "en"),))
        said = [a.prompt.id for a in conversation.handle(DialogueReplied(turn, reply)) if isinstance(a, Say)]
        offers.append(said)
    assert offers == [["answer", "say_offer_person"], ["answer"]]
