"""Plays one synthetic call: the real conversation in virtual time, its record written as a live call's is."""

import random
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from ivr.calls.logbook import Logbook
from ivr.conversation.actions import Action, AskDialogue, HandOver, HangUp, Listen, Note, Outcome, Say
from ivr.conversation.conversation import Conversation, Phrasebook
from ivr.conversation.events import (
    CallBegan,
    CallerHungUp,
    DialogueReplied,
    Event,
    KeysEntered,
    PromptEnded,
    UtteranceHeard,
)
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.demo.callers import Caller
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.handoff.escalation import EscalationReason
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords

SECONDS_A_LETTER = 0.065  # of speech
ORDER = Expectation(Expecting.DIGITS, "order_number", 6)
POSTCODE = Expectation(Expecting.DIGITS, "postcode", 5)
ANYTHING_ELSE = Expectation(Expecting.YES_NO, "anything_else")
MOST_TURNS = 20
PERSON_MATTERS = {
    "complaint": EscalationReason.ASKED_FOR_PERSON,
    "payment_problem": EscalationReason.ASKED_FOR_PERSON,
}


class VirtualClock:
    """Implements `ivr.clock.Clock`: time passes when somebody speaks."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._passed_s = 0.0

    def now(self) -> datetime:
        """Return the virtual time of day, UTC."""
        return self._at

    def monotonic(self) -> float:
        """Return the seconds passed since the first call."""
        return self._passed_s

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self._at += timedelta(seconds=seconds)
        self._passed_s += seconds

    def go_to(self, at: datetime) -> None:
        """Jump to the next call."""
        self._at = at


class SyntheticCall:
    """One caller's call from the greeting to the survey."""

    def __init__(
        self, call_id: str, caller: Caller, records: CallRecords, phrasebook: Phrasebook, clock: VirtualClock,
        chance: random.Random, release: str,
    ) -> None:  # fmt: skip
        self._id, self._caller, self._records, self._clock = call_id, caller, records, clock
        self._words, self._chance, self._release = phrasebook, chance, release
        self._conversation = Conversation(call_id, caller.language, phrasebook, caller.number)
        self._log = Logbook(records, call_id)
        self._expects: Expectation | None = None
        self._failures = 0
        self._turns = 0
        self._aside = caller.aside

    def play(self) -> None:
        """Run the call to its end."""
        caller = self._caller
        self._records.open_call(self._id, caller.number, None, caller.language)
        facts = {"caller_known": True, "is_synthetic": True, "release": self._release}
        self._records.append(self._id, Kind.CALL_STARTED, **facts)
        event: Event | None = CallBegan()
        while event is not None:
            event = self._carry_out(self._conversation.handle(event))

    def _carry_out(self, actions: list[Action]) -> Event | None:
        """Do what the conversation wants; return what happens next, None when the bot is done."""
        following: Event | None = None
        for action in actions:
            match action:
                case Say(prompt):
                    self._speak(prompt.id, prompt.text)
                case Note(kind, facts):
                    self._records.append(self._id, kind, **facts)
                case Listen(expects):
                    self._expects = expects
                    following = self._caller_acts()
                case AskDialogue(turn):
                    following = self._dialogue_answers(turn)
                case HandOver():
                    self._with_people()
                    return None
                case HangUp(outcome):
                    self._end(outcome)
                    return None
        return following

    def _speak(self, prompt_id: str, text: str) -> None:
        language = self._caller.language
        self._records.append(self._id, Kind.PROMPT_STARTED, prompt_id=prompt_id, text=text, language=language)
        seconds = len(text) * SECONDS_A_LETTER
        self._clock.pass_s(seconds)
        ended = PromptEnded(prompt_id, seconds, is_complete=True)
        self._log.prompt_ended(ended)
        for note in self._conversation.handle(ended):
            if isinstance(note, Note):
                self._records.append(self._id, note.kind, **note.facts)

    def _caller_acts(self) -> Event:
        self._turns += 1
        self._clock.pass_s(self._chance.uniform(0.8, 4.0))
        if self._turns == 1 and self._caller.wants_person_at_once:
            return self._keys("0")
        if self._failures > self._caller.patience or self._turns > MOST_TURNS:
            return CallerHungUp()
        expects = self._expects or OPEN_QUESTION
        if expects.kind is Expecting.DIGITS and self._chance.random() < 0.3:
            return self._keys("471192" if expects.digits == 6 else "11455")
        is_clear = self._chance.random() >= self._caller.misheard
        confidence = round(self._chance.uniform(0.7, 0.97) if is_clear else self._chance.uniform(0.2, 0.5), 3)
        doubt = None if is_clear else "low_confidence"
        self._failures += not is_clear
        words = self._words_of(expects)
        heard = {"turn": self._turns, "text": words, "asr_confidence": confidence, "doubt": doubt}
        self._records.append(self._id, Kind.UTTERANCE_HEARD, **heard, engine="synthetic", model="none")
        return UtteranceHeard(words, confidence, doubt)

    def _keys(self, digits: str) -> Event:
        self._records.append(self._id, Kind.KEYS_ENTERED, turn=self._turns, digits=digits)
        return KeysEntered(digits)

    def _words_of(self, expects: Expectation) -> str:
        if expects.step == ANYTHING_ELSE.step:
            return {"en": "no thanks", "sv": "nej tack", "nb": "nei takk", "fi": "ei kiitos"}[
                self._caller.language
            ]
        if expects.kind is Expecting.DIGITS:
            return "471192"
        return self._aside or self._caller.matter.intent.replace("_", " ")

    def _dialogue_answers(self, turn: int) -> Event:
        taken_s = self._chance.lognormvariate(-0.6, 0.35)
        self._clock.pass_s(taken_s)
        reply = self._reply()
        answered = {
            "turn": turn, "intent": reply.intent, "intent_confidence": round(reply.intent_confidence, 3),
            "verdict": reply.verdict, "timings": {"time_to_first_audio_s": round(taken_s, 3)},
            "expects": asdict(reply.expects),
        }  # fmt: skip
        self._records.append(self._id, Kind.TURN_ANSWERED, **answered)
        return DialogueReplied(turn, reply)

    def _reply(self) -> DialogueReply:
        matter, step = self._caller.matter, (self._expects or OPEN_QUESTION).step
        confidence = self._chance.uniform(0.6, 0.98)
        if step == ANYTHING_ELSE.step:
            return self._said(Verdict.HANG_UP, ("utter_goodbye",), intent="deny", confidence=confidence)
        if step == OPEN_QUESTION.step and self._aside is not None:
            self._aside = None
            return self._said(
                Verdict.ANSWERED, ("utter_cannot_help",), OPEN_QUESTION, "out_of_scope", confidence
            )
        if step == OPEN_QUESTION.step and matter.needs_order:
            return self._said(Verdict.ANSWERED, ("utter_ask_order_number",), ORDER, matter.intent, confidence)
        if step == ORDER.step:
            return self._said(
                Verdict.ANSWERED, ("utter_ask_postcode",), POSTCODE, "inform_number", confidence
            )
        if matter.system is not None:
            self._records.append(
                self._id, Kind.LOOKED_UP, system=matter.system, found=self._chance.random() < 0.95
            )
        if matter.intent in PERSON_MATTERS:
            reason = EscalationReason.FRUSTRATED if self._failures else PERSON_MATTERS[matter.intent]
            return DialogueReply(Verdict.HAND_OVER, escalation=reason, intent=matter.intent)
        prompts = (*matter.answers, "utter_ask_anything_else")
        return self._said(Verdict.ANSWERED, prompts, ANYTHING_ELSE, matter.intent, confidence)

    def _said(
        self, verdict: Verdict, prompts: tuple[str, ...], expects: Expectation = OPEN_QUESTION,
        intent: str | None = None, confidence: float = 0.0,
    ) -> DialogueReply:  # fmt: skip
        worded = tuple(
            self._words.prompt(name, self._caller.language)
            for name in prompts
            if self._words.has(name, self._caller.language)
        )
        return DialogueReply(verdict, worded, expects, intent, confidence)

    def _with_people(self) -> None:
        """What people and waiting callers do is drawn; the desk itself has no part in it."""
        transfer_id = f"{self._id}-1"
        move: Callable[[str], int] = lambda state: self._records.append(  # noqa: E731
            self._id, Kind.TRANSFER_MOVED, transfer_id=transfer_id, state=state, agent="synthetic"
        )
        move("requested")
        wait_s = self._chance.expovariate(1 / 30)
        if wait_s > 100:
            self._clock.pass_s(60)
            is_booked = self._chance.random() < 0.6
            if is_booked:
                self._records.append(self._id, Kind.CALLBACK_BOOKED, case_number="000000")
            self._end(Outcome.CALLBACK_BOOKED if is_booked else Outcome.CALLER_HUNG_UP)
            return
        self._clock.pass_s(wait_s)
        move("bridged")
        self._clock.pass_s(self._chance.uniform(60, 420))
        move("ended")
        self._end(Outcome.CONNECTED_TO_PERSON)

    def _end(self, outcome: Outcome) -> None:
        if outcome is not Outcome.CALLER_HUNG_UP and self._caller.answers_survey:
            is_solved = self._caller.is_helped or outcome is Outcome.CONNECTED_TO_PERSON
            rating = self._chance.choice((4, 5, 5) if is_solved else (1, 2, 3)) - (self._failures > 1)
            for question, value in (("solved", int(is_solved)), ("rating", max(1, rating))):
                self._clock.pass_s(4)
                facts = {"question": question, "value": value, "way": "key"}
                self._records.append(self._id, Kind.SURVEY_ANSWERED, **facts)
        self._records.append(self._id, Kind.CALL_ENDED, outcome=outcome)
        self._records.close_call(self._id, outcome)
