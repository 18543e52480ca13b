"""What the bot does next: events in, actions out. The heart of the service, and pure."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from ivr.conversation.actions import Action, AskDialogue, HandOver, HangUp, Listen, Note, Outcome, Say
from ivr.conversation.events import (
    CallBegan,
    CallerHungUp,
    CallResumed,
    DialogueFailed,
    DialogueReplied,
    Event,
    HearingFailed,
    KeysEntered,
    NothingSaid,
    PromptEnded,
    TimeRanOut,
    UtteranceHeard,
    WaitGrewLong,
)
from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.conversation.prompt import Prompt
from ivr.conversation.repair import Repair
from ivr.dialogue.dialogue import CallerInput, DialogueReply, Keyed, Spoken, Verdict
from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason

DISCLOSURE = "say_disclosure"
HOW_TO_REACH_A_PERSON = "say_how_to_reach_a_person"
STILL_WORKING = ("say_still_working", "say_still_working_2", "say_still_working_3")
NOTHING_WAS_SAID = frozenset({"silence", "no_speech"})
LAST_STEP = "anything_else"
LEAD_INS = {
    EscalationReason.NOT_UNDERSTOOD: ("say_sorry_not_understood",),
    EscalationReason.DIALOGUE_UNAVAILABLE: ("say_technical_trouble",),
    EscalationReason.SPEECH_UNAVAILABLE: ("say_technical_trouble",),
    EscalationReason.CALL_TOO_LONG: ("say_call_too_long",),
}


class Phrasebook(Protocol):
    """The wording of every prompt, by name and language."""

    def prompt(self, prompt_id: str, language: str, **slots: str) -> Prompt:
        """Return the prompt with its slots filled. Raises KeyError for an unknown name."""
        ...

    def has(self, prompt_id: str, language: str) -> bool:
        """Say whether the prompt exists in the language."""
        ...

    def version(self, language: str) -> str:
        """Return a short fingerprint of the language's wording, for the record."""
        ...


class Stage(StrEnum):
    """How far the call has come with the bot."""

    NEW = "new"
    TALKING = "talking"
    LEAVING = "leaving"
    OVER = "over"


@dataclass(frozen=True)
class Pace:
    """How patient the bot is, in seconds."""

    no_input_s: float = 5.0
    no_input_again_s: float = 7.0


