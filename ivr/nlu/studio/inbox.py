"""Which of the callers' utterances teach the bot most, and why. Pure: events in, an ordered list out."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from ivr.nlu.corpus import NOT_UNDERSTOOD, as_heard
from ivr.records.kinds import Kind
from ivr.records.store import CallEvent

SURE = 0.85  # from here on the bot acts without doubt (config.yml asks again under its own threshold)
# What a caller's way after the answer says about the answer.
DISAGREEING = frozenset({"wrong_place", "passed_on"})
NO_WISH = frozenset({"affirm", "deny", "enter_digits", "inform_number"})  # answers to the bot's questions
_WEIGHTS = {"not understood": 3.0, "out of scope": 2.5, "a person took over": 2.5, "the agent disagreed": 4.0}


@dataclass(frozen=True)
class Utterance:
    """One thing a caller said, redacted, with what the bot made of it and what came after."""

    call_id: str
    turn: int
    at: datetime
    language: str
    text: str
    intent: str | None
    intent_confidence: float
    is_understood: bool
    escalated: str | None = None  # why a person took over right after
    disposition: str | None = None  # what the agent said afterwards

    @property
    def key(self) -> str:
        """Return what all utterances with the same words in the same language share."""
        return key_of(self.language, self.text)


@dataclass(frozen=True)
class Item:
    """Utterances with the same words; the newest stands for all. `reasons` say why to look at it."""

    key: str
    newest: Utterance
    count: int
    reasons: tuple[str, ...]
    weight: float


def key_of(language: str, text: str) -> str:
    """Return the key of words as the bot reads them: case, punctuation and spelled numbers apart."""
    return hashlib.sha256(f"{language}\0{as_heard(text, language)}".encode()).hexdigest()[:16]


def utterances(events: Iterable[CallEvent], languages: Mapping[str, str]) -> list[Utterance]:
    """Return what callers said. `events` come call by call in order; `languages` is each call's first."""
    found: list[Utterance] = []
    for call_id, own in groupby(events, key=lambda event: event.call_id):
        found += _of_call(list(own), languages.get(call_id, "en"))
    return found


def inbox(found: Iterable[Utterance], decided: Collection[str], trained: Collection[str]) -> list[Item]:
    """Return what is worth looking at, what teaches most first.

    `decided` are keys somebody dealt with, `trained` keys of training sentences. What the bot was sure
    of and nothing contradicts is left out, and so are answers to its questions.
    """
    grouped: dict[str, list[Utterance]] = {}
    for utterance in found:
        grouped.setdefault(utterance.key, []).append(utterance)
    items = [
        _item(key, group)
        for key, group in grouped.items()
        if key not in decided and not (key in trained and all(one.is_understood for one in group))
    ]
    worth = [item for item in items if item.reasons]
    return sorted(worth, key=lambda item: (-item.weight, -item.newest.at.timestamp(), item.key))


def _item(key: str, group: Sequence[Utterance]) -> Item:
    newest = max(group, key=lambda one: one.at)
    reasons: dict[str, float] = {}
    for one in group:
        for reason, weight in _reasons(one):
            reasons[reason] = max(weight, reasons.get(reason, 0.0))
    # The tenth caller with the same words adds less than the second.
    weight = sum(reasons.values()) * (1 + min(len(group) - 1, 20) / 10)
    ordered = sorted(reasons, key=lambda reason: -reasons[reason])
    return Item(key, newest, len(group), tuple(ordered), weight)


def _reasons(one: Utterance) -> Iterable[tuple[str, float]]:
    if one.intent in NO_WISH and one.is_understood:
        return
    if not one.is_understood or one.intent is None or one.intent in NOT_UNDERSTOOD:
        yield "not understood", _WEIGHTS["not understood"]
    elif one.intent == "out_of_scope":
        yield "out of scope", _WEIGHTS["out of scope"]
    elif one.intent_confidence < SURE:
        yield "unsure", 1.0 + 2.0 * (SURE - one.intent_confidence)
    if one.escalated is not None and one.is_understood and one.intent != "speak_to_person":
        yield "a person took over", _WEIGHTS["a person took over"]
    if one.disposition in DISAGREEING and one.is_understood:
        yield "the agent disagreed", _WEIGHTS["the agent disagreed"]


def _of_call(events: Sequence[CallEvent], language: str) -> list[Utterance]:
    heard: dict[int, Utterance] = {}
    newest: int | None = None
    for event in events:
        facts, turn = event.facts, event.facts.get("turn")
        match event.kind:
            case Kind.CALL_STARTED if facts.get("is_synthetic"):
                return []
            case Kind.LANGUAGE_CHANGED:
                language = str(facts.get("to") or language)
            case Kind.UTTERANCE_HEARD if isinstance(turn, int) and str(facts.get("text") or "").strip():
                text = str(facts["text"]).strip()
                heard[turn] = Utterance(
                    event.call_id, turn, event.at, language, text, None, 0.0, is_understood=False
                )
                newest = turn
            case Kind.TURN_ANSWERED if turn in heard:
                heard[turn] = _with(heard[turn], **_answer(facts))
            case Kind.ESCALATED if newest is not None:
                heard[newest] = _with(heard[newest], escalated=str(facts.get("reason")))
            case Kind.WRAPPED_UP if newest is not None:
                # What the agent says is about the last wish that was acted on.
                acted = [
                    turn for turn, one in heard.items() if one.is_understood and one.intent not in NO_WISH
                ]
                about = acted[-1] if acted else newest
                heard[about] = _with(heard[about], disposition=str(facts.get("disposition")))
    return list(heard.values())


def _answer(facts: Mapping[str, object]) -> dict[str, object]:
    intent, confidence = facts.get("intent"), facts.get("intent_confidence")
    return {
        "intent": str(intent) if intent else None,
        "intent_confidence": float(confidence) if isinstance(confidence, int | float) else 0.0,
        "is_understood": facts.get("verdict") != "no_match" and bool(intent) and intent not in NOT_UNDERSTOOD,
    }


def _with(one: Utterance, **changes: Any) -> Utterance:
    return replace(one, **changes)
