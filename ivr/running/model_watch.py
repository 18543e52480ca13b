"""When a released model takes over from the one that serves: started beside it, then given the new calls."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ivr.clock import Clock
from ivr.running.child import ChildPlan
from ivr.running.served_model import Noticeboard, Outcome, Wanted

LOOK_EVERY_S = 1.0
AFTER_THE_LAST_CALL_S = 60.0


class TakesSuccessors(Protocol):
    """The part of the supervisor that is needed here."""

    def is_changing(self) -> bool:
        """Say whether a successor is on its way."""
        ...

    def succeed(
        self,
        plan: ChildPlan,
        when_ready: Callable[[float], None],
        when_failed: Callable[[str], None],
        retire_after_s: float,
    ) -> None:
        """Start a successor of the child of the same name."""
        ...


class ModelWatch:
    """Looks at the noticeboard and has the supervisor start what is asked for. One thread."""

    def __init__(
        self,
        board: Noticeboard,
        supervisor: TakesSuccessors,
        plan_for: Callable[[Path, int], ChildPlan],
        longest_call_s: float,
        clock: Clock,
        free_port: Callable[[], int],
    ) -> None:
        """`plan_for` says how Rasa is started with a model on a port."""
        self._board = board
        self._supervisor = supervisor
        self._plan_for = plan_for
        self._retire_after_s = longest_call_s + AFTER_THE_LAST_CALL_S
        self._clock = clock
        self._free_port = free_port
        self._looked_s = clock.monotonic()
        self._seen: Wanted | None = None

    def look(self) -> None:
        """Start a successor when a new model is asked for and none is on its way."""
        now_s = self._clock.monotonic()
        if now_s - self._looked_s < LOOK_EVERY_S or self._supervisor.is_changing():
            return
        self._looked_s = now_s
        wanted = self._board.wanted()
        if wanted is None or wanted == self._seen:
            return
        self._seen = wanted
        plan = self._plan_for(Path(wanted.model), self._free_port())

        def ready(started_in_s: float) -> None:
            self._board.serve_at(f"http://{plan.host}:{plan.port}", wanted.version)
            self._board.tell(Outcome(wanted.version, wanted.asked_at, "", started_in_s))

        def failed(why: str) -> None:
            self._board.tell(Outcome(wanted.version, wanted.asked_at, why, 0.0))

        self._supervisor.succeed(plan, ready, failed, self._retire_after_s)


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
