"""Every state the dialogue can get into, and what each input class does there.

Two states are one when nothing the dialogue may still say or do depends on the difference: names, dates and
carriers are only read aloud, the words of a story are only passed on, and of a number it counts whether it is
the first one given or another. The tries at an order are not counted but left to chance, which adds paths and
takes none away.
"""

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ivr.conversation.prompt import Prompt
from ivr.dialogue.actions import Actions
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.dialogue.order_check import OrderCheck
from ivr.dialogue.rasa_tracker import TrackerUnreadable, turn_reply
from ivr.dialogue.wording import Wording
from ivr.nlu.exploration.dialogue_turns import DialogueTurns, Memory, TurnUnfinished
from ivr.nlu.exploration.domain import Domain
from ivr.nlu.exploration.inputs import ORDER, Heard, all_inputs
from ivr.nlu.exploration.rules import RuleBook
from ivr.nlu.exploration.world import TODAY, AnyWorld, Chance, all_chances

ENDED = frozenset({Verdict.HAND_OVER, Verdict.HANG_UP})
_ONLY_READ_ALOUD = frozenset(
    {"case_number", "customer_name", "carrier_name", "tracking_code", "is_status_read", "delivery_date",
     "speech_rate", "postcode"}
)  # fmt: skip
_WHATEVER_IT_IS = frozenset({"words", "address"})
_TREATED_ALIKE = {"shipped": "on its way", "out_for_delivery": "on its way", "delayed": "on its way"}


@dataclass(frozen=True)
class Turn:
    """What an input does in a state. `reply` is None when the dialogue fails, `why` says how then.

    `world` are the answers of shop and order book that led here.
    """

    at: int
    heard: Heard
    world: tuple[tuple[str, str], ...]
    reply: DialogueReply | None
    to: int | None
    actions: tuple[str, ...] = ()
    why: str = ""


@dataclass
class DialogueSpace:
    """All states reached, by number; state 0 is a new call."""

    states: list[Memory] = field(default_factory=list)
    turns: list[list[Turn]] = field(default_factory=list)
    came_by: dict[int, Turn] = field(default_factory=dict)

    @property
    def transitions(self) -> int:
        """Return how many turns were tried."""
        return sum(len(of_state) for of_state in self.turns)

    def path(self, state: int) -> list[Turn]:
        """Return one shortest way to a state."""
        way: list[Turn] = []
        while state in self.came_by:
            way.insert(0, self.came_by[state])
            state = way[0].at
        return way


class WordingOnce:
    """The wording, with each prompt put together once. `used` holds the names that were said."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._made: dict[Hashable, Prompt] = {}
        self.used: dict[str, Prompt] = {}

    def has(self, prompt_id: str, language: str) -> bool:
        """Say whether the prompt exists in the language."""
        return self._wording.has(prompt_id, language)

    def version(self, language: str) -> str:
        """Return no fingerprint: nothing is recorded."""
        return "explored"

    def prompt(self, prompt_id: str, language: str, **slots: str) -> Prompt:
        """Return the prompt. Raises KeyError as `Wording` does."""
        key = (prompt_id, language, *slots.items())
        if key not in self._made:
            self._made[key] = self._wording.prompt(prompt_id, language, **slots)
            self.used.setdefault(prompt_id, self._made[key])
        return self._made[key]


class DialogueExplorer:
    """Visits the states of one nlu_data folder."""

    def __init__(self, domain: Domain, rules: RuleBook, wording: Wording, language: str = "en") -> None:
        self.world = AnyWorld()
        check = OrderCheck(self.world, self.world, _NoClock(), lambda _: None, lambda _: None, 0.0)
        actions = Actions(check, self.world, self.world, lambda: TODAY)
        self._turns = DialogueTurns(domain, rules, actions, language)
        self._language = language
        self.wording = WordingOnce(wording)
        self.inputs = tuple(all_inputs(domain.intents))

    def explore(self, most: int | None = None) -> DialogueSpace:
        """Return every state and turn; with `most`, stop at that many states."""
        space = DialogueSpace([Memory()])
        numbers = {_key(space.states[0]): 0}
        waiting = deque([0])
        while waiting:
            at = waiting.popleft()
            assert at == len(space.turns)
            space.turns.append([])
            for heard in self.inputs:
                for turn, memory in self.turns_of(at, space.states[at], heard):
                    to = None if memory is None else numbers.setdefault(_key(memory), len(space.states))
                    taken = _with_target(turn, to)
                    space.turns[at].append(taken)
                    if to is not None and to == len(space.states) and memory is not None:
                        space.states.append(memory)
                        space.came_by[to] = taken
                        waiting.append(to)
            if most is not None and len(space.states) > most:
                break
        return space

    def turns_of(self, at: int, memory: Memory, heard: Heard) -> Iterator[tuple[Turn, Memory | None]]:
        """Yield what an input may do in a state: once for all that shop and order book may answer."""
        for chance, (turn, after) in all_chances(lambda chance: self.turn(at, memory, heard, chance)):
            del chance
            yield turn, after

    def turn(self, at: int, memory: Memory, heard: Heard, chance: Chance) -> tuple[Turn, Memory | None]:
        """Take one turn with these answers of the world."""
        self.world.chance = chance
        actions: tuple[str, ...] = ()
        try:
            after, seen, actions = self._turns.take(memory, heard)
            reply = turn_reply(seen, self.wording, self._language)  # type: ignore[arg-type]
        except (TurnUnfinished, TrackerUnreadable, KeyError) as failed:
            return Turn(at, heard, tuple(chance.told.items()), None, None, actions, str(failed)), None
        is_over = reply.verdict in ENDED
        turn = Turn(at, heard, tuple(chance.told.items()), reply, None, actions)
        return turn, None if is_over else after


def _with_target(turn: Turn, to: int | None) -> Turn:
    return Turn(turn.at, turn.heard, turn.world, turn.reply, to, turn.actions, turn.why)


def _key(memory: Memory) -> Hashable:
    known = memory.by_name
    kept = (
        (name, _class_of(name, value))
        for name, value in memory.slots
        if name not in _ONLY_READ_ALOUD and (name != "known_order_number" or known.get("is_verified"))
    )
    return memory.loop, tuple(kept)


def _class_of(name: str, value: Any) -> Any:
    if name in _WHATEVER_IT_IS:
        return True
    if name == "first_digits":
        return len(value)
    if name in {"order_number", "known_order_number"}:
        return value == ORDER
    return _TREATED_ALIKE.get(value, value) if name == "order_status" else value


class _NoClock:
    """Time does not pass: nothing in a turn depends on it."""

    def now(self) -> Any:
        raise NotImplementedError

    def monotonic(self) -> float:
        return 0.0
