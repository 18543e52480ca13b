"""A call's words as the desk shows them: who said what, when, and how sure that is. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.handoff import desk_words as words
from ivr.handoff.transfer import TransferState
from ivr.records.kinds import Kind
from ivr.records.store import CallEvent

UNSURE_BELOW = 0.6  # asr_confidence; a sentence this doubtful often has a wrong word in it

_HOLDS: dict[str, bool] = {
    Kind.HOLD_STARTED: True,
    Kind.HOLD_ENDED: False,
    Kind.TRANSFER_MOVED: False,
}
_NOTES: dict[str, str] = {
    Kind.NO_INPUT: "The caller said nothing",
    Kind.STREAM_LOST: "The sound was lost for a moment",
    Kind.HOLD_STARTED: "The caller is on hold",
    Kind.HOLD_ENDED: "The caller is back from hold",
}
_LOOKED_UP = {True: "Looked up: found", False: "Looked up: nothing found"}


@dataclass(frozen=True)
class Line:
    """One line of the conversation. `at_s` counts from the start of the call; `mark` says what is special."""

    key: int
    who: str  # "bot", "caller" or "note"
    text: str
    at_s: float
    mark: str | None = None

    @property
    def at(self) -> str:
        """Return the time in the call as minutes and seconds."""
        return f"{int(self.at_s) // 60}:{int(self.at_s) % 60:02d}"


class Transcript:
    """Takes a call's events one by one. Lines are only added, or changed where they stand."""

    def __init__(self, started_at: datetime) -> None:
        self._started_at = started_at
        self._lines: dict[int, Line] = {}
        self._of_turn: dict[int, int] = {}
        self._of_prompt: dict[str, int] = {}
        self.last_seq = 0
        self.is_held = False  # the agent has parked the caller

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return all lines in order."""
        return tuple(self._lines.values())

    def line_of(self, turn: int | None, prompt_id: str | None) -> Line | None:
        """Return the line in which a prompt was said last, else the one the caller's turn is in."""
        key = self._of_prompt.get(prompt_id) if prompt_id is not None else self._of_turn.get(turn or 0)
        return None if key is None else self._lines.get(key)

    def take(self, events: Iterable[CallEvent]) -> tuple[Line, ...]:
        """Take newer events in order and return the lines that are new or have changed."""
        touched: dict[int, Line] = {}
        for event in events:
            self.last_seq = max(self.last_seq, event.seq)
            self.is_held = _HOLDS.get(event.kind, self.is_held)
            line = self._cut(event) if event.kind == Kind.PROMPT_ENDED else self._line(event)
            if line is not None:
                self._lines[line.key] = touched[line.key] = line
                self._index(event)
        return tuple(touched.values())

    def _index(self, event: CallEvent) -> None:
        if event.kind == Kind.PROMPT_STARTED:
            self._of_prompt[str(event.facts.get("prompt_id"))] = event.seq
        elif event.kind in {Kind.UTTERANCE_HEARD, Kind.KEYS_ENTERED} and event.facts.get("turn"):
            self._of_turn[int(event.facts["turn"])] = event.seq

    def _line(self, event: CallEvent) -> Line | None:
        said = _said(event)
        if said is None:
            return None
        who, text, mark = said
        at_s = max(0.0, (event.at - self._started_at).total_seconds())
        return Line(event.seq, who, text, at_s, mark)

    def _cut(self, event: CallEvent) -> Line | None:
        """Return the bot's line as far as the caller heard it, when it was cut."""
        if event.facts.get("is_complete", True):
            return None
        last = next((line for line in reversed(self._lines.values()) if line.who == "bot"), None)
        if last is None:
            return None
        heard = str(event.facts.get("heard_text") or "").rstrip()
        return replace(last, text=f"{heard} …" if heard else "…", mark="interrupted")


def _said(event: CallEvent) -> tuple[str, str, str | None] | None:
    """Return who said what and how sure that is; None for what no agent needs to read."""
    facts = event.facts
    match event.kind:
        case Kind.PROMPT_STARTED:
            return "bot", str(facts.get("text", "")), None
        case Kind.UTTERANCE_HEARD:
            return _heard(str(facts.get("text") or ""), facts.get("doubt"), facts.get("asr_confidence"))
        case Kind.KEYS_ENTERED:
            return "caller", str(facts.get("digits", "")), "keypad"
        case _:
            note = _note(event)
            return None if note is None else ("note", note, None)


def _heard(text: str, doubt: object, asr_confidence: object) -> tuple[str, str, str | None] | None:
    if not text.strip():
        return ("note", "Something was said that could not be made out", None) if doubt else None
    is_unsure = isinstance(asr_confidence, int | float) and asr_confidence < UNSURE_BELOW
    return "caller", text, "unsure" if doubt or is_unsure else None


def _note(event: CallEvent) -> str | None:
    facts = event.facts
    match event.kind:
        case Kind.LOOKED_UP:
            return _LOOKED_UP[bool(facts.get("found"))]
        case Kind.ESCALATED:
            return f"To a person: {words.reason(str(facts.get('reason', ''))).lower()}"
        case Kind.TRANSFER_MOVED:
            return _moved(str(facts.get("state", "")), facts.get("agent"))
        case Kind.TRANSFER_DECLINED:
            why = words.DECLINE_REASONS.get(str(facts.get("why")), "no reason given")
            return f"{facts.get('agent')} declined: {why.lower()}"
        case Kind.TRANSFER_ASSIGNED:
            return f"{facts.get('by')} gave the caller to {facts.get('agent')}"
        case Kind.MESSAGE_WRITTEN:
            return f"Left a message: {facts.get('text') or 'not to be made out'}"
        case Kind.CALLBACK_BOOKED:
            return f"Callback booked, case {facts.get('case_number')}"
        case Kind.CALL_ENDED:
            outcome = str(facts.get("outcome", ""))
            return f"Call over: {words.OUTCOMES.get(outcome, words.plain(outcome)).lower()}"
        case _:
            return _NOTES.get(event.kind)


def _moved(state: str, agent: object) -> str | None:
    if state not in set(TransferState):
        return None
    return words.MOVED[TransferState(state)].format(agent=agent or "The agent")
