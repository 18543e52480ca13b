"""Every state the conversation core can get into, against any dialogue and any judgement of the escalation.

The real `Conversation` runs. What it hears is left open: the dialogue may answer anything at any time (new
words, the same again, words that begin with the last said, not understood, a person, goodbye), and the
escalation may go on, offer or fetch after every turn. That is more than the shipped rules and policy do, so
what holds here holds for them. Steps are names the core only compares, apart from the last one, and the
third failure ends a call: two names stand for all. Secrets and languages are each explored by themselves.
"""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import Any

from ivr.conversation.actions import Action, AskDialogue, Say
from ivr.conversation.conversation import Conversation, Stage
from ivr.conversation.events import (
    CallBegan,
    CallResumed,
    DialogueFailed,
    DialogueReplied,
    Event,
    HearingFailed,
    KeysEntered,
    NothingSaid,
    PeopleWanted,
    SecretTold,
    TimeRanOut,
    UtteranceHeard,
    WaitGrewLong,
)
from ivr.conversation.expectation import OPEN_QUESTION, Expectation, Expecting
from ivr.conversation.known import Known
from ivr.conversation.language_choice import Languages
from ivr.conversation.phrasebook import Phrasebook
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.escalation.decision import Decision, Mood, Step, Watch
from ivr.handoff.escalation.policy import Policy
from ivr.handoff.escalation.signals import Happened
from ivr.nlu.exploration.world import Chance, all_chances

PERSON = "a person please"
STEPS = (OPEN_QUESTION, Expectation(Expecting.YES_NO, "anything_else"))
_CORE_ONLY = ("reprompt_", "no_input_", "say_")  # no dialogue says these
_NO_POLICY = Policy("explored", 1.0, 1.0, 1.0, {})
_JUDGEMENTS = {
    "go on": (Step.GO_ON, Mood.CALM),
    "offer a person": (Step.OFFER_PERSON, Mood.CALM),
    "fetch a person": (Step.FETCH_PERSON, Mood.CALM),
}


class NoReader:
    """Reads only the wish for a person, from the one sentence that stands for all such."""

    version = "explored"

    def read(self, words: str) -> dict[str, float]:
        """Return that label for that sentence."""
        return {"asked_for_person": 1.0} if words == PERSON else {}


class AnyWatch(Watch):
    """A watch that may judge anything at any time."""

    chance: Chance

    def judge(
        self,
        turn: int,
        happened: Happened,
        words: str,
        intent: str | None,
        asr_confidence: float | None,
        is_barge_in: bool,
        is_doubted: bool = False,
        order_number: str | None = None,
    ) -> Decision:
        """Return one of all judgements."""
        step, mood = self.chance.pick("escalation", _JUDGEMENTS)
        self.last = Decision(step, EscalationReason.COMPLEX, 0.0, 1.0, (), "explored", mood=mood)
        return self.last

    def facts(self, turn: int) -> dict[str, Any]:
        """Return nothing: nobody reads this record."""
        return {}

    def is_person_asked_for(self, words: str) -> bool:
        """Say whether this is the sentence that asks for a person."""
        return words == PERSON


@dataclass(frozen=True)
class CoreTurn:
    """One input to the core: what it is called, what was said, where it led (None: to a person, over)."""

    at: int
    label: str
    said: tuple[Prompt, ...]
    to: int | None
    is_on_request: bool = False


@dataclass
class CoreSpace:
    """All states reached, by number; state 0 is a call that has begun."""

    states: list[Conversation] = field(default_factory=list)
    said: list[tuple[Prompt, ...]] = field(default_factory=list)
    came_by: dict[int, CoreTurn] = field(default_factory=dict)
    transitions: int = 0
    problems: list[tuple[str, list[CoreTurn]]] = field(default_factory=list)

    def path(self, state: int) -> list[CoreTurn]:
        """Return one shortest way to a state."""
        way: list[CoreTurn] = []
        while state in self.came_by:
            way.insert(0, self.came_by[state])
            state = way[0].at
        return way


