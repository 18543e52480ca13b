"""The transfer desk under everything at once: webhooks twice, late and out of order, failures, time, crashes.

After every step: no caller has two agents, no agent two callers, nothing terminal lives again, one
outcome a call. At the end every transfer reaches an end without anybody's help but the sweep's.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from ivr.handoff.presence import Presence
from ivr.handoff.transfer import TERMINAL, TransferState
from ivr.handoff.transfer_desk import AgentHears, CallerPlace, TransferDesk
from ivr.telephony.switchboard import SwitchboardFailed
from tests.fakes.plain_wording import PlainWording
from tests.fakes.queued_executor import QueuedExecutor
from tests.fakes.scripted_switchboard import OVER
from tests.support.transfer_scene import ANNA, BO, RING_S, TransferScene

CALLERS = ["CA" + letter * 32 for letter in "cde"]
S = TransferState


class TransferMachine(RuleBasedStateMachine):
    """Rules are what the world may do; the desk is the real one over memory records."""

    transfers = Bundle("transfers")
    attempts = st.integers(1, 3)

    @initialize()
    def begin(self) -> None:
        self.scene = TransferScene()
        self.desk = self.scene.desk
        self.ended: dict[str, str] = {}
        self.outcomes: dict[str, str] = {}
        self.joined: dict[str, set[int]] = {}
        self.transfer_ids: set[str] = set()

    # The world

    @rule(target=transfers, call_id=st.sampled_from(CALLERS))
    def caller_asks(self, call_id: str):
        call = self.scene.records.call(call_id)
        if call is not None and self.scene.switchboard.legs[call_id] in OVER:
            return multiple()
        transfer_id = self.scene.caller_asks(call_id)
        self.transfer_ids.add(transfer_id)
        return transfer_id

    @rule(call_id=st.sampled_from(CALLERS), is_reported=st.booleans())
    def caller_hangs_up(self, call_id: str, is_reported: bool) -> None:
        if call_id in self.scene.switchboard.legs:
            self.scene.switchboard.legs[call_id] = "completed"
            if is_reported:
                self.desk.caller_hung_up(call_id)

    @rule(call_id=st.sampled_from(CALLERS))
    def caller_asks_where_to_go(self, call_id: str) -> None:
        self.desk.whereabouts(call_id)

    @rule(call_id=st.sampled_from(CALLERS))
    def caller_chooses_a_callback(self, call_id: str) -> None:
        chosen = self.desk.instead.choose_callback(call_id)
        if chosen is not None:
            row = self.scene.records.transfer_of(call_id)
            assert row is not None
            assert (row.state, row.case_number) == (S.GIVEN_UP, chosen.case_number)

    @rule(call_id=st.sampled_from(CALLERS))
    def caller_chooses_a_message(self, call_id: str) -> None:
        case_number = self.desk.instead.choose_message(call_id)
        if case_number is not None:
            row = self.scene.records.transfer_of(call_id)
            assert row is not None
            assert row.state in {S.MESSAGE, S.GIVEN_UP}

    @rule(call_id=st.sampled_from(CALLERS))
    def caller_has_left_the_message(self, call_id: str) -> None:
        self.desk.instead.message_left(call_id)

    @rule(call_id=st.sampled_from(CALLERS))
    def caller_says_all_is_done(self, call_id: str) -> None:
        self.desk.caller_done(call_id)

    @rule(transfer_id=transfers, name=st.sampled_from(["Anna", "Bo"]))
    def agent_sends_the_caller_back(self, transfer_id: str, name: str) -> None:
        was_theirs = self.scene.row(transfer_id).agent == name
        if self.desk.send_back(transfer_id, name):
            assert was_theirs

    @rule(call_id=st.sampled_from(CALLERS), attempt=attempts)
    def room_closes_on_the_caller(self, call_id: str, attempt: int) -> None:
        self.desk.caller_left_alone(call_id, attempt)

    @rule(call_id=st.sampled_from(CALLERS))
    def caller_stays_when_the_agent_has_left(self, call_id: str) -> None:
        self.desk.caller_stayed(call_id)

    @rule(call_id=st.sampled_from(CALLERS))
    def caller_hears_of_the_callback(self, call_id: str) -> None:
        promised = self.desk.instead.promise_callback(call_id)
        row = self.scene.records.transfer_of(call_id)
        if promised is not None:
            assert row is not None
            assert row.state == S.GIVEN_UP
            assert row.case_number == promised.case_number

    @rule(transfer_id=transfers, attempt=attempts)
    def agent_answers(self, transfer_id: str, attempt: int) -> None:
        self.desk.agent_answered(transfer_id, attempt, self.leg(transfer_id, attempt))

    @rule(transfer_id=transfers, attempt=attempts)
    def agent_accepts(self, transfer_id: str, attempt: int) -> None:
        row = self.scene.row(transfer_id)
        was_briefed = row.state in {S.BRIEFING, S.BRIDGED} and attempt == len(row.tried)
        hears = self.desk.agent_accepted(transfer_id, attempt, self.leg(transfer_id, attempt))
        if hears is AgentHears.JOIN:
            assert was_briefed, "only an agent who was briefed gets the caller"
            self.joined.setdefault(transfer_id, set()).add(attempt)

    @rule(transfer_id=transfers, attempt=attempts)
    def agent_declines(self, transfer_id: str, attempt: int) -> None:
        self.desk.agent_declined(transfer_id, attempt)

    @rule(transfer_id=transfers, attempt=attempts)
    def agent_asks_again(self, transfer_id: str, attempt: int) -> None:
        self.desk.agent_asked_again(transfer_id, attempt)

    @rule(transfer_id=transfers, attempt=attempts)
    def agent_is_silent(self, transfer_id: str, attempt: int) -> None:
        self.desk.agent_silent(transfer_id, attempt)

    @rule(transfer_id=transfers, attempt=attempts, is_over=st.booleans())
    def agent_leg_is_reported(self, transfer_id: str, attempt: int, is_over: bool) -> None:
        self.desk.agent_leg_reported(transfer_id, attempt, self.leg(transfer_id, attempt), is_over)

    @rule(name=st.sampled_from(["Anna", "Bo"]), presence=st.sampled_from(Presence))
    def agent_chooses_presence(self, name: str, presence: Presence) -> None:
        self.scene.records.set_presence(name, presence)

    @rule(is_outcome_unknown=st.booleans())
    def network_fails_once(self, is_outcome_unknown: bool) -> None:
        failed = SwitchboardFailed("broken", is_retrying_useful=True, is_outcome_unknown=is_outcome_unknown)
        self.scene.switchboard.fails_next.append(failed)

    @rule(lost=st.booleans())
    def network_loses_answers(self, lost: bool) -> None:
        self.scene.switchboard.loses_answer = lost

    @rule()
    def other_threads_run(self) -> None:
        self.scene.run()

    @rule()
    def one_piece_of_work_runs(self) -> None:
        if self.scene.executor.waiting:
            self.scene.executor.run_one()

    @rule(seconds=st.integers(1, 40))
    def time_passes(self, seconds: int) -> None:
        self.scene.clock.advance(seconds)
        self.desk.sweep()

    @rule()
    def process_crashes(self) -> None:
        """All that lived in memory is gone; the records stay."""
        scene = self.scene
        scene.executor = QueuedExecutor()
        scene.desk = self.desk = TransferDesk(
            scene.records, scene.switchboard, PlainWording(), (ANNA, BO), scene.clock, RING_S, scene.executor
        )

    def leg(self, transfer_id: str, attempt: int) -> str:
        """Return the leg an attempt's report comes from."""
        prefix = f"/voice/agent/{transfer_id}/briefing?attempt={attempt}&"
        legs = [leg for leg, (path, _) in self.scene.switchboard.paths.items() if path.startswith(prefix)]
        return legs[0] if legs else f"CA{attempt:032x}"

    # What must hold after every step

    @invariant()
    def nobody_has_two(self) -> None:
        rows = [self.scene.row(transfer_id) for transfer_id in self.transfer_ids]
        owners = [row.agent for row in rows if row.state in {S.DIALING, S.BRIEFING, S.BRIDGED}]
        assert len(owners) == len(set(owners))
        assert None not in owners
        live_calls = [row.call_id for row in rows if row.state in {S.REQUESTED, S.DIALING, S.BRIEFING}]
        assert len(live_calls) == len(set(live_calls))
        for transfer_id, attempts in self.joined.items():
            assert max(attempts) <= len(self.scene.row(transfer_id).tried)

    @invariant()
    def nothing_rises_from_the_dead(self) -> None:
        for transfer_id in self.transfer_ids:
            state = self.scene.row(transfer_id).state
            if transfer_id in self.ended:
                assert state == self.ended[transfer_id]
            elif TransferState(state) in TERMINAL:
                self.ended[transfer_id] = state

    @invariant()
    def no_outcome_changes(self) -> None:
        for call_id in CALLERS:
            call = self.scene.records.call(call_id)
            if call is not None and call.outcome is not None:
                assert self.outcomes.setdefault(call_id, call.outcome) == call.outcome

    @invariant()
    def no_agent_is_dialed_twice_for_one_transfer(self) -> None:
        dialed = [
            (path, self.scene.switchboard.numbers[leg])
            for leg, (path, _) in self.scene.switchboard.paths.items()
        ]
        assert len(dialed) == len(set(dialed))

    def teardown(self) -> None:
        """From wherever the world stopped, every transfer ends once the callers' legs are over."""
        scene = self.scene
        scene.switchboard.fails_next.clear()
        scene.run()
        scene.sweep_for(300)
        is_one_busy = any(scene.row(transfer_id).state == S.BRIDGED for transfer_id in self.transfer_ids)
        for transfer_id in self.transfer_ids:
            state = TransferState(scene.row(transfer_id).state)
            assert state in TERMINAL | {S.BRIDGED, S.AGENT_LOST, S.MESSAGE} or (
                state == S.REQUESTED and is_one_busy
            ), "the sweep alone must end a search, unless the agent who is left talks to somebody else"
        for call_id in CALLERS:
            self.desk.caller_hung_up(call_id)
        scene.run()
        for transfer_id in self.transfer_ids:
            row = scene.row(transfer_id)
            assert TransferState(row.state) in TERMINAL
            newest = scene.records.transfer_of(row.call_id)
            assert newest is not None
            if newest.state == S.RETURNED:  # with the bot, whose calls close it
                continue
            assert self.desk.whereabouts(row.call_id)[0] in {CallerPlace.NOWHERE, CallerPlace.NO_AGENT}
            assert scene.outcome(row.call_id) is not None
        self.nothing_rises_from_the_dead()
        self.no_outcome_changes()


TransferMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestTransferMachine = TransferMachine.TestCase
