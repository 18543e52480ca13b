"""Whether every caller can get out: the promises, held against every state of dialogue and core."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ivr.clock import Clock
from ivr.conversation.expectation import OPEN_QUESTION
from ivr.conversation.repair import Repair
from ivr.conversation.said_again import SaidAgain
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.dialogue.wording import Wording
from ivr.errors import IvrError
from ivr.nlu.exploration.core_space import STEPS, CoreExplorer, CoreSpace, CoreTurn
from ivr.nlu.exploration.dialogue_space import ENDED, DialogueExplorer, DialogueSpace, Turn, WordingOnce
from ivr.nlu.exploration.domain import Domain
from ivr.nlu.exploration.rules import RuleBook

MOST_TURNS = 8  # with the same input again and again
MOST_STATES = 5_000  # a dialogue with more is not finite, or as good as
MOST_TOLD = 5  # of each kind of broken promise
COMPANY = "the shop"


class DeadEnd(IvrError):
    """The rules can keep a caller from a person; the message holds the paths as stories."""


@dataclass(frozen=True)
class Broken:
    """A promise that is not kept, with the way there."""

    promise: str
    why: str
    story: str
    transcript: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.why}\n{self.transcript}\n{self.story}".rstrip()


@dataclass(frozen=True)
class Proof:
    """What was visited, what was found, and how long it took."""

    states: int
    core_states: int
    transitions: int
    longest_repetition: int
    seconds: float
    broken: tuple[Broken, ...]

    def as_json(self) -> str:
        """Return it for scripts."""
        found = [{"promise": one.promise, "why": one.why, "story": one.story} for one in self.broken]
        figures = replace(self, broken=()).__dict__ | {"broken": found}
        return json.dumps(figures, ensure_ascii=False)

    def told(self) -> str:
        """Return it for people."""
        visited = (
            f"{self.states} states of the dialogue, {self.core_states} of the core, {self.transitions} "
            f"transitions, {self.seconds:.1f} s. "
        )
        if self.broken:
            return "\n\n".join([*map(str, self.broken), visited + f"{len(self.broken)} promises broken."])
        return visited + (
            "From each a person is at most one turn away; the same input again and again ends after "
            f"{self.longest_repetition} turns at most."
        )


def prove(nlu_data: Path, languages: Sequence[str], clock: Clock, is_core_explored: bool = True) -> Proof:
    """Visit every state. Blocking, about 20 s of CPU. Raises RuleUnknown for rules it cannot follow."""
    started_s = clock.monotonic()
    domain = Domain.load(nlu_data)
    wording = Wording.load(nlu_data, COMPANY)
    explorer = DialogueExplorer(domain, RuleBook.load(nlu_data, frozenset(domain.forms)), wording)
    space = explorer.explore(MOST_STATES)
    broken = [*_of_turns(space), *_of_wording(space, explorer, wording, languages)]
    longest, endless = _repetitions(space)
    cores = _cores(explorer.wording, _another(wording)) if is_core_explored else []
    found = [*_first_of_each([*broken, *endless]), *_of_core(cores)]
    return Proof(
        len(space.states),
        sum(len(core.states) for core in cores),
        space.transitions + sum(core.transitions for core in cores),
        longest,
        clock.monotonic() - started_s,
        tuple(found),
    )


def _cores(wording: WordingOnce, another: str) -> list[CoreSpace]:
    return [
        CoreExplorer(wording).explore(),
        CoreExplorer(wording, (), STEPS[:1], has_secrets=True).explore(),
        CoreExplorer(wording, ("en", another), STEPS[:1]).explore(),
    ]


def refuse_dead_ends(nlu_data: Path, languages: Sequence[str], clock: Clock) -> Proof:
    """Prove it, or refuse. Raises DeadEnd and RuleUnknown."""
    proof = prove(nlu_data, languages, clock)
    if proof.broken:
        raise DeadEnd(proof.told())
    return proof


def _of_turns(space: DialogueSpace) -> Iterator[Broken]:
    for of_state in space.turns:
        for turn in of_state:
            if turn.reply is None:
                taken = " → ".join(turn.actions)
                why = f"{turn.why or 'no answer'} ({taken})" if taken else turn.why
                yield _broken("every input is answered", why, [*space.path(turn.at), turn])
            elif turn.heard.intent == "speak_to_person" and turn.reply.verdict is not Verdict.HAND_OVER:
                why = f"asking for a person is {turn.reply.verdict.value.replace('_', ' ')}"
                yield _broken("a person is one turn away", why, [*space.path(turn.at), turn])
    if len(space.states) > MOST_STATES:
        last = len(space.states) - 1
        yield _broken("the dialogue is finite", f"over {MOST_STATES} states", space.path(last))
    intents = {turn.heard.intent for turn in space.turns[0]}
    if "speak_to_person" not in intents:
        yield _broken("a person is one turn away", "no intent `speak_to_person` in domain.yml", [])


def _of_wording(
    space: DialogueSpace, explorer: DialogueExplorer, wording: Wording, languages: Sequence[str]
) -> Iterator[Broken]:
    """Say every prompt that was used in every language, and compare the reprompts of every step."""
    for name, prompt in explorer.wording.used.items():
        for language in languages:
            try:
                wording.prompt(name, language, **dict(prompt.slots))
            except KeyError as missing:
                why = f"{name} cannot be said in {language}: {missing} is missing"
                yield _broken("every prompt exists in every language", why, [])
    steps = {turn.reply.expects.step for of_state in space.turns for turn in of_state if turn.reply}
    for language in languages:
        for step in sorted(steps | {OPEN_QUESTION.step}):
            for kind in ("reprompt", "no_input"):
                yield from _reprompts(kind, step, language, wording)


def _reprompts(kind: str, step: str, language: str, wording: Wording) -> Iterator[Broken]:
    names = [f"{kind}_{step}_{level}" for level in (1, 2)]
    known = [name if wording.has(name, language) else name.replace(step, "general") for name in names]
    missing = [name for name in known if not wording.has(name, language)]
    if missing:
        yield _broken("every prompt exists in every language", f"{missing[0]} in {language}", [])
        return
    first, second = (wording.prompt(name, language).text for name in known)
    if first == second:
        why = f"{known[0]} and {known[1]} are the same words in {language}"
        yield _broken("no reprompt is worded like the one before", why, [])


def _repetitions(space: DialogueSpace) -> tuple[int, list[Broken]]:
    """Say the same again and again in every state; return the most turns it takes and what never ends."""
    longest, endless = 0, []
    by_input = [_by_input(of_state) for of_state in space.turns]
    for at, inputs in enumerate(by_input):
        for said, turn in inputs.items():
            way = _repeated(turn, said, by_input)
            if len(way) > MOST_TURNS:
                why = f"“{turn.heard.label}” again and again never ends"
                endless.append(_broken("every path ends", why, [*space.path(at), *way]))
            else:
                longest = max(longest, len(way))
    return longest, endless


Said = tuple[str, tuple[tuple[str, str], ...]]


def _by_input(turns: Sequence[Turn]) -> dict[Said, Turn]:
    return {(turn.heard.label, turn.world): turn for turn in turns}


def _repeated(turn: Turn, said: Said, by_input: Sequence[dict[Said, Turn]]) -> list[Turn]:
    """Return the turns until the core, which counts, fetches a person or the call ends."""
    repair, again, step = Repair(), SaidAgain(), OPEN_QUESTION.step
    way = [turn]
    tries = 0
    while len(way) <= MOST_TURNS:
        reply = way[-1].reply
        tries += ("order", "not found") in way[-1].world
        if reply is None or way[-1].to is None or tries >= 3 or _is_person_due(reply, repair, again, step):
            return way
        step = reply.expects.step
        known = by_input[way[-1].to]
        alike = (one for (label, _), one in known.items() if label == said[0])
        following = known.get(said) or next(alike, None)
        if following is None:
            return way
        way.append(following)
    return way


def _is_person_due(reply: DialogueReply, repair: Repair, again: SaidAgain, step: str) -> bool:
    match reply.verdict:
        case Verdict.NO_MATCH:
            return repair.fail(step) is None
        case Verdict.REPEAT | Verdict.CHANGE_LANGUAGE:
            repair.succeed()
            return not again.repeat()
        case Verdict.ANSWERED:
            repair.succeed()
            return not again.answer(reply.prompts)
    return reply.verdict in ENDED


def _of_core(cores: Sequence[CoreSpace]) -> Iterator[Broken]:
    told: set[str] = set()
    for core in cores:
        for why, way in core.problems:
            if why not in told:
                told.add(why)
                yield Broken("the core keeps its promises", why, "", _core_transcript(way))


def _core_transcript(way: Sequence[CoreTurn]) -> str:
    lines = []
    for turn in way:
        lines += [f"  caller {turn.label}", *(f"  bot    {prompt.text}" for prompt in turn.said)]
    return "\n".join(lines)


def _first_of_each(broken: Sequence[Broken]) -> list[Broken]:
    """Return the shortest paths of each promise: many states share one fault."""
    kept: dict[str, list[Broken]] = {}
    for one in sorted(broken, key=lambda one: len(one.transcript)):
        of_promise = kept.setdefault(one.promise, [])
        if len(of_promise) < MOST_TOLD and all(one.why != other.why for other in of_promise):
            of_promise.append(one)
    return [one for of_promise in kept.values() for one in of_promise]


def _broken(promise: str, why: str, way: Sequence[Turn]) -> Broken:
    return Broken(promise, why, _story(why, way), _transcript(way))


def _story(why: str, way: Sequence[Turn]) -> str:
    """Return the path as a story that Rasa reads."""
    if not way:
        return ""
    lines = ["stories:", f"- story: {json.dumps(why, ensure_ascii=False)}", "  steps:"]
    for turn in way:
        lines.append(f"  - intent: {turn.heard.intent}  # {turn.heard.label}")
        lines += [f"  - action: {name}" for name in turn.actions if name != "action_listen"]
    return "\n".join(lines)


def _transcript(way: Sequence[Turn]) -> str:
    lines = []
    for turn in way:
        world = f"  [{', '.join(f'{asked}: {answer}' for asked, answer in turn.world)}]" if turn.world else ""
        lines.append(f"  caller {turn.heard.label}{world}")
        prompts = turn.reply.prompts if turn.reply is not None else ()
        lines += [f"  bot    {prompt.text}" for prompt in prompts]
        if turn.reply is None:
            lines.append("  bot    (nothing)")
        elif not prompts:
            lines.append(f"  bot    ({turn.reply.verdict.value.replace('_', ' ')})")
    return "\n".join(lines)


def _another(wording: Wording) -> str:
    return next((language for language in wording.languages() if language != "en"), "en")
