"""One turn of the dialogue as it runs: the designers' rules, the real form and actions, Rasa's order.

What Rasa 3.6 does between them is written here a second time (rasa/core/policies/rule_policy.py,
actions/forms.py, policies/ensemble.py); a contract test holds it to the real one over random talks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.dialogue.action_wire import ActionAnswer, ActionRequest
from ivr.dialogue.actions import ACTION_NAMES, Actions
from ivr.dialogue.rasa_tracker import Turn, Utterance
from ivr.nlu.exploration.domain import Domain
from ivr.nlu.exploration.inputs import Heard
from ivr.nlu.exploration.rules import LISTEN, Moment, RuleBook

MOST_ACTIONS = 10  # a message, then Rasa gives up (MAX_NUMBER_OF_PREDICTIONS)
FALLBACK = "action_not_understood"
REQUESTED = "requested_slot"
CALL = "explored"


class TurnUnfinished(Exception):
    """Rasa would not come to an end with this input: the actions it took say why."""


class FormRejected(Exception):
    """The form has no use for the input and gives way to the rules."""


@dataclass(frozen=True)
class Memory:
    """What Rasa remembers between turns."""

    slots: tuple[tuple[str, Any], ...] = ()
    loop: str | None = None

    @property
    def by_name(self) -> dict[str, Any]:
        """Return the slots that hold something."""
        return dict(self.slots)


@dataclass
class _Turn:
    """One turn under way."""

    heard: Heard
    slots: dict[str, Any]
    loop: str | None
    moments: list[Moment] = field(default_factory=list)
    followup: str | None = None
    rejected: str | None = None
    is_loop_rejected: bool = False
    latest: str = LISTEN
    taken: list[str] = field(default_factory=list)
    said: list[Utterance] = field(default_factory=list)


class DialogueTurns:
    """Takes turns; holds no state of a call."""

    def __init__(self, domain: Domain, rules: RuleBook, actions: Actions, language: str = "en") -> None:
        self._domain = domain
        self._rules = rules
        self._actions = actions
        self._language = language

    def take(self, memory: Memory, heard: Heard) -> tuple[Memory, Turn, tuple[str, ...]]:
        """Return what is remembered after an input, the turn as Rasa holds it, and the actions taken.

        Raises TurnUnfinished.
        """
        turn = _Turn(heard, memory.by_name, memory.loop)
        turn.moments.append(self._moment(turn, LISTEN, heard.intent))
        while True:
            action = self._next(turn)
            turn.taken.append(action)
            if action == LISTEN:
                break
            if len(turn.taken) > MOST_ACTIONS:
                raise TurnUnfinished(" → ".join(turn.taken))
            self._run(turn, action)
        slots = tuple(sorted((name, value) for name, value in turn.slots.items() if value is not None))
        seen = Turn(heard.intent, 1.0, tuple(turn.said), turn.slots, turn.loop)
        return Memory(slots, turn.loop), seen, tuple(turn.taken)

    def _next(self, turn: _Turn) -> str:
        if turn.followup is not None:
            action, turn.followup = turn.followup, None
            return action
        if turn.loop is not None and not turn.is_loop_rejected:
            return LISTEN if turn.latest == turn.loop else turn.loop
        chosen = self._rules.next_action(turn.moments) or FALLBACK
        # Rasa gives a form that has just declined no second chance; with nothing else it listens.
        return LISTEN if chosen == turn.rejected else chosen

    def _run(self, turn: _Turn, action: str) -> None:
        is_form = action in self._domain.forms
        if is_form:
            try:
                self._run_form(turn, action)
            except FormRejected:
                turn.is_loop_rejected, turn.rejected = True, action
                turn.taken.pop()  # Rasa counts no action that declined
                return
            turn.is_loop_rejected = False
        elif action in self._domain.responses or action in self._domain.orders:
            turn.said.append(self._utterance(action, {}))
        elif action in ACTION_NAMES:
            self._remember(turn, self._asked(turn, action, turn.loop))
        turn.rejected = None
        turn.latest = action
        turn.moments.append(self._moment(turn, action, None if is_form else turn.heard.intent))

    def _run_form(self, turn: _Turn, form: str) -> None:
        """Do what Rasa's FormAction does: validate, ask for the next slot, or close."""
        was_open = turn.loop == form
        validate = f"validate_{form}"
        answer = ActionAnswer()
        if validate in self._domain.actions:
            asked = turn.slots.get(REQUESTED) if was_open else None
            answer = self._asked({**turn.slots, REQUESTED: asked}, validate, form, turn.heard)
        changed = {event["name"]: event["value"] for event in answer.events if event["event"] == "slot"}
        must_validate = was_open and turn.latest == LISTEN
        if must_validate and turn.slots.get(REQUESTED) and not set(changed) - {REQUESTED}:
            raise FormRejected
        turn.loop = form
        if not was_open:
            turn.slots[REQUESTED] = None
        self._remember(turn, answer)
        if REQUESTED in changed and changed[REQUESTED] is None:
            turn.loop = None
            return
        wanted = changed.get(REQUESTED) or self._first_empty(form, turn.slots)
        turn.slots[REQUESTED] = wanted
        if wanted is None:
            turn.loop = None
            return
        question = self._domain.question(form, wanted)
        if question is None:
            return
        if question in self._domain.responses:
            turn.said.append(self._utterance(question, {}))
        else:
            self._remember(turn, self._asked(turn, question, form))

    def _first_empty(self, form: str, slots: Mapping[str, Any]) -> str | None:
        return next((slot for slot in self._domain.forms[form] if slots.get(slot) is None), None)

    def _asked(
        self, turn: "_Turn | dict[str, Any]", action: str, loop: str | None, heard: Heard | None = None
    ) -> ActionAnswer:
        slots = turn.slots if isinstance(turn, _Turn) else turn
        heard = turn.heard if isinstance(turn, _Turn) else heard
        assert heard is not None
        said = "/enter_digits" + json.dumps({"digits": heard.words}) if heard.is_keyed else heard.words
        request = ActionRequest(
            action=action,
            call_id=CALL,
            slots=slots,
            intent=heard.intent,
            numbers=heard.numbers,
            active_loop=loop,
            entities=heard.entities,
            said=said,
            language=self._language,
        )
        return self._actions.run(request)

    def _remember(self, turn: _Turn, answer: ActionAnswer) -> None:
        for event in answer.events:
            if event["event"] == "slot":
                turn.slots[event["name"]] = event["value"]
            elif event["event"] == "followup":
                turn.followup = event["name"]
            elif event["event"] == "active_loop":
                turn.loop = event["name"]
        for said in answer.responses:
            if "custom" in said:
                turn.said.append(Utterance(None, {}, said["custom"]))
            else:
                values = {name: value for name, value in said.items() if name != "response"}
                turn.said.append(self._utterance(str(said["response"]), values))

    def _utterance(self, name: str, values: Mapping[str, str]) -> Utterance:
        if name in self._domain.orders:
            return Utterance(None, {}, self._domain.orders[name])
        return Utterance(name, values)

    def _moment(self, turn: _Turn, before: str, intent: str | None) -> Moment:
        seen = tuple((name, turn.slots.get(name)) for name in self._domain.seen_slots)
        return Moment(before, intent, turn.loop, tuple((name, value) for name, value in seen if value))
