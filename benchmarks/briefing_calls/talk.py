"""Plays a typed call through the real conversation and the real actions on a shop in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ivr.conversation.actions import Action, AskDialogue, HandOver
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import (
    CallBegan,
    DialogueReplied,
    Event,
    KeysEntered,
    NothingSaid,
    UtteranceHeard,
)
from ivr.dialogue.action_wire import FORM, read_request
from ivr.dialogue.actions import ACTION_NAMES, Actions
from ivr.dialogue.dialogue import DialogueReply
from ivr.dialogue.matters import MATTERS
from ivr.dialogue.order_check import OrderCheck
from ivr.dialogue.rasa_tracker import Turn, Utterance, turn_reply
from ivr.dialogue.try_limits import MemoryTryLimits
from ivr.dialogue.wording import Wording
from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.escalation.decision import Watch
from ivr.handoff.escalation.signals import EarlierContact, Situation
from ivr.triage.policy_file import load_policy
from tests.fakes.fixed_privacy_desk import FixedPrivacyDesk
from tests.fakes.memory_orders import TODAY, MemoryOrderBook
from tests.fakes.memory_shop import MemoryShop
from tests.fakes.steered_clock import SteeredClock

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
_SIMPLE = {
    "opening_hours": "utter_opening_hours",
    "locations": "utter_locations",
    "out_of_scope": "utter_cannot_help",
}
_PERSON = {
    "speak_to_person": EscalationReason.ASKED_FOR_PERSON,
    "frustrated": EscalationReason.FRUSTRATED,
    "emergency": EscalationReason.EMERGENCY,
}


@dataclass(frozen=True)
class Says:
    """What the caller says, what of it is understood, and what a reader of the words would find in them."""

    intent: str
    text: str
    numbers: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)
    doubt: str | None = None


@dataclass(frozen=True)
class Keys:
    """Digits on the keypad; "0" asks for a person."""

    digits: str


@dataclass(frozen=True)
class Silence:
    """Nothing is said."""


Step = Says | Keys | Silence


class ToldReader:
    """Reads from words what the call says is in them."""

    version = "told"

    def __init__(self, steps: Sequence[Step]) -> None:
        self._found = {step.text: step.signals for step in steps if isinstance(step, Says)}

    def read(self, words: str) -> Mapping[str, float]:
        """Return the labels of these words."""
        return self._found.get(words, {})


class Shop:
    """The demo shop in memory, new for every call."""

    def __init__(self) -> None:
        self.book = MemoryOrderBook()
        self.goods = MemoryShop(self.book)
        clock = SteeredClock()
        check = OrderCheck(self.book, MemoryTryLimits(clock), clock, clock.advance, lambda _: None)
        self.actions = Actions(check, self.goods, FixedPrivacyDesk(), lambda: TODAY)


class FormDialogue:
    """Stands in for Rasa: the intents are given, the actions and the reading of their answers are real."""

    def __init__(self, shop: Shop, wording: Wording, language: str) -> None:
        self._shop, self._wording, self._language = shop, wording, language
        self._slots: dict[str, Any] = {}
        self._is_open = False

    def reply(self, step: Says | Keys) -> DialogueReply:
        """Answer one input."""
        if isinstance(step, Keys):
            step = Says("enter_digits", step.digits, (step.digits,))
        utterances = self._utterances(step)
        loop = FORM if self._is_open else None
        turn = Turn(step.intent, 0.95, tuple(map(_utterance, utterances)), dict(self._slots), loop)
        return turn_reply(turn, self._wording, self._language)

    def _utterances(self, step: Says) -> list[dict[str, Any]]:
        if step.intent in _PERSON:
            return [{"custom": {"command": "hand_over", "reason": _PERSON[step.intent].value}}]
        if step.intent in _SIMPLE and not self._is_open:
            return [{"response": _SIMPLE[step.intent]}]
        if not (self._is_open or step.intent in MATTERS or step.numbers):
            return [{"custom": {"command": "no_match"}}]
        asked_before = self._slots.get("requested_slot") if self._is_open else None
        said, changed = self._run(f"validate_{FORM}", step)
        self._is_open = self._slots.get("requested_slot") is not None
        if not self._is_open:
            return said + self._run("action_serve_matter", step)[0]
        if asked_before is not None and changed <= {"requested_slot"}:
            return [{"custom": {"command": "no_match"}}]
        action = f"action_ask_{self._slots['requested_slot']}"
        if action in ACTION_NAMES:
            return said + self._run(action, step)[0]
        return [*said, {"response": f"utter_ask_{self._slots['requested_slot']}"}]

    def _run(self, action: str, step: Says) -> tuple[list[dict[str, Any]], set[str]]:
        digits = [{"entity": "digits", "value": number} for number in step.numbers]
        body = {
            "next_action": action,
            "sender_id": "CA1",
            "tracker": {
                "slots": self._slots,
                "latest_message": {
                    "intent": {"name": step.intent, "confidence": 0.95},
                    "entities": digits + [{"entity": name, "value": "x"} for name in step.entities],
                    "metadata": {"said": step.text, "language": self._language},
                },
                "active_loop": {"name": FORM} if self._is_open else {},
            },
        }
        answer = self._shop.actions.run(read_request(body)).as_json()
        changed = {event["name"]: event["value"] for event in answer["events"] if event["event"] == "slot"}
        self._slots |= changed
        return list(answer["responses"]), set(changed)


def _utterance(response: Mapping[str, Any]) -> Utterance:
    if "custom" in response:
        return Utterance(None, {}, response["custom"])
    values = {name: value for name, value in response.items() if name != "response"}
    return Utterance(response["response"], values)


def play(
    steps: Sequence[Step], language: str, wording: Wording, shop: Shop, number: str | None, contacts: int
) -> Case | None:
    """Return the case of the transfer that the call ends with, None when it ends with none."""
    watch = Watch(load_policy(NLU_DATA), ToldReader(steps), language, Situation(contacts, is_staffed=True))
    watch.earlier = [
        EarlierContact(None, frozenset(one.intent for one in steps if isinstance(one, Says)))
    ] * contacts
    talk = Conversation("CA1", language, wording, number, watch=watch)
    dialogue = FormDialogue(shop, wording, language)
    done = talk.handle(CallBegan())
    for step in steps:
        done = talk.handle(_event(step))
        if any(isinstance(action, AskDialogue) for action in done) and not isinstance(step, Silence):
            done = talk.handle(DialogueReplied(talk.turn, dialogue.reply(step)))
        case = _case(done)
        if case is not None:
            return case
    return _case(talk.handle(NothingSaid()))  # a last question is left unanswered


def _event(step: Step) -> Event:
    match step:
        case Says(text=text, doubt=doubt):
            return UtteranceHeard(text, 0.9, doubt)
        case Keys(digits):
            return KeysEntered(digits)
        case Silence():
            return NothingSaid()


def _case(actions: Sequence[Action]) -> Case | None:
    return next((action.case for action in actions if isinstance(action, HandOver)), None)
