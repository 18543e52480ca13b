"""What callers get beside a person: messages, texts, a survey, holding; built around a transfer desk."""

from concurrent.futures import Executor
from typing import Any

from ivr.clock import Clock
from ivr.handoff.callback_desk import CallbackDesk
from ivr.handoff.joined_call import JoinedCall
from ivr.handoff.messages import Messages
from ivr.handoff.opening_hours import ServicePolicy
from ivr.handoff.texts import Texts
from ivr.handoff.transfer_desk import TransferDesk
from ivr.telephony.switchboard import Switchboard
from tests.fakes.closing_desk import ClosingDesk
from tests.fakes.memory_follow_ups import MemoryFollowUps
from tests.fakes.told_recordings import ToldRecordings


class FollowUpParts:
    """The real parts over records in memory; recordings say what the test tells."""

    def __init__(
        self, records: Any, desk: TransferDesk, switchboard: Switchboard, executor: Executor, clock: Clock
    ) -> None:
        self.policy = ServicePolicy()
        self.recorded_speech = ToldRecordings()
        self.follow_ups = MemoryFollowUps(clock)
        self.messages = Messages(
            records, self.follow_ups, desk, self.recorded_speech, executor, clock.monotonic
        )
        self.texts = Texts(records, self.follow_ups, switchboard, executor, clock)
        self.closing = ClosingDesk(records)
        self.callbacks = CallbackDesk(
            records,
            self.follow_ups,
            self.closing,  # type: ignore[arg-type]  # the one method callbacks ask for
            switchboard,
            desk.roster,
            self.policy,
            executor,
            clock,
            ring_s=25,
        )
        desk.roster.also_busy = self.callbacks.busy_agents
        self.joined_call = JoinedCall(records, desk, switchboard)
