"""Answers from the house's knowledge, where the dialogue itself has none."""

from collections.abc import Callable
from typing import Protocol

from ivr.dialogue.action_wire import FORM, ActionAnswer, ActionRequest, followup, say, slot

Action = Callable[[ActionRequest], ActionAnswer]


class Knowledge(Protocol):
    """What the house knows."""

    def spoken_answer(self, question: str, language: str) -> str | None:
        """Return what is said to the question; None when nothing is known about it. Any thread."""
        ...


class NoKnowledge:
    """A house without articles."""

    def spoken_answer(self, question: str, language: str) -> str | None:
        """Know nothing."""
        return None


def unless_known(knowledge: Knowledge, otherwise: Action) -> Action:
    """Return an action that answers from the knowledge, and does the other thing when there is no answer."""

    def answer(request: ActionRequest) -> ActionAnswer:
        known = knowledge.spoken_answer(request.said, request.language)
        if known is None:
            return otherwise(request)
        said = say("utter_knowledge", answer=known)
        if request.is_form_open:
            return ActionAnswer((followup(FORM),), (said,))
        return ActionAnswer((slot("step", "anything_else"),), (said, say("utter_ask_anything_else")))

    return answer
