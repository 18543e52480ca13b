"""What Rasa's memory of a conversation says about the last turn. Pure: JSON in, reply out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.prompt import Prompt
from ivr.dialogue.action_wire import FORM
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.dialogue.wording import Wording
from ivr.handoff.escalation import EscalationReason

POSTCODE_DIGITS = 5  # the longest; endpointing and keys wait for this many
_ASKED = {
    "order_number": Expectation(Expecting.DIGITS, "order_number", 6),
    "postcode": Expectation(Expecting.DIGITS, "postcode", POSTCODE_DIGITS),
    "confirmation": Expectation(Expecting.YES_NO, "confirmation"),
}
_VERDICTS = {
    "no_match": Verdict.NO_MATCH,
    "repeat": Verdict.REPEAT,
    "slower": Verdict.REPEAT,  # the last thing again, and everything from now on, slowly
    "change_language": Verdict.CHANGE_LANGUAGE,
    "hand_over": Verdict.HAND_OVER,
    "hang_up": Verdict.HANG_UP,
}
# Slots that are worth knowing outside, by the name they have there.
_FACTS = {
    "known_order_number": "order_number",
    "is_verified": "is_verified",
    "is_status_read": "is_status_read",
    "customer_name": "customer_name",
    "order_status": "order_status",
    "delivery_date": "delivery_date",
    "carrier_name": "carrier_name",
    "tracking_code": "tracking_code",
    "matter": "matter",
    "case_number": "case_number",
    "speech_rate": "speech_rate",
}


class TrackerUnreadable(Exception):
    """Rasa's memory is not what a finished turn leaves behind."""


@dataclass(frozen=True)
class Utterance:
    """One response of the turn: its name and values, or an order to the phone side."""

    name: str | None
    values: Mapping[str, str]
    command: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Turn:
    """The last turn as Rasa remembers it."""

    intent: str | None
    intent_confidence: float
    utterances: tuple[Utterance, ...]
    slots: Mapping[str, Any]
    active_loop: str | None


def read_turn(tracker: object, message: str) -> Turn:
    """Read the turn that began with `message`. Raises TrackerUnreadable."""
    if not isinstance(tracker, Mapping) or not isinstance(tracker.get("events"), list):
        raise TrackerUnreadable("Rasa's tracker has no events")
    events = [event for event in tracker["events"] if isinstance(event, Mapping)]
    at = max((at for at, event in enumerate(events) if event.get("event") == "user"), default=None)
    if at is None or events[at].get("text") != message:
        raise TrackerUnreadable("Rasa did not take in what was said")
    if events[-1].get("event") == "action_execution_rejected" or not _is_finished(events[at:]):
        raise TrackerUnreadable("Rasa did not finish the turn")
    parsed = events[at].get("parse_data") or {}
    intent = parsed.get("intent") or {}
    slots = tracker.get("slots")
    if not isinstance(slots, Mapping) or not isinstance(intent, Mapping):
        raise TrackerUnreadable("Rasa's tracker has no slots or no intent")
    loop = tracker.get("active_loop") or {}
    return Turn(
        intent=intent.get("name"),
        intent_confidence=float(intent.get("confidence") or 0.0),
        utterances=tuple(_utterances(events[at:])),
        slots=slots,
        active_loop=loop.get("name") if isinstance(loop, Mapping) else None,
    )


def _is_finished(events: list[Mapping[str, Any]]) -> bool:
    actions = [event.get("name") for event in events if event.get("event") == "action"]
    return bool(actions) and actions[-1] == "action_listen"


def _utterances(events: list[Mapping[str, Any]]) -> Iterator[Utterance]:
    for event in events:
        if event.get("event") != "bot":
            continue
        metadata = event.get("metadata") or {}
        custom = (event.get("data") or {}).get("custom")
        if isinstance(custom, Mapping) and "command" in custom:
            yield Utterance(None, {}, custom)
        elif metadata.get("utter_action"):
            values = {name: value for name, value in metadata.items() if isinstance(value, str)}
            yield Utterance(metadata["utter_action"], values)


def turn_reply(turn: Turn, wording: Wording, language: str) -> DialogueReply:
    """Turn Rasa's turn into a reply. Raises TrackerUnreadable for orders or wording nobody knows."""
    verdict, escalation, spoken = _verdict(turn.utterances)
    slots = turn.slots
    known = {known_as: _as_text(slots[name]) for name, known_as in _FACTS.items() if slots.get(name)}
    prompts = tuple(_prompt(utterance, wording, language) for utterance in spoken)
    if verdict is Verdict.ANSWERED and not prompts:
        raise TrackerUnreadable("Rasa had nothing to say")
    return DialogueReply(
        verdict=verdict,
        prompts=prompts,
        expects=_expectation(turn),
        intent=turn.intent,
        intent_confidence=turn.intent_confidence,
        escalation=escalation,
        facts=known | _told(turn.utterances),
    )


def _told(utterances: tuple[Utterance, ...]) -> dict[str, str]:
    """Return what the caller told for a person, which the form forgets as it hands over."""
    commands = (utterance.command for utterance in utterances if utterance.command is not None)
    words = next((command["words"] for command in commands if command.get("words")), None)
    return {} if words is None else {"words": words}


def _verdict(
    utterances: tuple[Utterance, ...],
) -> tuple[Verdict, EscalationReason | None, tuple[Utterance, ...]]:
    """Return the verdict and what is said with it: nothing after the order, and nothing with a reprompt."""
    for at, utterance in enumerate(utterances):
        if utterance.command is None:
            continue
        verdict = _VERDICTS.get(str(utterance.command.get("command")))
        if verdict is None:
            raise TrackerUnreadable(f"unknown command {utterance.command.get('command')!r}")
        if verdict in {Verdict.NO_MATCH, Verdict.REPEAT, Verdict.CHANGE_LANGUAGE}:
            return verdict, None, ()
        reason = _reason(utterance.command) if verdict is Verdict.HAND_OVER else None
        return verdict, reason, utterances[:at]
    return Verdict.ANSWERED, None, utterances


def _reason(order: Mapping[str, str]) -> EscalationReason:
    try:
        return EscalationReason(order.get("reason", ""))
    except ValueError:
        raise TrackerUnreadable(f"unknown reason {order.get('reason')!r}") from None


def _prompt(utterance: Utterance, wording: Wording, language: str) -> Prompt:
    assert utterance.name is not None  # orders are split off before
    try:
        return wording.prompt(utterance.name, language, **utterance.values)
    except KeyError as missing:
        raise TrackerUnreadable(f"no wording for {utterance.name} in {language} ({missing})") from missing


def _expectation(turn: Turn) -> Expectation:
    if turn.active_loop == FORM:
        asked = str(turn.slots.get("requested_slot"))
        return _ASKED.get(asked, Expectation(step=asked))
    if turn.slots.get("step") == "anything_else":
        return Expectation(Expecting.YES_NO, "anything_else")
    return Expectation()


def _as_text(value: object) -> str:
    return "true" if value is True else str(value)