class CoreExplorer:
    """Visits the core's states with one set of languages."""

    def __init__(
        self,
        phrasebook: Phrasebook,
        languages: tuple[str, ...] = (),
        steps: tuple[Expectation, ...] = STEPS,
        has_secrets: bool = False,
        core: type[Conversation] = Conversation,
    ) -> None:
        self._phrasebook = phrasebook
        self._languages = Languages(languages)
        self._steps = steps
        self._has_secrets = has_secrets
        self._core = core

    def explore(self) -> CoreSpace:
        """Return all states, with every promise checked at each."""
        space = CoreSpace()
        numbers: dict[Hashable, int] = {}
        waiting: deque[int] = deque()
        for first, said in self._beginnings():
            self._add(space, numbers, waiting, first, said)
        while waiting:
            at = waiting.popleft()
            for label, run in self._inputs(space.states[at]):
                for after, turn in self._tried(space, at, label, run):
                    space.transitions += 1
                    if after.stage is Stage.TALKING:
                        to = self._add(space, numbers, waiting, after, turn.said or space.said[at])
                        turn = replace(turn, to=to)
                        if to == len(space.states) - 1 and to not in space.came_by and to != at:
                            space.came_by[to] = turn
                    self._check(space, at, turn, after)
        return space

    def _beginnings(self) -> Iterator[tuple[Conversation, tuple[Prompt, ...]]]:
        for people_first in (False, True):
            call = self._core("explored", "en", self._phrasebook, languages=self._languages)
            call.watch = AnyWatch(_NO_POLICY, NoReader(), "en")
            if people_first:
                call.handle(PeopleWanted())
            yield call, tuple(_said(call.handle(CallBegan())))

    def _add(
        self,
        space: CoreSpace,
        numbers: dict[Hashable, int],
        waiting: "deque[int]",
        call: Conversation,
        said: tuple[Prompt, ...],
    ) -> int:
        if call.stage is not Stage.TALKING:
            return 0
        number = numbers.setdefault(_key(call, said), len(space.states))
        if number == len(space.states):
            space.states.append(call)
            space.said.append(said)
            waiting.append(number)
        return number

    def _tried(
        self, space: CoreSpace, at: int, label: str, run: "Run"
    ) -> Iterator[tuple[Conversation, CoreTurn]]:
        def one(chance: Chance) -> tuple[Conversation, list[Action]]:
            call = branched(space.states[at])
            assert isinstance(call.watch, AnyWatch)
            call.watch.chance = chance
            return call, run(call)

        for chance, (after, actions) in all_chances(one):
            judged = "".join(f" ({answer})" for answer in chance.told.values())
            yield after, CoreTurn(at, label + judged, tuple(_said(actions)), None, label.startswith("asks"))

    def _inputs(self, call: Conversation) -> Iterator[tuple[str, "Run"]]:
        """Yield every class of input; the dialogue's answers with those it answers."""
        yield "presses 0", lambda call: call.handle(KeysEntered("0"))
        yield "says nothing", lambda call: call.handle(NothingSaid())
        yield "makes a noise", lambda call: call.handle(UtteranceHeard("", 0.0, "no_speech"))
        yield "is heard badly", lambda call: call.handle(UtteranceHeard("mm", 0.1, "low_confidence"))
        if self._has_secrets:
            yield "tells a card number", lambda call: call.handle(SecretTold("card", is_keyed=False))
        yield "is not heard (engine down)", lambda call: call.handle(HearingFailed())
        yield "has talked long enough", lambda call: call.handle(TimeRanOut())
        yield "asks again, the line having changed", lambda call: call.handle(CallResumed())
        for key in self._languages.keys(call.language):
            yield f"asks for a language with key {key}", partial(_keyed, key)
        for label, reply in self._replies(call):
            yield label, partial(_heard_and_answered, PERSON if label == PERSON else "words", reply)

    def _replies(self, call: Conversation) -> Iterator[tuple[str, DialogueReply | None]]:
        again = call._again
        fresh = next(
            prompt
            for prompt in (Prompt("answer", f"answer {number}") for number in (1, 2, 3))
            if prompt not in again.current and prompt != again.last_said
        )
        answers = {"something new": (fresh,), "the same": again.current}
        if again.last_said is not None and not again.last_said.id.startswith(_CORE_ONLY):
            answers["words that begin as the last ended"] = (again.last_said, fresh)
        facts = {"order_status": "shipped"}
        for expects in self._steps:
            for name, prompts in answers.items():
                if prompts:
                    label = f"is answered {name}, then asked for {expects.step}"
                    yield label, DialogueReply(Verdict.ANSWERED, prompts, expects, "explored")
        told = "is told the order's status"
        yield told, DialogueReply(Verdict.ANSWERED, (fresh,), self._steps[-1], "explored", facts=facts)
        yield "is not understood", DialogueReply(Verdict.NO_MATCH, intent="explored")
        yield "asks to hear it again", DialogueReply(Verdict.REPEAT, intent="repeat")
        yield "asks for another language", DialogueReply(Verdict.CHANGE_LANGUAGE, intent="change_language")
        asked = EscalationReason.ASKED_FOR_PERSON
        yield PERSON, DialogueReply(Verdict.HAND_OVER, intent="speak_to_person", escalation=asked)
        reserved = EscalationReason.TOPIC_RESERVED
        yield "wants what people do", DialogueReply(Verdict.HAND_OVER, (fresh,), escalation=reserved)
        yield "says goodbye", DialogueReply(Verdict.HANG_UP, (Prompt("bye", "bye"),), intent="goodbye")
        yield "says something (dialogue down)", None

    def _check(self, space: CoreSpace, at: int, turn: CoreTurn, after: Conversation) -> None:
        for what in _broken(space.states[at], space.said[at], turn, after):
            if len(space.problems) < 20:
                space.problems.append((what, [*space.path(at), turn]))


