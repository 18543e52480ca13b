"""A caller who asked for a person, two agents, and a phone network in the test's hands."""

from functools import cached_property

from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.opening_hours import ALWAYS_OPEN, OpeningHours
from ivr.handoff.routing import Agent
from ivr.handoff.transfer_desk import TransferDesk
from ivr.records.store import TransferRow
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.plain_wording import PlainWording
from tests.fakes.queued_executor import QueuedExecutor
from tests.fakes.scripted_switchboard import ScriptedSwitchboard
from tests.fakes.steered_clock import SteeredClock
from tests.support.follow_up_parts import FollowUpParts

RING_S = 25
CALLER = "CA" + "c" * 32
ANNA, BO = Agent("Anna", "+46850000001"), Agent("Bo", "+46850000002")


class TransferScene:
    """The desk with everything around it; work for other threads waits until `run`."""

    def __init__(
        self, *agents: Agent, number: str | None = "+46701234567", hours: OpeningHours = ALWAYS_OPEN
    ) -> None:
        self.clock = SteeredClock()
        self.records = MemoryCallRecords(clock=self.clock)
        self.switchboard = ScriptedSwitchboard()
        self.executor = QueuedExecutor()
        self.number = number
        self.desk = TransferDesk(
            self.records,
            self.switchboard,
            PlainWording(),
            agents or (ANNA, BO),
            self.clock,
            RING_S,
            self.executor,
            hours,
        )

    @cached_property
    def parts(self) -> FollowUpParts:
        """Return what callers get beside a person."""
        return FollowUpParts(self.records, self.desk, self.switchboard, self.executor, self.clock)

    def caller_asks(self, call_id: str = CALLER) -> str:
        """Put a caller on the line who asks for a person; agents are not phoned before `run`."""
        self.records.open_call(call_id, self.number, "+46850000000", "en")
        self.switchboard.live(call_id)
        return self.desk.request(Case(call_id, "en", EscalationReason.ASKED_FOR_PERSON, self.number))

    def run(self) -> None:
        """Let the other threads work."""
        self.executor.run()

    def row(self, transfer_id: str) -> TransferRow:
        """Return how the transfer stands."""
        row = self.records.transfer(transfer_id)
        assert row is not None
        return row

    def ringing(self) -> tuple[str, str]:
        """Return (leg, number) of the agent's phone dialed last."""
        _, leg, number = self.switchboard.did("dial")[-1]
        return leg, number

    def sweep_for(self, seconds: int) -> None:
        """Let time pass second by second, as the sweep's thread does."""
        for _ in range(seconds):
            self.clock.advance(1)
            self.desk.sweep()
            self.run()

    def outcome(self, call_id: str = CALLER) -> str | None:
        """Return the call's outcome."""
        call = self.records.call(call_id)
        assert call is not None
        return call.outcome
