"""What the bot does next: events in, actions out. The heart of the service, and pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

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
    PeopleWanted,
    PromptEnded,
    SecretTold,
    TimeRanOut,
    UtteranceHeard,
    WaitGrewLong,
)
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.conversation.known import Known
from ivr.conversation.language_choice import (
    ONLY_ITS_OWN,
    Choice,
    ChosenBy,
    Languages,
    key_offers,
    reworded,
)
from ivr.conversation.last_questions import LastQuestions
from ivr.conversation.patience import Pace
from ivr.conversation.phrasebook import Phrasebook
from ivr.conversation.prompt import Prompt
from ivr.conversation.recording import AGREEING_KEY, ANSWER, Recording, yes_or_no
from ivr.conversation.repair import Repair
from ivr.conversation.said_again import SaidAgain
from ivr.conversation.told_secrets import ToldSecrets
from ivr.conversation.why import is_mistaken, is_person_due, why_transferred
from ivr.conversation.wording_choice import asked_again, at_pace, lead_in, still_working
from ivr.dialogue.dialogue import CallerInput, DialogueReply, Keyed, Spoken, Verdict
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.escalation.decision import Decision, Mood, Step, Watch
from ivr.handoff.escalation.questions import questions_before_transfer
from ivr.handoff.escalation.signals import Happened

DISCLOSURE = "say_disclosure"
HOW_TO_REACH_A_PERSON = "say_how_to_reach_a_person"
NOTHING_WAS_SAID = frozenset({"silence", "no_speech"})
LAST_STEP = "anything_else"
OFFER_PERSON = "say_offer_person"


class Stage(StrEnum):
    """How far the call has come with the bot."""

    NEW = "new"
    TALKING = "talking"
    LEAVING = "leaving"
    OVER = "over"


@dataclass
class Conversation:
    """One call's conversation, owned by one thread; `handle` never blocks and takes events in any order."""

    call_id: str
    language: str
    phrasebook: Phrasebook
    caller_number: str | None = None
    pace: Pace = field(default_factory=Pace)
    watch: Watch | None = None
    languages: Languages = ONLY_ITS_OWN
    stage: Stage = Stage.NEW
    expects: Expectation = OPEN_QUESTION
    turn: int = 0
    outcome: Outcome | None = None
    secrets: ToldSecrets = field(default_factory=ToldSecrets)
    recording: Recording = field(default_factory=Recording)
    _repair: Repair = field(default_factory=Repair)
    _again: SaidAgain = field(default_factory=SaidAgain)
    _last_answer: tuple[Prompt, ...] = ()
    _known: Known = field(default_factory=Known)
    _heard: UtteranceHeard | None = None  # the turn's words, until the next turn
    _is_barge_in: bool = False
    _is_person_offered: bool = False
    _is_people_first: bool = False
    _last_questions: LastQuestions | None = None
    _judged: list[Note] = field(default_factory=list)
    _disclosed_in: set[str] = field(default_factory=set)

    def handle(self, event: Event) -> list[Action]:
        """Take one event and return what to do about it, in order."""
        if self.stage is Stage.OVER:
            return []
        match event:
            case PromptEnded():
                return self._prompt_ended(event)
            case CallerHungUp():
                return self._caller_hung_up()
            case PeopleWanted():
                self._is_people_first = True
                return []
        if self.stage is Stage.LEAVING:
            return []
        self.secrets.heard(event)
        actions = self._secret_told(event) if isinstance(event, SecretTold) else self._talk(event)
        judged, self._judged = self._judged, []
        self._again.heard_last([action.prompt for action in actions if isinstance(action, Say)])
        taped = self.recording.follow(event, actions, self.expects)
        return [*judged, *at_pace(actions, self._known.facts.get("speech_rate") == "slow"), *taped]

    def _talk(self, event: Event) -> list[Action]:
        if self._last_questions is not None:
            return self._take_last_answer(self._last_questions, event)
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
                return [Say(still_working(times, self.language, self.phrasebook))]
            case TimeRanOut():
                return self._escalate(EscalationReason.CALL_TOO_LONG)
        raise AssertionError(f"unknown event {event!r}")

    def _begin(self) -> list[Action]:
        self.stage = Stage.TALKING
        if self._is_people_first:
            return [self._disclosure(), *self._escalate(EscalationReason.PEOPLE_FIRST)]
        return [self._disclosure(), *self._key_offers(), *self._open()]

    def _open(self) -> list[Action]:
        """Ask whether the call may be recorded, where that is wanted, then what the caller wants."""
        notice = self.recording.notice(self.language, self.phrasebook)
        self.expects = OPEN_QUESTION if notice is None else ANSWER
        opening = notice or self.phrasebook.prompt(HOW_TO_REACH_A_PERSON, self.language)
        self._last_answer = self._again.current = (opening,)
        return [Say(opening), self._listen(self.pace.no_input_s)]

    def _recording_answered(self, is_yes: bool | None, by: str) -> list[Action]:
        notes = self.recording.answer(is_yes, by)
        if notes is not None:
            return [*notes, *self._open()]
        self.recording.notice_again()  # a yes counts only after all of it
        said = [Say(replace(prompt, is_interruptible=False)) for prompt in self._last_answer]
        return [*said, self._listen(self.pace.no_input_s)]

    def _resume(self) -> list[Action]:
        if self.stage is Stage.NEW:
            return self._begin()
        return [self._say("say_please_repeat"), self._listen(self.pace.no_input_s)]

    def _prompt_ended(self, event: PromptEnded) -> list[Action]:
        self._is_barge_in = not event.is_complete
        if event.prompt_id != DISCLOSURE:
            return [*self.recording.notice_ended(event, self.language, self.phrasebook)]
        if event.is_complete:
            self._disclosed_in.add(self.language)
        facts = {"text_version": self.phrasebook.version(self.language), "language": self.language}
        return [Note("disclosure_played", {**facts, "is_complete": event.is_complete})]

    def _utterance_heard(self, event: UtteranceHeard) -> list[Action]:
        if event.doubt in NOTHING_WAS_SAID:
            return []  # a cough or the line's hum: the silence goes on counting
        chosen = self.languages.chosen(event, self.language, is_first=self.turn == 0)
        if chosen is not None:
            return self._take_language(chosen, event)
        if self.recording.is_asking:
            is_yes = yes_or_no(event.text, self.language) if event.doubt is None else None
            if is_yes is not None or event.doubt is not None:
                return self._recording_answered(is_yes, "word")
            self.expects = OPEN_QUESTION
            return [*(self.recording.answer(None, "other") or ()), *self._utterance_heard(event)]
        self._heard = event
        self._known.heard(event.text, self.turn + 1, event.doubt)
        if event.doubt is not None or not event.text.strip():
            return self._no_match(self._judge(Happened.NOT_UNDERSTOOD, self.turn + 1))
        return self._ask(Spoken(event.text, event.readings, event.takes_back))

    def _secret_told(self, event: SecretTold) -> list[Action]:
        """Tell the caller that it was not kept, once, and go on with the question on the floor."""
        facts = {"what": event.what, "is_keyed": event.is_keyed, "step": self.expects.step}
        note = Note("secret_withheld", facts)
        sentence = self.secrets.told(event.what)
        self._heard, self._known.last_words = None, None
        questions = self._last_questions
        if sentence is None:
            return [note, *(self._ask_last(questions) if questions else self._say_again(is_asked=False))]
        is_asked = questions is None and self.expects != OPEN_QUESTION
        asked = map(Say, self._last_answer[-1:] if is_asked else ())
        return [note, self._say(sentence), *asked, self._listen(self.pace.no_input_again_s)]

    def _keys_entered(self, digits: str) -> list[Action]:
        self._heard, self._is_barge_in = None, False
        self._known.keyed(self.turn + 1)
        if digits == "0":
            self._judge(Happened.PRESSED_ZERO, self.turn + 1)
            return self._escalate(EscalationReason.PRESSED_ZERO)
        chosen = self.language_keys.get(digits)
        if chosen is not None:
            return self._take_language(Choice(chosen, ChosenBy.KEY), None)
        if self.recording.is_asking:
            return self._recording_answered(digits == AGREEING_KEY, "key")
        return self._ask(Keyed(digits))

    @property
    def language_keys(self) -> Mapping[str, str]:
        """The keys that choose another language now; none while digits are asked for."""
        return {} if self.expects.kind is Expecting.DIGITS else self.languages.keys(self.language)

    def _take_language(self, chosen: Choice, heard: UtteranceHeard | None) -> list[Action]:
        """Go on in another language: the case, the form and the question on the floor stay what they are."""
        note = Note("language_changed", {"from": self.language, "to": chosen.language, "by": chosen.by.value})
        self.language = chosen.language
        if self.watch is not None:
            self.watch.language = chosen.language
        if not self._again.change_language():
            return [note, *self._escalate(EscalationReason.KEPT_REPEATING)]
        self.recording.notice_again()
        told = [] if self.language in self._disclosed_in else [self._disclosure()]
        if heard is not None and heard.doubt is None and chosen.are_words_good:
            self._heard = heard
            self._known.heard(heard.text, self.turn + 1)
            return [note, *told, *self._ask(Spoken(heard.text, heard.readings))]
        self._last_answer = reworded(self._last_answer, self.language, self.phrasebook)
        return [note, *told, *map(Say, self._last_answer), self._listen(self.pace.no_input_s)]

    def _ask_which_language(self) -> list[Action]:
        """Go on in the other language where there is but one, else say which key is which."""
        others = self.languages.others(self.language)
        if len(others) == 1:
            return self._take_language(Choice(others[0], ChosenBy.REQUEST), None)
        return self._say_again(self._key_offers())

    def _key_offers(self) -> list[Action]:
        return [*map(Say, key_offers(self.languages, self.language, self.phrasebook))]

    def _ask(self, heard: CallerInput) -> list[Action]:
        self.turn += 1
        return [AskDialogue(self.turn, heard)]

    def _nothing_said(self) -> list[Action]:
        if self.recording.is_asking:
            return self._recording_answered(None, "silence")
        step = self.expects.step
        level = self._repair.fail(step)
        note = Note("no_input", {"step": step, "level": level})
        self._heard = None
        decision = self._judge(Happened.NO_INPUT, self.turn)
        if level is not None and decision is not None and decision.step is Step.FETCH_PERSON:
            return [note, *self._escalate(decision.reason or EscalationReason.NO_INPUT)]
        if level is not None:
            prompt = Say(asked_again(step, "no_input", level, self.language, self.phrasebook))
            return [note, prompt, self._listen(self.pace.no_input_again_s)]
        if step == LAST_STEP and "order_status" in self._known.facts:
            # The caller has the answer and has left the receiver: a person would meet a dead line.
            leaving = self.phrasebook.prompt("say_goodbye_after_silence", self.language)
            return [note, *self._goodbye((leaving,))]
        return [note, *self._escalate(EscalationReason.NO_INPUT)]

    def _no_match(self, decision: Decision | None) -> list[Action]:
        step = self.expects.step
        level = self._repair.fail(step)
        note = Note("no_match", {"step": step, "level": level})
        if decision is not None and decision.step is Step.FETCH_PERSON:
            return [note, *self._escalate(decision.reason or EscalationReason.NOT_UNDERSTOOD)]
        if level is None:
            return [note, *self._escalate(EscalationReason.NOT_UNDERSTOOD)]
        prompt = Say(asked_again(step, "reprompt", level, self.language, self.phrasebook))
        return [note, prompt, self._listen(self.pace.no_input_s)]

    def _answer(self, reply: DialogueReply) -> list[Action]:
        self._known.learnt(reply, self.turn)
        if reply.verdict is Verdict.NO_MATCH or is_mistaken(reply, self.watch, self._heard):
            return self._no_match(self._judge(Happened.NOT_UNDERSTOOD, self.turn, reply.intent))
        decision = self._judge(Happened.UNDERSTOOD, self.turn, reply.intent)
        self._known.brought_up(reply.intent, self.turn)
        if reply.verdict is Verdict.HAND_OVER:
            self._known.did(reply.prompts, self.turn, is_told=True)
            return self._escalate(reply.escalation or EscalationReason.ASKED_FOR_PERSON, reply.prompts)
        is_leaving = reply.verdict is Verdict.HANG_UP
        if decision is not None and is_person_due(decision, is_leaving):
            self._known.did(reply.prompts, self.turn, is_told=False)  # done all the same
            return self._escalate(decision.reason or EscalationReason.FRUSTRATED)
        if is_leaving:
            return self._goodbye(reply.prompts)
        self._repair.succeed()
        if reply.verdict is Verdict.CHANGE_LANGUAGE:
            return self._ask_which_language()
        if reply.verdict is Verdict.REPEAT:
            return self._say_again()
        may_be_said = self._again.answer(reply.prompts)
        self._known.did(reply.prompts, self.turn, is_told=may_be_said)
        if not may_be_said:
            return self._escalate(EscalationReason.KEPT_REPEATING)
        self.expects = reply.expects
        self._last_answer = reply.prompts
        said = self._again.announced(reply.prompts, self.language, self.phrasebook)
        return [*map(Say, said), *self._offer(decision), self._listen(self.pace.no_input_s)]

    def _say_again(self, instead: Sequence[Action] = (), is_asked: bool = True) -> list[Action]:
        """Say the last answer again while that helps; then a person is better."""
        if not self._again.repeat(is_asked):
            return self._escalate(EscalationReason.KEPT_REPEATING)
        last = self._last_answer
        said = last if is_asked else self._again.announced(last, self.language, self.phrasebook)
        return [*(instead or map(Say, said)), self._listen(self.pace.no_input_s)]

    def _offer(self, decision: Decision | None) -> list[Action]:
        """Offer a person in one clause, once a call, beside the answer."""
        is_judged_so = decision is not None and decision.step is Step.OFFER_PERSON
        is_due = (is_judged_so or self._is_people_first) and not self._is_person_offered
        if not is_due or not self.phrasebook.has(OFFER_PERSON, self.language):
            return []
        self._is_person_offered = True
        return [self._say(OFFER_PERSON)]

    def _judge(self, happened: Happened, turn: int, intent: str | None = None) -> Decision | None:
        """Have the turn judged; what came of it goes into the record before anything is done."""
        if self.watch is None:
            return None
        heard, is_barge_in, self._is_barge_in = self._heard, self._is_barge_in, False
        words, confidence = (heard.text, heard.asr_confidence) if heard is not None else ("", None)
        is_doubted = heard is not None and heard.doubt is not None
        of_turn = (turn, happened, words, intent, confidence, is_barge_in, is_doubted)
        decision = self.watch.judge(*of_turn, self._known.facts.get("order_number"))
        self._judged.append(Note("triaged", self.watch.facts(turn)))
        return decision

    def _goodbye(self, prompts: tuple[Prompt, ...]) -> list[Action]:
        self.stage, self.outcome = Stage.LEAVING, Outcome.SOLVED_BY_BOT
        return [*map(Say, prompts), HangUp(Outcome.SOLVED_BY_BOT)]

    def _escalate(self, reason: EscalationReason, prompts: tuple[Prompt, ...] = ()) -> list[Action]:
        decision = self.watch.last if self.watch is not None else None
        note = Note("escalated", {"reason": reason.value, **(decision.plain_why() if decision else {})})
        told = why_transferred(self.watch) | {"misses": self._repair.in_call}
        case = self._known.case(self.call_id, self.language, reason, self.caller_number, **told)
        questions = questions_before_transfer(case, decision.mood if decision else Mood.ANNOYED_WITH_BOT)
        self._last_questions = LastQuestions(case, questions)
        asked = self._ask_last(self._last_questions)
        return [note, *map(Say, (*prompts, *lead_in(reason, self.language, self.phrasebook))), *asked]

    def _ask_last(self, questions: LastQuestions) -> list[Action]:
        """Ask what saves the agent time, else put the caller through."""
        question = questions.next()
        while question is not None and not self.phrasebook.has(question.prompt_id, self.language):
            question = questions.next()
        if question is not None:
            self.expects = question.expects
            return [self._say(question.prompt_id), self._listen(self.pace.no_input_s)]
        self._last_questions = None
        self.stage = Stage.LEAVING
        return [self._say("say_connecting"), HandOver(questions.case)]

    def _take_last_answer(self, questions: LastQuestions, event: Event) -> list[Action]:
        if isinstance(event, DialogueReplied | DialogueFailed | WaitGrewLong):
            return []  # of a turn before the questions
        if isinstance(event, UtteranceHeard) and event.doubt in NOTHING_WAS_SAID:
            return []
        wants_person_now = (
            self.watch is not None
            and isinstance(event, UtteranceHeard)
            and self.watch.is_person_asked_for(event.text)
        )
        questions.take(event, self.language, self.turn + 1, is_impatient=wants_person_now)
        return self._ask_last(questions)

    def _caller_hung_up(self) -> list[Action]:
        was_leaving, self.stage = self.stage is Stage.LEAVING, Stage.OVER
        if was_leaving:
            return []
        self.outcome = Outcome.CALLER_HUNG_UP
        return [HangUp(Outcome.CALLER_HUNG_UP)]

    def _disclosure(self) -> Say:
        return Say(replace(self.phrasebook.prompt(DISCLOSURE, self.language), is_interruptible=False))

    def _say(self, prompt_id: str) -> Say:
        return Say(self.phrasebook.prompt(prompt_id, self.language))

    def _listen(self, no_input_s: float) -> Listen:
        return Listen(self.expects, no_input_s)
