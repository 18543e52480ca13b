"""One agent's screen, part by part as HTML; says which parts changed since it was last looked at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ivr.handoff import desk_view, desk_words
from ivr.handoff.briefing import Told
from ivr.handoff.desk_briefing import sourced
from ivr.handoff.desk_records import DeskRecords, EarlierCall
from ivr.handoff.desk_transcript import Line, Transcript
from ivr.handoff.desk_view import Card, Stage
from ivr.handoff.transfer import TransferState
from ivr.knowledge.article import Article
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, TransferRow
from ivr.roles import Role
from ivr.web.desk.board import Board
from ivr.web.staff.sessions import StaffSession

EARLIER_CALLS = 5

Render = Callable[..., str]


@dataclass(frozen=True)
class EarlierLine:
    """An earlier call as one line."""

    call: EarlierCall
    outcome: str
    reason: str | None
    disposition: str | None


@dataclass(frozen=True)
class Suggested:
    """Articles likely to answer what the caller of a transfer wants, in their language."""

    language: str = ""
    articles: tuple[Article, ...] = ()
    today: date | None = None


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
        session: StaffSession,
        records: CallRecords,
        desk_records: DeskRecords,
        dispositions: Mapping[str, str],
        render: Render,
        on_transcript_seen: Callable[[str], None],
        briefing: Callable[[TransferRow], Sequence[Told]],
        suggest: Callable[[TransferRow], Suggested],
    ) -> None:
        self._agent = session.name
        self._csrf = session.csrf
        self._is_supervisor = Role.SUPERVISOR in session.roles
        self._records = records
        self._desk_records = desk_records
        self._dispositions = dispositions
        self._render = render
        self._on_transcript_seen = on_transcript_seen
        self._briefing = briefing
        self._suggest = suggest
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
        waiting = board.waiting(self._agent)
        self._part(
            change,
            "waiting",
            waiting=waiting,
            assignable=[line.name for line in board.agents if line.state not in {"ringing", "talking"}]
            if self._is_supervisor
            else [],
        )
        self._part(change, "team", agents=[line for line in board.agents if line.name != self._agent])
        self._part(change, "callbacks", callbacks=board.callbacks, me=me is not None)
        if self._is_supervisor:
            self._part(
                change, "house", level=board.level, people_first=board.people_first, waiting=waiting[:1]
            )
        self._talk(change, card)
        is_held = self._transcript is not None and self._transcript.is_held
        self._part(
            change,
            "card",
            card=card,
            me=me,
            is_held=is_held,
            decline_reasons=desk_words.DECLINE_REASONS,
            statements=sourced(self._briefing(row), self._transcript) if row is not None else (),
        )
        self._notes(change, row, board)
        suggested = self._suggest(row) if row is not None else Suggested()
        self._part(
            change,
            "suggested",
            language=suggested.language,
            articles=suggested.articles,
            today=suggested.today,
        )
        return change

    def _notes(self, change: Change, row: TransferRow | None, board: Board) -> None:
        """Show the form of the talk in hand, else of the oldest talk whose notes are not finished."""
        owed = [one for one in board.unfinished if one.agent == self._agent]
        is_talking = row is not None and row.state == TransferState.BRIDGED
        target = row if is_talking else None
        if target is None and (row is None or desk_view.card(row).stage is Stage.OVER):
            target = next((one for one in owed if row and one.transfer_id == row.transfer_id), None)
            target = target or (owed[0] if owed else None)
        key = (target.transfer_id, target.state) if target is not None else None
        if "notes" in self._shown and self._shown["notes"] == key:
            return
        self._shown["notes"] = key
        draft = self._desk_records.wrap_up(target.transfer_id) if target is not None else None
        change.parts["notes"] = self._render(
            "notes",
            csrf=self._csrf,
            card=desk_view.card(target) if target is not None else None,
            draft=draft,
            is_over=target is not None and not is_talking,
            dispositions=self._dispositions,
        )

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
        earlier = (
            earlier_lines(self._desk_records, call_id, self._dispositions) if call_id is not None else []
        )
        if call_id is not None:
            self._on_transcript_seen(call_id)
            for line in earlier:
                if line.call.notes:
                    self._records.append(line.call.call_id, Kind.NOTES_VIEWED, agent=self._agent)
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


def earlier_lines(
    desk_records: DeskRecords, call_id: str, dispositions: Mapping[str, str]
) -> list[EarlierLine]:
    """Return the caller's earlier calls in words."""
    return [
        EarlierLine(
            call,
            desk_words.outcome(call.outcome),
            desk_words.reason(call.reason) if call.reason else None,
            dispositions.get(call.disposition, call.disposition) if call.disposition else None,
        )
        for call in desk_records.earlier_calls(call_id, EARLIER_CALLS)
    ]


def note_view(records: CallRecords, call_id: str, agent: str) -> None:
    """Write into the call's record that somebody looked at its words."""
    records.append(call_id, Kind.TRANSCRIPT_VIEWED, agent=agent)
