"""The few words that must work when Rasa does not: a person, yes, no, goodbye."""

from ivr.conversation.expectation import Expectation
from ivr.dialogue.dialogue import CallerInput, DialogueReply, Keyed, Verdict
from ivr.dialogue.plain_words import plain_words
from ivr.dialogue.wording import Wording
from ivr.handoff.escalation import EscalationReason

_PERSON = {"person", "agent", "human", "help", "operator", "representative", "someone", "somebody"}
_GOODBYE = {"goodbye", "bye"}
_YES = {"yes", "yeah", "yep", "sure", "okay", "ok"}
_NO = {"no", "nope", "nah"}
SHORT_ANSWER = 4  # words; "no" inside a long sentence is not an answer to yes-or-no


class KeywordDialogue:
    """Implements `Dialogue` without a model: goodbye ends the call, all else fetches a person."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def reply(self, call_id: str, heard: CallerInput, language: str) -> DialogueReply:
        """Answer by keyword; never raises and never asks anything it could not understand."""
        if isinstance(heard, Keyed):
            return _person("enter_digits", EscalationReason.DIALOGUE_UNAVAILABLE)
        words = plain_words(heard.text).split()
        if _PERSON.intersection(words):
            return _person("speak_to_person", EscalationReason.ASKED_FOR_PERSON)
        if _GOODBYE.intersection(words):
            goodbye = self._wording.prompt("utter_goodbye", language)
            return DialogueReply(Verdict.HANG_UP, (goodbye,), Expectation(), "goodbye", 1.0)
        return _person(_yes_or_no(words), EscalationReason.DIALOGUE_UNAVAILABLE)

    def forget(self, call_id: str) -> None:
        """Do nothing: keywords remember no call."""

    def is_ready(self) -> bool:
        """Return True: nothing is needed."""
        return True


def _yes_or_no(words: list[str]) -> str | None:
    if len(words) > SHORT_ANSWER:
        return None
    if _YES.intersection(words):
        return "affirm"
    return "deny" if _NO.intersection(words) else None


def _person(intent: str | None, reason: EscalationReason) -> DialogueReply:
    confidence = 1.0 if intent else 0.0
    return DialogueReply(Verdict.HAND_OVER, intent=intent, intent_confidence=confidence, escalation=reason)
