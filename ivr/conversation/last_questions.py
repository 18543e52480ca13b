"""What is asked of a calm caller just before a person takes over; each question once, no answer is fine."""

from dataclasses import dataclass, field, replace
from typing import Any

from ivr.conversation.events import Event, KeysEntered, UtteranceHeard
from ivr.conversation.expectation import Expectation, Expecting
from ivr.dialogue.spoken.hearing import hear_numbers
from ivr.handoff.case import Case
from ivr.handoff.escalation.questions import Question

ORDER_DIGITS = 6


@dataclass(frozen=True)
class LastQuestion:
    """A question with its wording's name and the answer that fits."""

    question: Question
    prompt_id: str
    expects: Expectation


_QUESTIONS = {
    Question.MATTER: LastQuestion(
        Question.MATTER, "say_last_matter", Expectation(Expecting.OPEN, "last_matter")
    ),
    Question.ORDER_NUMBER: LastQuestion(
        Question.ORDER_NUMBER,
        "say_last_order_number",
        Expectation(Expecting.DIGITS, "last_order_number", ORDER_DIGITS),
    ),
    Question.CALLBACK_NUMBER: LastQuestion(
        Question.CALLBACK_NUMBER,
        "say_last_callback_number",
        Expectation(Expecting.DIGITS, "last_callback_number"),
    ),
}


@dataclass
class LastQuestions:
    """The questions still to ask, and the case their answers go into."""

    case: Case
    left: tuple[Question, ...]
    _asked: Question | None = field(default=None)

    def next(self) -> LastQuestion | None:
        """Return the next question, None when there is none left."""
        if not self.left:
            return None
        self._asked, self.left = self.left[0], self.left[1:]
        return _QUESTIONS[self._asked]

    def take(self, event: Event, language: str, turn: int, is_impatient: bool) -> None:
        """Take what came: an answer fills the case; zero, silence, a fault or impatience end it."""
        match event:
            case KeysEntered(digits) if digits != "0":
                self._fill(digits, "", turn)
                self.case = replace(self.case, keyed=(*self.case.keyed, turn))
            case UtteranceHeard(text, doubt=None) if text.strip() and not is_impatient:
                self._fill(hear_numbers(text, language, self._lengths).digits or "", text, turn)
            case UtteranceHeard() if not is_impatient:
                pass  # not understood: the next question may be
            case _:
                self.left = ()

    @property
    def _lengths(self) -> tuple[int, ...]:
        return (ORDER_DIGITS,) if self._asked is Question.ORDER_NUMBER else ()

    def _fill(self, digits: str, words: str, turn: int) -> None:
        answer: dict[str, Any]
        match self._asked:
            case Question.MATTER if words:
                answer = {"matter": words}
            case Question.ORDER_NUMBER if len(digits) == ORDER_DIGITS:
                answer = {"order_number": digits}
            case Question.CALLBACK_NUMBER if digits:
                answer = {"callback_digits": digits}
            case _:
                return
        since = {**self.case.since, **dict.fromkeys(answer, turn)}
        self.case = replace(self.case, **answer, since=since)
