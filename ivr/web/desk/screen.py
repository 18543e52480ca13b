"""One agent's screen, part by part as HTML; says which parts changed since it was last looked at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ivr.handoff import desk_view, desk_words
from ivr.handoff.desk_records import DeskRecords, EarlierCall
from ivr.handoff.desk_transcript import Line, Transcript
from ivr.handoff.desk_view import Card
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords
from ivr.web.desk.board import Board

EARLIER_CALLS = 5

Render = Callable[..., str]


@dataclass(frozen=True)
class EarlierLine:
    """An earlier call as one line."""

    call: EarlierCall
    outcome: str
    reason: str | None


@dataclass
class Change:
    """What a page has to replace (whole parts) or to add (lines of the conversation)."""

    parts: dict[str, str] = field(default_factory=dict)
    lines: list[tuple[str, str]] = field(default_factory=list)
    card: Card | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not self.parts and not self.lines


class Screen:
    """Belongs to one page of one agent; one thread at a time."""

    def __init__(
        self,
        agent: str,
        csrf: str,
        records: CallRecords,
        desk_records: DeskRecords,
        render: Render,
        on_transcript_seen: Callable[[str], None],
    ) -> None:
        self._agent = agent
        self._csrf = csrf
        self._records = records
        self._desk_records = desk_records
        self._render = render
        self._on_transcript_seen = on_transcript_seen
        self._shown: dict[str, Any] = {}
        self._call_id: str | None = None
        self._transcript: Transcript | None = None

    @property
    def call_id(self) -> str | None:
        """Return the call whose card is shown."""
        return self._call_id

    def look(self, board: Board) -> Change:
        """Return what is different from the last look. Raises RecordsUnavailable."""
        me = next((agent for agent in board.agents if agent.name == self._agent), None)
        row = desk_view.own_transfer(board.with_agents, me)
        card = desk_view.card(row) if row is not None else None
        change = Change(card=card)
        self._part(change, "me", me=me, agent=self._agent)
        self._part(change, "waiting", waiting=board.waiting(self._agent))
        self._part(change, "team", agents=[line for line in board.agents if line.name != self._agent])
        self._part(change, "callbacks", callbacks=board.callbacks)
        self._part(change, "card", card=card, me=me, decline_reasons=desk_words.DECLINE_REASONS)
        self._talk(change, card)
        return change

    def _part(self, change: Change, name: str, **values: Any) -> None:
        if name in self._shown and self._shown[name] == values:
            return
        self._shown[name] = values
        change.parts[name] = self._render(name, csrf=self._csrf, **values)

    def _talk(self, change: Change, card: Card | None) -> None:
        call_id = card.call_id if card is not None else None
        if call_id != self._call_id or "talk" not in self._shown:
            self._begin(change, call_id)
            return
        if call_id is None or self._transcript is None:
            return
        touched = self._transcript.take(self._records.events(call_id, self._transcript.last_seq))
        change.lines += [(f"line-{line.key}", self._render("line", line=line)) for line in touched]

    def _begin(self, change: Change, call_id: str | None) -> None:
        lines, self._transcript = read_transcript(self._records, call_id)
        earlier = earlier_lines(self._desk_records, call_id) if call_id is not None else []
        if call_id is not None:
            self._on_transcript_seen(call_id)
        self._call_id = call_id
        self._part(change, "talk", call_id=call_id, lines=lines)
        self._part(change, "earlier", call_id=call_id, earlier=earlier)


def read_transcript(records: CallRecords, call_id: str | None) -> tuple[tuple[Line, ...], Transcript | None]:
    """Return a call's lines so far and what takes the next ones; nothing for no call."""
    call = records.call(call_id) if call_id is not None else None
    events = records.events(call_id) if call_id is not None else []
    if call is None and not events:
        return (), None
    transcript = Transcript(call.started_at if call is not None else events[0].at)
    transcript.take(events)
    return transcript.lines, transcript


def earlier_lines(desk_records: DeskRecords, call_id: str) -> list[EarlierLine]:
    """Return the caller's earlier calls in words."""
    return [
        EarlierLine(
            call,
            desk_words.outcome(call.outcome),
            desk_words.reason(call.reason) if call.reason else None,
        )
        for call in desk_records.earlier_calls(call_id, EARLIER_CALLS)
    ]


def note_view(records: CallRecords, call_id: str, agent: str) -> None:
    """Write into the call's record that somebody looked at its words."""
    records.append(call_id, Kind.TRANSCRIPT_VIEWED, agent=agent)
