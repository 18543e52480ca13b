"""What the exploration must know of domain.yml: intents, slots that rules see, forms, actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ASKING = ("action_ask_{form}_{slot}", "utter_ask_{form}_{slot}", "action_ask_{slot}", "utter_ask_{slot}")


@dataclass(frozen=True)
class Domain:
    """The names of nlu_data/domain.yml and of the responses, as Rasa puts them together.

    `orders` are the responses that are orders to the phone side, by name.
    """

    intents: tuple[str, ...]
    actions: frozenset[str]
    responses: frozenset[str]
    orders: Mapping[str, Mapping[str, str]]
    forms: Mapping[str, tuple[str, ...]]
    seen_slots: tuple[str, ...]
    initial: Mapping[str, Any]

    @classmethod
    def load(cls, nlu_data: Path) -> "Domain":
        """Read domain.yml, commands.yml and responses/en.yml, which `ivr nlu check` has passed."""
        written = _read(nlu_data / "domain.yml")
        orders = {
            name: variants[0]["custom"]
            for name, variants in _read(nlu_data / "commands.yml")["responses"].items()
        }
        slots = written.get("slots") or {}
        seen = [name for name, about in slots.items() if about.get("influence_conversation", True)]
        return cls(
            tuple(str(intent) for intent in written["intents"]),
            frozenset(written.get("actions") or ()),
            frozenset(_read(nlu_data / "responses" / "en.yml")["responses"]),
            orders,
            {name: tuple(about.get("required_slots") or ()) for name, about in written["forms"].items()},
            (*seen, "requested_slot"),
            {name: about.get("initial_value") for name, about in slots.items()},
        )

    def question(self, form: str, slot: str) -> str | None:
        """Return the action or response by which a form asks for a slot; None when there is none."""
        names = (pattern.format(form=form, slot=slot) for pattern in ASKING)
        return next((name for name in names if name in self.actions or name in self.responses), None)


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))
