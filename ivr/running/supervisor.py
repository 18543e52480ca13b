"""Decides when a child is started, waited for, restarted after it died, and given up."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.clock import Clock
from ivr.errors import IvrError
from ivr.running.child import ChildPlan, Running, log_tail

TICK_S = 0.25
PROGRESS_EVERY_S = 10.0
START_LIMIT_S = 300.0  # Rasa with a cold disk and two cores takes about 60
STEADY_AFTER_S = 60.0  # a child that was ready this long starts again with no penalty
FIRST_BACK_OFF_S = 1.0
LONGEST_BACK_OFF_S = 30.0
MOST_FAILED_STARTS = 4
PATIENCE_S = 15.0  # calls under way get this long to say goodbye


class CouldNotStart(IvrError):
    """A child never became ready; the message holds the end of its log."""


class ChildState(StrEnum):
    """Where one child is."""

    STARTING = "starting"
    READY = "ready"
    BACKING_OFF = "backing off"


@dataclass
class _Child:
    plan: ChildPlan
    running: Running
    since_s: float  # clock time at which the state was entered
    state: ChildState = ChildState.STARTING
    failures: int = 0
    was_ever_ready: bool = False
    last_said_s: float = field(default=0.0)


@dataclass
class _Successor:
    """A child that is to take another's place once it is ready."""

    child: _Child
    when_ready: Callable[[float], None]
    when_failed: Callable[[str], None]
    retire_after_s: float


@dataclass
class _Retiring:
    """A child whose place was taken; it may finish what it began until `until_s`."""

    child: _Child
    until_s: float
    is_asked: bool = False


