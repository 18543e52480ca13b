"""Which action the designers' rules take next, as Rasa's RulePolicy would; a contract test compares. Pure.

A rule is seen as Rasa sees it: for each of its steps a row of partial states (what the caller meant, the
action before, slots that rules may look at, the form) and the action that follows. The longest row that fits
the end of the turn wins.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ivr.errors import IvrError

LISTEN = "action_listen"
NOT_SET = "should_not_be_set"
_STEPS = {"intent", "action", "active_loop", "slot_was_set", "entities"}


class RuleUnknown(IvrError):
    """A rule is written in a way that the exploration cannot follow, so nothing is shown about it."""


@dataclass(frozen=True)
class Moment:
    """What rules may look at: the action before, the caller's intent, the form, and slots by name."""

    before: str
    intent: str | None = None
    loop: str | None = None
    slots: tuple[tuple[str, Any], ...] = ()

    def fits(self, now: "Moment") -> bool:
        """Say whether everything this rule's moment names is so now."""
        if self.before != now.before or self.intent not in {None, now.intent}:
            return False
        if self.loop is not None and self.loop != (now.loop or NOT_SET):
            return False
        known = dict(now.slots)
        return all(_is_so(wanted, known.get(name)) for name, wanted in self.slots)


@dataclass(frozen=True)
class Lead:
    """The moments in a row that lead to an action, and the rule's name."""

    moments: tuple[Moment, ...]
    action: str
    rule: str

    @property
    def length(self) -> int:
        """Return how much it looks at: Rasa takes the longest of those that fit."""
        return len(json.dumps([_as_rasa_writes(moment) for moment in self.moments], sort_keys=True))


class RuleBook:
    """All rules of a folder. Immutable, any thread."""

    def __init__(self, leads: Sequence[Lead], loops: frozenset[str]) -> None:
        """`loops` are the names of the forms."""
        self._loops = loops
        self._leads: dict[tuple[str, str | None], list[tuple[int, Lead]]] = {}
        for lead in leads:
            last = lead.moments[-1]
            self._leads.setdefault((last.before, last.intent), []).append((lead.length, lead))

    @classmethod
    def load(cls, folder: Path, loops: frozenset[str]) -> "RuleBook":
        """Read `rules/*.yml` below the nlu_data folder. Raises RuleUnknown."""
        leads = [lead for file in sorted((folder / "rules").glob("*.yml")) for lead in _leads_of(file, loops)]
        return cls(leads, loops)

    def next_action(self, moments: Sequence[Moment]) -> str | None:
        """Return what follows this row of moments of one turn; None when no rule fits."""
        fitting = [
            (length, lead)
            for length, lead in self._looking_at(moments[-1])
            if len(lead.moments) <= len(moments)
            and all(
                wanted.fits(now)
                for wanted, now in zip(reversed(lead.moments), reversed(moments), strict=False)
            )
        ]
        if not fitting:
            return None
        best = max(fitting, key=lambda pair: pair[0])[1]
        loop = moments[-1].loop
        if best.action == LISTEN and loop is not None and best.moments[-1].loop in {None, NOT_SET}:
            return loop  # a rule that says nothing about the form gives the floor back to it
        return best.action

    def _looking_at(self, now: Moment) -> list[tuple[int, Lead]]:
        """Return the rows whose last moment may fit."""
        whatever_meant = self._leads.get((now.before, None), [])
        return whatever_meant + (self._leads.get((now.before, now.intent), []) if now.intent else [])


def _is_so(wanted: Any, found: Any) -> bool:
    if wanted == NOT_SET:
        return found is None
    return bool(found == wanted)


def _leads_of(file: Path, loops: frozenset[str]) -> Iterator[Lead]:
    content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    for rule in content.get("rules") or ():
        yield from _leads(rule, loops, file)


def _leads(rule: Mapping[str, Any], loops: frozenset[str], file: Path) -> Iterator[Lead]:
    name = str(rule.get("rule"))
    if rule.get("conversation_start"):
        raise RuleUnknown(f"{file}: “{name}”: `conversation_start` is not explored; begin with an intent")
    loop, slots = _condition(rule.get("condition") or ())
    intent, moments = None, []  # type: ignore[var-annotated]
    steps = list(rule.get("steps") or ())
    for at, step in enumerate(steps):
        if not isinstance(step, Mapping) or not set(step) & _STEPS or set(step) - _STEPS:
            raise RuleUnknown(f"{file}: “{name}”: the step {step!r} is not explored")
        if "intent" in step:
            if moments:
                raise RuleUnknown(f"{file}: “{name}”: a rule holds one turn of the caller")
            intent = str(step["intent"])
            moments.append(Moment(LISTEN, intent, loop, tuple(sorted(slots.items()))))
        elif "action" in step:
            action = str(step["action"])
            if moments:
                yield Lead(tuple(moments), action, name)
            for later in steps[at + 1 :]:
                if "active_loop" in later:
                    loop = str(later["active_loop"] or NOT_SET)
                elif "slot_was_set" in later:
                    slots |= _slots(later["slot_was_set"])
                else:
                    break
            moments.append(Moment(action, intent, loop, tuple(sorted(slots.items()))))
    if moments and rule.get("wait_for_user_input", True) and moments[-1].before != LISTEN:
        yield Lead(tuple(moments), LISTEN, name)


def _condition(written: Sequence[Mapping[str, Any]]) -> tuple[str | None, dict[str, Any]]:
    loop: str | None = None
    slots: dict[str, Any] = {}
    for one in written:
        if "active_loop" in one:
            loop = str(one["active_loop"] or NOT_SET)
        slots |= _slots(one.get("slot_was_set") or ())
    return loop, slots


def _slots(written: Any) -> dict[str, Any]:
    entries = [written] if isinstance(written, Mapping) else list(written)
    return {
        str(name): NOT_SET if value is None else value for entry in entries for name, value in entry.items()
    }


def _as_rasa_writes(moment: Moment) -> dict[str, Any]:
    """Return the moment about as long as Rasa writes it, whose longest row wins."""
    state: dict[str, Any] = {"prev_action": {"action_name": moment.before}}
    if moment.intent is not None:
        state["user"] = {"intent": moment.intent}
    if moment.loop is not None:
        state["active_loop"] = {"name": moment.loop}
    if moment.slots:
        state["slots"] = {name: [0.0, 1.0, 0.0] for name, _ in moment.slots}
    return state
