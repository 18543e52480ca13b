"""What a call's trace looks like: the call, its turns and their parts, transfers; nothing personal. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.records.kinds import Kind
from ivr.records.store import CallEvent

Value = str | int | float | bool

# The parts of a turn in the order they follow each other, by their names in `turn_answered`.
PARTS = (
    ("endpointing_s", "endpointing"),
    ("transcription_s", "transcription"),
    ("dialogue_s", "rasa"),
    ("speech_s", "speech"),
)
# Facts that may leave the house, by kind of event: names of ours and figures, never words of a caller.
TOLD: Mapping[Kind, tuple[str, ...]] = {
    Kind.CALL_STARTED: ("release",),
    Kind.CALL_ENDED: ("outcome", "step"),
    Kind.UTTERANCE_HEARD: ("asr_confidence", "doubt", "engine", "model", "endpoint"),
    Kind.TURN_ANSWERED: ("turn", "intent", "intent_confidence", "verdict"),
    Kind.LOOKED_UP: ("system", "found"),
    Kind.ESCALATED: ("reason",),
    Kind.TRANSFER_MOVED: ("state",),
}


@dataclass(frozen=True)
class Span:
    """A stretch of time with a name; `parent` is the place in the list of the span around it."""

    name: str
    began: datetime
    ended: datetime
    facts: Mapping[str, Value]
    parent: int | None = None


def trace_key(call_id: str) -> bytes:
    """Return 24 bytes that stand for a call: its trace's id (16) and its first span's (8).

    Whoever has a call's id finds its trace; nobody finds the call by the trace.
    """
    return hashlib.sha256(b"trace of " + call_id.encode()).digest()[:24]


def call_trace(events: Sequence[CallEvent]) -> list[Span]:
    """Return a call's spans, the call itself first; none for a call that left nothing."""
    if not events:
        return []
    facts = _told(events, Kind.CALL_STARTED) | _told(events, Kind.CALL_ENDED)
    spans = [Span("call", events[0].at, events[-1].at, facts)]
    heard: Mapping[str, Value] = {}
    for event in events:
        match event.kind:
            case Kind.UTTERANCE_HEARD:
                heard = _of(event)
            case Kind.TURN_ANSWERED:
                _add_turn(spans, event, heard)
                heard = {}
            case Kind.LOOKED_UP:
                spans.append(Span("look-up", event.at, event.at, _of(event), 0))
            case Kind.ESCALATED:
                spans.append(Span("escalated", event.at, event.at, _of(event), 0))
    _add_transfers(spans, events)
    return spans


def _add_turn(spans: list[Span], answered: CallEvent, heard: Mapping[str, Value]) -> None:
    """The event is written as the answer begins to sound; what led to it is reckoned back from there."""
    timings = answered.facts.get("timings") or {}
    began = answered.at - timedelta(seconds=float(timings.get("time_to_first_audio_s", 0.0)))
    place = len(spans)
    spans.append(Span("turn", began, answered.at, _of(answered), 0))
    at = began
    for fact, name in PARTS:
        if fact in timings:
            until = at + timedelta(seconds=float(timings[fact]))
            spans.append(Span(name, at, until, heard if name == "transcription" else {}, place))
            at = until


def _add_transfers(spans: list[Span], events: Iterable[CallEvent]) -> None:
    moved: dict[str, list[CallEvent]] = {}
    for event in events:
        if event.kind == Kind.TRANSFER_MOVED:
            moved.setdefault(str(event.facts.get("transfer_id")), []).append(event)
    for moves in moved.values():
        place = len(spans)
        spans.append(Span("transfer", moves[0].at, moves[-1].at, _of(moves[-1]), 0))
        spans += [Span(f"transfer {_of(move).get('state')}", move.at, move.at, {}, place) for move in moves]


def _told(events: Iterable[CallEvent], kind: Kind) -> dict[str, Value]:
    return next((_of(event) for event in events if event.kind == kind), {})


def _of(event: CallEvent) -> dict[str, Value]:
    names = TOLD.get(Kind(event.kind), ())
    return {name: event.facts[name] for name in names if isinstance(event.facts.get(name), str | int | float)}
