"""What all desks see at one moment: read from the records once for all who look."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.clock import Clock
from ivr.handoff import desk_view
from ivr.handoff.callback_try import OPEN
from ivr.handoff.desk_records import DeskRecords, SwitchThrow
from ivr.handoff.desk_view import AgentLine, CallbackLine, WaitingLine
from ivr.handoff.follow_up_records import FollowUpRecords, MessageState
from ivr.handoff.house_switch import PeopleFirst
from ivr.handoff.service_level import ServiceLevel, service_level
from ivr.records.store import CallRecords, TransferRow

FRESH_S = 0.15  # a card is to be seen within a second of the escalation
ENDED_SHOWN = timedelta(minutes=3)
NOTES_OWED = timedelta(hours=12)
LEVEL_OF = timedelta(hours=24)
LEVEL_FRESH_S = 5.0
WAITS_REMEMBERED = 500


@dataclass(frozen=True)
class Board:
    """Everything but the words of calls."""

    live: Sequence[TransferRow]
    since: Mapping[str, datetime]  # call id -> when its caller began to wait
    with_agents: Sequence[TransferRow]
    agents: tuple[AgentLine, ...]
    callbacks: tuple[CallbackLine, ...]
    unfinished: Sequence[TransferRow]  # talks whose notes are not finished
    level: ServiceLevel
    people_first: SwitchThrow | None

    def waiting(self, agent: str) -> tuple[WaitingLine, ...]:
        """Return who waits, as this agent reads it; the longest wait first."""
        return tuple(desk_view.waiting_line(row, self.since[row.call_id], agent) for row in self.live)


class BoardReader:
    """Reads the board, at most once per FRESH_S however many desks look. Safe from any thread."""

    def __init__(
        self,
        records: CallRecords,
        desk_records: DeskRecords,
        follow_ups: FollowUpRecords,
        people_first: PeopleFirst,
        clock: Clock,
    ) -> None:
        self._records = records
        self._desk_records = desk_records
        self._follow_ups = follow_ups
        self._people_first = people_first
        self._clock = clock
        self._lock = threading.Lock()
        self._board: Board | None = None
        self._read_at_s = 0.0
        self._since: dict[str, datetime] = {}
        self._level: ServiceLevel | None = None
        self._level_at_s = 0.0

    def now(self, is_fresh: bool = False) -> Board:
        """Return the board, read anew when asked to. Raises RecordsUnavailable."""
        with self._lock:
            now_s = self._clock.monotonic()
            if self._board is None or is_fresh or now_s - self._read_at_s >= FRESH_S:
                self._board = self._read()
                self._read_at_s = now_s
            return self._board

    def _read(self) -> Board:
        live = self._records.live_transfers()
        with_agents = self._desk_records.with_agents(self._clock.now() - ENDED_SHOWN)
        busy = desk_view.busy_by_agent(with_agents)
        return Board(
            live=live,
            since={row.call_id: self._waits_since(row) for row in live},
            with_agents=with_agents,
            agents=tuple(
                desk_view.agent_line(agent, busy.get(agent.name)) for agent in self._records.agents()
            ),
            callbacks=self._callbacks(),
            unfinished=self._desk_records.unfinished(self._clock.now() - NOTES_OWED),
            level=self._service_level(),
            people_first=self._people_first.throw(),
        )

    def _callbacks(self) -> tuple[CallbackLine, ...]:
        messages = {one.case_number: one for one in self._follow_ups.messages()}
        under_way = {one.case_number: one for one in self._follow_ups.tries_in(OPEN)}
        lines, rows = [], self._records.callbacks()
        for row in rows:
            left = messages.get(row["case_number"])
            is_lost = left is not None and left.state is MessageState.UNCLEAR
            text = "A message that could not be made out." if is_lost else left.text if left else None
            also = [
                other["case_number"]
                for other in rows
                if other["number"] and other["number"] == row["number"] and other is not row
            ]
            lines.append(desk_view.callback_line(row, text, under_way.get(row["case_number"]), also))
        return tuple(lines)

    def _service_level(self) -> ServiceLevel:
        now_s = self._clock.monotonic()
        if self._level is None or now_s - self._level_at_s >= LEVEL_FRESH_S:
            now = self._clock.now()
            self._level = service_level(self._desk_records.requests_since(now - LEVEL_OF), now)
            self._level_at_s = now_s
        return self._level

    def _waits_since(self, row: TransferRow) -> datetime:
        known = self._since.get(row.call_id) or self._desk_records.requested_at(row.call_id)
        if known is None:
            return row.state_since  # the request's own event is still to come
        if len(self._since) >= WAITS_REMEMBERED:
            self._since.clear()
        self._since[row.call_id] = known
        return known
