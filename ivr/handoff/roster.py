"""The agents as the records know them: who is free for whom, and how calls change their presence."""

import threading
from collections.abc import Callable, Sequence

from ivr import log
from ivr.clock import Clock
from ivr.handoff import presence
from ivr.handoff.presence import Presence
from ivr.handoff.routing import Agent, Need, best_fit
from ivr.records.store import AgentRow, CallRecords, RecordsUnavailable, TransferRow

_log = log.get("handoff.roster")


class Roster:
    """Reads and changes presence. Safe from any thread.

    A change of presence that the records do not take is left out: it must never hold up a caller.
    """

    def __init__(self, records: CallRecords, agents: Sequence[Agent], clock: Clock) -> None:
        self.also_busy: Callable[[], set[str]] = set  # who is on the phone for something else
        self._records = records
        self._agents = tuple(agents)
        self._abilities = {agent.name: agent for agent in agents}
        self._clock = clock
        self._lock = threading.RLock()  # held while an agent is read and changed
        self._is_enlisted = False

    def agents(self) -> list[AgentRow]:
        """Return the agents; stores those of the settings first. Raises RecordsUnavailable."""
        with self._lock:
            if not self._is_enlisted:
                self._records.enlist_agents([(agent.name, agent.number) for agent in self._agents])
                self._is_enlisted = True
        return self._records.agents()

    def assign(self, waiting: Sequence[TransferRow]) -> dict[str, AgentRow]:
        """Return by transfer who is asked now, the caller who waits longest first."""
        agents, busy, now = self.agents(), self._busy(), self._clock.now()
        chosen: dict[str, AgentRow] = {}
        for row in waiting:
            topic = row.case.get("matter") or row.case.get("intent")
            need = Need(str(row.case["language"]), topic, row.tried, row.state_since)
            agent = best_fit(agents, self._abilities, busy, need, now)
            if agent is not None:
                chosen[row.transfer_id] = agent
                busy.update({agent.name} - self._never_busy())
        return chosen

    def strength(self) -> tuple[int, int]:
        """Return how many agents are free now, and how many are at work."""
        agents, busy = self.agents(), self._busy()
        free = sum(agent.presence == Presence.AVAILABLE and agent.name not in busy for agent in agents)
        return free, sum(agent.presence != Presence.AWAY for agent in agents)

    def is_waiting_worthwhile(self, row: TransferRow) -> bool:
        """Say whether somebody who was not asked yet may come free."""
        return presence.may_come_free(self.agents(), row.tried)

    def call_missed(self, name: str | None) -> None:
        """Note that the agent's phone rang out, or was answered by nobody who pressed a key."""
        agent = self._find(name)
        if agent is not None:
            self._set(agent, *presence.after_missed(agent))

    def showed_up(self, name: str | None) -> None:
        """Note that the agent answered and pressed a key: no calls missed in a row any more."""
        agent = self._find(name)
        if agent is not None and agent.missed:
            self._set(agent, Presence(agent.presence), 0)

    def is_to_be_told_of_missed_calls(self, name: str | None) -> bool:
        """Say whether missed calls had set the agent away, and no key was pressed since."""
        agent = self._find(name)
        return agent is not None and agent.missed >= presence.MISSED_IN_A_ROW

    def call_over(self, name: str | None) -> None:
        """Note that the agent's call with a caller has ended."""
        agent = self._find(name)
        if agent is not None and agent.name not in self._never_busy():
            self._set(agent, presence.after_call(agent), agent.missed)

    def bring_back(self) -> None:
        """Make available again who has wrapped up or was set away long ago. Raises RecordsUnavailable."""
        for agent in self.agents():
            if presence.is_back(agent, self._clock.now()):
                self._set(agent, Presence.AVAILABLE, agent.missed)

    def _busy(self) -> set[str]:
        return (self._records.busy_agents() | self.also_busy()) - self._never_busy()

    def _never_busy(self) -> set[str]:
        return {agent.name for agent in self._agents if agent.takes_many}

    def _find(self, name: str | None) -> AgentRow | None:
        try:
            return next((agent for agent in self.agents() if agent.name == name), None)
        except RecordsUnavailable:
            _log.warning("presence_not_read")
            return None

    def _set(self, agent: AgentRow, to: Presence, missed: int) -> None:
        try:
            self._records.set_presence(agent.name, to, missed)
        except RecordsUnavailable:
            _log.warning("presence_not_stored", presence=to)
            return
        if to != agent.presence:
            _log.info("presence_changed", pii_agent=agent.name, presence=to, missed=missed)
