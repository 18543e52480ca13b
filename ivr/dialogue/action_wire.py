"""The wire between Rasa and the service's actions: rasa-sdk's JSON, checked on the way in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORM = "matter_form"
LONGEST = 32  # digits
LONGEST_SAID = 600  # characters


class ActionRequestMalformed(Exception):
    """What arrived is not an action request."""


@dataclass(frozen=True)
class ActionRequest:
    """One action Rasa asks for.

    `numbers` are the digit strings in the caller's last input, in order, or the code of letters and digits
    that the service made of it; `entities` are the names of all that was found in it, `said` the words as
    they were transcribed.
    """

    action: str
    call_id: str
    slots: Mapping[str, Any]
    intent: str | None
    numbers: tuple[str, ...]
    active_loop: str | None
    entities: frozenset[str] = frozenset()
    said: str = ""
    language: str = "en"

    @property
    def requested_slot(self) -> str | None:
        """Return the slot the active form has asked for."""
        return self.slots.get("requested_slot")

    @property
    def is_form_open(self) -> bool:
        """Say whether the order form waits for an answer."""
        return self.active_loop == FORM


@dataclass(frozen=True)
class ActionAnswer:
    """What an action did: events for Rasa's memory and what is said, in order."""

    events: tuple[dict[str, Any], ...] = ()
    responses: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the body Rasa expects."""
        return {"events": list(self.events), "responses": list(self.responses)}


def read_request(body: object) -> ActionRequest:
    """Check and read a request body. Raises ActionRequestMalformed."""
    if not isinstance(body, Mapping):
        raise ActionRequestMalformed("the body is not an object")
    tracker = body.get("tracker")
    action = body.get("next_action")
    call_id = body.get("sender_id")
    if not isinstance(action, str) or not isinstance(call_id, str) or not isinstance(tracker, Mapping):
        raise ActionRequestMalformed("next_action, sender_id or tracker is missing")
    slots = tracker.get("slots") or {}
    latest = tracker.get("latest_message") or {}
    loop = tracker.get("active_loop") or {}
    if not all(isinstance(part, Mapping) for part in (slots, latest, loop)):
        raise ActionRequestMalformed("the tracker is not as Rasa 3.6 writes it")
    entities = latest.get("entities") or []
    if not isinstance(entities, list):
        raise ActionRequestMalformed("the entities are not a list")
    intent = latest.get("intent") or {}
    return ActionRequest(
        action=action,
        call_id=call_id,
        slots=slots,
        intent=intent.get("name") if isinstance(intent, Mapping) else None,
        numbers=_code_sent(latest) or _numbers(entities),
        active_loop=loop.get("name"),
        entities=frozenset(str(found.get("entity")) for found in entities if isinstance(found, Mapping)),
        **_as_it_was_said(latest),
    )


def _as_it_was_said(latest: Mapping[str, Any]) -> dict[str, str]:
    """Return language and words of the last input: what the service sent along, else what Rasa was given."""
    sent = latest.get("metadata")
    sent = sent if isinstance(sent, Mapping) else {}
    return {
        "said": str(sent.get("said") or latest.get("text") or "")[:LONGEST_SAID],
        "language": str(sent.get("language") or "en"),
    }


def _code_sent(latest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the order number with letters that came along: Rasa is given a stand-in for it."""
    sent = latest.get("metadata")
    code = sent.get("code") if isinstance(sent, Mapping) else None
    return (code,) if isinstance(code, str) and code.isalnum() and len(code) <= LONGEST else ()


def _numbers(entities: Sequence[Any]) -> tuple[str, ...]:
    found = (
        entity for entity in entities if isinstance(entity, Mapping) and entity.get("entity") == "digits"
    )
    values = (str(entity.get("value")) for entity in found)
    return tuple(value for value in values if value.isascii() and value.isdigit() and len(value) <= LONGEST)


def slot(name: str, value: Any) -> dict[str, Any]:
    """Return the event that sets a slot."""
    return {"event": "slot", "name": name, "value": value, "timestamp": None}


def followup(action: str) -> dict[str, Any]:
    """Return the event that makes Rasa run this action next."""
    return {"event": "followup", "name": action, "timestamp": None}


def ask(question: str) -> dict[str, Any]:
    """Return the event that makes the form ask this question next."""
    return slot("requested_slot", question)


def say(response: str, **values: str) -> dict[str, Any]:
    """Return the utterance of a response; `values` fill its braces."""
    return {"response": response, **values}


def command(name: str, **details: str) -> dict[str, Any]:
    """Return an order to the phone side, which is not spoken."""
    return {"custom": {"command": name, **details}}