@dataclass
class Conversation:
    """One call's conversation, owned by one thread; `handle` never blocks and takes events in any order."""

    call_id: str
    language: str
    phrasebook: Phrasebook
    caller_number: str | None = None
    pace: Pace = Pace()
    stage: Stage = Stage.NEW
    expects: Expectation = OPEN_QUESTION
    turn: int = 0
    outcome: Outcome | None = None
    _repair: Repair = field(default_factory=Repair)
    _last_answer: tuple[Prompt, ...] = ()
    _facts: dict[str, str] = field(default_factory=dict)
    _wanted: str | None = None
    _intent: str | None = None
    _last_words: str | None = None
    _tried: list[str] = field(default_factory=list)

    def handle(self, event: Event) -> list[Action]:
        """Take one event and return what to do about it, in order."""
        if self.stage is Stage.OVER:
            return []
        match event:
            case PromptEnded():
                return self._prompt_ended(event)
            case CallerHungUp():
                return self._caller_hung_up()
        return [] if self.stage is Stage.LEAVING else self._talk(event)

    def _talk(self, event: Event) -> list[Action]:
        match event:
            case CallBegan():
                return self._begin()
            case CallResumed():
                return self._resume()
            case UtteranceHeard():
                return self._utterance_heard(event)
            case KeysEntered(digits):
                return self._keys_entered(digits)
            case NothingSaid():
                return self._nothing_said()
            case DialogueReplied(turn, reply):
                return self._answer(reply) if turn == self.turn else []
            case DialogueFailed(turn):
                return self._escalate(EscalationReason.DIALOGUE_UNAVAILABLE) if turn == self.turn else []
            case HearingFailed():
                return self._escalate(EscalationReason.SPEECH_UNAVAILABLE)
            case WaitGrewLong(times):
                return [self._still_working(times)]
            case TimeRanOut():
                return self._escalate(EscalationReason.CALL_TOO_LONG)
        raise AssertionError(f"unknown event {event!r}")

    def _begin(self) -> list[Action]:
        self.stage = Stage.TALKING
        disclosure = self.phrasebook.prompt(DISCLOSURE, self.language)
        protected = replace(disclosure, is_interruptible=False)
        opening = self.phrasebook.prompt(HOW_TO_REACH_A_PERSON, self.language)
        self._last_answer = (opening,)
        return [Say(protected), Say(opening), self._listen(self.pace.no_input_s)]

    def _resume(self) -> list[Action]:
        if self.stage is Stage.NEW:
            return self._begin()
        return [self._say("say_please_repeat"), self._listen(self.pace.no_input_s)]

    def _prompt_ended(self, event: PromptEnded) -> list[Action]:
        if event.prompt_id != DISCLOSURE:
            return []
        version = self.phrasebook.version(self.language)
        facts = {"text_version": version, "language": self.language, "is_complete": event.is_complete}
        return [Note("disclosure_played", facts)]

    def _utterance_heard(self, event: UtteranceHeard) -> list[Action]:
        if event.doubt in NOTHING_WAS_SAID:
            return []  # a cough or the line's hum: the silence goes on counting
        if event.doubt is not None or not event.text.strip():
            return self._no_match()
        self._last_words = event.text
        return self._ask(Spoken(event.text))

    def _keys_entered(self, digits: str) -> list[Action]:
        if digits == "0":
            return self._escalate(EscalationReason.PRESSED_ZERO)
        return self._ask(Keyed(digits))

    def _ask(self, heard: CallerInput) -> list[Action]:
        self.turn += 1
        return [AskDialogue(self.turn, heard)]

    def _nothing_said(self) -> list[Action]:
        step = self.expects.step
        level = self._repair.fail(step)
        note = Note("no_input", {"step": step, "level": level})
        if level is not None:
            prompt = self._say(self._worded_for(step, "no_input", level))
            return [note, prompt, self._listen(self.pace.no_input_again_s)]
        if step == LAST_STEP and "order_status" in self._facts:
            # The caller has the answer and has left the receiver: a person would meet a dead line.
            return [
                note,
                *self._goodbye((self.phrasebook.prompt("say_goodbye_after_silence", self.language),)),
            ]
        return [note, *self._escalate(EscalationReason.NO_INPUT)]

    def _no_match(self) -> list[Action]:
        step = self.expects.step
        level = self._repair.fail(step)
        note = Note("no_match", {"step": step, "level": level})
        if level is None:
            return [note, *self._escalate(EscalationReason.NOT_UNDERSTOOD)]
        prompt = self._say(self._worded_for(step, "reprompt", level))
        return [note, prompt, self._listen(self.pace.no_input_s)]

    def _answer(self, reply: DialogueReply) -> list[Action]:
        self._facts.update(reply.facts)
        if reply.verdict is Verdict.NO_MATCH:
            return self._no_match()
        self._remember_matter(reply)
        if reply.verdict is Verdict.HAND_OVER:
            return self._escalate(reply.escalation or EscalationReason.ASKED_FOR_PERSON, reply.prompts)
        if reply.verdict is Verdict.HANG_UP:
            return self._goodbye(reply.prompts)
        self._repair.succeed()
        if reply.verdict is Verdict.REPEAT:
            return [*map(Say, self._last_answer), self._listen(self.pace.no_input_s)]
        self.expects = reply.expects
        self._last_answer = reply.prompts
        self._tried.extend(prompt.id for prompt in reply.prompts)
        return [*map(Say, reply.prompts), self._listen(self.pace.no_input_s)]

    def _remember_matter(self, reply: DialogueReply) -> None:
        if self._wanted is None and self._last_words and reply.intent not in {None, "greet", "repeat"}:
            self._wanted, self._intent = self._last_words, reply.intent

    def _goodbye(self, prompts: tuple[Prompt, ...]) -> list[Action]:
        self.stage = Stage.LEAVING
        self.outcome = Outcome.SOLVED_BY_BOT
        return [*map(Say, prompts), HangUp(Outcome.SOLVED_BY_BOT)]

    def _escalate(self, reason: EscalationReason, prompts: tuple[Prompt, ...] = ()) -> list[Action]:
        self.stage = Stage.LEAVING
        words = [self._say(prompt_id) for prompt_id in (*LEAD_INS.get(reason, ()), "say_connecting")]
        note = Note("escalated", {"reason": reason.value})
        return [note, *map(Say, prompts), *words, HandOver(self._case(reason))]

    def _caller_hung_up(self) -> list[Action]:
        was_leaving = self.stage is Stage.LEAVING
        self.stage = Stage.OVER
        if was_leaving:
            return []
        self.outcome = Outcome.CALLER_HUNG_UP
        return [HangUp(Outcome.CALLER_HUNG_UP)]

    def _case(self, reason: EscalationReason) -> Case:
        return Case(
            call_id=self.call_id,
            language=self.language,
            reason=reason,
            caller_number=self.caller_number,
            caller_name=self._facts.get("customer_name"),
            is_verified=self._facts.get("is_verified") == "true",
            wanted=self._wanted or self._last_words,
            intent=self._intent,
            order_number=self._facts.get("order_number"),
            order_status=self._facts.get("order_status"),
            tried=tuple(dict.fromkeys(self._tried)),
            reason_words=self._last_words,
        )

    def _still_working(self, times: int) -> Say:
        words = [name for name in STILL_WORKING if self.phrasebook.has(name, self.language)]
        return self._say(words[(times - 1) % len(words)])

    def _worded_for(self, step: str, kind: str, level: int) -> str:
        name = f"{kind}_{step}_{level}"
        return name if self.phrasebook.has(name, self.language) else f"{kind}_general_{level}"

    def _say(self, prompt_id: str) -> Say:
        return Say(self.phrasebook.prompt(prompt_id, self.language))

    def _listen(self, no_input_s: float) -> Listen:
        return Listen(self.expects, no_input_s)
