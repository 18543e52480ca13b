"""A transfer from end to end on a scripted network, with a process that can be killed at every write.

Every write to the records and every request to the network is a point, before and after it is done. At the
chosen point the process dies: what it held in memory is gone, the records and the network's calls stay, and
the next process goes on. A webhook that died in a caller's leg is asked again (the network's fallback URL);
an agent's leg whose webhook died ends, as the network does with it.
"""

from collections.abc import Callable
from typing import Any

from ivr.handoff.transfer import TERMINAL, TransferState
from ivr.handoff.transfer_desk import AgentHears, CallerPlace, TransferDesk
from tests.fakes.plain_wording import PlainWording
from tests.fakes.queued_executor import QueuedExecutor
from tests.fakes.scripted_switchboard import OVER
from tests.support.transfer_scene import ANNA, BO, CALLER, RING_S, TransferScene

WRITES = {
    "append", "close_call", "open_transfer", "move_transfer", "set_presence",
    "enlist_agents", "book_callback",
}  # fmt: skip
REQUESTS = {"dial", "redirect", "hang_up", "status", "hold", "unhold", "send_text", "find_text"}
LONGEST_S = 240
S = TransferState


class ProcessKilled(BaseException):
    """The process is gone."""


class Points:
    """Counts points and kills at one of them."""

    def __init__(self, kill_at: int | None) -> None:
        self.passed = 0
        self.kill_at = kill_at
        self.is_killed = False

    def around(self, part: Any, names: set[str]) -> Any:
        """Return the part with a point before and after each of the named methods."""
        return _Watched(part, names, self)

    def pass_one(self) -> None:
        """Pass a point, or die here."""
        self.passed += 1
        if self.passed == self.kill_at:
            self.is_killed = True
            raise ProcessKilled


class _Watched:
    def __init__(self, part: Any, names: set[str], points: Points) -> None:
        self._part, self._names, self._points = part, names, points

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name not in self._names:
            return found

        def watched(*args: Any, **kwargs: Any) -> Any:
            self._points.pass_one()
            result = found(*args, **kwargs)
            self._points.pass_one()
            return result

        return watched