class Supervisor:
    """Keeps children alive until told to stop. One thread drives it; `ask_to_stop` may come from anywhere."""

    def __init__(
        self,
        plans: Sequence[ChildPlan],
        launch: Callable[[ChildPlan], Running],
        is_ready: Callable[[str], bool],
        clock: Clock,
        say: Callable[[str], None],
        when_ready: Callable[[], None],
    ) -> None:
        self._plans = plans
        self._launch = launch
        self._is_ready = is_ready
        self._clock = clock
        self._say = say
        self._when_ready = when_ready
        self._children: list[_Child] = []
        self._is_announced = False
        self._stopping = threading.Event()
        self._successor: _Successor | None = None
        self._retiring: list[_Retiring] = []
        self.on_tick: Callable[[], None] = lambda: None

    def run(self) -> None:
        """Start everything and keep it running until `ask_to_stop`. Raises CouldNotStart."""
        try:
            self.start()
            while not self._stopping.wait(TICK_S):
                self.tick()
                self.on_tick()
        finally:
            self.stop()

    def ask_to_stop(self) -> None:
        """Make `run` end; safe from a signal handler."""
        self._stopping.set()

    def start(self) -> None:
        """Start all children at once: they wait for nothing of each other's."""
        for plan in self._plans:
            now_s = self._clock.monotonic()
            self._say(f"{plan.name}: starting (log: {plan.log})")
            self._children.append(_Child(plan, self._launch(plan), now_s, last_said_s=now_s))

    def tick(self) -> None:
        """Look at every child once. Raises CouldNotStart."""
        for child in self._children:
            if self._stopping.is_set():
                return
            self._look_at(child)
        self._look_at_successor()
        self._look_at_retiring()
        if not self._is_announced and all(child.state is ChildState.READY for child in self._children):
            self._is_announced = True
            self._when_ready()

    def succeed(
        self,
        plan: ChildPlan,
        when_ready: Callable[[float], None],
        when_failed: Callable[[str], None],
        retire_after_s: float,
    ) -> None:
        """Start a successor of the child of the same name, which keeps working beside it.

        `when_ready` gets the seconds the start took; from then on the successor is kept alive and the
        old child has `retire_after_s` left. `when_failed` gets the reason; then nothing has changed.
        """
        now_s = self._clock.monotonic()
        self._say(f"{plan.name}: starting a successor (log: {plan.log})")
        child = _Child(plan, self._launch(plan), now_s, last_said_s=now_s)
        self._successor = _Successor(child, when_ready, when_failed, retire_after_s)

    def is_changing(self) -> bool:
        """Say whether a successor is on its way."""
        return self._successor is not None

    def stop(self) -> None:
        """End every child, the last started first, and wait until all are gone."""
        beside = [self._successor.child] if self._successor else []
        everyone = [*(retiring.child for retiring in self._retiring), *self._children, *beside]
        self._successor, self._retiring = None, []
        running = [child for child in reversed(everyone) if child.state is not ChildState.BACKING_OFF]
        for child in running:
            child.running.ask_to_stop()
        for child in running:
            child.running.wait_or_kill(PATIENCE_S)
            self._say(f"{child.plan.name}: stopped")
        self._children = []

    def _look_at(self, child: _Child) -> None:
        now_s = self._clock.monotonic()
        if child.state is ChildState.BACKING_OFF:
            if now_s >= child.since_s + _back_off_s(child.failures):
                child.running = self._launch(child.plan)
                self._enter(child, ChildState.STARTING, now_s)
            return
        status = child.running.exit_status()
        if status is not None:
            self._died(child, status, now_s)
        elif child.state is ChildState.STARTING:
            self._await_ready(child, now_s)
        elif now_s - child.since_s >= STEADY_AFTER_S:
            child.failures = 0

    def _look_at_successor(self) -> None:
        successor = self._successor
        if successor is None:
            return
        child, now_s = successor.child, self._clock.monotonic()
        waited_s = now_s - child.since_s
        if child.running.exit_status() is not None or waited_s >= START_LIMIT_S:
            self._successor = None
            child.running.ask_to_stop()
            child.running.wait_or_kill(0.0)
            why = _obituary(child, f"(the successor) did not become ready in {waited_s:.0f} s")
            self._say(f"{why}\nThe one before it goes on.")
            successor.when_failed(why)
        elif self._is_ready(child.plan.ready_url):
            self._successor = None
            self._enter(child, ChildState.READY, now_s)
            child.was_ever_ready = True
            self._put_in_place(child, now_s + successor.retire_after_s)
            self._say(f"{child.plan.name}: the successor is ready after {waited_s:.0f} s and takes new calls")
            successor.when_ready(waited_s)

    def _put_in_place(self, successor: _Child, until_s: float) -> None:
        for place, child in enumerate(self._children):
            if child.plan.name == successor.plan.name:
                self._children[place] = successor
                if child.state is not ChildState.BACKING_OFF:
                    self._retiring.append(_Retiring(child, until_s))

    def _look_at_retiring(self) -> None:
        now_s = self._clock.monotonic()
        for retiring in list(self._retiring):
            running = retiring.child.running
            if running.exit_status() is not None or now_s >= retiring.until_s + PATIENCE_S:
                running.wait_or_kill(0.0)
                self._retiring.remove(retiring)
                self._say(f"{retiring.child.plan.name}: the one before was stopped")
            elif now_s >= retiring.until_s and not retiring.is_asked:
                retiring.is_asked = True
                running.ask_to_stop()

    def _await_ready(self, child: _Child, now_s: float) -> None:
        waited_s = now_s - child.since_s
        if self._is_ready(child.plan.ready_url):
            self._enter(child, ChildState.READY, now_s)
            child.was_ever_ready = True
            self._say(f"{child.plan.name}: ready after {waited_s:.0f} s")
        elif waited_s >= START_LIMIT_S:
            raise CouldNotStart(_obituary(child, f"is not ready after {waited_s:.0f} s"))
        elif now_s - child.last_said_s >= PROGRESS_EVERY_S:
            child.last_said_s = now_s
            self._say(f"{child.plan.name}: still starting ({waited_s:.0f} s)")

    def _died(self, child: _Child, status: int, now_s: float) -> None:
        child.running.wait_or_kill(0.0)  # whatever it started must not keep its port
        child.failures += 1
        what = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        if not child.was_ever_ready and child.failures >= MOST_FAILED_STARTS:
            raise CouldNotStart(_obituary(child, f"{what}, {child.failures} times in a row"))
        again = f"{what}; starting it again in {_back_off_s(child.failures):.0f} s"
        self._say(_obituary(child, again))
        self._enter(child, ChildState.BACKING_OFF, now_s)

    def _enter(self, child: _Child, state: ChildState, now_s: float) -> None:
        child.state = state
        child.since_s = child.last_said_s = now_s


def _back_off_s(failures: int) -> float:
    return float(min(FIRST_BACK_OFF_S * 2 ** (failures - 1), LONGEST_BACK_OFF_S))


def _obituary(child: _Child, what: str) -> str:
    tail = log_tail(child.plan.log)
    last_words = f" Its log ends:\n{tail}" if tail else ""
    return f"{child.plan.name} {what}.{last_words}\n(log: {child.plan.log})"