Run = Callable[[Conversation], list[Action]]


def branched(call: Conversation) -> Conversation:
    """Return a copy that goes its own way."""
    twin = copy(call)
    twin._repair = replace(call._repair, _reprompts=Counter(call._repair._reprompts))
    twin._again = replace(call._again)
    twin._known = Known(
        {name: call._known.facts[name] for name in call._known.facts if name == "order_status"}
    )
    twin._judged, twin._disclosed_in = [], set(call._disclosed_in)
    twin.secrets = replace(call.secrets, _answered=set(call.secrets._answered))
    if call._last_questions is not None:
        twin._last_questions = replace(call._last_questions)
    twin.watch = None if call.watch is None else copy(call.watch)
    return twin


def _keyed(digits: str, call: Conversation) -> list[Action]:
    return call.handle(KeysEntered(digits))


def _heard_and_answered(words: str, reply: DialogueReply | None, call: Conversation) -> list[Action]:
    actions = call.handle(UtteranceHeard(words, 0.9))
    asked = next((action for action in actions if isinstance(action, AskDialogue)), None)
    if asked is None:
        return actions
    answered: Event = DialogueFailed(asked.turn) if reply is None else DialogueReplied(asked.turn, reply)
    waited = [call.handle(WaitGrewLong(times)) for times in (1, 2)] if reply is None else []
    return [*(action for said in waited for action in said), *call.handle(answered)]


def _said(actions: list[Action]) -> Iterator[Prompt]:
    return (action.prompt for action in actions if isinstance(action, Say))


def _key(call: Conversation, said: tuple[Prompt, ...]) -> Hashable:
    repair, questions = call._repair, call._last_questions
    if questions is not None:
        return "last questions", questions.left, questions._asked, call.language
    return (
        call.language,
        call.expects,
        (repair.in_a_row, repair.in_call, repair._step, tuple(sorted(repair._reprompts.items()))),
        (call._again.times, call._again.is_announced, call._again.language_changes),
        frozenset(call.secrets._answered),
        call._is_person_offered or call._is_people_first,
        "order_status" in call._known.facts,
        call.turn == 0,
        (said == call._again.current, said[1:] == call._again.current),
    )


def _broken(
    before: Conversation, said_before: tuple[Prompt, ...], turn: CoreTurn, after: Conversation
) -> Iterator[str]:
    """Yield every promise that the turn breaks."""
    is_handed_over = after.stage is not Stage.TALKING or after._last_questions is not None
    if turn.label.startswith(("presses 0", PERSON)) and not is_handed_over:
        yield "a person is more than one turn away"
    is_person_wanted = turn.label.startswith(("presses 0", PERSON))
    if before._last_questions is not None and is_person_wanted and after.stage is Stage.TALKING:
        yield "a person is more than one turn away, in the questions before the transfer"
    if turn.label.startswith("has talked long enough") and not is_handed_over:
        yield "the call's longest time does not end it"
    said = tuple(prompt.text for prompt in turn.said)
    is_same = bool(said) and said == tuple(prompt.text for prompt in said_before)
    if is_same and not turn.is_on_request and not is_handed_over:
        yield "the same words twice in a row, and nobody asked for them"
    if any(one == other for one, other in pairwise(said)):
        yield "a prompt follows itself"
    yield from _broken_limits(before, turn, after, is_handed_over)


def _broken_limits(
    before: Conversation, turn: CoreTurn, after: Conversation, is_handed_over: bool
) -> Iterator[str]:
    counts, so_far = after._repair, before._repair._reprompts
    if counts.in_call >= 3 and not is_handed_over:
        yield "a third failure and no person"
    for prompt in turn.said:
        if prompt.id.startswith(("reprompt_", "no_input_")):
            level = int(prompt.id.rsplit("_", 1)[1])
            if level > 2 or level <= so_far[before.expects.step]:
                yield f"{prompt.id} is said twice, or a third reprompt"