class CrashWorld:
    """One caller, two agents, and what each of them does. Seconds pass one by one."""

    def __init__(self, first: str, second: str, caller: str, kill_at: int | None = None) -> None:
        self.scene = TransferScene()
        self.points = Points(kill_at)
        self._does = {ANNA.number: first, BO.number: second}
        self._caller_does = caller
        self._answered: dict[str, int] = {}  # agent's leg -> second
        self._in_room: set[str] = set()
        self._second = 0
        self._talk_s = 0
        self.told = ""  # what the caller heard last that settles something
        self.alone_s = 0  # the longest an agent sat in the room without the caller
        self.transfer_id = ""
        self._start()

    def _start(self) -> None:
        scene = self.scene
        scene.executor = QueuedExecutor()
        scene.desk = TransferDesk(
            self.points.around(scene.records, WRITES),
            self.points.around(scene.switchboard, REQUESTS),
            PlainWording(),
            (ANNA, BO),
            scene.clock,
            RING_S,
            scene.executor,
        )

    def play(self) -> "CrashWorld":
        """Let the caller ask and everything take its course, to the end of the caller's line."""
        self._on_callers_leg(self._ask)
        while self._second < LONGEST_S and self._is_live(CALLER):
            self._second += 1
            self.scene.clock.advance(1)
            self._survive(self.scene.run)
            self._survive(self.scene.desk.sweep)
            self._agents_act()
            self._caller_acts()
            self._settle()
        for _ in range(90):  # whatever a lost report left behind is found by the sweep
            self._second += 1
            self.scene.clock.advance(1)
            self._survive(self.scene.desk.sweep)
            self._survive(self.scene.run)
            self._agents_act()
        return self

    @property
    def row(self) -> Any:
        """Return how the call's transfer stands; None without one."""
        return self.scene.records.transfer_of(CALLER)

    def problems(self) -> list[str]:
        """Return everything that is wrong at the end."""
        row, outcome = self.row, self.scene.outcome()
        found = []
        if row is None or TransferState(row.state) not in TERMINAL:
            found.append(f"the transfer is left {row and row.state}")
        if outcome is None:
            found.append("the call has no outcome")
        is_own_wish = self._caller_does == "hangs up" and outcome in {"caller_hung_up", "connected_to_person"}
        if not self.told and not is_own_wish:
            found.append("the caller was told nothing")
        if not is_own_wish and outcome not in {"connected_to_person", "callback_booked", "message_taken"}:
            found.append(f"the caller is lost: {outcome}")
        dialed = [number for _, _, number in self.scene.switchboard.did("dial")]
        found += [f"{number} was phoned twice" for number in set(dialed) if dialed.count(number) > 1]
        legs = [leg for leg in self.scene.switchboard.numbers if self._is_live(leg)]
        found += [f"an agent's leg is left: {leg}" for leg in legs]
        if self.alone_s > 5:
            found.append(f"an agent sat alone for {self.alone_s} s")
        return found

    # The process

    def _survive(self, work: Callable[[], Any]) -> bool:
        """Do something in the process; False when it died of it and another one has taken over."""
        try:
            work()
        except ProcessKilled:
            self._start()
            return False
        return True

    def _on_callers_leg(self, work: Callable[[], Any]) -> None:
        if not self._survive(work):
            self._survive(work)

    def _ask(self) -> None:
        self.transfer_id = self.scene.caller_asks()

    # The people

    def _agents_act(self) -> None:
        switchboard = self.scene.switchboard
        for leg, number in list(switchboard.numbers.items()):
            if not self._is_live(leg):
                if leg in self._in_room:
                    self._in_room.discard(leg)
                continue
            self._agent_acts(leg, self._does[number])

    def _agent_acts(self, leg: str, does: str) -> None:
        legs, path = self.scene.switchboard.legs, self.scene.switchboard.paths[leg][0]
        transfer_id, attempt = path.split("/")[3], int(path.split("attempt=")[1].split("&")[0])
        told_to_go = [p for verb, one, p in self.scene.switchboard.done if one == leg and verb == "redirect"]
        if told_to_go:
            self._leg_ends(leg, transfer_id, attempt, "completed")
        elif leg not in self._answered:
            self._answered[leg] = self._second
            if does == "rings out":
                self._answered[leg] += RING_S
            elif does == "busy":
                self._leg_ends(leg, transfer_id, attempt, "busy")
            else:
                legs[leg] = "in-progress"
                self._agents_webhook(leg, lambda: self.scene.desk.agent_answered(transfer_id, attempt, leg))
        elif does == "rings out" and self._second >= self._answered[leg]:
            self._leg_ends(leg, transfer_id, attempt, "no-answer")
        elif (
            legs[leg] == "in-progress" and leg not in self._in_room and self._second > self._answered[leg] + 2
        ):
            self._presses(leg, does, transfer_id, attempt)
        elif leg in self._in_room and does == "accepts and drops" and self._talk_s > 2:
            self._leg_ends(leg, transfer_id, attempt, "completed")

    def _presses(self, leg: str, does: str, transfer_id: str, attempt: int) -> None:
        if does == "declines":
            self._agents_webhook(leg, lambda: self.scene.desk.agent_declined(transfer_id, attempt))
            self._leg_ends(leg, transfer_id, attempt, "completed")
            return
        heard: list[AgentHears] = []
        self._agents_webhook(
            leg, lambda: heard.append(self.scene.desk.agent_accepted(transfer_id, attempt, leg))
        )
        if heard == [AgentHears.JOIN]:
            self._in_room.add(leg)
        elif self._is_live(leg):
            self._leg_ends(leg, transfer_id, attempt, "completed")

    def _agents_webhook(self, leg: str, work: Callable[[], Any]) -> None:
        if not self._survive(work):
            self.scene.switchboard.legs[leg] = "completed"  # the network's error page, then the end

    def _leg_ends(self, leg: str, transfer_id: str, attempt: int, status: str) -> None:
        self.scene.switchboard.legs[leg] = status
        self._in_room.discard(leg)
        missed = status == "no-answer"
        self._survive(
            lambda: self.scene.desk.agent_leg_reported(transfer_id, attempt, leg, True, is_missed=missed)
        )

    def _caller_acts(self) -> None:
        if self._caller_does == "hangs up" and self._second == 4:
            self._caller_leaves()
            return
        if self._caller_does == "wants a callback" and self._second == 3:
            self._on_callers_leg(lambda: self.scene.desk.instead.choose_callback(CALLER))
        if self._caller_does == "leaves a message" and self._second == 3:
            self._on_callers_leg(lambda: self.scene.desk.instead.choose_message(CALLER))
        self._on_callers_leg(self._look_where_to_go)

    def _look_where_to_go(self) -> None:
        """Do what the caller's documents do: they ask where the caller belongs, over and over."""
        desk = self.scene.desk
        place, _ = desk.whereabouts(CALLER)
        if place is CallerPlace.CONFERENCE:
            self.told = "joined"
            self._talk_s += 1
        elif place is CallerPlace.LEFT_ALONE:
            desk.caller_stayed(CALLER)
        elif place is CallerPlace.MESSAGE:
            desk.instead.message_left(CALLER)
            self.told = "message"
        elif place is CallerPlace.NO_AGENT:
            if desk.instead.promise_callback(CALLER) is not None:
                self.told = "case number"
            self._caller_leaves()
        elif place is CallerPlace.NOWHERE and self.row is not None:
            self._caller_leaves()

    def _settle(self) -> None:
        joined = self.row is not None and self.row.state == S.BRIDGED and self._is_live(CALLER)
        if joined and not self._in_room and self._talk_s > 1:
            attempt = len(self.row.tried)  # the room closed behind the agent: the caller's next document
            self._on_callers_leg(lambda: self.scene.desk.caller_left_alone(CALLER, attempt))
        self.alone_s = self.alone_s + 1 if self._in_room and not joined else 0
        if self._talk_s > 20 and joined:
            self._caller_leaves()

    def _caller_leaves(self) -> None:
        self.scene.switchboard.legs[CALLER] = "completed"
        for leg in self._in_room:  # the room ends with its first to leave
            self.scene.switchboard.legs[leg] = "completed"
        self._survive(lambda: self.scene.desk.caller_hung_up(CALLER))

    def _is_live(self, leg: str) -> bool:
        return self.scene.switchboard.legs.get(leg) not in OVER and leg in self.scene.switchboard.legs
